"""Reviews of access: opened with all that everybody holds, decided line by line, closed when all is done.

A decision changes nobody's access: officers change no person. What is to be revoked is asked of
administrators, who take it on the console's own pages, with their confirmation and whatever second person
the policy asks for. A review notices that it's gone, and can't be closed before.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.selectors.entitled import people_entitled
from accounts.services.mail import letter_write
from compliance.desk.domain.recertification import (
    REVIEW_TIME,
    Reviewer,
    quarter_of,
    reminder_is_due,
    reviewer_check,
)
from compliance.desk.errors import RecertificationStateError, RecertificationWordsError
from compliance.desk.models.recertification import (
    Decision,
    RecertificationCampaign,
    RecertificationLine,
)
from compliance.desk.selectors.calendar import today_at
from compliance.desk.selectors.recertification import (
    access_held,
    campaigns_all,
    holding_lost_at,
    is_officer,
    lines_waiting,
)
from compliance.desk.services.officers import officers_write
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

LONGEST_REASON: Final = 300
LONGEST_NOTE: Final = 500


def campaign_open(*, opener: User | None = None) -> RecertificationCampaign:
    """Open the review of this quarter: write down what everybody holds now.

    Args:
        opener: Who asks for it; None: the calendar.

    Raises:
        RecertificationStateError: This quarter has its review already.
    """
    now = clock.now()
    quarter = quarter_of(today_at(now))
    with transaction.atomic():
        campaign, is_new = RecertificationCampaign.objects.get_or_create(
            quarter=str(quarter),
            defaults={"opened_at": now, "opened_by": opener, "due_on": today_at(now) + REVIEW_TIME},
        )
        if not is_new:
            raise RecertificationStateError(f"The review of {quarter} was opened already.")
        lines = list(access_held(now))
        for line in lines:
            line.campaign = campaign
        RecertificationLine.objects.bulk_create(lines)
        audit_record(
            action=Action.RECERTIFICATION_OPENED,
            actor=opener.actor if opener else SYSTEM,
            now=now,
            subject=_subject(campaign),
            detail={"quarter": campaign.quarter, "due_on": campaign.due_on.isoformat(), "lines": len(lines)},
        )
        officers_write(template="recertification_opened", context={"campaign": campaign, "lines": len(lines)})
    return campaign


def lines_decide(
    *,
    campaign: RecertificationCampaign,
    person: User,
    decisions: Mapping[int, str],
    reason: str,
    decider: User,
) -> int:
    """Decide about what one person holds; returns about how much. A decision can be changed until it's done.

    Args:
        campaign: The review.
        person: Whose access it is.
        decisions: `keep` or `revoke`, by the id of the line; lines without one stay as they are.
        reason: Why; asked for where something is to be revoked.
        decider: Who decides.

    Raises:
        RecertificationStateError: The review is closed, or something of it is done already.
        RecertificationWordsError: Nobody says why.
        ReviewerError: It isn't theirs to decide.
    """
    now = clock.now()
    with transaction.atomic():
        campaign = _open_lock(campaign)
        _decider_check(decider, person)
        changed = _changed(campaign, person, decisions)
        said = _words(reason, needed=any(decisions[line.pk] == Decision.REVOKE for line in changed))
        for line in changed:
            line.decision, line.reason = decisions[line.pk], said
            line.decided_by, line.decided_at = decider, now
            line.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
        if changed:
            _decided_record(campaign, person, changed, decider, now)
        revoked = [line for line in changed if line.decision == Decision.REVOKE]
        _settle(revoked, campaign, now)
        _revocations_ask(campaign, person, [line for line in revoked if line.waits], decider)
    return len(changed)


def revocations_settle() -> int:
    """Note what was to be revoked and is gone; returns how much still waits."""
    now = clock.now()
    with transaction.atomic():
        waiting = list(lines_waiting().select_for_update(of=("self",)))
        for line in waiting:
            _settle([line], line.campaign, now)
    return sum(line.waits for line in waiting)


def campaign_close(*, campaign: RecertificationCampaign, note: str, closer: User) -> RecertificationCampaign:
    """Close a review: every line is decided, and what was to be revoked is gone.

    Raises:
        RecertificationStateError: Something is left, or it's closed.
    """
    now = clock.now()
    revocations_settle()
    with transaction.atomic():
        campaign = _open_lock(campaign)
        counts = campaigns_all().get(pk=campaign.pk)
        if counts.undecided:
            raise RecertificationStateError(f"Nobody has decided about {counts.undecided} lines yet.")
        if counts.waiting:
            raise RecertificationStateError(f"{counts.waiting} revocations haven't been carried out yet.")
        campaign.closed_at, campaign.closed_by = now, closer
        campaign.note = note.strip()[:LONGEST_NOTE]
        campaign.save(update_fields=["closed_at", "closed_by", "note"])
        audit_record(
            action=Action.RECERTIFICATION_CLOSED,
            actor=closer.actor,
            now=now,
            subject=_subject(campaign),
            detail={
                "quarter": campaign.quarter,
                "lines": counts.held,
                "revoked": counts.revoked,
                "note": campaign.note,
            },
        )
    return campaign


def recertification_tend() -> None:
    """Do what the calendar asks for: open the quarter's review, note what is gone, write reminders."""
    now = clock.now()
    quarter = quarter_of(today_at(now))
    is_there = RecertificationCampaign.objects.filter(quarter=str(quarter)).exists()
    first_of_all = User.objects.order_by("created_at").values_list("created_at", flat=True).first()
    # A console that was set up in this quarter has its first review in the next one.
    if not is_there and first_of_all and today_at(first_of_all) < quarter.begins_on:
        # Another worker may have opened it in the meantime.
        with suppress(RecertificationStateError):
            campaign_open()
    revocations_settle()
    for campaign in campaigns_all().filter(closed_at=None):
        _remind(campaign.pk, now)


