"""How much of the log rests under a copy outside the database, and how laying copies down went lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from compliance.ledger.domain.anchors import wait_after
from compliance.ledger.models import (
    AnchorAct,
    AnchorKind,
    AuditAnchor,
    AuditCheckpoint,
    AuditEpoch,
    AuditEvent,
    AuditLeaf,
    AuditPending,
)

_LATEST: Final = 12


@dataclass(frozen=True, slots=True)
class Unanchored:
    """The oldest entry under no copy.

    Attributes:
        sequence: Its place; None: it has none yet.
        at: When it happened.
        age: For how long.
    """

    sequence: int | None
    at: datetime
    age: timedelta


@dataclass(frozen=True, slots=True)
class AnchorStatus:
    """How one kind of copies is doing; `failures` are those since the last one that went well."""

    kind: AnchorKind
    is_on: bool
    last: AuditAnchor | None
    failures: int
    failure: AuditAnchor | None
    comparison: AuditAnchor | None

    def may_try(self, now: datetime) -> bool:
        """Whether it's time to try (again)."""
        return self.failure is None or now >= self.failure.at + wait_after(self.failures)


def epoch_origin() -> str:
    """Return the name under which the log is signed now; empty: it never was."""
    epoch = AuditEpoch.objects.last()
    return epoch.origin if epoch is not None else ""


def checkpoints_current() -> QuerySet[AuditCheckpoint]:
    """Return what was signed of this log, oldest first; of what an earlier one was, nothing."""
    return AuditCheckpoint.objects.filter(origin=epoch_origin())


def anchors_laid() -> QuerySet[AuditAnchor]:
    """Return the copies of this log's checkpoints, newest first."""
    laid = AuditAnchor.objects.filter(act=AnchorAct.LAY, error="", checkpoint__origin=epoch_origin())
    return laid.select_related("checkpoint")


def oldest_unanchored(now: datetime) -> Unanchored | None:
    """Find the oldest entry that a copy outside doesn't cover; None: all are covered."""
    # The newest checkpoint is the largest. There's a copy for each minute, so none is added up here.
    newest: AuditAnchor | None = anchors_laid().order_by("-checkpoint_id").first()
    covered = newest.checkpoint.size if newest is not None else 0
    leaf = AuditLeaf.objects.filter(sequence=covered).first()
    if leaf is not None:
        event = AuditEvent.objects.filter(number=leaf.number).first()
        return None if event is None else Unanchored(leaf.sequence, event.at, now - event.at)
    waiting = oldest_pending()
    return None if waiting is None else Unanchored(None, waiting.at, now - waiting.at)


def oldest_pending() -> AuditEvent | None:
    """Find the oldest committed event that waits for its place in the log; SQLite's never wait."""
    first = AuditPending.objects.order_by("number").first()
    return None if first is None else AuditEvent.objects.filter(number=first.number).first()


def anchor_statuses() -> list[AnchorStatus]:
    """Say of each kind how it's doing."""
    is_on = {
        AnchorKind.FILE: bool(settings.LEDGER_ANCHOR_DIR),
        AnchorKind.MAIL: bool(settings.LEDGER_ANCHOR_MAIL),
        AnchorKind.S3: bool(settings.LEDGER_ANCHOR_S3),
    }
    return [anchor_status(kind, is_on=is_on[kind]) for kind in AnchorKind]


def anchor_status(kind: AnchorKind, *, is_on: bool = True) -> AnchorStatus:
    """Say how one kind is doing."""
    rows = AuditAnchor.objects.filter(kind=kind).select_related("checkpoint")
    tries = rows.filter(act=AnchorAct.LAY)
    last = tries.filter(error="").first()
    failed = tries.exclude(error="").filter(pk__gt=last.pk if last else 0)
    return AnchorStatus(
        kind=kind,
        is_on=is_on,
        last=last,
        failures=failed.count(),
        failure=failed.first(),
        comparison=rows.filter(act=AnchorAct.COMPARE).first(),
    )


def anchors_latest() -> list[AuditAnchor]:
    """Read the newest copies and failures, newest first."""
    return list(AuditAnchor.objects.filter(act=AnchorAct.LAY).select_related("checkpoint")[:_LATEST])
