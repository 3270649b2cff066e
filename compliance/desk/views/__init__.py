"""Pages of the desk, and the public form for privacy requests."""
