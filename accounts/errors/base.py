"""What all refusals of this floor have in common."""

from releaseconsole.kernel.errors import ConsoleError


class AccountsError(ConsoleError):
    """Something about people or their access was refused."""

    code = "accounts_refused"
