"""Laying checkpoints down outside: each in a folder, one an hour in a bucket, one a day by mail.

What went wrong is on record and tried again, ever more slowly. Only the sealing of a day, with its last
checkpoint, is an event: one for each copy would make the log grow by itself for ever.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from compliance.ledger.backends.anchor_places import AnchorPlace, file_drop, s3_drop
from compliance.ledger.backends.officers import officers_write
from compliance.ledger.domain.anchors import anchor_name, day_of, hour_of, midnight_before
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.errors import AnchorError
from compliance.ledger.models import AnchorAct, AnchorKind, AuditAnchor, AuditCheckpoint
from compliance.ledger.selectors.anchors import anchor_status, anchors_laid, checkpoints_current
from compliance.ledger.services.recording import audit_record

# What is caught up with at once after a folder was away.
_AT_ONCE: Final = 200
_LONGEST_ERROR: Final = 300


def anchors_lay(*, now: datetime) -> int:
    """Lay down what is due, wherever that's set up; what fails keeps nothing else from being laid.

    Returns:
        How many copies were made.
    """
    ways: tuple[tuple[AnchorKind, object, Callable[[datetime], int]], ...] = (
        (AnchorKind.FILE, settings.LEDGER_ANCHOR_DIR, _files_lay),
        (AnchorKind.S3, settings.LEDGER_ANCHOR_S3, _objects_lay),
        (AnchorKind.MAIL, settings.LEDGER_ANCHOR_MAIL, _letters_lay),
    )
    return sum(_try(kind, lay, now) for kind, is_on, lay in ways if is_on)


def _try(kind: AnchorKind, lay: Callable[[datetime], int], now: datetime) -> int:
    latest = checkpoints_current().last()
    if latest is None or not anchor_status(kind).may_try(now):
        return 0
    try:
        return lay(now)
    except AnchorError as exc:
        AuditAnchor.objects.create(
            checkpoint=latest, kind=kind, place="", at=now, error=exc.message[:_LONGEST_ERROR]
        )
        return 0
    except IntegrityError:  # another worker was faster, and has written it down
        return 0


def _files_lay(now: datetime) -> int:
    last = anchors_laid().filter(kind=AnchorKind.FILE).first()
    found = checkpoints_current()
    due = (
        found.filter(pk__gt=last.checkpoint_id).order_by("pk")[:_AT_ONCE]
        if last is not None
        else [each for each in (found.last(),) if each is not None]
    )
    place = _reachable(file_drop())
    count = 0
    for checkpoint in due:
        name = anchor_name(checkpoint.origin, checkpoint.size, checkpoint.signed_at)
        place.lay(name, checkpoint.note)
        _laid(checkpoint, AnchorKind.FILE, name, now)
        count += 1
    return count


def _objects_lay(now: datetime) -> int:
    place = _reachable(s3_drop())
    return _hourly_lay(place, now) + _sealed_lay(place, now)


def _hourly_lay(place: AnchorPlace, now: datetime) -> int:
    laid = anchors_laid().filter(kind=AnchorKind.S3, seals=None)
    latest = checkpoints_current().last()
    if (
        latest is None
        or laid.filter(at__gte=hour_of(now)).exists()
        or laid.filter(checkpoint=latest).exists()
    ):
        return 0
    name = f"hourly/{anchor_name(latest.origin, latest.size, latest.signed_at)}"
    place.lay(name, latest.note)
    _laid(latest, AnchorKind.S3, name, now)
    return 1


def _sealed_lay(place: AnchorPlace, now: datetime) -> int:
    checkpoint = _to_seal(AnchorKind.S3, now)
    if checkpoint is None:
        return 0
    name = f"sealed/{anchor_name(checkpoint.origin, checkpoint.size, checkpoint.signed_at)}"
    place.lay(name, checkpoint.note)
    with transaction.atomic():
        _seal(checkpoint, AnchorKind.S3, name, now)
    return 1


def _letters_lay(now: datetime) -> int:
    checkpoint = _to_seal(AnchorKind.MAIL, now)
    if checkpoint is None:
        return 0
    with transaction.atomic():
        context = {"checkpoint": checkpoint, "day": day_of(checkpoint.signed_at)}
        count = officers_write(template="audit_checkpoint_sealed", context=context)
        if not count:
            raise AnchorError("There's no compliance officer to write to.")
        _seal(checkpoint, AnchorKind.MAIL, f"{count} letters" if count > 1 else "1 letter", now)
    return 1


def _to_seal(kind: AnchorKind, now: datetime) -> AuditCheckpoint | None:
    """Return the last checkpoint of the last day that is over and has one, unless it's sealed."""
    checkpoint = checkpoints_current().filter(signed_at__lt=midnight_before(now)).last()
    if (
        checkpoint is None
        or anchors_laid().filter(kind=kind, checkpoint=checkpoint, seals__isnull=False).exists()
    ):
        return None
    return checkpoint


def _seal(checkpoint: AuditCheckpoint, kind: AnchorKind, place: str, now: datetime) -> None:
    _laid(checkpoint, kind, place, now, is_sealed=True)
    audit_record(
        action=Action.ANCHOR_SET,
        actor=SYSTEM,
        now=now,
        subject=("checkpoint", str(checkpoint.size)),
        detail={"kind": kind.value, "place": place, "day": day_of(checkpoint.signed_at).isoformat()},
    )


def _laid(
    checkpoint: AuditCheckpoint, kind: AnchorKind, place: str, now: datetime, *, is_sealed: bool = False
) -> None:
    with transaction.atomic():
        AuditAnchor.objects.create(
            checkpoint=checkpoint,
            kind=kind,
            act=AnchorAct.LAY,
            place=place,
            seals=day_of(checkpoint.signed_at) if is_sealed else None,
            at=now,
        )


def _reachable(place: AnchorPlace | None) -> AnchorPlace:
    if place is None:
        raise AnchorError("No place is set up.")
    return place
