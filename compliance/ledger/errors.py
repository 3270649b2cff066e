"""What the ledger refuses."""

from collections.abc import Mapping, Sequence
from typing import Final

from releaseconsole.kernel.errors import ConsoleError


class LedgerError(ConsoleError):
    """The audit log can't take an event; the action that wanted to record it must fail too."""

    code = "audit_failed"
    title = "The audit log couldn't record this, so it wasn't done."


class ProofError(LedgerError):
    """An inclusion or consistency proof doesn't prove what it's there for."""

    code = "proof_refused"
    title = "This proof doesn't hold."


class CheckpointError(LedgerError):
    """A checkpoint isn't one of this log: malformed, or not signed by a key that speaks for its origin."""

    code = "checkpoint_refused"
    title = "This checkpoint doesn't hold."


class SignerUnavailableError(LedgerError):
    """No key can sign a checkpoint now; what waits for one waits."""

    code = "checkpoint_signer_unavailable"
    title = "No key can sign the audit log's checkpoint now."


class WitnessError(LedgerError):
    """The signer's memory can't be read or contradicts what is to be signed (docs/audit-log-witness.md)."""

    code = "witness_inconsistent"
    title = "What was signed last of the audit log can't be told, so nothing is signed."


class RestartRefusedError(LedgerError):
    """The log isn't begun anew: the witness takes it as it is, or it isn't as it was when that was asked."""

    code = "restart_refused"
    title = "There is no reason to begin the audit log anew."


class WitnessMovedError(LedgerError):
    """Another process has signed a checkpoint meanwhile; whoever asked starts again from that one."""

    code = "witness_moved"
    title = "Another checkpoint of the audit log was signed meanwhile."


class LegalHoldError(LedgerError):
    """A legal hold covers what was to be erased; nothing was."""

    code = "legal_hold"
    title = "A legal hold keeps this."

    def __init__(self, message: str, *, held: Mapping[int, Sequence[str]] | None = None) -> None:
        """Say what is held.

        Args:
            message: For people.
            held: What covers each event, in words, by the event's number.
        """
        super().__init__(message)
        self.held: Final = dict(held or {})


class HoldRefusedError(LedgerError):
    """A legal hold can't be placed or lifted like this."""

    code = "hold_refused"
    title = "This legal hold can't be placed or lifted like this."


class AnchorError(LedgerError):
    """A checkpoint couldn't be laid down outside, or what lies there isn't what was laid down."""

    code = "anchor_failed"
    title = "The checkpoint couldn't be laid down there."
