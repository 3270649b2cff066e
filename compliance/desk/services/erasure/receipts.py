"""The person's receipt: what was erased and what stays, with a proof that the audit log says so.

Whoever has it can check it without the console: the statement's digest is in the event's content, the
content's digest in its header, and the header under a signed checkpoint (docs/audit-log-format.md). It names
nobody, so the console may keep its text.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from compliance.desk.errors import ErasureUnfinishedError
from compliance.desk.models import ErasureRun
from compliance.desk.models.erasures import ErasureState
from compliance.desk.services.proving import entry_prove
from compliance.ledger.domain.checkpoints import NoteKey
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.proofs import proof_check, proof_parse
from compliance.ledger.errors import ProofError
from compliance.ledger.models import AuditContent, AuditLeaf
from compliance.ledger.services import events_include
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_encode, sha256_hex
from releaseconsole.kernel.errors import NotFoundError

_TYPE: Final = "release-console/erasure-receipt"


def receipt_run(reference: str) -> ErasureRun | None:
    """Find what a request's receipt is about: its erasure, not one that was done again after a restore."""
    done = ErasureRun.objects.filter(request=reference, state=ErasureState.DONE, is_replay=False)
    return done.first()


def erasure_receipt(run: ErasureRun) -> str:
    """Write the receipt of a finished erasure: JSON, with a C2SP tlog-proof in it.

    Raises:
        ErasureUnfinishedError: It isn't finished.
        NotFoundError: The log's content of then was kept for its time, and is gone.
        LedgerError: The log can't be signed now.
    """
    if run.event is None:
        raise ErasureUnfinishedError
    held = AuditContent.objects.filter(event=run.event).first()
    if held is None:
        raise NotFoundError("The audit log doesn't keep what this receipt proves any more.")
    return json.dumps(
        {
            "type": _TYPE,
            "statement": run.statement,
            "event_content": bytes(held.content).decode(),
            "proof": _proof(run.event),
        },
        indent=2,
    )


def _proof(event: int) -> str:
    """Prove an event, under the same checkpoint each time once there's one."""
    now = clock.now()
    leaf = AuditLeaf.objects.filter(number=event).first()
    if leaf is None:
        return events_include([event], now=now).proofs[event]
    return entry_prove(sequence=leaf.sequence, now=now)[0]


def receipt_check(text: str, *, keys: Sequence[NoteKey]) -> dict[str, Any]:
    """Check a receipt as its holder does, and return its statement.

    Args:
        text: The receipt, untrusted.
        keys: Of the log.

    Raises:
        ProofError: Something in it doesn't fit.
        CheckpointError: Nobody who is trusted signed it.
    """
    try:
        told: dict[str, str] = json.loads(text)
        statement, content, proof = told["statement"], told["event_content"], told["proof"]
        header = proof_parse(proof).extra
        said = json.loads(header)
        facts = json.loads(content)["facts"]
        digests = (said["content"], facts["statement_sha256"])
    except (ValueError, KeyError, TypeError) as exc:
        raise ProofError("This is no receipt.") from exc
    proof_check(proof, leaf_hash(header), keys)
    if digests != (_digest(content), sha256_hex(statement.encode())):
        raise ProofError("The statement isn't the one that the audit log holds.")
    checked: dict[str, Any] = json.loads(statement)
    return checked


def _digest(content: str) -> str:
    return b64url_encode(hashlib.sha256(content.encode()).digest())
