"""A password hasher that does the console's real work and counts how often."""

from typing import Any, ClassVar

from tests.support.cheap_hasher import CheapArgon2PasswordHasher


class CountingHasher(CheapArgon2PasswordHasher):
    """Argon2, counted."""

    hashed: ClassVar[int] = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        type(self).hashed += 1
        return str(super().encode(*args, **kwargs))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        type(self).hashed += 1
        return bool(super().verify(*args, **kwargs))
