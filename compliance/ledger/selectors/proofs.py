"""Proofs to hand out: of one entry under a checkpoint, and that one checkpoint continues another."""

from collections.abc import Collection

from compliance.ledger.domain.merkle import consistency_proof, inclusion_proof
from compliance.ledger.domain.proofs import proof_compose
from compliance.ledger.errors import ProofError
from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditLeaf
from compliance.ledger.selectors.tree import TreeReader


def events_proofs(numbers: Collection[int], checkpoint: AuditCheckpoint) -> dict[int, str]:
    """Prove that events are in the log under a checkpoint: C2SP tlog-proofs that carry their headers.

    Returns:
        The proof of each event, by the event's number.

    Raises:
        ProofError: One of them isn't under this checkpoint.
    """
    reader = TreeReader()
    places = AuditLeaf.objects.filter(number__in=numbers).values_list("number", "sequence")
    headers = dict(AuditEvent.objects.filter(number__in=numbers).values_list("number", "header"))
    proofs = {
        number: proof_compose(
            index=sequence,
            path=inclusion_proof(sequence, checkpoint.size, reader.node),
            note=checkpoint.note,
            extra=bytes(headers[number]),
        )
        for number, sequence in places
    }
    if missing := set(numbers) - proofs.keys():
        raise ProofError(f"Event {min(missing)} has no place in the log yet.")
    return proofs


def consistency_between(first: AuditCheckpoint, second: AuditCheckpoint) -> list[bytes]:
    """Prove that the second checkpoint's log begins with the first one's.

    Raises:
        ProofError: The second one is of an earlier log.
    """
    return consistency_proof(first.size, second.size, TreeReader().node)
