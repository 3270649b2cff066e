"""An operation on a key, with all that decides what follows from it."""

from datetime import datetime

from signing.domain.consequences import Case
from signing.domain.key_operations import KeyOperation
from signing.domain.lifecycle import KeyPurpose
from signing.models import SigningKey
from signing.selectors.overview import RulesOf, key_life, key_successor


def key_case(what: KeyOperation, row: SigningKey, *, rules: RulesOf, now: datetime) -> Case:
    """Read what decides about the consequences of doing this to a key."""
    successor = key_successor(row)
    return Case(
        what=what,
        life=key_life(row),
        successor=key_life(successor) if successor else None,
        rules=rules(KeyPurpose(row.purpose)),
        now=now,
    )
