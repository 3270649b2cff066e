"""Beginning the log anew after a restore: the ceremony without which the witness refuses what is left of it.

What was lost can't be proved back. What can be done is to say so: under another name, with what was signed
before and what there is now in an event of the log itself, so that nobody takes the one for the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from compliance.ledger.backends.witness import witness_hold, witness_recall, witness_start_over
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.epochs import is_later_epoch, origin_next
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.spellings import base64_write
from compliance.ledger.errors import RestartRefusedError, WitnessError
from compliance.ledger.models import AuditCheckpoint, AuditEpoch
from compliance.ledger.services.checkpoints import epoch_current, log_continue
from compliance.ledger.services.recording import audit_record
from compliance.ledger.services.sequencing import events_sequence


@dataclass(frozen=True, slots=True)
class Restart:
    """What a restart would do, as things are.

    Attributes:
        why: What the witness says against the log.
        signed: What file and Redis remember of it; where neither can be read, what the database says was
            signed last; empty if that says nothing, either.
        found: The log as it is, under the name that it would have from now on.
        origin: Its name until now.
    """

    why: str
    signed: tuple[Checkpoint, ...]
    found: Checkpoint
    origin: str


def restart_propose(*, now: datetime) -> Restart:
    """Say what a restart would do.

    Raises:
        RestartRefusedError: The witness doesn't refuse the log.
    """
    events_sequence()
    epoch = epoch_current(now=now)
    try:
        with witness_hold(expects_state=AuditCheckpoint.objects.exists()) as witness:
            log_continue(witness.remembered, epoch.origin)
    except WitnessError as exc:
        signed = _signed_before()
        found = log_continue((), origin_next(_last_origin(epoch.origin, signed)))
        return Restart(exc.message, signed, found, epoch.origin)
    raise RestartRefusedError("The witness takes the log as it is: there is nothing to begin anew.")


def log_restart(restart: Restart, *, reason: str, os_user: str, now: datetime) -> AuditEpoch:
    """Begin the log anew: under another name, by an event that says what was signed and what is left.

    The witness starts over once that is committed, then the log is signed (as after any critical action). A
    death in between leaves the event, and a witness that refuses: the ceremony is held again.

    Args:
        restart: What was proposed and confirmed.
        reason: Why, in the words of who does it.
        os_user: Who that is, as the host knows them.
        now: The time.

    Raises:
        RestartRefusedError: No reason was given, or what was confirmed isn't what would be done by now.
        WitnessError: The log isn't the one that was found.
    """
    if not reason.strip():
        raise RestartRefusedError("A restart needs a reason.")
    again = restart_propose(now=now)
    if (again.origin, again.signed, again.found.origin) != (
        restart.origin,
        restart.signed,
        restart.found.origin,
    ):
        raise RestartRefusedError("Something has changed meanwhile. Look again.")
    log_continue([restart.found], restart.found.origin)  # the log may have grown, and nothing else
    with transaction.atomic():
        epoch = AuditEpoch.objects.create(
            origin=restart.found.origin, began_at=now, began_size=restart.found.size
        )
        # Before the event: what it asks for on commit is signed by the witness that has started over.
        transaction.on_commit(lambda: witness_start_over(restart.found))
        audit_record(
            action=Action.LOG_RESTARTED,
            actor=SYSTEM,
            now=now,
            subject=("audit_log", restart.found.origin),
            detail={
                "why": restart.why,
                "before": [_told(each) for each in restart.signed],
                "after": _told(restart.found),
                "reason": reason,
                "os_user": os_user,
            },
        )
    return epoch


def _last_origin(origin: str, signed: Iterable[Checkpoint]) -> str:
    """Find the latest name that the log ever had: a database of before a restart doesn't know all of them."""
    for each in signed:
        if not is_later_epoch(origin, than=each.origin):
            origin = each.origin
    return origin


def _signed_before() -> tuple[Checkpoint, ...]:
    try:
        recalled = witness_recall()
    except WitnessError:
        recalled = []
    last: AuditCheckpoint | None = AuditCheckpoint.objects.last()
    if not recalled and last is not None:
        recalled = [Checkpoint(last.origin, last.size, bytes(last.root))]
    return tuple(recalled)


def _told(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": base64_write(checkpoint.root)}
