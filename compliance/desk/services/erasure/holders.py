"""What the desk itself holds of people: who asks, whom an erasure is about, hashes, and the log files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q

from compliance.desk.backends.byte_search import file_holds, file_mask, file_mentions
from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.subjects import SubjectKind
from compliance.desk.models import (
    AddressableDecision,
    AuditEngagement,
    AuditorRequest,
    BusinessAssociate,
    ComponentStatement,
    Drill,
    ErasureRun,
    Export,
    ExportCopy,
    Incident,
    IncidentNotice,
    IncidentStep,
    ModuleCertificate,
    PHIDeclaration,
    PrivacyLetter,
    PrivacyRequest,
    PrivacyRequestStep,
    PrivacyRequestSubject,
    ProviderNotice,
    RecertificationCampaign,
    RecertificationLine,
    ReportReview,
    ReportRun,
    ReportSchedule,
    ServiceProvider,
    SuppressedSubject,
    WatchReview,
)
from compliance.desk.services.erasure.export_packs import ExportPacks
from compliance.desk.services.erasure.files import FilesHolder
from releaseconsole.personal_data import (
    DataClass,
    Found,
    Kept,
    MentionsHolder,
    Row,
    RowsHolder,
    Subject,
    Table,
    field_label,
    holder_register,
    needles_of,
)

_LOGS: Final = "var/log"
_LETTERS: Final = "var/mail"


def desk_holders_register() -> None:
    """Declare them."""
    for holder in (
        _requests(),
        _texts_about_exports(),
        _texts_of_officers(),
        _texts_about_reports(),
        ExportPacks(),
        LogFiles(),
        LetterFiles(),
    ):
        holder_register(holder)


def _texts_about_exports() -> MentionsHolder:
    return MentionsHolder.of(
        "texts about exports",
        ((Export, ("reason", "values", "failure")), (ExportCopy, ("holder", "note"))),
        retention="For good: it's the register of what left the console.",
    )


def _texts_of_officers() -> MentionsHolder:
    return MentionsHolder.of(
        "texts of officers",
        (
            (PHIDeclaration, ("statement",)),
            (BusinessAssociate, ("name", "does", "ended_reason")),
            (AddressableDecision, ("reason", "alternative")),
            (ModuleCertificate, ("note",)),
            (WatchReview, ("note",)),
            (RecertificationCampaign, ("note",)),
            (RecertificationLine, ("reason",)),
            (Incident, ("what", "noticed_by", "lessons")),
            (IncidentStep, ("what",)),
            (IncidentNotice, ("note",)),
            (Drill, ("what", "found")),
            (AuditEngagement, ("title", "outcome")),
            (AuditorRequest, ("asked", "answer")),
            (ComponentStatement, ("reason",)),
            (ServiceProvider, ("name", "address", "holds", "ended_reason")),
            (ProviderNotice, ("address", "note")),
        ),
        retention="For good: they are what the operator answers for.",
    )


def _texts_about_reports() -> MentionsHolder:
    return MentionsHolder.of(
        "texts about reports",
        (
            (ReportReview, ("note",)),
            (ReportRun, ("filters", "made")),
            (ReportSchedule, ("filters", "ended_why")),
        ),
        retention="For good: it's who answered for which report.",
    )


def _of_requests(subject: Subject) -> Q | None:
    digests = [
        *(subject_digest(SubjectKind.EMAIL, each) for each in subject.emails),
        *(subject_digest(SubjectKind.DEVICE, each.id) for each in subject.devices),
        *(subject_digest(SubjectKind.CUSTOM_ID, each.id) for each in subject.custom_ids),
        *(subject_digest(SubjectKind.TESTER, str(each)) for each in subject.tester_ids),
    ]
    # Not by a join: a request of which two hashes match is one.
    named = PrivacyRequestSubject.objects.filter(digest__in=digests)
    return Q(pk__in=named.values("request")) if digests else None


def _requests() -> RowsHolder:
    return RowsHolder(
        name="privacy requests",
        data_class=DataClass.REQUEST,
        holds="Requests: who asks, sealed, while a request runs; then a reference, dates and keyed hashes. "
        "Letters to them, sealed, until they're out. "
        "Whom an erasure is about, sealed, while it runs, and whom notices to providers name, until they are "
        "answered; keyed hashes of who was erased.",
        retention="24 months after the answer (11 CCR 7101), longer under a legal hold; the hashes for good: "
        "so data stay deleted.",
        tables=(
            Table(
                PrivacyRequest,
                ("sealed_contact", "explanation", "backdate_reason", "extension_reason"),
                _of_requests,
                ("reference", "kind", "received_at", "due", "closed_at", "outcome"),
            ),
        ),
        eraser=_requests_keep_all,
        keeper=_requests_kept,
        also=(
            field_label(PrivacyRequestStep, "note"),
            field_label(PrivacyRequestSubject, "digest"),
            field_label(ProviderNotice, "sealed_told"),
            field_label(PrivacyLetter, "sealed_letter"),
            field_label(SuppressedSubject, "digest"),
            field_label(ErasureRun, "sealed_subject"),
        ),
    )


def _requests_keep_all(subject: Subject) -> None:
    """Erase nothing: requests are records of the operator's own duty, and forget who asked when closed."""


def _requests_kept(subject: Subject) -> list[Kept]:
    found = _requests().find(subject).counts
    why = "Records of requests and answers (11 CCR 7101(a)); who asked goes with the answer."
    return [
        Kept(place, count, "1798.105(d)(8)", why, "24 months after the answer")
        for place, count in found.items()
    ]


class LogFiles(FilesHolder):
    """Log files of the console's processes on this host."""

    name: Final = "log files"
    holds: Final = "What processes of this host wrote to their logs; addresses of pages hold ids."
    retention: Final = "The newest 40 MB of each process."

    def find(self, subject: Subject, /) -> Found:
        """Count mentions."""
        needles = needles_of(subject)
        return Found({_LOGS: sum(file_mentions(path, needles) for path in _log_files())})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Say how often they're mentioned.

        Yields:
            One row, if there's something.
        """
        if count := self.find(subject).total:
            yield Row(_LOGS, {"mentions": count})

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (logs name no request)
        """Overwrite them where they stand."""
        needles = needles_of(subject)
        return Found({_LOGS: sum(file_mask(path, needles) for path in _log_files())})


class LetterFiles(FilesHolder):
    """Letters of a console that has no mail server: each goes into a file."""

    name: Final = "letters in files"
    holds: Final = "Letters, where there's no mail server to send them by: with address, name and links."
    retention: Final = "Until somebody removes them; with a mail server there are none."

    def find(self, subject: Subject, /) -> Found:
        """Count the files that name somebody."""
        return Found({_LETTERS: len(_letters_naming(subject))})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Say how many there are.

        Yields:
            One row, if there's something.
        """
        if count := self.find(subject).total:
            yield Row(_LETTERS, {"letters": count})

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (files name no request)
        """Remove the files."""
        theirs = _letters_naming(subject)
        for path in theirs:
            path.unlink(missing_ok=True)
        return Found({_LETTERS: len(theirs)})


def _letters_naming(subject: Subject) -> list[Path]:
    needles = needles_of(subject)
    files = Path(settings.EMAIL_FILE_PATH).glob("*")  # none, where there's no such folder
    return sorted(path for path in files if path.is_file() and file_holds(path, needles))


def _log_files() -> list[Path]:
    folder = Path(settings.VAR_DIR) / "log"
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
