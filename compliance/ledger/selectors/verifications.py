"""How the log stands: how long it is, up to where it's signed, and how verifications went."""

from dataclasses import dataclass

from compliance.ledger.models import AuditCheckpoint, AuditVerification
from compliance.ledger.selectors.tree import tree_size


@dataclass(frozen=True, slots=True)
class LogState:
    """What a person sees of the log at a glance.

    Attributes:
        verified: The last verification that is over.
        held: The last one in which all of it was checked, and held.
        running: The one that waits or runs.
    """

    size: int
    checkpoint: AuditCheckpoint | None
    verified: AuditVerification | None
    held: AuditVerification | None
    running: AuditVerification | None


def log_state() -> LogState:
    """Read how the log stands."""
    newest = AuditVerification.objects.first()
    over = AuditVerification.objects.exclude(ended_at=None)
    return LogState(
        size=tree_size(),
        checkpoint=AuditCheckpoint.objects.last(),
        verified=over.first(),
        held=over.filter(verdict="holds").first(),
        running=newest if newest and newest.ended_at is None else None,
    )


def verifications_recent(*, count: int) -> list[AuditVerification]:
    """List the newest verifications that are over."""
    return list(AuditVerification.objects.exclude(ended_at=None)[:count])
