"""Whose turn it is: one worker has a run for a quarter of an hour, and writes nothing of it after that.

What a worker claimed is the time until which it has the run; whoever takes it over later claims another one.
"""

from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet

from compliance.desk.errors import DeskError
from compliance.desk.models import ErasureRun
from compliance.desk.models.erasures import ErasureState
from releaseconsole.kernel import clock

# For as long as one worker may take for a step before another one tries.
_CLAIM: Final = timedelta(minutes=15)


class ClaimLostError(DeskError):
    """Another worker took over, or ended the run, while this one was at a step."""

    code = "privacy_claim_lost"
    title = "Another worker has this erasure now."


def claim_take(run: ErasureRun) -> bool:
    """Take a run that nobody has; False: it isn't running, or somebody has it."""
    now = clock.now()
    running = ErasureRun.objects.filter(pk=run.pk, state=ErasureState.RUNNING)
    free = running.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    if not free.update(claimed_until=now + _CLAIM):
        return False
    run.refresh_from_db()
    return True


def claimed(run: ErasureRun) -> QuerySet[ErasureRun]:
    """Match the run as long as this worker has it: nothing is written of it otherwise."""
    mine = ErasureRun.objects.filter(pk=run.pk, state=ErasureState.RUNNING)
    return mine.filter(claimed_until=run.claimed_until, claimed_until__isnull=False)


def claim_renew(run: ErasureRun) -> None:
    """Have it for longer, in the middle of a long step; never inside a transaction.

    Raises:
        ClaimLostError: Another worker has it.
    """
    until = clock.now() + _CLAIM
    if not claimed(run).update(claimed_until=until):
        raise ClaimLostError
    run.claimed_until = until


def claim_hold(run: ErasureRun) -> None:
    """Lock the run for the rest of the transaction, so that nobody takes it over meanwhile.

    Raises:
        ClaimLostError: Another worker has it.
    """
    if claimed(run).select_for_update().first() is None:
        raise ClaimLostError


def claim_drop(run: ErasureRun) -> None:
    """Let others have it; what another worker claimed stays theirs."""
    claimed(run).update(claimed_until=None)
