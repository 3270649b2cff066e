"""Which apps handle PHI. The ledger knows no apps: a floor above that does says so at start-up."""

from collections.abc import Callable, Collection

AppsWithPHI = Callable[[], Collection[str]]


class _Registry:
    tell: AppsWithPHI | None = None


_registry = _Registry()


def phi_apps_register(tell: AppsWithPHI) -> None:
    """Let `tell` say which apps handle PHI, by id; the last one counts."""
    _registry.tell = tell


def phi_apps() -> frozenset[str]:
    """Return the ids of the apps that handle PHI; none while nobody says."""
    return frozenset(_registry.tell()) if _registry.tell else frozenset()
