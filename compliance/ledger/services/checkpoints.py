"""Signing the state of the log: what was signed once is never contradicted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from compliance.ledger.backends.signer import signer_current
from compliance.ledger.backends.witness import witness_hold
from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose
from compliance.ledger.domain.merkle import EMPTY_ROOT, consistency_check, consistency_proof, tree_root
from compliance.ledger.errors import ProofError, WitnessError, WitnessMovedError
from compliance.ledger.models import AuditCheckpoint, AuditEpoch
from compliance.ledger.selectors.tree import TreeReader, tree_size
from compliance.ledger.services.locking import Turn, turn_take
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import randomness

_ATTEMPTS: Final = 5
_ORIGIN_BYTES: Final = 8


def checkpoint_take(*, now: datetime) -> AuditCheckpoint | None:
    """Give what is committed its place, and sign the log up to there, unless that's signed already.

    Never within a transaction: what is signed can't be rolled back. The witness, which rests outside the
    database, is told before the signature leaves; a death in between costs nothing, since the same again is
    signed again.

    Returns:
        The checkpoint that covers all that was committed; None: the log is empty.

    Raises:
        WitnessError: The log isn't the one that was signed before: shorter, or another one.
        SignerUnavailableError: No key can sign now.
        WitnessMovedError: Others were faster, again and again.
    """
    events_sequence()
    for _ in range(_ATTEMPTS):
        try:
            return _take(now)
        except WitnessMovedError:
            continue
    raise WitnessMovedError


def epoch_current(*, now: datetime) -> AuditEpoch:
    """Return under which name the log is signed; a new log draws one that no other log has."""
    return AuditEpoch.objects.last() or _epoch_begin(now)


@transaction.atomic
def _epoch_begin(now: datetime) -> AuditEpoch:
    # Two hosts on a new log: a second name would be refused for ever by the witness that knows the first.
    turn_take(Turn.BEGINNING)
    if epoch := AuditEpoch.objects.last():
        return epoch
    host = urlsplit(settings.PUBLIC_URL).netloc or "console"
    origin = f"{host}/audit-log/{randomness.token_bytes(_ORIGIN_BYTES).hex()}"
    return AuditEpoch.objects.create(origin=origin, began_at=now, began_size=0)


def _take(now: datetime) -> AuditCheckpoint | None:
    with witness_hold(expects_state=AuditCheckpoint.objects.exists()) as witness:
        size = tree_size()
        if size == 0:
            return None
        epoch = epoch_current(now=now)
        latest: AuditCheckpoint | None = AuditCheckpoint.objects.filter(origin=epoch.origin, size=size).last()
        stored = None if latest is None else Checkpoint(epoch.origin, size, bytes(latest.root))
        if latest is not None and witness.remembered == (stored,):
            return latest
        # A database that was restored to just where it was signed once comes here, too.
        checkpoint = log_continue([*witness.remembered, *([stored] if stored else [])], epoch.origin)
        witness.advance(checkpoint)
        return latest or _signed(checkpoint, now)


def log_continue(remembered: Iterable[Checkpoint], origin: str) -> Checkpoint:
    """Say how the log stands, if it begins with all that was signed before.

    Raises:
        WitnessError: It doesn't.
    """
    reader, size = TreeReader(), tree_size()
    checkpoint = Checkpoint(origin, size, tree_root(size, reader.node))
    for earlier in remembered:
        if earlier.origin != checkpoint.origin:
            raise WitnessError(f"{earlier.origin} was signed last, so {checkpoint.origin} can't follow.")
        try:
            consistency_check(
                first=earlier.size,
                second=checkpoint.size,
                proof=consistency_proof(earlier.size, checkpoint.size, reader.node),
                first_root=earlier.root if earlier.size else EMPTY_ROOT,
                second_root=checkpoint.root,
            )
        except ProofError as exc:
            raise WitnessError(
                f"The log of {checkpoint.size} entries doesn't continue the {earlier.size} that were signed."
            ) from exc
    return checkpoint


def _signed(checkpoint: Checkpoint, now: datetime) -> AuditCheckpoint:
    key, signature = signer_current().sign(checkpoint.body().encode())
    note = note_compose(checkpoint, [(NoteKey(checkpoint.origin, key.spki), signature)])
    # Another host may sign the same at once: the witness keeps hosts apart by what they sign, not in time.
    row, _ = AuditCheckpoint.objects.get_or_create(
        origin=checkpoint.origin,
        size=checkpoint.size,
        defaults={"root": checkpoint.root, "note": note, "signed_at": now, "kid": key.kid},
    )
    return row
