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


class ReportStateError(DeskError):
    """A report isn't made, or somebody has signed it off already."""

    code = "report_state"
    title = "This report can't be reviewed: it isn't made, or it's signed off already."


class OwnReportError(DeskError):
    """Somebody reviews the report that they ordered, and another person could."""

    code = "own_report"
    title = "You ordered this report; somebody else who may sign it off reviews it."


class RequestStateError(DeskError):
    """A privacy request isn't in a state in which this can be done to it."""

    code = "privacy_request_state"
    title = "This can't be done to the request as it is now."


class ExtensionLateError(DeskError):
    """The notice of an extension comes after the first 45 days."""

    code = "privacy_extension_late"
    title = "The first 45 days are over: the request can't be extended any more."


class ExtensionSpentError(DeskError):
    """A request is extended once."""

    code = "privacy_extension_spent"
    title = "This request has been extended already. There is one extension, and no second."


class NoExtensionError(DeskError):
    """Requests to opt out or to limit have no extension."""

    code = "privacy_no_extension"
    title = "A request of this kind can't be extended."


class IdentityNotAskedError(DeskError):
    """Whoever opts out or limits isn't asked to prove who they are."""

    code = "privacy_identity_not_asked"
    title = "For a request of this kind nobody may be asked to prove who they are."


class VerificationMethodError(DeskError):
    """This way of verifying isn't enough, or isn't meant, for this request."""

    code = "privacy_verification_method"
    title = "This way of verifying isn't enough for this request."


class NotVerifiedError(DeskError):
    """Nothing is deleted, corrected or disclosed for somebody who may be anybody."""

    code = "privacy_not_verified"
    title = "Identity isn't verified yet, so the request can't be complied with."


class NotDoneError(DeskError):
    """An answer says that something is done of which this console knows nothing."""

    code = "privacy_not_done"
    title = "Nothing was erased or handed out for this request here. Do that first, or say how it was done."


class DenialBasisError(DeskError):
    """A denial, in whole or in part, names its section and says why."""

    code = "privacy_denial_basis"
    title = (
        "A denial, in whole or in part, needs a section that fits this kind of request, and an explanation."
    )


class ReceiptTimeError(DeskError):
    """A time of receipt is in the future, is later than what stands, or has no reason."""

    code = "privacy_receipt_time"
    title = "This can't be the time of receipt."


class RequestIncompleteError(DeskError):
    """A request lacks what it's about."""

    code = "privacy_request_incomplete"
    title = "Something is missing from this request."


class NamesPersonError(DeskError):
    """A text that is kept for 24 months has somebody's identifier in it."""

    code = "privacy_text_names_person"
    title = "This text is kept on record, so it mustn't hold the person's name, address or device id."


class SuppressionFileError(DeskError):
    """The list outside the database of who was erased is damaged, or can't be written."""

    code = "privacy_list_file"
    title = "The file that lists who was erased can't be read or written."


class SuppressionListShorterError(DeskError):
    """The list outside the database lists nobody, or lacks who this database knows was erased."""

    code = "privacy_list_shorter"
    title = "The file that lists who was erased isn't the last one: something is missing from it."


class ErasureNobodyError(DeskError):
    """Nothing is known by which somebody could be found."""

    code = "privacy_erasure_nobody"
    title = "Nothing is named that anybody could be found by."


class ErasureUnfinishedError(DeskError):
    """An erasure hasn't come to its end, so there's no receipt."""

    code = "privacy_erasure_unfinished"
    title = "This erasure isn't finished yet."


class CertificateRefusedError(DeskError):
    """The certificate of a module can't be on record as it was typed."""

    code = "certificate_refused"
    title = "This certificate can't be recorded."


class AdvisoriesUnreadableError(DeskError):
    """What was pasted isn't the result of a tool that looks for advisories."""

    code = "advisories_unreadable"
    title = "These aren't advisories that can be read."


class ReviewRefusedError(DeskError):
    """A review of a text or library can't be on record as it was typed."""

    code = "review_refused"
    title = "This review can't be recorded."


class DeclarationError(DeskError):
    """Somebody's word for the PHI register isn't taken."""

    code = "declaration_refused"
    title = "This can't be declared."


class ComponentWordsError(DeskError):
    """What somebody says of a component of a cybersecurity audit isn't enough."""

    code = "component_words"
    title = "Say why it stands like this, or where the evidence is."


class PackOpeningError(DeskError):
    """A pack can't be opened to external auditors, or isn't open to them."""

    code = "pack_opening"
    title = "This pack can't be opened to external auditors."


class PaperError(DeskError):
    """An associate or an addressable decision can't be registered like this."""

    code = "paper_refused"
    title = "This can't be registered like this."


class ProviderError(DeskError):
    """A service provider can't be registered, changed or ended like this."""

    code = "provider_refused"
    title = "This can't be registered like this."


class ProviderAnswerError(DeskError):
    """A notice to a provider isn't in a state in which this can be said of it, or a reason is missing."""

    code = "provider_answer_refused"
    title = "This can't be said of the notice as it is now."


class ProvidersUnansweredError(DeskError):
    """Providers who have the person's data weren't told, or haven't answered, and nobody says why not."""

    code = "privacy_providers_unanswered"
    title = "Not every provider has answered. Wait for them, or say why you don't."
