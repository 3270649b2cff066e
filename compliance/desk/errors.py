"""What the desk refuses."""

from releaseconsole.kernel.errors import ConsoleError


class DeskError(ConsoleError):
    """The root of the desk's errors."""

    code = "desk_refused"
    title = "The compliance desk refused this."


class ReportUnprintableError(DeskError):
    """A report couldn't be set as PDF; its data file is whole all the same."""

    code = "report_unprintable"
    title = "This report couldn't be printed. Its data can be exported."


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
