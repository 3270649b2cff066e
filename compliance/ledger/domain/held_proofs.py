"""Proofs that are kept outside the log and lean on it: what they have to show, whoever wrote them there."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.ledger.domain.checkpoints import Checkpoint
from compliance.ledger.domain.events import Outcome
from compliance.ledger.domain.merkle import inclusion_check, leaf_hash
from compliance.ledger.domain.proofs import proof_parse
from compliance.ledger.errors import LedgerError, VerificationError


@dataclass(frozen=True, slots=True)
class HeldProof:
    """A proof that somebody relies on.

    Attributes:
        said: What it is, to begin a sentence with.
        event: Number of the event that it's said to prove.
        text: The proof (C2SP tlog-proof, which carries the entry's header).
        actions: One of these is what that event has to say was done.
        app_id: In which app.
        subject: To what.
        facts: What its content has to say beyond that, as far as it says anything of it and is still there.
    """

    said: str
    event: int
    text: str
    actions: frozenset[str]
    app_id: str
    subject: tuple[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """The event that a proof names, as the log has it."""

    sequence: int
    header: bytes
    content: bytes | None


def held_proof_check(
    held: HeldProof, stored: StoredEntry | None, verify: Callable[[str, str], Checkpoint]
) -> None:
    """Hold a proof against the log.

    Args:
        held: It.
        stored: The event that it names; None: the log has none.
        verify: Verifies a checkpoint of a log with this name.

    Raises:
        VerificationError: It shows something else, or nothing.
    """
    try:
        proof = proof_parse(held.text)
        checkpoint = verify(proof.note, proof.note.partition("\n")[0])
        inclusion_check(
            leaf=leaf_hash(proof.extra),
            index=proof.index,
            size=checkpoint.size,
            proof=proof.path,
            root=checkpoint.root,
        )
    except LedgerError as exc:
        raise VerificationError(f"proves nothing: {exc.message}") from exc
    if stored is None or (proof.index, proof.extra) != (stored.sequence, stored.header):
        raise VerificationError(f"proves another entry than event {held.event}")
    try:
        header = json.loads(stored.header)
        told = (header["app"], header["object"]["type"], header["object"]["id"], header["outcome"])
        says_so = header["action"] in held.actions
        facts = dict(json.loads(stored.content)["facts"]) if stored.content is not None else {}
    except (LookupError, TypeError, ValueError) as exc:  # whatever is in the log is proved, nonsense too
        raise VerificationError(f"proves entry {stored.sequence}, which nobody can read") from exc
    if not says_so or told != (held.app_id, *held.subject, Outcome.DONE.value):
        raise VerificationError(f"proves entry {stored.sequence}, which says something else")
    for name, value in held.facts.items():
        if facts.get(name, value) != value:
            raise VerificationError(f"is of entry {stored.sequence}, which says another {name}")
