"""The record of all authenticators ever bound: who binds or removes one says so here, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.domain.assurance import AuthenticatorKind
from accounts.errors import AuthenticatorRecordError
from accounts.models import AuthenticatorRecord, User
from compliance.ledger.domain.events import Actor


def record_bound(
    *,
    user: User,
    kind: AuthenticatorKind,
    authenticator: str,
    name: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> AuthenticatorRecord:
    """Put on record that an authenticator was bound to a person.

    Args:
        user: Whose it is.
        kind: Of the authenticator.
        authenticator: Its `persistent_id`.
        name: As its owner calls it.
        facts: JSON-ready, without secrets: an AAGUID, whether it can be copied, what it was bound after.
        now: When.
    """
    return AuthenticatorRecord.objects.create(
        person=user, kind=kind.value, authenticator=authenticator, name=name, facts=dict(facts), bound_at=now
    )


def record_removed(*, authenticator: str, by: Actor, why: str, now: datetime) -> AuthenticatorRecord:
    """Put on record that an authenticator was removed, once.

    Args:
        authenticator: Its `persistent_id`.
        by: Who removed it.
        why: For who reads the record: "removed by its owner", "recovery".
        now: When; a clock that is a moment behind doesn't put the removal before the binding.

    Raises:
        AuthenticatorRecordError: There is no record of it that is still open.
    """
    row = (
        AuthenticatorRecord.objects
        .select_for_update()
        .filter(authenticator=authenticator, removed_at=None)
        .first()
    )
    if row is None:
        raise AuthenticatorRecordError("There is no open record of this authenticator.")
    row.removed_at = max(now, row.bound_at)
    row.removed_by = f"{by.kind.value}:{by.id}"
    row.removed_why = why
    row.save(update_fields=["removed_at", "removed_by", "removed_why"])
    return row
