"""How the registers stand: requests, PHI, associates, quoted texts, holds, exports."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from accounts.domain.roles import Permission
from compliance.desk.domain.phi.status import PHIStatus
from compliance.desk.domain.standing import StandingLine, Tone, counted
from compliance.desk.models import ErasureRun, Export, PrivacyLetter, PrivacyRequest
from compliance.desk.models.erasures import ErasureState
from compliance.desk.models.letters import TO_PRINT
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.downstream import notices_open, overdue_among
from compliance.desk.selectors.modules.watch import watch_lines
from compliance.desk.selectors.phi.papers import associates_shown
from compliance.desk.selectors.phi.register import apps_registered
from compliance.desk.selectors.requests import due_counts, requests_found, standing_of
from compliance.ledger.selectors.holds import holds_all

_LATELY: Final = timedelta(days=30)


def requests_standing(now: datetime) -> Iterator[StandingLine]:
    """Privacy requests by their clocks.

    Yields:
        One line.
    """
    today = today_at(now)
    counts, first = due_counts(today=today), requests_found(filters={}, today=today).first()
    standing = standing_of(first, today=today) if first else None
    says = f"{counts['overdue']} overdue, {counts['at_risk']} at risk, {counts['running']} running."
    tone = Tone.BAD if counts["overdue"] else Tone.DUE if counts["at_risk"] else Tone.FINE
    if unposted := PrivacyLetter.objects.filter(state__in=TO_PRINT).count():
        says, tone = f"{says} {counted(unposted, 'letter is', 'letters are')} to be printed.", Tone.BAD
    yield StandingLine(
        "Privacy requests",
        says,
        tone,
        "desk:requests",
        Permission.AUDIT_VIEW,
        due_on=standing.deadline if standing else None,
    )


def erasures_standing(now: datetime) -> Iterator[StandingLine]:  # noqa: ARG001 (every source takes it)
    """Erasures that can't go on by themselves.

    Yields:
        A line for each that has a page, and one for all that began after a restore.
    """
    stuck = ErasureRun.objects.filter(state=ErasureState.STUCK)
    requests = PrivacyRequest.objects.filter(reference__in=stuck.filter(is_replay=False).values("request"))
    for reference in requests.order_by("due", "pk").values_list("reference", flat=True):
        yield StandingLine(
            "Erasure",
            f"The erasure of {reference} is stuck: somebody has to look.",
            Tone.BAD,
            "desk:request-erasure",
            Permission.PRIVACY_MANAGE,
            args=(reference,),
        )
    if others := stuck.exclude(is_replay=False, request__in=requests.values("reference")).count():
        says = f"{counted(others, 'is', 'are')} stuck after a restore: privacy_replay has to run again."
        yield StandingLine("Erasure", says, Tone.BAD, "desk:requests", Permission.AUDIT_VIEW)


def phi_standing(now: datetime) -> Iterator[StandingLine]:
    """Flags that nobody has set, and what isn't protected as it should be.

    Yields:
        One line.
    """
    lines = apps_registered(now=now)
    unknown = sum(line.status is PHIStatus.UNKNOWN for line in lines)
    bad = sum(line.is_bad for line in lines)
    says = f"Of {counted(len(lines), 'app', 'apps')}, {bad} not protected enough, {unknown} not decided."
    tone = Tone.BAD if bad else Tone.DUE if unknown else Tone.FINE
    yield StandingLine("PHI flags", says, tone, "desk:phi", Permission.AUDIT_VIEW)


def associates_standing(now: datetime) -> Iterator[StandingLine]:
    """Business associates with whom something isn't as it should be.

    Yields:
        A line if there are any.
    """
    lacking = [each for each in associates_shown(today=today_at(now)) if each.lacks]
    if lacking:
        says = f"{counted(len(lacking), 'associate lacks', 'associates lack')} something."
        yield StandingLine(
            "Business associates", says, Tone.DUE, "desk:phi-associates", Permission.AUDIT_VIEW
        )


def providers_standing(now: datetime) -> Iterator[StandingLine]:
    """Notices to providers that aren't answered.

    Yields:
        A line if there are any.
    """
    notices, today = list(notices_open()), today_at(now)
    if notices:
        late = overdue_among(notices, today=today)
        unsent = sum(notice.is_undelivered for notice in notices)
        says = f"{counted(len(notices), 'notice is', 'notices are')} not answered, {late} overdue."
        if unsent:
            says += f" {counted(unsent, 'has', 'have')} no letter any more: write again."
        tone = Tone.BAD if late or unsent else Tone.DUE
        due_on = notices[0].due_on
        yield StandingLine("Providers", says, tone, "desk:providers", Permission.AUDIT_VIEW, due_on)


def texts_standing(now: datetime) -> Iterator[StandingLine]:
    """Quoted laws and standards whose reading is due.

    Yields:
        One line.
    """
    lines = watch_lines()
    due = [line for line in lines if line.state.is_due(today=today_at(now))]
    says = f"{counted(len(due), 'text is', 'texts are')} to be read again, of {len(lines)}."
    next_on = lines[0].state.next_on if lines else None
    tone = Tone.DUE if due else Tone.FINE
    yield StandingLine("Laws and standards", says, tone, "desk:watch", Permission.AUDIT_VIEW, next_on)


def holds_standing(now: datetime) -> Iterator[StandingLine]:  # noqa: ARG001 (every source takes it)
    """Legal holds that stand.

    Yields:
        A line if there are any.
    """
    count = sum(hold.lifted_at is None for hold in holds_all())
    if count:
        says = f"{counted(count, 'hold stands', 'holds stand')}."
        yield StandingLine("Legal holds", says, Tone.PLAIN, "desk:holds", Permission.AUDIT_VIEW)


def exports_standing(now: datetime) -> Iterator[StandingLine]:
    """What left the console lately.

    Yields:
        One line.
    """
    count = Export.objects.filter(made_at__gte=now - _LATELY).count()
    says = f"{counted(count, 'pack was', 'packs were')} made in {_LATELY.days} days."
    yield StandingLine("Exports", says, Tone.PLAIN, "desk:exports", Permission.AUDIT_EXPORT)
