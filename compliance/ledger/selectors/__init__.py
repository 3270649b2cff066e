"""Reading the audit log."""

from compliance.ledger.selectors.events import (
    ActorNaming,
    Happening,
    actor_names,
    actor_naming_register,
    events_about,
    events_recent,
)

__all__ = [
    "ActorNaming",
    "Happening",
    "actor_names",
    "actor_naming_register",
    "events_about",
    "events_recent",
]