def _remind(campaign_id: int, now: datetime) -> None:
    with transaction.atomic():
        locked = RecertificationCampaign.objects.select_for_update().get(pk=campaign_id)
        today = today_at(now)
        if locked.closed_at is not None or not reminder_is_due(
            due_on=locked.due_on, reminded_on=locked.reminded_on, today=today
        ):
            return
        locked.reminded_on = today
        locked.save(update_fields=["reminded_on"])
        campaign = campaigns_all().get(pk=campaign_id)
        context = {"campaign": campaign, "is_overdue": today > campaign.due_on}
        officers_write(template="recertification_due", context=context)


def _open_lock(campaign: RecertificationCampaign) -> RecertificationCampaign:
    locked = RecertificationCampaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if locked.closed_at is not None:
        raise RecertificationStateError("This review is closed.")
    return locked


def _decider_check(decider: User, person: User) -> None:
    reviewer = Reviewer(
        is_officer=decider.may(Permission.PRIVACY_MANAGE),
        manages_people=decider.may(Permission.PEOPLE_MANAGE),
        is_themselves=decider.pk == person.pk,
    )
    reviewer_check(reviewer, of_officer=is_officer(person))


def _changed(
    campaign: RecertificationCampaign, person: User, decisions: Mapping[int, str]
) -> list[RecertificationLine]:
    """Take the lines about which something else is decided than before.

    Raises:
        RecertificationStateError: Something of it is done already.
    """
    lines = campaign.lines.select_for_update(of=("self",)).filter(person=person, pk__in=list(decisions))
    changed = [line for line in lines if decisions[line.pk] and line.decision != decisions[line.pk]]
    if any(line.carried_out_at is not None for line in changed):
        raise RecertificationStateError("Some of this is revoked already; a new role or grant gives it back.")
    return changed


def _words(reason: str, *, needed: bool) -> str:
    said = reason.strip()
    if len(said) > LONGEST_REASON or (needed and not said):
        raise RecertificationWordsError
    return said


def _settle(lines: list[RecertificationLine], campaign: RecertificationCampaign, now: datetime) -> None:
    for line in lines:
        line.carried_out_at = holding_lost_at(line, opened_at=campaign.opened_at, now=now)
        if line.carried_out_at is not None:
            line.save(update_fields=["carried_out_at"])


def _revocations_ask(
    campaign: RecertificationCampaign, person: User, lines: list[RecertificationLine], decider: User
) -> None:
    """Ask administrators to take what was decided on; not the one whose access it is."""
    if not lines:
        return
    context = {"campaign": campaign, "whose": person, "lines": lines, "decider": decider}
    for administrator in people_entitled(Permission.PEOPLE_MANAGE, other_than=person):
        letter_write(to=administrator, template="recertification_revoke", context=context)


def _decided_record(
    campaign: RecertificationCampaign,
    person: User,
    changed: list[RecertificationLine],
    decider: User,
    now: datetime,
) -> None:
    audit_record(
        action=Action.RECERTIFICATION_DECIDED,
        actor=decider.actor,
        now=now,
        subject=_subject(campaign),
        detail={
            "quarter": campaign.quarter,
            "person": person.pk,
            "decisions": [
                {"line": line.pk, "kind": line.kind, "what": line.what.split(), "decision": line.decision}
                for line in changed
            ],
            "reason": changed[0].reason,
        },
    )


def _subject(campaign: RecertificationCampaign) -> tuple[str, str]:
    return ("recertification", str(campaign.pk))
