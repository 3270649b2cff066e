"""What exactly somebody confirms with a fresh code: an operation, known by its digest.

The digest ties the confirmation to what was looked at. What is said to people about an operation isn't part
of it: a better sentence mustn't void a confirmation, and one sentence mustn't cover two operations.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.domain.access import Place
from compliance.ledger.domain.commitments import holds_committed
from releaseconsole.kernel.encoding import canonical_json, sha256_hex

LONGEST_NAME: Final = 64
_NAME: Final = re.compile(r"[a-z0-9_]+(:[a-z0-9_]+){2}\Z")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to be done, to one thing, in the state in which it is.

    Attributes:
        name: `source:subject:action`, as the audit log spells it; stable.
        facts: JSON-ready: what is done to what, and the state that makes it right (a key's id and its state,
            a version that rises). When one of them moves, what was confirmed isn't what would be done.
    """

    name: str
    facts: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Take a copy of the facts: nobody changes them after the digest was shown.

        Raises:
            ValueError: The name isn't spelled as it must be.
        """
        if not _NAME.match(self.name) or len(self.name) > LONGEST_NAME:
            raise ValueError(self.name)
        object.__setattr__(self, "facts", json.loads(canonical_json(dict(self.facts))))

    def digest(self) -> str:
        """SHA-256 of the operation's canonical JSON, in hex."""
        return sha256_hex(canonical_json({"name": self.name, "facts": self.facts}))

    def recorded(self) -> dict[str, str]:
        """What the audit log keeps of it: never its facts.

        A digest of an address or of what somebody typed tells it to who guesses it, so the log only commits
        to such a digest (`personal_digest`), and erases it with the rest. So with a digest of that digest.
        """
        is_guessable = "digest" in self.facts or holds_committed(self.facts)
        name = "personal_digest" if is_guessable else "digest"
        return {"operation": self.name, name: self.digest()}


def place_of(operation: Operation) -> Place:
    """Say where it's done, by its facts: who may ask for it or approve it is asked there."""
    app_id = str(operation.facts.get("app_id", ""))
    return Place(app_id, str(operation.facts.get("channel", "")) if app_id else "")
