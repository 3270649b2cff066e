"""Pages of keys, and the public keys for everybody."""
