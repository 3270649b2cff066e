"""Letters to compliance officers. The ledger knows no people: a floor above that does plugs in."""

from collections.abc import Mapping
from typing import Any, Protocol


class OfficersPost(Protocol):
    """Writes to those who answer for the log."""

    def __call__(self, *, template: str, context: Mapping[str, Any]) -> int:
        """Write one letter to each, in the caller's transaction; returns how many."""


class _Registry:
    post: OfficersPost | None = None


_registry = _Registry()


def officers_post_register(post: OfficersPost) -> None:
    """Let `post` carry letters from now on; the last one counts."""
    _registry.post = post


def officers_write(*, template: str, context: Mapping[str, Any]) -> int:
    """Write to each compliance officer, in the caller's transaction; returns to how many."""
    return _registry.post(template=template, context=context) if _registry.post else 0
