"""A review of access, from its opening to its end: nobody loses what an administrator doesn't take."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.domain.engagements import Report
from accounts.domain.roles import Permission, Role
from accounts.models import Letter, User
from accounts.services.grants import grant_end, grant_end_operation
from accounts.services.roles import role_revoke, role_revoke_operation
from compliance.desk.errors import (
    RecertificationStateError,
    RecertificationWordsError,
    ReviewerError,
)
from compliance.desk.models.recertification import RecertificationCampaign, RecertificationLine
from compliance.desk.selectors.recertification import campaigns_all
from compliance.desk.services.recertification import (
    campaign_close,
    campaign_open,
    lines_decide,
    recertification_tend,
    revocations_settle,
)
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged, granted
from tests.support.confirming import confirmed
from tests.support.log import last
from tests.support.people import signed_in

PAGES = "/console/compliance/recertification/"


def decide(campaign: RecertificationCampaign, person: User, by: User, decision: str, reason: str = "") -> int:
    lines = campaign.lines.filter(person=person)
    return lines_decide(
        campaign=campaign,
        person=person,
        decisions=dict.fromkeys(lines.values_list("pk", flat=True), decision),
        reason=reason,
        decider=by,
    )


def take(line: RecertificationLine, by: User) -> None:
    operation = role_revoke_operation(user=line.person, role=Role(line.what))
    role_revoke(user=line.person, role=Role(line.what), authority=confirmed(by, operation))


def test_everything_that_anybody_holds_is_written_down(orla: User, rita: User, ada: User) -> None:
    olaf, visitor = actor_made("olaf"), actor_made("visitor")
    granted(olaf, Permission.APP_VIEW, "com.example.clinic", "beta")
    granted(olaf, Permission.RELEASE_PUBLISH, "com.example.clinic")
    over = granted(olaf, Permission.BUNDLE_UPLOAD, "com.example.clinic", life=timedelta(seconds=1))
    type(over).objects.filter(pk=over.pk).update(expires_at=over.created_at + timedelta(microseconds=1))
    engaged(visitor, Report.AUDIT_LOG)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    campaign = campaign_open(opener=orla)
    held = set(
        campaign.lines.values_list("person__name", "kind", "what", "app_id", "channel", "could_sign_in")
    )
    assert held == {
        ("Orla", "role", "compliance_officer", "", "", True),
        ("Ada", "role", "administrator", "", "", True),
        ("Rita", "role", "release_manager", "", "", False),
        ("olaf", "grant", "app_view", "com.example.clinic", "beta", True),
        ("olaf", "grant", "release_publish", "com.example.clinic", "", True),
        ("visitor", "engagement", "audit_log", "", "", True),
    }
    assert last(Action.RECERTIFICATION_OPENED).detail["lines"] == len(held)
    with pytest.raises(RecertificationStateError):
        campaign_open(opener=orla)


def test_an_officer_decides_and_an_administrator_takes_it(orla: User, rita: User, ada: User) -> None:
    campaign = campaign_open(opener=orla)
    assert decide(campaign, rita, orla, "revoke", "She has left the team.") == 1
    decide(campaign, ada, orla, "keep")
    decide(campaign, orla, ada, "keep")
    line = campaign.lines.get(person=rita)
    assert Role.RELEASE_MANAGER in User.objects.get(pk=rita.pk).roles  # nothing is lost yet
    assert last(Action.RECERTIFICATION_DECIDED).actor_id == str(ada.pk)
    asked = Letter.objects.get(subject="Access of Rita is to be revoked")
    assert asked.person == ada
    with pytest.raises(RecertificationStateError, match="haven't been carried out"):
        campaign_close(campaign=campaign, note="", closer=orla)
    take(line, ada)
    assert revocations_settle() == 0
    closed = campaign_close(campaign=campaign, note="One had left.", closer=orla)
    line.refresh_from_db()
    assert (line.carried_out_at is not None, closed.closed_by) == (True, orla)
    assert last(Action.RECERTIFICATION_CLOSED).detail["revoked"] == 1
    with pytest.raises(RecertificationStateError, match="closed"):
        decide(campaign, rita, orla, "keep")


def test_it_does_not_close_while_a_line_is_open(orla: User, rita: User, ada: User) -> None:
    campaign = campaign_open(opener=orla)
    decide(campaign, rita, orla, "keep")
    with pytest.raises(RecertificationStateError, match="2 lines"):
        campaign_close(campaign=campaign, note="", closer=orla)
    assert not RecertificationCampaign.objects.exclude(closed_at=None).exists()


def test_a_grant_that_is_ended_counts_as_revoked(orla: User, ada: User) -> None:
    olaf = actor_made("olaf")
    grant = granted(olaf, Permission.APP_VIEW, "com.example.clinic")
    campaign = campaign_open(opener=orla)
    grant_end(grant=grant, authority=confirmed(ada, grant_end_operation(grant=grant)))
    decide(campaign, olaf, orla, "revoke", "Nobody knows why he has it.")
    line = campaign.lines.get(person=olaf)
    grant.refresh_from_db()
    assert line.carried_out_at == grant.ended_at
    assert not Letter.objects.filter(subject__contains="is to be revoked").exists()
    with pytest.raises(RecertificationStateError, match="revoked already"):
        decide(campaign, olaf, orla, "keep")


def test_a_decision_can_be_changed_until_it_is_done(orla: User, rita: User) -> None:
    campaign = campaign_open(opener=orla)
    decide(campaign, rita, orla, "revoke", "Too much.")
    decide(campaign, rita, orla, "keep", "She stands in for Kai.")
    assert campaigns_all().get().waiting == 0


def test_revoking_says_why(orla: User, rita: User) -> None:
    campaign = campaign_open(opener=orla)
    with pytest.raises(RecertificationWordsError):
        decide(campaign, rita, orla, "revoke", "  ")
    assert campaign.lines.filter(decision="").count() == 2


def test_nobody_decides_about_themselves_nor_administrators_about_what_they_gave(
    orla: User, rita: User, ada: User
) -> None:
    campaign = campaign_open(opener=orla)
    for decider, person in ((orla, orla), (ada, rita), (rita, ada)):
        with pytest.raises(ReviewerError):
            decide(campaign, person, decider, "keep")
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.lines.filter(person=rita).update(decision="keep", decided_by=rita, decided_at=clock.now())


@pytest.mark.parametrize(
    "broken",
    [
        {"decision": "keep"},
        {"decision": "maybe"},
        {"reason": "Left over"},
        {"carried_out_at": datetime(2026, 11, 1, tzinfo=UTC)},
        {"kind": "grant"},
        {"holding_id": 3},
    ],
)
def test_the_database_keeps_lines_whole(orla: User, rita: User, broken: dict[str, object]) -> None:
    campaign = campaign_open(opener=orla)
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.lines.filter(person=rita).update(**broken)


def test_the_calendar_opens_a_review_and_reminds_of_it(orla: User) -> None:
    with time_machine.travel(datetime(2027, 1, 1, 0, 30, tzinfo=UTC), tick=False) as now:
        recertification_tend()
        recertification_tend()
        campaign = RecertificationCampaign.objects.get(quarter="2027-Q1")
        assert (campaign.opened_by, campaign.due_on.isoformat()) == (None, "2027-01-31")
        assert not Letter.objects.filter(subject__contains="is due").exists()
        now.move_to(datetime(2027, 1, 17, 9, tzinfo=UTC))
        recertification_tend()
        recertification_tend()
        now.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
        recertification_tend()
    subjects = list(Letter.objects.filter(subject__contains="review").order_by("written_at", "pk"))
    assert [letter.subject for letter in subjects] == [
        "The review of access 2027-Q1 is open",
        "The review of access 2027-Q1 is due on 31 Jan 2027",
        "The review of access 2027-Q1 is overdue",
    ]


def test_a_new_console_waits_for_its_first_whole_quarter(orla: User) -> None:
    recertification_tend()
    assert not RecertificationCampaign.objects.exists()


def test_the_pages_lead_from_the_opening_to_the_end(orla: User, rita: User, ada: User) -> None:
    officer, administrator = signed_in(orla), signed_in(ada)
    page = officer.post(f"{PAGES}new/", follow=True).content.decode()
    campaign = RecertificationCampaign.objects.get()
    assert "Review of access" in page
    lines = {line.person: line for line in campaign.lines.select_related("person")}
    one = f"{PAGES}{campaign.pk}/people/"
    silent = officer.post(f"{one}{rita.pk}/", {f"line-{lines[rita].pk}": "revoke"})
    assert "Say why access is to be revoked" in silent.content.decode()
    said = {f"line-{lines[rita].pk}": "revoke", "reason": "She has left."}
    assert (
        "Waits for an administrator" in officer.post(f"{one}{rita.pk}/", said, follow=True).content.decode()
    )
    officer.post(f"{one}{ada.pk}/", {f"line-{lines[ada].pk}": "keep"})
    own = officer.post(f"{one}{orla.pk}/", {f"line-{lines[orla].pk}": "keep"})
    assert "Nobody decides about their own access" in own.content.decode()
    administrator.post(f"{one}{orla.pk}/", {f"line-{lines[orla].pk}": "keep"})
    link = f"/console/people/{rita.pk}/access/roles/release_manager/take/"
    assert link in administrator.get(f"{PAGES}{campaign.pk}/").content.decode()
    assert link not in officer.get(f"{PAGES}{campaign.pk}/").content.decode()
    close = f"{PAGES}{campaign.pk}/close/"
    assert "carried out yet" in officer.post(close, {"note": ""}).content.decode()
    take(lines[rita], ada)
    assert "Waits for an administrator" not in officer.get(f"{PAGES}{campaign.pk}/").content.decode()
    assert "The review is closed." in officer.post(close, {"note": "Fine."}, follow=True).content.decode()
    assert administrator.post(close, {"note": ""}).status_code == 403
