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
