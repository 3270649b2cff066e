"""Rows of “key operations”: each with the confirmation that it had, and what level that one reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from accounts.domain.assurance import AAL, Assurance, AuthenticatorKind
from accounts.models import AuthenticatorRecord, StepUp
from accounts.selectors.authenticators import KIND_WORDS
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.log_rows import Told
from compliance.desk.selectors.reports.times import time_cell
from compliance.ledger.domain.events import ActorKind
from compliance.ledger.domain.phrases import phrase

_NEAR: Final = timedelta(minutes=1)
_APPROVING: Final = "accounts:approval:give"


def key_operation_rows(batches: Iterable[Sequence[Told]]) -> Iterator[Row]:
    """Make rows of entries, some at a time: confirmations are looked up for all of them at once.

    Yields:
        A row for each.
    """
    for batch in batches:
        found = _confirmations(batch)
        records = _records(found)
        for told in batch:
            yield _row(told, _confirmation_of(told, found), records)


def _confirmations(batch: Sequence[Told]) -> list[StepUp]:
    people = {int(told.actor.id) for told in batch if told.actor.kind is ActorKind.PERSON}
    times = [told.when for told in batch]
    used = StepUp.objects.filter(
        user_id__in=people, used_at__gte=min(times) - _NEAR, used_at__lte=max(times) + _NEAR
    )
    return list(used.order_by("used_at"))


def _confirmation_of(told: Told, found: Iterable[StepUp]) -> StepUp | None:
    """Find the nearest confirmation of this operation, or of approving it, by who did it."""
    if told.actor.kind is not ActorKind.PERSON:
        return None
    fitting = [
        (abs(each.used_at - told.when), each)
        for each in found
        if each.used_at
        and str(each.user_id) == told.actor.id
        and each.operation in {told.header["action"], _APPROVING}
        and abs(each.used_at - told.when) <= _NEAR
    ]
    return min(fitting, key=lambda each: each[0])[1] if fitting else None


def _records(found: Iterable[StepUp]) -> Mapping[str, AuthenticatorRecord]:
    named = {each.authenticator for each in found}
    return {each.authenticator: each for each in AuthenticatorRecord.objects.filter(authenticator__in=named)}


def _row(told: Told, step_up: StepUp | None, records: Mapping[str, AuthenticatorRecord]) -> Row:
    record = records.get(step_up.authenticator) if step_up else None
    cells: tuple[Cell, ...] = (
        told.sequence,
        told.at,
        told.who,
        told.name,
        phrase(told.header["action"], told.header["outcome"]),
        told.header["outcome"],
        told.app,
        told.fact("purpose").replace("_", " "),
        told.fact("kid") or told.fact("signer_kid"),
        told.fact("algorithm"),
        told.fact("backend"),
        KIND_WORDS[AuthenticatorKind(record.kind)].lower() if record else None,
        _level(told, step_up, record),
        time_cell(step_up.used_at) if step_up else None,
        told.header["action"],
    )
    return Row(cells, told.app, told.actor.id)


def _level(told: Told, step_up: StepUp | None, record: AuthenticatorRecord | None) -> str | None:
    if told.actor.kind is not ActorKind.PERSON:
        return None
    if step_up is None or record is None:
        return "none on record"
    return f"AAL{level_of(record).value}"


def level_of(record: AuthenticatorRecord) -> AAL:
    """Say which level an authenticator reaches, by what it was when it was bound."""
    return Assurance(
        kind=AuthenticatorKind(record.kind),
        authenticator=record.authenticator,
        proved_at=record.bound_at,
        user_verified=bool(record.facts.get("user_verified")),
        device_bound=bool(record.facts.get("device_bound")),
    ).aal
