"""Having events in the log under a signed checkpoint, and handing out the proof."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditCheckpoint
from compliance.ledger.selectors.proofs import events_proofs
from compliance.ledger.services.checkpoints import checkpoint_take
from releaseconsole.kernel import clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proofs (C2SP tlog-proof) that events are in the log, by their numbers, all under one checkpoint."""

    checkpoint: AuditCheckpoint
    proofs: Mapping[int, str]


def inclusion_ask() -> None:
    """Have what this transaction records included and signed as soon as it's committed.

    The caller's request waits for it. If it can't be done, what was committed stays: whoever needs the
    receipt asks for it (`events_include`), and the worker goes on trying.
    """
    transaction.on_commit(_include, robust=True)


def _include() -> None:
    try:
        checkpoint_take(now=clock.now())
    except LedgerError as exc:
        _log.error("The audit log can't be signed now: %s", exc.message)


def events_include(numbers: Collection[int], *, now: datetime) -> Receipt:
    """Have committed events included under a signed checkpoint, and prove it.

    Raises:
        WitnessError: The log isn't the one that was signed before.
        SignerUnavailableError: No key can sign now.
        ProofError: One of the events isn't committed.
        LedgerError: The log is empty.
    """
    checkpoint = checkpoint_take(now=now)
    if checkpoint is None:
        raise LedgerError("The audit log is empty.")
    return Receipt(checkpoint, events_proofs(numbers, checkpoint))
