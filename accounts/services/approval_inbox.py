"""What waits for somebody: requests that they may decide, their own, and reviews that are open."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.domain.access import All
from accounts.domain.approvals import ApprovalState
from accounts.domain.operations import place_of
from accounts.domain.roles import Permission
from accounts.models import ApprovalRequest, ReviewTask, User
from accounts.services.approval_kinds import approval_kinds
from accounts.services.reviews import REVIEWERS


@dataclass(frozen=True, slots=True)
class Errand:
    """Something on another floor that waits for this person's word, and the page on which they give it."""

    title: str
    address: str
    told: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ErrandSource:
    """What a floor registers when it starts: a person's errands there, and whether they ever have any."""

    errands: Callable[[User], list[Errand]]
    concerns: Callable[[User], bool]


_sources: Final[list[ErrandSource]] = []


def errand_source_register(source: ErrandSource) -> None:
    """Let a floor's own kind of waiting be seen here; called from an app's `ready`."""
    if source not in _sources:
        _sources.append(source)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What the page of approvals shows first."""

    to_decide: list[ApprovalRequest]
    own: list[ApprovalRequest]
    reviews: list[ReviewTask]
    errands: list[Errand] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How much waits for this person."""
        reviews = sum(1 for task in self.reviews if task.is_for_reader)
        return len(self.to_decide) + len(self.errands) + reviews


def inbox_of(user: User, *, now: datetime) -> Inbox:
    """Read what waits: for this person to decide, for others to decide, for anybody to review."""
    waiting = list(
        ApprovalRequest.objects
        .filter(state=ApprovalState.PENDING.value, expires_at__gt=now)
        .select_related("requested_by")
        .order_by("expires_at")
    )
    reviews: list[ReviewTask] = []
    if sees_reviews(user):
        reviews = list(ReviewTask.objects.filter(reviewed_at=None).select_related("done_by"))
        for task in reviews:
            task.is_for_reader = may_review(user, task)
    return Inbox(
        to_decide=[row for row in waiting if may_decide(user, row)],
        own=[row for row in waiting if row.requested_by_id == user.pk],
        reviews=reviews,
        errands=[errand for source in _sources for errand in source.errands(user)],
    )


def history_of(user: User, *, now: datetime) -> QuerySet[ApprovalRequest]:
    """List what is over, of all that this person may see."""
    over = ApprovalRequest.objects.exclude(state=ApprovalState.PENDING.value, expires_at__gt=now)
    return _visible(over, user).select_related("requested_by", "decided_by")


def request_visible(user: User, request_id: UUID) -> ApprovalRequest | None:
    """Find a request that this person may see."""
    rows = _visible(ApprovalRequest.objects.filter(pk=request_id), user)
    return rows.select_related("requested_by", "decided_by").first()


def may_decide(user: User, row: ApprovalRequest) -> bool:
    """Say whether this person could decide a request; what counts is what is asked when they do."""
    kind, at = approval_kinds().get(row.operation), place_of(row.subject)
    if kind is None or is_about(user, row):
        return False
    return any(user.may(each, app_id=at.app_id, channel=at.channel) for each in kind.approving)


def may_review(user: User, task: ReviewTask) -> bool:
    """Say whether this person could close a review."""
    return is_reviewer(user) and user.pk not in {task.done_by_id, task.facts.get("person")}


def is_about(user: User, row: ApprovalRequest) -> bool:
    """Say whether it's theirs, or about them."""
    return user.pk in {row.requested_by_id, row.facts.get("person")}


def is_reviewer(user: User) -> bool:
    """Say whether somebody is among those who close reviews."""
    return any(user.may(permission) for permission in REVIEWERS)


def sees_reviews(user: User) -> bool:
    """Say whether somebody may look at reviews; an engagement to read the audit log isn't enough."""
    return is_reviewer(user) or user.may_by_role(Permission.AUDIT_VIEW)


def is_concerned(user: User) -> bool:
    """Say whether approvals are any business of somebody's."""
    if sees_reviews(user) or any(user.may_somewhere(permission) for permission in _operations()):
        return True
    return any(source.concerns(user) for source in _sources)


def _operations() -> dict[Permission, set[str]]:
    """What can be asked for or decided, by the permission that it takes."""
    found: dict[Permission, set[str]] = defaultdict(set)
    for name, kind in approval_kinds().items():
        for permission in (kind.permission, *kind.approving):
            found[permission].add(name)
    return found


def _visible(rows: QuerySet[ApprovalRequest], user: User) -> QuerySet[ApprovalRequest]:
    if user.may_by_role(Permission.AUDIT_VIEW):
        return rows
    visible = Q(requested_by=user)
    for permission, names in _operations().items():
        visible |= Q(operation__in=names) & _where(user, permission)
    return rows.filter(visible)


def _where(user: User, permission: Permission) -> Q:
    """Narrow requests to the places at which somebody has a permission: by a role, that is everywhere."""
    apps, found = user.apps_with(permission), Q(pk__in=())
    if isinstance(apps, All):
        return Q()
    for app_id in sorted(apps):
        channels = user.channels_with(permission, app_id=app_id)
        on = Q() if isinstance(channels, All) else Q(facts__channel__in=sorted(channels))
        found |= Q(app_id=app_id) & on
    return found
