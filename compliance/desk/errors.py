"""What the desk refuses; each code is part of the API's contract."""

from releaseconsole.kernel.errors import ConsoleError


class DeskError(ConsoleError):
    """The root of the desk's errors."""

    code = "desk_refused"
    title = "The compliance desk refused this."


class ReportUnprintableError(DeskError):
    """A report couldn't be set as PDF; its data file is whole all the same."""

    code = "report_unprintable"
    title = "This report couldn't be printed. Its data can be exported."


class CursorMalformedError(DeskError):
    """A place in the log, or a number of entries, isn't written as one."""

    code = "cursor_malformed"
    title = "This isn't the number of an entry."


class CursorAheadError(DeskError):
    """A place in the log that it doesn't reach; whoever was there has seen another log, or a longer one."""

    code = "cursor_ahead"
    title = "The audit log doesn't reach that far."


class ExportStateError(DeskError):
    """An export isn't in a state in which this can be done to it."""

    code = "export_state"
    title = "This can't be done to the export as it is now."


class ExportUnsoundError(DeskError):
    """The log's tables contradict what was signed, so nothing is exported of them."""

    code = "export_unsound"
    title = "The audit log doesn't verify, so it isn't exported."


class ExportLostError(DeskError):
    """Another process makes this export now, or somebody cancelled it: whoever is told so stops."""

    code = "export_lost"
    title = "This export was cancelled, or is made by another process."


class ReportStateError(DeskError):
    """A report isn't made, or somebody has signed it off already."""

    code = "report_state"
    title = "This report can't be reviewed: it isn't made, or it's signed off already."
