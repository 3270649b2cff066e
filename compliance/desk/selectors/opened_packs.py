"""Which packs external auditors may take themselves: what an officer opened, while they're engaged for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.domain.engagements import Report
from accounts.domain.roles import Role
from accounts.models import AuditorEngagement, User
from compliance.desk.models import AuditEngagement, Export, ExportCopy, OpenedPack
from compliance.desk.models.exports import CopyKind, ExportState
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class OpenPack:
    """A pack that is open to somebody, and until when, unless it's shut before: the end of an engagement."""

    opening: OpenedPack
    until: datetime


def accesses_live(user: User, *, now: datetime) -> list[AuditorEngagement]:
    """List the engagements by which an external auditor may be shown finished reports now."""
    if not user.is_active or Role.EXTERNAL_AUDITOR not in user.roles:
        return []
    running = user.engagements.filter(ended_at=None)
    return [each for each in running if each.terms.shows(Report.FINISHED_REPORTS, now)]


def packs_open_to(user: User, *, now: datetime) -> QuerySet[OpenedPack]:
    """List the openings that count for somebody now: to an engagement of theirs that runs and is named.

    Whom the audit names later isn't among whom an officer opened it to.
    """
    theirs = OpenedPack.readers.through.objects.filter(
        openedpack=OuterRef("pk"),
        auditorengagement__in=accesses_live(user, now=now),
        auditorengagement__audits=OuterRef("audit"),
    )
    return (
        OpenedPack.objects
        .filter(Exists(theirs), ended_at=None, audit__closed_at=None)
        # The service sees to it as well; whoever writes rows past it opens nothing personal.
        .exclude(export__personal=True, personal=False)
        .select_related("audit", "export__checkpoint", "export__report")
    )


def packs_shown(user: User, *, now: datetime) -> list[OpenPack]:
    """List the packs that are open to somebody, each once, with the end of their access to it."""
    live = accesses_live(user, now=now)
    longest: dict[UUID, OpenPack] = {}
    for opening in packs_open_to(user, now=now).prefetch_related("readers", "audit__accesses"):
        counts = set(opening.readers.all()) & set(opening.audit.accesses.all())
        until, known = max(each.ends_at for each in live if each in counts), longest.get(opening.export_id)
        if known is None or known.until < until:
            longest[opening.export_id] = OpenPack(opening, until)
    return list(longest.values())


def pack_get(*, export_id: UUID, user: User, now: datetime) -> OpenPack:
    """Find one that is open to somebody.

    Raises:
        NotFoundError: There's none, or it isn't open to them.
    """
    found = next((each for each in packs_shown(user, now=now) if each.opening.export_id == export_id), None)
    if found is None:
        raise NotFoundError("There's no such pack.")
    return found


def packs_offered(user: User, *, now: datetime) -> bool:
    """Whether somebody is engaged to be shown finished reports: the side bar asks."""
    return bool(accesses_live(user, now=now))


def packs_openable(audit: AuditEngagement, *, now: datetime) -> QuerySet[Export]:
    """List the packs that aren't open to everybody who would read them, the newest first."""
    wanted = {access.pk for access in readers_of(audit.accesses.all(), now=now)}
    standing = audit.opened_packs.filter(ended_at=None).prefetch_related("readers")
    whole = [each.export_id for each in standing if wanted <= {access.pk for access in each.readers.all()}]
    ready = Export.objects.filter(state=ExportState.READY).exclude(pk__in=whole)
    return ready.select_related("ordered_by", "report").order_by("-ordered_at")


def openings_of(audit: AuditEngagement) -> QuerySet[OpenedPack]:
    """List what was ever opened to an audit's auditors, with the copies that they took."""
    auditors = audit.accesses.values("person")
    taken = ExportCopy.objects.filter(kind=CopyKind.DOWNLOAD, by__in=auditors).select_related("by")
    return audit.opened_packs.select_related("export__report", "opened_by", "ended_by").prefetch_related(
        "readers__person", Prefetch("export__copies", taken, to_attr="taken")
    )


def readers_of(accesses: Iterable[AuditorEngagement], *, now: datetime) -> list[AuditorEngagement]:
    """Choose those by which somebody sees a pack that is opened now."""
    running = (each for each in accesses if each.ended_at is None)
    return [each for each in running if each.terms.shows(Report.FINISHED_REPORTS, now)]
