"""Making an export: claimed by one process at a time, taken over from one that died, given up in the open.

The pack covers the log up to a checkpoint that is taken when the making begins; the order is under it. When
the file is there, an entry says so, and only when that entry is itself under a signed checkpoint can the pack
be downloaded: what leaves the console is on the log for sure.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from compliance.desk.backends.export_files import (
    pack_path,
    pack_store,
    work_begin,
    work_end,
    works_abandoned,
)
from compliance.desk.errors import ExportLostError
from compliance.desk.models import Export
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.export_scope import entries_covered
from compliance.desk.services.export_closing import pack_close
from compliance.desk.services.export_pack import PackFolder, Written, entries_write
from compliance.desk.services.reports.making import report_write
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.models import AuditCheckpoint
from compliance.ledger.services import audit_record, events_include
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.errors import ConsoleError

# Who makes an export says so every few seconds, also while packing; the report is the longest silence. It's
# set twice at most, with 120 s for each (backends.pdf): far more than both, or the living are taken for dead.
SILENCE: Final = timedelta(minutes=10)
ATTEMPTS: Final = 3
_BEAT_SECONDS: Final = 2.0
_log = logging.getLogger(__name__)


def exports_make() -> int:
    """Make what is ordered, one after the other; returns how many were taken on."""
    count = 0
    while (export := export_claim()) is not None:
        export_make(export=export)
        count += 1
    return count


def export_claim() -> Export | None:
    """Take the next export on, or over from a process that is silent for long; None: nothing is to do."""
    now = clock.now()
    for dead in Export.objects.filter(state=ExportState.RUNNING, alive_at__lt=now - SILENCE):
        _take_over(dead, now)
    claim = randomness.uuid4()
    try:
        with transaction.atomic():
            waiting = Export.objects.filter(state=ExportState.ORDERED).order_by("ordered_at").first()
            if waiting is None or Export.objects.filter(state=ExportState.RUNNING).exists():
                return None
            taken = Export.objects.filter(pk=waiting.pk, state=ExportState.ORDERED).update(
                state=ExportState.RUNNING,
                claim=claim,
                alive_at=now,
                attempts=F("attempts") + 1,
                entries_done=0,
                entries_total=0,
            )
    except IntegrityError:  # another process was faster: one is made at a time
        return None
    return Export.objects.get(pk=waiting.pk) if taken else None


def _take_over(dead: Export, now: datetime) -> None:
    _log.warning("The process that made %s is silent since %s.", dead, dead.alive_at)
    if dead.attempts < ATTEMPTS:
        mine = Export.objects.filter(pk=dead.pk, claim=dead.claim, state=ExportState.RUNNING)
        mine.update(state=ExportState.ORDERED, claim=None)
    else:
        _fail(dead, f"{ATTEMPTS} processes that made it died.", now)


def export_make(*, export: Export) -> None:
    """Make a claimed export, or note why it can't be made.

    Raises:
        ValueError: Nobody claimed it.
    """
    claim = export.claim
    if claim is None:
        raise ValueError("an export is claimed before it's made")
    _rubbish_remove()
    try:
        if export.made_id is None or not pack_path(export.pk).exists():
            _pack_make(export)
        _open(export)
    except ExportLostError:
        _log.info("%s is somebody else's now, or cancelled.", export)
    except ConsoleError as error:
        _fail(export, error.message, clock.now())
    except OSError as error:
        _log.exception("%s can't be written.", export)
        _fail(export, f"The file can't be written: {error.strerror}.", clock.now())
    finally:
        work_end(claim)


def _pack_make(export: Export) -> None:
    now = clock.now()
    export.checkpoint = checkpoint_take(now=now)
    if export.checkpoint is None or export.claim is None:
        raise ExportLostError  # an order is on the log, and claimed
    size = export.checkpoint.size
    export.previous = _previous(export)
    export.first, export.end = entries_covered(export.wish.period, size=size)
    export.entries_total = export.end - export.first
    _keep(export, "checkpoint", "previous", "first", "end", "entries_total")
    folder = PackFolder(work_begin(export.claim))
    beat = _beat(export)
    written = entries_write(export, folder, tick=beat)
    export.alive_at = clock.now()
    _keep(export, "alive_at")
    made = report_write(export, folder, written, tick=lambda: beat(export.entries_total))
    pack_close(export, folder, written, made)
    export.sha256, export.size = pack_store(
        folder=folder.path, export_id=export.pk, tick=lambda: beat(export.entries_total)
    )
    _record(export, written)


def _previous(export: Export) -> AuditCheckpoint | None:
    """Find the checkpoint of this person's last export: the next pack shows that the log continues it."""
    if export.checkpoint is None:
        return None
    earlier = Export.objects.filter(
        ordered_by=export.ordered_by,
        state__in=[ExportState.READY, ExportState.REMOVED],
        checkpoint__origin=export.checkpoint.origin,
    )
    last = earlier.order_by("-made_at").first()
    return last.checkpoint if last else None


