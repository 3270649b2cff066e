"""Keeping a register of people outside: added, changed, ended; never deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from compliance.desk.errors import DeskError
from compliance.desk.models.parties import RegisteredParty
from compliance.desk.selectors.calendar import today_at
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record

P = TypeVar("P", bound=RegisteredParty)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRegister(Generic[P]):
    """One register.

    Attributes:
        rows: Its rows.
        noun: What one is called.
        article: What stands before that at the beginning of a sentence.
        subject: The type of object on the log.
        error: What is raised.
        added: The event of adding.
        changed: Of a change.
        ended: Of an end.
        facts: What of a row is on the log.
    """

    rows: Callable[[], QuerySet[P]]
    noun: str
    article: str
    subject: str
    error: type[DeskError]
    added: Action
    changed: Action
    ended: Action
    facts: Callable[[P], dict[str, Any]]

    def add(self, columns: Mapping[str, Any], *, user: User, now: datetime) -> P:
        """Register one; the caller has checked the columns and opened the transaction.

        Raises:
            DeskError: There's one of this name.
        """
        self._name_check(columns, None)
        row = self.rows().create(**columns, added_by=user, added_at=now)
        self._record(self.added, row, user, now, after=self.facts(row))
        return row

    def locked(self, pk: int, *, version: int) -> P:
        """Lock one to change it, as of the version that the person saw.

        Raises:
            DeskError: They have ended, or somebody else changed it meanwhile.
        """
        row = self._standing(pk)
        if row.version != version:
            raise self.error("Somebody else changed it meanwhile. Look at it again.")
        return row

    def change(self, row: P, columns: Mapping[str, Any], *, user: User, now: datetime) -> P:
        """Change what is registered of one that is `locked`; the caller has checked the columns.

        Raises:
            DeskError: The name is another's.
        """
        self._name_check(columns, row)
        before = self.facts(row)
        for field, value in columns.items():
            setattr(row, field, value)
        row.version += 1
        row.save()
        after = self.facts(row)
        if changed := [each for each in after if after[each] != before[each]]:
            told = {
                "before": {each: before[each] for each in changed},
                "after": {each: after[each] for each in changed},
            }
            self._record(self.changed, row, user, now, **told)
        return row

    def end(self, pk: int, *, reason: str, user: User, now: datetime) -> P:
        """Say that somebody has nothing any more; what was registered stays.

        Raises:
            DeskError: They have ended already, or nobody says why.
        """
        if not reason.strip():
            raise self.error("Say why, and what became of the data.")
        with transaction.atomic():
            row = self._standing(pk)
            row.ended_on, row.ended_reason = today_at(now), reason.strip()
            row.save(update_fields=["ended_on", "ended_reason"])
            self._record(self.ended, row, user, now, reason=row.ended_reason)
        return row

    def _standing(self, pk: int) -> P:
        row = self.rows().select_for_update().filter(pk=pk).first()
        if row is None or row.ended_on is not None:
            raise self.error(f"The {self.noun} has ended, or there's none.")
        return row

    def _name_check(self, columns: Mapping[str, Any], other_than: P | None) -> None:
        same = self.rows().filter(name=columns["name"], ended_on=None)
        if (same.exclude(pk=other_than.pk) if other_than else same).exists():
            raise self.error(f"{self.article} {self.noun} of this name is registered.")

    def _record(self, action: Action, row: P, user: User, now: datetime, **detail: Any) -> None:
        audit_record(
            action=action, actor=user.actor, now=now, subject=(self.subject, str(row.pk)), detail=detail
        )
