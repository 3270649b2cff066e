"""Pages for testers, below `/beta/`: no sign-in, no console session; a secret in the address is the key."""