def _record(export: Export, written: Written) -> None:
    """Put on the log that it was made; it isn't open for download yet."""
    now = clock.now()
    export.counts, export.made_at = written.tally.as_data(), now
    export.expires_at = now + timedelta(days=settings.EXPORT_KEEP_DAYS)
    with transaction.atomic():
        export.made = audit_record(
            action=Action.EXPORT_MADE,
            actor=export.ordered_by.actor,
            now=now,
            subject=("export", str(export.pk)),
            detail={
                "sha256": export.sha256,
                "bytes": export.size,
                "first": export.first,
                "end": export.end,
                "counts": export.counts,
            },
        )
        _keep(export, "sha256", "size", "counts", "made", "made_at", "expires_at")


def _open(export: Export) -> None:
    """Open it for download, once the log is signed over its making.

    Raises:
        ExportLostError: It isn't this process's any more.
    """
    if export.made_id is None:
        raise ExportLostError
    receipt = events_include([export.made_id], now=clock.now())
    export.receipt, export.state = receipt.proofs[export.made_id], ExportState.READY
    export.entries_done = export.entries_total
    _keep(export, "receipt", "state", "entries_done")


def _beat(export: Export) -> Callable[[int], None]:
    """Say how far it has come, and learn when it's cancelled; however often it's called."""
    last = clock.monotonic()

    def beat(done: int) -> None:
        nonlocal last
        if clock.monotonic() - last >= _BEAT_SECONDS:
            last = clock.monotonic()
            export.entries_done, export.alive_at = done, clock.now()
            _keep(export, "entries_done", "alive_at")

    return beat


def _keep(export: Export, *names: str) -> None:
    """Write columns of an export that is still this process's.

    Raises:
        ExportLostError: It isn't.
    """
    mine = Export.objects.filter(pk=export.pk, claim=export.claim, state=ExportState.RUNNING)
    if not mine.update(**{name: getattr(export, name) for name in names}):
        raise ExportLostError


def _fail(export: Export, why: str, now: datetime) -> None:
    mine = Export.objects.filter(pk=export.pk, claim=export.claim, state=ExportState.RUNNING)
    with transaction.atomic():
        if mine.update(state=ExportState.FAILED, failure=why[:500], claim=None):
            audit_record(
                action=Action.EXPORT_MADE,
                actor=export.ordered_by.actor,
                now=now,
                outcome=Outcome.FAILED,
                subject=("export", str(export.pk)),
                detail={"reason": why},
            )


def _rubbish_remove() -> None:
    """Remove what dead processes left, now that it's sure that they're dead: one is made at a time."""
    alive = Export.objects.filter(state=ExportState.RUNNING).values_list("claim", flat=True)
    for claim in works_abandoned({each for each in alive if each}):
        work_end(claim)
