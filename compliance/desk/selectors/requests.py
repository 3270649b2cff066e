"""The register: what waits, what is at risk or overdue, and one request with all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from compliance.desk.backends.subject_key import subject_digest
from compliance.desk.domain.clocks import ANSWER_WARNING, SHORT_WARNING, Urgency, urgency
from compliance.desk.domain.request_states import OPT_OUTS, State, Step
from compliance.desk.domain.subjects import SubjectKind, masked
from compliance.desk.models import PrivacyRequest, PrivacyRequestStep
from compliance.desk.models.requests import PrivacyRequestQuerySet
from releaseconsole.kernel.errors import NotFoundError

_RUNNING: Final = ~Q(state=State.CLOSED.value)
_UNACKNOWLEDGED: Final = Q(state=State.OPEN.value)
_OPT_OUT: Final = Q(kind__in=[kind.value for kind in OPT_OUTS])
# Kinds of identifiers that somebody may search for.
_SEARCHED: Final = (
    SubjectKind.EMAIL,
    SubjectKind.DEVICE,
    SubjectKind.PHONE,
    SubjectKind.CUSTOM_ID,
    SubjectKind.TESTER,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A running request by its next deadline.

    Attributes:
        request: Which.
        deadline: The next one.
        is_ack: Whether it's that of the acknowledgement.
        urgency: How near it is.
        days_left: Whole days; below nothing, it's over.
    """

    request: PrivacyRequest
    deadline: date
    is_ack: bool
    urgency: Urgency
    days_left: int

    @property
    def what(self) -> str:
        """What is due."""
        return "acknowledge" if self.is_ack else "answer"


def standing_of(request: PrivacyRequest, *, today: date) -> Standing | None:
    """Say what is due next for a request; nothing, once it's closed."""
    if request.is_closed:
        return None
    ack = request.ack_due if request.waits_for_ack else None
    # An acknowledgement that never went stays what is due until the answer itself is nearer.
    is_ack = ack is not None and ack <= request.answer_due and today <= request.answer_due
    deadline = ack if ack is not None and is_ack else request.answer_due
    near = urgency(deadline, today=today, is_short=is_ack or request.asks.is_opt_out)
    return Standing(request, deadline, is_ack, near, (deadline - today).days)


def overdue(today: date) -> Q:
    """Match requests of which a deadline is over."""
    return _RUNNING & (_answer_before(today, inclusive=False) | _UNACKNOWLEDGED & Q(ack_due__lt=today))


def at_risk(today: date) -> Q:
    """Match requests of which a deadline is near, and none is over."""
    near = (
        ~_OPT_OUT & _answer_before(today + ANSWER_WARNING)
        | _OPT_OUT & _answer_before(today + SHORT_WARNING)
        | _UNACKNOWLEDGED & Q(ack_due__lte=today + SHORT_WARNING)
    )
    return _RUNNING & near & ~overdue(today)


def _answer_before(day: date, *, inclusive: bool = True) -> Q:
    how = "lte" if inclusive else "lt"
    extended = Q(extended_due__isnull=False)
    return extended & Q(**{f"extended_due__{how}": day}) | ~extended & Q(**{f"due__{how}": day})


def request_get(*, reference: str) -> PrivacyRequest:
    """Find a request.

    Raises:
        NotFoundError: There's none of that reference.
    """
    found = PrivacyRequest.objects.filter(reference=reference).first()
    if found is None:
        raise NotFoundError("There is no such request.")
    return found


def requests_found(*, filters: Mapping[str, str], today: date) -> PrivacyRequestQuerySet:
    """Find requests by state of their clocks, kind, channel, reference or an identifier of the person.

    Args:
        filters: Values by name, as the page's form has checked them; an empty one filters nothing.
        today: The operator's date.
    """
    show = filters.get("show", "")
    shown = {"overdue": overdue(today), "at_risk": at_risk(today), "closed": ~_RUNNING, "all": Q()}
    exact = {field: filters[field] for field in ("kind", "channel", "outcome") if filters.get(field)}
    found = PrivacyRequestQuerySet(PrivacyRequest).filter(shown.get(show, _RUNNING), **exact)
    if said := filters.get("q", "").strip():
        found = found.filter(_named(said))
    return found.order_by("-received_at", "-pk") if show in {"closed", "all"} else found.by_deadline()


def same_person(request: PrivacyRequest) -> PrivacyRequestQuerySet:
    """Other requests, also closed ones, that share an identifier with this one."""
    digests = request.subjects.values("digest")
    others = PrivacyRequestQuerySet(PrivacyRequest).filter(subjects__digest__in=digests)
    return others.exclude(pk=request.pk).distinct()


def subjects_labelled(request: PrivacyRequest) -> dict[int, str]:
    """Say which identifier each of a request's hashes is, for who handles it: kind, and how it ends.

    Lists, the timeline and the log go on naming kinds only.
    """
    ends = {
        (kind.value, subject_digest(kind, value)): masked(value)
        for kind, value in request.contact_read().identifiers()
        if kind is not SubjectKind.TESTER
    }
    labels: dict[int, str] = {}
    for row in request.subjects.all():
        end = ends.get((row.kind, row.digest))
        labels[row.pk] = f"{row.words} ({end})" if end else row.words
    return labels


def due_counts(*, today: date) -> Mapping[str, int]:
    """Count what runs, what is at risk and what is overdue."""
    all_of_them = PrivacyRequest.objects
    return {
        "running": all_of_them.filter(_RUNNING).count(),
        "at_risk": all_of_them.filter(at_risk(today)).count(),
        "overdue": all_of_them.filter(overdue(today)).count(),
    }


def calendar_of(*, today: date) -> dict[date, list[Standing]]:
    """Return every deadline that still stands, day by day: the acknowledgement's and the answer's."""
    days: dict[date, list[Standing]] = {}
    for request in PrivacyRequestQuerySet(PrivacyRequest).filter(_RUNNING).by_deadline():
        deadlines = [(request.answer_due, False)]
        if request.waits_for_ack and request.ack_due is not None:
            deadlines.append((request.ack_due, True))
        for deadline, is_ack in deadlines:
            near = urgency(deadline, today=today, is_short=is_ack or request.asks.is_opt_out)
            standing = Standing(request, deadline, is_ack, near, (deadline - today).days)
            days.setdefault(deadline, []).append(standing)
    return dict(sorted(days.items()))


def _named(said: str) -> Q:
    digests = [subject_digest(kind, said) for kind in _SEARCHED]
    told = PrivacyRequestStep.objects.filter(step=Step.REPEATED.value, note__iexact=said)
    return Q(reference__iexact=said) | Q(pk__in=told.values("request")) | Q(pk__in=_with_digests(digests))


def _with_digests(digests: list[str]) -> PrivacyRequestQuerySet:
    found = PrivacyRequestQuerySet(PrivacyRequest).filter(subjects__digest__in=digests)
    return found.values("pk")  # type: ignore[return-value]  # of pks; used inside another query only
