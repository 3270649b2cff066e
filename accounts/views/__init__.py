"""Pages in front of the console: signing in and out, and the set-up link."""
