"""Reading the register of providers, and the notices to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from compliance.desk.domain.downstream import PASSED_ON, NoticeState, ProviderRole
from compliance.desk.models import PrivacyRequest, ProviderNotice, ServiceProvider
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ToldLine:
    """How many providers of one role stand how, with what was said of those who weren't told.

    Attributes:
        role: Which.
        state: How they stand.
        count: How many.
        why: Why they weren't told, where that is to be explained.
    """

    role: ProviderRole
    state: NoticeState
    count: int
    why: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Write how many of which role."""
        return f"{self.count} {self.role.words if self.count == 1 else self.role.plural}"


def providers_shown() -> list[ServiceProvider]:
    """List all providers, those that stand first."""
    return sorted(ServiceProvider.objects.all(), key=lambda row: (row.ended_on is not None, row.name, row.pk))


def provider_get(*, provider_id: int) -> ServiceProvider:
    """Find one that stands.

    Raises:
        NotFoundError: There's none, or they have ended.
    """
    row = ServiceProvider.objects.filter(pk=provider_id, ended_on=None).first()
    if row is None:
        raise NotFoundError("There is no such provider.")
    return row


def providers_untold(request: PrivacyRequest) -> QuerySet[ServiceProvider]:
    """Find whom a request goes on to, and who has no notice of it yet."""
    roles = PASSED_ON[request.asks][0] if request.asks in PASSED_ON else frozenset()
    standing = ServiceProvider.objects.filter(
        ended_on=None, role__in=sorted(role.value for role in roles)
    ).exclude(notices__request=request)
    if not request.app_id:
        return standing
    # An app's id is one word among others: a query can't tell it from a part of one.
    theirs = [each.pk for each in standing if not each.apps or request.app_id in each.apps]
    return ServiceProvider.objects.filter(pk__in=theirs)


def notice_get(*, reference: str, notice_id: int) -> ProviderNotice:
    """Find a notice of a request.

    Raises:
        NotFoundError: There's none.
    """
    found = ProviderNotice.objects.select_related("request", "provider")
    notice = found.filter(pk=notice_id, request__reference=reference).first()
    if notice is None:
        raise NotFoundError("There is no such notice.")
    return notice


def notices_open() -> QuerySet[ProviderNotice]:
    """Return notices that aren't settled, the next one due first."""
    return ProviderNotice.objects.filter(settled_at=None).select_related("request", "provider")


def notices_of(request: PrivacyRequest) -> QuerySet[ProviderNotice]:
    """Return the notices of a request."""
    return request.notices.select_related("provider", "settled_by")


def told_lines(reference: str) -> list[ToldLine]:
    """Say how the providers of a request stand, by role, without naming one."""
    counts: Counter[tuple[str, str]] = Counter()
    why: dict[tuple[str, str], list[str]] = {}
    for notice in ProviderNotice.objects.filter(request__reference=reference):
        counts[notice.role, notice.state] += 1
        if notice.stands is NoticeState.IMPOSSIBLE:
            why.setdefault((notice.role, notice.state), []).append(notice.note)
    return [
        ToldLine(ProviderRole(role), NoticeState(state), count, tuple(why.get((role, state), ())))
        for (role, state), count in sorted(counts.items())
    ]


def overdue_among(notices: Sequence[ProviderNotice], *, today: date) -> int:
    """Count the open ones whose day is over."""
    return sum(notice.is_open and notice.due_on < today for notice in notices)
