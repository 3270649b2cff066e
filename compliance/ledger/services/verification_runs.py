"""Verifications that are kept: asked for, run by the worker, and recorded in the log that they are about."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.events import SYSTEM, Action, Actor, Outcome
from compliance.ledger.domain.verification import Report, Verdict
from compliance.ledger.errors import VerificationError
from compliance.ledger.models import AuditVerification
from compliance.ledger.selectors.tree import tree_size
from compliance.ledger.selectors.verifications import verifications_recorded
from compliance.ledger.services.recording import audit_record
from compliance.ledger.services.verification import log_verify, stored_trust
from releaseconsole.kernel import clock

# A log of so many entries takes less than a minute: it's verified from its beginning every night.
_SHORT: Final = 1_000_000
_FULL_EVERY: Final = timedelta(days=6, hours=12)
# One that hasn't ended by then never will: its worker was killed.
_LONGEST: Final = timedelta(hours=2)


def verification_ask(*, now: datetime) -> AuditVerification:
    """Return the verification that is waiting or running, or else a new one that waits."""
    running = AuditVerification.objects.filter(ended_at=None, asked_at__gt=now - _LONGEST).first()
    return running or AuditVerification.objects.create(asked_at=now)


def verification_nightly(*, now: datetime) -> None:
    """Verify the log tonight, whatever somebody asked for before, or a worker has died of."""
    run = AuditVerification.objects.create(asked_at=now)
    verification_run(verification_id=run.pk, actor=SYSTEM, is_nightly=True)


def verification_run(*, verification_id: int, actor: Actor, is_nightly: bool = False) -> None:
    """Verify the log, and put down how it went; one that somebody else began isn't run beside them.

    What was found is recorded as an event: done if the log holds, otherwise failed.
    """
    now = clock.now()
    since = _trusted(now) if is_nightly else None
    # One that was begun is its process's: whoever asks again, or twice at once, waits for the same.
    waiting = AuditVerification.objects.filter(pk=verification_id, began_at=None)
    if not waiting.update(began_at=now, since=since.size if since else 0, size=tree_size()):
        return
    run = AuditVerification.objects.get(pk=verification_id)

    def progress(_size: int, done: int) -> None:
        AuditVerification.objects.filter(pk=run.pk).update(done=done)

    report = log_verify(now=now, since=since, progress=progress)
    _ended(run, report, actor)


def _trusted(now: datetime) -> Checkpoint | None:
    """Say from where a long log is verified tonight; None: from its beginning."""
    held = AuditVerification.objects.filter(verdict=Verdict.HOLDS, checkpoint_size__gt=0)
    # A row that somebody wrote must not keep entries from being looked at.
    recorded = verifications_recorded(held.filter(ended_at__gt=now - _FULL_EVERY))
    last = recorded[0] if recorded else None
    is_full_due = not any(run.since == 0 for run in recorded)
    if last is None or last.checkpoint_size is None or is_full_due or tree_size() <= _SHORT:
        return None
    try:
        return stored_trust(size=last.checkpoint_size)
    except VerificationError:
        return None


@transaction.atomic
def _ended(run: AuditVerification, report: Report, actor: Actor) -> None:
    now = clock.now()
    run.ended_at, run.verdict = now, report.verdict.value
    run.size = run.done = report.size
    run.checkpoint_size = report.checkpoint.size if report.checkpoint else None
    run.first_bad, run.total = report.first_bad, report.total
    run.findings = [asdict(finding) for finding in report.findings]
    run.unchecked = list(report.unchecked)
    run.save()
    audit_record(
        action=Action.LOG_VERIFIED,
        actor=actor,
        now=now,
        outcome=Outcome.DONE if report.verdict is Verdict.HOLDS else Outcome.FAILED,
        subject=("verification", str(run.pk)),
        detail={
            "outcome": report.verdict.value,
            "since": report.since,
            "size": report.size,
            "checkpoint_size": run.checkpoint_size,
            "findings": report.total,
            "first_bad_sequence": report.first_bad,
            "unchecked": len(report.unchecked),
        },
    )
