"""Reading audit engagements, and the populations that samples are drawn from."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from accounts.domain.roles import Permission
from accounts.models import AuditorEngagement, User
from compliance.desk.domain.sampling import Population
from compliance.desk.models.engagements import AskedState, AuditEngagement, AuditorRequest, AuditSample
from compliance.ledger.models import AuditCheckpoint, AuditEvent, AuditLeaf
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import NotFoundError

_OPEN = Q(requests__state=AskedState.OPEN)


def audits_open_to(user: User) -> QuerySet[AuditEngagement]:
    """List the audits that somebody may see: all by a role; else those that name an engagement that lasts."""
    audits = (
        AuditEngagement.objects
        .select_related("opened_by", "closed_by")
        .annotate(
            asked=Count("requests", distinct=True), unanswered=Count("requests", filter=_OPEN, distinct=True)
        )
        .order_by("-opened_at", "-pk")
    )
    if user.may_by_role(Permission.AUDIT_VIEW):
        return audits
    now = clock.now()
    lasting = AuditorEngagement.objects.filter(
        person=user, ended_at=None, starts_at__lte=now, ends_at__gt=now
    )
    named = AuditEngagement.accesses.through.objects.filter(auditorengagement__in=lasting)
    return audits.filter(pk__in=named.values("auditengagement"))


def audit_get(*, audit_id: int, user: User) -> AuditEngagement:
    """Find one that somebody may see.

    Raises:
        NotFoundError: There's none.
    """
    found = audits_open_to(user).filter(pk=audit_id).first()
    if found is None:
        raise NotFoundError("There's no such audit.")
    return found


def asked_get(*, audit_id: int, number: int) -> AuditorRequest:
    """Find a line of a request list.

    Raises:
        NotFoundError: There's none.
    """
    found = AuditorRequest.objects.select_related("audit").filter(audit=audit_id, number=number).first()
    if found is None:
        raise NotFoundError("There's no such request.")
    return found


def asked_open() -> QuerySet[AuditorRequest]:
    """List what auditors asked for and nobody has answered, the first due one first."""
    asked = AuditorRequest.objects.select_related("audit").filter(state=AskedState.OPEN)
    return asked.filter(audit__closed_at=None).order_by("due_on", "pk")


def accesses_known() -> QuerySet[AuditorEngagement]:
    """List the engagements of accounts, those that began last first."""
    return AuditorEngagement.objects.select_related("person").order_by("-starts_at", "-pk")


def sample_checkpoint(sample: AuditSample) -> tuple[AuditLeaf, AuditCheckpoint] | None:
    """Find the order's place in the log and the first checkpoint that covers it; None: there's none yet."""
    leaf = AuditLeaf.objects.filter(number=sample.order_id).first()
    if leaf is None:
        return None
    covering = AuditCheckpoint.objects.filter(size__gt=leaf.sequence).order_by("size", "pk").first()
    return None if covering is None else (leaf, covering)


def population_sequences(population: Population) -> Iterable[int]:
    """Give the sequences of all entries of a population."""
    events = AuditEvent.objects.filter(
        action=population.action, at__gte=population.begins_at, at__lt=population.ends_at
    )
    if population.app_id:
        events = events.filter(app_id=population.app_id)
    leaves = AuditLeaf.objects.filter(number__in=events.order_by().values("number"))
    return leaves.filter(sequence__lt=population.before).order_by().values_list("sequence", flat=True)
