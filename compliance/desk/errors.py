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


class ReviewerError(DeskError):
    """Somebody decides about access that isn't theirs to decide about."""

    code = "reviewer_refused"
    title = "Compliance officers decide about access; about an officer's, administrators do too."


class RecertificationStateError(DeskError):
    """A review of access isn't in a state in which this can be done to it."""

    code = "recertification_state"
    title = "This can't be done to the review of access as it is now."


class RecertificationWordsError(DeskError):
    """A decision to revoke says why."""

    code = "recertification_words"
    title = "Say why access is to be revoked, in at most 300 characters."


class IncidentStateError(DeskError):
    """An incident, or a notice of it, isn't in a state in which this can be done to it."""

    code = "incident_state"
    title = "This can't be done to the incident as it is now."


class IncidentWordsError(DeskError):
    """Something is missing from what is said about an incident, or its times are out of order."""

    code = "incident_words"
    title = "Something is missing from what is said about the incident."


class DrillWordsError(DeskError):
    """Something is missing from what is said about a drill, or its times are out of order."""

    code = "drill_words"
    title = "Something is missing from what is said about the drill."


class AuditStateError(DeskError):
    """An audit, or something of it, isn't in a state in which this can be done to it."""

    code = "audit_state"
    title = "This can't be done to the audit as it is now."


class AuditWordsError(DeskError):
    """Something is missing from what is said about an audit."""

    code = "audit_words"
    title = "Something is missing from what is said about the audit."
