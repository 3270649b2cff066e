"""How the console hashes passwords, whatever tests do to be quick."""

from argon2 import Type
from django.contrib.auth.hashers import Argon2PasswordHasher

from releaseconsole import settings


def test_passwords_are_hashed_with_argon2id_at_least_as_dear_as_owasp_asks() -> None:
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    parameters = Argon2PasswordHasher().params()
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024  # KiB, with two passes
    assert parameters.time_cost >= 2
