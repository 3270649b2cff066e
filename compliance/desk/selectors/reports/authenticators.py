"""Rows of the reports on authenticators and sign-ins."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accounts.domain.assurance import Assurance, AuthenticatorKind
from accounts.models import AuthenticatorRecord, User
from accounts.selectors.authenticators import KIND_WORDS, authenticators_shown, keeps_security_key
from compliance.desk.domain.export_filter import Period
from compliance.desk.domain.reports.declaration import Cell, Row
from compliance.desk.selectors.reports.key_operations import level_of
from compliance.desk.selectors.reports.log_rows import Told, entry_cells
from compliance.desk.selectors.reports.times import time_cell
from compliance.ledger.domain.events import Action

_CHUNK: Final = 200
_NONE: Final = "has none: can't sign in"
_NOT_BOUND: Final = "operates signing keys without a device-bound security key"
_SUSPECTED: Final = "turned off: it may have been copied"


def authenticator_rows(_now: datetime, _period: Period) -> Iterator[Row]:
    """Read every authenticator ever bound, person by person; also who has none.

    Yields:
        A row for each, and one for each person without any.
    """
    for person in User.objects.order_by("pk").prefetch_related("groups").iterator(chunk_size=_CHUNK):
        yield from _of(person)


def _of(person: User) -> Iterator[Row]:
    records = list(AuthenticatorRecord.objects.filter(person=person).order_by("bound_at", "pk"))
    shown = {f"{each.model}/{each.pk}": each for each in authenticators_shown(user=person)}
    lacks_key = keeps_security_key(user=person) and not any(
        record.facts.get("device_bound") and record.removed_at is None for record in records
    )
    for record in records:
        there = shown.get(record.authenticator)
        exception = _SUSPECTED if there and not there.is_usable else _NOT_BOUND if lacks_key else None
        yield _row(
            person,
            KIND_WORDS[AuthenticatorKind(record.kind)].lower(),
            record.name,
            f"AAL{level_of(record).value}",
            _yes(record.facts.get("device_bound")),
            _yes(record.facts.get("user_verified")),
            str(record.facts.get("aaguid") or ""),
            time_cell(record.bound_at),
            time_cell(there.last_used_at) if there else None,
            time_cell(record.removed_at),
            record.removed_why,
            exception if record.removed_at is None else None,
        )
    if person.is_active and not any(record.removed_at is None for record in records):
        yield _row(person, "none", *[None] * 9, _NONE)


def _row(person: User, *cells: Cell) -> Row:
    kind, *rest = cells
    told = (f"person {person.pk}", person.name, _yes(person.is_active), kind, *rest)
    return Row(told, person=str(person.pk))


def _yes(value: object) -> str | None:
    return None if value is None else "yes" if value else "no"


def sign_in_cells(told: Told) -> tuple[Cell, ...]:
    """Write one entry as a row."""
    kind = told.fact("kind")
    if told.header["action"] != Action.SIGNED_IN.value or kind not in set(AuthenticatorKind):
        return (*entry_cells(told), None, None)
    assurance = Assurance(
        kind=AuthenticatorKind(kind),
        authenticator="",
        proved_at=told.when,
        user_verified=told.facts.get("user_verified") is True,
        device_bound=told.facts.get("device_bound") is True,
    )
    return (*entry_cells(told), KIND_WORDS[AuthenticatorKind(kind)].lower(), f"AAL{assurance.aal.value}")
