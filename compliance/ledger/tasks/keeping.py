"""Laying checkpoints down outside, looking after them, and deleting what was kept for long enough."""

from typing import Final

from celery import shared_task

from compliance.ledger.services import anchors, anchors_comparing, retention
from compliance.ledger.services.purges import Purged, purge_run
from releaseconsole.kernel import clock

# A day's run deletes this many batches at most; the rest is the next day's.
_MOST_BATCHES: Final = 200


@shared_task(name="ledger.tasks.anchors_lay")
def anchors_lay() -> None:
    """Lay down what is due."""
    anchors.anchors_lay(now=clock.now())


@shared_task(name="ledger.tasks.anchors_compare")
def anchors_compare() -> None:
    """Compare the copies with the log."""
    anchors_comparing.anchors_check(now=clock.now())


@shared_task(name="ledger.tasks.content_expire")
def content_expire() -> None:
    """Delete contents and personal values whose time is over, batch by batch."""
    purge_run(Purged.CONTENT, _content_expire)


def _content_expire() -> int:
    gone = 0
    for _ in range(_MOST_BATCHES):
        batch = retention.content_expire(now=clock.now())
        gone += batch
        if not batch:
            break
    return gone
