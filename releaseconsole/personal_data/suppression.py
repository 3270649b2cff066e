"""Who was erased and stays so: the question that every floor may ask, answered by the desk's list.

Lower floors don't know the list. The desk installs it when it starts; without one nobody is on it.
"""

from collections.abc import Collection
from typing import Protocol

from releaseconsole.personal_data.subjects import Identifier


class SuppressionList(Protocol):
    """Keyed hashes of what erased people were known by."""

    def among(self, identifiers: Collection[Identifier], /) -> set[Identifier]:
        """Pick those that are on it; never called on the path of an update check."""

    def lift(self, identifiers: Collection[Identifier], /) -> int:
        """Take off it what somebody gives anew by their own will; returns how many were on it."""

    def lift_of_same(self, identifiers: Collection[Identifier], given: Identifier, /) -> int:
        """Take off it what was erased together with what somebody has given anew already."""


class _Nobody:
    def among(self, identifiers: Collection[Identifier], /) -> set[Identifier]:  # noqa: ARG002 (nobody)
        return set()

    def lift(self, identifiers: Collection[Identifier], /) -> int:  # noqa: ARG002 (nobody is on it)
        return 0

    def lift_of_same(self, identifiers: Collection[Identifier], given: Identifier, /) -> int:  # noqa: ARG002
        return 0


class _Installed:
    current: SuppressionList = _Nobody()


def suppression_install(listed: SuppressionList) -> None:
    """Let this list answer from now on."""
    _Installed.current = listed


def suppression_current() -> SuppressionList:
    """Return the list."""
    return _Installed.current
