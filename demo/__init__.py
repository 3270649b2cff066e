"""A believable team at work, for a console that has nobody yet; nothing in the product imports it."""
