"""What the desk refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import ConsoleError


class CursorMalformedError(ConsoleError):
    """A place in the log, or a number of entries, isn't written as one."""

    code = "cursor_malformed"
    title = "This isn't the number of an entry."


class CursorAheadError(ConsoleError):
    """A place in the log that it doesn't reach; whoever was there has seen another log, or a longer one."""

    code = "cursor_ahead"
    title = "The audit log doesn't reach that far."
