"""Recording drills and restores, as evidence that backups and plans work."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from compliance.desk.errors import DrillWordsError
from compliance.desk.models.drills import Drill, DrillKind, DrillResult
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditCheckpoint
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

LONGEST_WHAT: Final = 500
LONGEST_FOUND: Final = 1000
_RESTORES: Final = frozenset({DrillKind.RESTORE, DrillKind.RESTORE_DRILL})


@dataclass(frozen=True, slots=True)
class DrillAccount:
    """What was done, from when until when, and how it went.

    Attributes:
        kind: What was tried.
        what: What was restored or played through, and where.
        began_at: When it began.
        ended_at: When it was over.
        result: How it went.
        backup_at: Of when the backup was; a restore has one.
        found: What was found; needed where not all worked.
        next_due_on: When it's to be done again; None: not set.
    """

    kind: DrillKind
    what: str
    began_at: datetime
    ended_at: datetime
    result: DrillResult
    backup_at: datetime | None = None
    found: str = ""
    next_due_on: date | None = None


def drill_record(*, account: DrillAccount, recorder: User) -> Drill:
    """Write down a drill or a restore that is over, with the checkpoint that the log has now.

    Raises:
        DrillWordsError: Something is missing, or times are out of order.
    """
    now = clock.now()
    _account_check(account, now)
    with transaction.atomic():
        drill = Drill.objects.create(
            kind=account.kind,
            what=account.what.strip(),
            backup_at=account.backup_at,
            began_at=account.began_at,
            ended_at=account.ended_at,
            result=account.result,
            found=account.found.strip(),
            checkpoint=AuditCheckpoint.objects.last(),
            next_due_on=account.next_due_on,
            recorded_by=recorder,
            recorded_at=now,
        )
        audit_record(
            action=Action.DRILL_RECORDED,
            actor=recorder.actor,
            now=now,
            subject=("drill", str(drill.pk)),
            detail={
                "kind": drill.kind,
                "result": drill.result,
                "began_at": drill.began_at.isoformat(),
                "ended_at": drill.ended_at.isoformat(),
                "backup_at": drill.backup_at.isoformat() if drill.backup_at else None,
                "note": drill.what,
            },
        )
    return drill


def _account_check(account: DrillAccount, now: datetime) -> None:
    if not 0 < len(account.what.strip()) <= LONGEST_WHAT or len(account.found.strip()) > LONGEST_FOUND:
        raise DrillWordsError("Say what was restored or played through.")
    if not account.began_at < account.ended_at <= now:
        raise DrillWordsError("It ended after it began, and is over.")
    if account.kind in _RESTORES and account.backup_at is None:
        raise DrillWordsError("Say of when the backup was that was restored.")
    if account.backup_at is not None and account.backup_at > account.began_at:
        raise DrillWordsError("A backup is older than its restore.")
    if account.result != DrillResult.WORKED and not account.found.strip():
        raise DrillWordsError("Say what didn't work.")
