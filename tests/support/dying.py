"""A process that dies in the middle of work on keys."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from signing.backends.local import LocalKeyBackend
from signing.models import SigningKey, TrustDocument
from signing.services import reconcile, trust_documents


class Crash(BaseException):
    """The process died; nothing that catches errors catches this."""


# Each row of a key or a document, each word to a backend, each rise of the key set's version.
_WRITES: tuple[tuple[Any, str], ...] = (
    (SigningKey, "save"),
    (TrustDocument, "save"),
    (LocalKeyBackend, "create"),
    (reconcile, "key_set_touch"),
    (trust_documents, "key_set_touch"),
)


@contextmanager
def dying_at(call: int) -> Iterator[None]:
    """Let the process die at its n-th write, counted from 0; it does, if it comes so far."""
    left = call

    def counted(real: Any) -> Any:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Crash
            return real(*args, **kwargs)

        return wrapper

    with ExitStack() as patches:
        for owner, name in _WRITES:
            patches.enter_context(patch.object(owner, name, counted(getattr(owner, name))))
        yield
