"""Which apps handle PHI, or did. The ledger knows no apps: a floor above that does says so at start-up."""

from collections.abc import Callable, Mapping
from datetime import datetime

# By app: until when it handled PHI; None: it still does.
AppsWithPHI = Callable[[], Mapping[str, datetime | None]]


class _Registry:
    tell: AppsWithPHI | None = None


_registry = _Registry()


def phi_apps_register(tell: AppsWithPHI) -> None:
    """Let `tell` say which apps handle PHI, or did and until when, by id; the last one counts."""
    _registry.tell = tell


def phi_apps() -> Mapping[str, datetime | None]:
    """Return the apps that handle PHI (None) or did (until when); none while nobody says."""
    return dict(_registry.tell()) if _registry.tell else {}
