"""Argon2 at its lowest price: most tests only need people, and each person costs a hash.

What the console really uses is in its settings, and a test of its own holds that. Whole consoles that tests
start (browser, end to end) hash at the full price.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2PasswordHasher(Argon2PasswordHasher):
    """The console's algorithm, with parameters for tests."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
