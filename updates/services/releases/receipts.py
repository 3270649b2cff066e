"""Receipts: what went live is offered to devices once the audit log is proved to hold what made it live.

Asked for with the going live, taken right after its commit, since what isn't committed can't be proved. If
the log can't be signed then, the release waits: it's as if it weren't there yet, and the worker tries again.
What makes things safer never comes by here. A rollback to an earlier release finds the receipt that it has.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.proofs import proof_parse
from compliance.ledger.errors import LedgerError, ProofError
from compliance.ledger.models import AuditEvent
from compliance.ledger.services import Receipt, events_include
from releaseconsole.kernel import clock
from updates.domain.release_state import ON_CHANNEL
from updates.models import Release, ReleaseReceipt
from updates.selectors.receipts import PATIENCE, is_received, made_live_by, receipts_missing
from updates.services.decision_table import decision_table_touch
from updates.services.decisions import channel_served_changed
from updates.services.releases.rows import release_lock, release_record, served_changed_by

_log = logging.getLogger(__name__)
_TROUBLE_MAX = 500


def receipt_ask(release: Release, event: AuditEvent) -> None:
    """Note which event made a locked release live, and have its receipt taken once that's committed."""
    release.live_event, release.live_revision, release.receipt_trouble = event.number, release.revision, ""
    release.save(update_fields=["live_event", "live_revision", "receipt_trouble"])
    pk = release.pk
    transaction.on_commit(lambda: _after_commit(pk), robust=True)


def receipts_take() -> int:
    """Take the receipts that are missing, oldest first; returns how many.

    Also of what went live before there were receipts. While the log can't be signed nothing more is tried.
    """
    taken = 0
    for release in receipts_missing().select_related("channel"):
        try:
            taken += _take(release, clock.now())
        except ProofError as exc:  # of this one alone
            _waits(release, exc)
        except LedgerError as exc:
            for each in receipts_missing():
                _waits(each, exc)
            break
    return taken


def _after_commit(pk: int) -> None:
    release = Release.objects.select_related("channel").get(pk=pk)
    try:
        _take(release, clock.now())
    except LedgerError as exc:
        _waits(release, exc)


def _waits(release: Release, exc: LedgerError) -> None:
    """Keep for people why it waits."""
    _log.error("Release %s of %s waits for its receipt: %s", release.release_seq, release.app_id, exc.message)
    Release.objects.filter(pk=release.pk).update(receipt_trouble=exc.message[:_TROUBLE_MAX])


def _take(release: Release, now: datetime) -> bool:
    """Have the log signed over what made the release live, then keep the proof; someone else may be faster.

    Raises:
        LedgerError: The log can't be signed, or doesn't hold it.
    """
    events = made_live_by(release) or [_recorded_late(release, now)]
    receipt = events_include([event.number for event in events], now=now)
    with transaction.atomic():
        locked = release_lock(release)
        if is_received(locked) or locked.live_event != release.live_event:
            return False
        if locked.live_event is None:
            locked.live_event = events[-1].number  # from before there were receipts
        else:
            _counting_begin(locked, now)
        _keep(locked, events, receipt, now)
    return True


def _keep(release: Release, events: Sequence[AuditEvent], receipt: Receipt, now: datetime) -> None:
    live = release.live_event or 0
    ReleaseReceipt.objects.create(
        release=release,
        event=live,
        sequence=proof_parse(receipt.proofs[live]).index,
        origin=receipt.checkpoint.origin,
        size=receipt.checkpoint.size,
        proof=receipt.proofs[live],
        others=[
            {"event": event.number, "action": event.action, "proof": receipt.proofs[event.number]}
            for event in events
            if event.number != live
        ],
        taken_at=now,
    )
    release.receipt_trouble = ""
    release.save()
    if release.state in ON_CHANNEL:
        served_changed_by(release, release.channel)
    if release.state in ON_CHANNEL or release.superseded_by_id is not None:
        channel_served_changed(release.channel)
    else:
        decision_table_touch()  # a device may be forced to it


def _counting_begin(release: Release, now: datetime) -> None:
    """Begin anew what counts from going live, where it had to wait for that.

    A plan would otherwise have gone through its steps unseen, and a spread be over at once.
    """
    if release.counts_from is None or now - release.counts_from <= PATIENCE:
        return
    release.counts_from = now
    release.plan_step_at = now if release.plan else None
    if not release.receipts.exists():
        release.published_at = now


def _recorded_late(release: Release, now: datetime) -> AuditEvent:
    """Record the going live of a release that the log knows nothing of."""
    with transaction.atomic():
        return release_record(
            Action.RELEASE_PUBLISHED, release_lock(release), actor=SYSTEM, now=now, recorded_late=True
        )
