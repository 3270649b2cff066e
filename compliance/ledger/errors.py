"""What the ledger refuses."""

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
