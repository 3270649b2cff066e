"""How the duties stand that the calendar sets: reviews of access, incidents, audits, drills."""

from collections.abc import Iterator
from datetime import date, datetime

from accounts.domain.roles import Permission
from compliance.desk.domain.standing import StandingLine, Tone, counted
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.engagements import asked_open
from compliance.desk.selectors.incidents import drills_all, drills_due, incident_notices_open, incidents_all
from compliance.desk.selectors.recertification import campaigns_all


def recertification_standing(now: datetime) -> Iterator[StandingLine]:
    """The reviews of access that are open; or when the last one was closed.

    Yields:
        A line for each.
    """
    today, is_open = today_at(now), False
    for campaign in campaigns_all().filter(closed_at=None):
        is_open = True
        says = f"{campaign.undecided} of {campaign.held} not decided, {campaign.waiting} to be revoked."
        yield StandingLine(
            f"Review of access {campaign.quarter}",
            says,
            _tone(campaign.due_on, today),
            "desk:recertification",
            Permission.ACCESS_VIEW,
            campaign.due_on,
            (campaign.pk,),
        )
    if not is_open:
        last = campaigns_all().first()
        says = f"{last.quarter} is closed." if last else "None was made yet."
        tone = Tone.FINE if last else Tone.PLAIN
        yield StandingLine("Reviews of access", says, tone, "desk:recertifications", Permission.ACCESS_VIEW)


def incidents_standing(now: datetime) -> Iterator[StandingLine]:
    """Open incidents, and the notice that is due next.

    Yields:
        One line.
    """
    count = incidents_all().filter(closed_at=None).count()
    notice = incident_notices_open().first()
    if notice is not None:
        says = f"{counted(count, 'is', 'are')} open. Next notice: {notice.incident}, {notice.terms.whom}."
        tone, due_on = _tone(notice.due_on, today_at(now)), notice.due_on
    else:
        says = f"{counted(count, 'is', 'are')} open, no notice is due." if count else "None is open."
        tone, due_on = (Tone.DUE if count else Tone.FINE), None
    yield StandingLine("Incidents", says, tone, "desk:incidents", Permission.ACCESS_VIEW, due_on)


def audits_standing(now: datetime) -> Iterator[StandingLine]:
    """What auditors asked for.

    Yields:
        A line if anything is open.
    """
    lines = list(asked_open())
    if lines:
        says = f"{counted(len(lines), 'request is', 'requests are')} open, first of “{lines[0].audit.title}”."
        yield StandingLine(
            "Auditors' requests",
            says,
            _tone(lines[0].due_on, today_at(now)),
            "desk:audit",
            Permission.PRIVACY_MANAGE,
            lines[0].due_on,
            (lines[0].audit_id,),
        )


def drills_standing(now: datetime) -> Iterator[StandingLine]:
    """When the last drill was, and whether one is to be repeated.

    Yields:
        One line.
    """
    due, last = drills_due(today_at(now)), drills_all().first()
    if due:
        says = f"To be repeated: {due[0].get_kind_display()}."
        tone, due_on = Tone.BAD, due[0].next_due_on
    elif last is None:
        says, tone, due_on = "No backup was restored on record.", Tone.DUE, None
    else:
        says = f"The last one {last.get_result_display()}, on {last.began_at:%-d %b %Y}."
        tone, due_on = (Tone.FINE if last.result == "worked" else Tone.DUE), last.next_due_on
    yield StandingLine("Drills and restores", says, tone, "desk:drills", Permission.ACCESS_VIEW, due_on)


def _tone(due_on: date, today: date) -> Tone:
    return Tone.BAD if due_on < today else Tone.DUE
