"""Handing out the proof of an entry: one small text that is verified without this console."""

from datetime import datetime

from django.db import transaction

from compliance.desk.selectors.log_entry import checkpoint_over
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.models import AuditCheckpoint, AuditLeaf
from compliance.ledger.selectors.proofs import events_proofs
from compliance.ledger.services import audit_record
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel.errors import NotFoundError


def entry_prove(*, sequence: int, now: datetime) -> tuple[str, AuditCheckpoint]:
    """Prove an entry under the first checkpoint that covers it; where none does, one is signed now.

    Never within a transaction, as no checkpoint is.

    Returns:
        The proof (C2SP tlog-proof, with the entry's header in it), and its checkpoint.

    Raises:
        NotFoundError: The log isn't that long.
        LedgerError: No checkpoint can be signed now.
    """
    leaf = AuditLeaf.objects.filter(sequence=sequence).first() if sequence < 2**63 else None
    if leaf is None:
        raise NotFoundError(f"The audit log has no entry {sequence}.")
    checkpoint = checkpoint_over(sequence) or checkpoint_take(now=now)
    if checkpoint is None:
        raise NotFoundError("The audit log is empty.")
    return events_proofs([leaf.number], checkpoint)[leaf.number], checkpoint


def entry_proof_take(*, sequence: int, actor: Actor, now: datetime) -> str:
    """Prove an entry to a person, and record that they took the proof.

    Raises:
        NotFoundError: The log isn't that long.
        LedgerError: No checkpoint can be signed now.
    """
    proof, checkpoint = entry_prove(sequence=sequence, now=now)
    with transaction.atomic():
        audit_record(
            action=Action.PROOF_TAKEN,
            actor=actor,
            now=now,
            subject=("audit_entry", str(sequence)),
            detail={"checkpoint_size": checkpoint.size},
        )
    return proof
