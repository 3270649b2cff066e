"""Laying checkpoints of a growing log down, and comparing the copies."""

from datetime import UTC, datetime
from pathlib import Path

from compliance.ledger.models import AuditCheckpoint
from compliance.ledger.services.anchors import anchors_lay
from compliance.ledger.services.anchors_comparing import Comparison, anchors_check
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel import clock
from tests.support.log import event_made

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
BUCKET = "log-anchors"


def grown(n: int = 1) -> AuditCheckpoint:
    """The log, longer by some events and signed."""
    for number in range(n):
        event_made(n=number)
    checkpoint = checkpoint_take(now=clock.now())
    assert checkpoint is not None
    return checkpoint


def lay() -> int:
    return anchors_lay(now=clock.now())


def compare() -> list[Comparison]:
    return anchors_check(now=clock.now())


def said() -> str:
    """All that a comparison found, in words."""
    return "; ".join(each.says for one in compare() for each in one.differences)


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.checkpoint"))
