"""Reading the audit log."""

from compliance.ledger.selectors.actors import (
    ActorNaming,
    ActorSearch,
    actor_names,
    actor_naming_register,
    actor_search_register,
    actors_found,
    actors_named,
)
from compliance.ledger.selectors.events import (
    Happening,
    events_about,
    events_recent,
)

__all__ = [
    "ActorNaming",
    "ActorSearch",
    "Happening",
    "actor_names",
    "actor_naming_register",
    "actor_search_register",
    "actors_found",
    "actors_named",
    "events_about",
    "events_recent",
]
