"""Which facts events can carry beside who did what to what. A test compares it with what is recorded."""

from typing import Final

from compliance.ledger.domain.events import Action

FACTS: Final[dict[Action, tuple[str, ...]]] = {}
