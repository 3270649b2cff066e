"""What the ledger refuses."""

from releaseconsole.kernel.errors import ConsoleError


class LedgerError(ConsoleError):
    """The audit log can't take an event; the action that wanted to record it must fail too."""

    code = "audit_failed"
    title = "The audit log couldn't record this, so it wasn't done."
