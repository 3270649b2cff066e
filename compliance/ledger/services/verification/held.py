"""What leans on the log from outside of it: each proof that somebody relies on shows what it's kept for."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from compliance.ledger.backends.proof_holders import proofs_held
from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.held_proofs import HeldProof, StoredEntry, held_proof_check
from compliance.ledger.domain.verification import Check, Findings
from compliance.ledger.errors import CheckpointError, VerificationError
from compliance.ledger.models import AuditContent, AuditEpoch, AuditEvent, AuditLeaf
from compliance.ledger.services.verification.expectations import Keys

_BATCH: Final = 500


def held_check(findings: Findings, keys: Keys) -> None:
    """Verify every proof that somebody relies on."""
    names = set(AuditEpoch.objects.values_list("origin", flat=True))
    known: dict[str, Checkpoint] = {}

    def verify(note: str, origin: str) -> Checkpoint:
        if origin not in names:
            raise CheckpointError("Its checkpoint is of another log.")
        if note not in known:
            known[note] = keys.note_read(note, origin)
        return known[note]

    proofs = proofs_held()
    while some := list(islice(proofs, _BATCH)):
        stored = _stored(some)
        for held in some:
            entry = stored.get(held.event)
            try:
                held_proof_check(held, entry, verify)
            except VerificationError as exc:
                findings.add(Check.PROOF, f"{held.said} {exc.message}.", entry.sequence if entry else None)


def _stored(proofs: Sequence[HeldProof]) -> dict[int, StoredEntry]:
    numbers = {each.event for each in proofs}
    places = dict(AuditLeaf.objects.filter(number__in=numbers).values_list("number", "sequence"))
    contents = dict(AuditContent.objects.filter(pk__in=numbers).values_list("pk", "content"))
    headers = AuditEvent.objects.filter(number__in=numbers).values_list("number", "header")
    return {
        number: StoredEntry(
            places[number], bytes(header), bytes(contents[number]) if number in contents else None
        )
        for number, header in headers
        if number in places
    }
