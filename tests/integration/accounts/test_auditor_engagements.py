"""External auditors: what they see while they are engaged, and that it is nothing before and after."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.domain.engagements import Report
from accounts.domain.roles import Permission, Role
from accounts.errors import EngagementRefusedError, OwnAccessError, PermissionDeniedError, StepUpRequiredError
from accounts.models import AuditorEngagement, Letter, User
from accounts.services.engagements import (
    EngagementWish,
    engagement_agree,
    engagement_agree_operation,
    engagement_end,
    engagement_end_operation,
)
from accounts.services.roles import role_revoke, role_revoke_operation
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged, granted
from tests.support.confirming import confirmed
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, recorded

DAY = timedelta(days=1)
# Finished reports open no page by themselves (tests/integration/compliance/desk/test_opened_packs.py).
PAGES = {
    Report.AUDIT_LOG: "/console/compliance/log/",
    Report.PERMISSION_MATRIX: "/console/access/",
    Report.KEYS_OVERVIEW: "/console/keys/",
}


def terms(*reports: Report, starts: timedelta = timedelta(0), life: timedelta = 30 * DAY) -> EngagementWish:
    now = clock.now()
    return EngagementWish(frozenset(reports), now + starts, now + starts + life)


def agree(by: User, visitor: User, wish: EngagementWish) -> AuditorEngagement:
    operation = engagement_agree_operation(person=visitor, wish=wish)
    return engagement_agree(person=visitor, wish=wish, authority=confirmed(by, operation))


def afresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def opened(visitor: User) -> set[Report]:
    client = signed_in(visitor)
    return {report for report, path in PAGES.items() if client.get(path).status_code == 200}


def test_an_engaged_auditor_reads_the_chosen_reports_and_no_other(ada: User, olaf: User) -> None:
    agree(ada, olaf, terms(Report.AUDIT_LOG))
    assert opened(olaf) == {Report.AUDIT_LOG}
    agree(ada, afresh(olaf), terms(Report.KEYS_OVERVIEW))  # one engagement beside another
    assert opened(olaf) == {Report.AUDIT_LOG, Report.KEYS_OVERVIEW}


def test_the_side_bar_offers_just_these(ada: User, olaf: User) -> None:
    agree(ada, olaf, terms(Report.PERMISSION_MATRIX))
    page = signed_in(olaf).get("/console/").content.decode()
    assert 'href="/console/access/"' in page
    for path in (
        "/console/apps/",
        "/console/keys/",
        "/console/compliance/log/",
        "/console/accounts/user/",
    ):
        assert f'href="{path}"' not in page


def test_before_and_after_the_engagement_there_is_nothing(ada: User, olaf: User) -> None:
    agree(ada, olaf, terms(*Report, starts=DAY, life=DAY))
    assert opened(olaf) == set()
    with time_machine.travel(clock.now() + 1.5 * DAY, tick=False):
        assert opened(olaf) == set(PAGES)
    with time_machine.travel(clock.now() + 2 * DAY, tick=False):
        assert opened(olaf) == set()
        assert not any(afresh(olaf).may(permission) for permission in Permission)


def test_it_is_recorded_and_told(ada: User, olaf: User) -> None:
    engagement = agree(ada, olaf, terms(Report.AUDIT_LOG, Report.KEYS_OVERVIEW))
    (event,) = recorded(Action.GRANT_MADE)
    assert (event.actor_id, event.object_id) == (str(ada.pk), str(olaf.pk))
    assert (event.detail["engagement"], event.detail["reports"]) == (
        engagement.pk,
        ["audit_log", "keys_overview"],
    )
    assert recorded(Action.ROLE_GRANTED)[-1].detail == {"role": "external_auditor"}
    body = Letter.objects.get(person=olaf).body
    assert "you may read the audit log and the overview of signing keys" in body


def test_an_ended_engagement_shows_nothing_at_once(ada: User, olaf: User) -> None:
    engagement = agree(ada, olaf, terms(*Report))
    authority = confirmed(ada, engagement_end_operation(engagement=engagement))
    engagement_end(engagement=engagement, authority=authority)
    assert opened(olaf) == set()
    assert len(recorded(Action.GRANT_ENDED)) == 1
    with pytest.raises(EngagementRefusedError, match="over already"):
        engagement_end(engagement=engagement, authority=authority)


def test_whoever_loses_the_role_is_out_at_once(ada: User, olaf: User) -> None:
    agree(ada, olaf, terms(*Report))
    lost, role = afresh(olaf), Role.EXTERNAL_AUDITOR
    authority = confirmed(ada, role_revoke_operation(user=lost, role=role))
    role_revoke(user=lost, role=role, authority=authority)
    assert opened(olaf) == set()


def test_who_has_a_role_or_a_grant_is_no_external_auditor(ada: User, rita: User, olaf: User) -> None:
    granted(olaf, Permission.APP_VIEW, APP_ID)
    for insider in (rita, olaf):
        with pytest.raises(EngagementRefusedError, match="other roles or grants"):
            agree(ada, insider, terms(*Report))


def test_terms_are_checked(ada: User, olaf: User) -> None:
    for wish in (terms(), terms(*Report, life=91 * DAY), terms(*Report, life=timedelta(0))):
        with pytest.raises(EngagementRefusedError):
            agree(ada, olaf, wish)
    assert not AuditorEngagement.objects.exists()


def test_only_who_manages_people_engages_anybody_and_nobody_themselves(ada: User, audra: User) -> None:
    visitor = actor_made("visitor")
    with pytest.raises(PermissionDeniedError):
        agree(audra, visitor, terms(*Report))
    ada_alone = actor_made("former")
    ada_alone.groups.add(Group.objects.get(name=Role.ADMINISTRATOR.value))
    wish = terms(*Report)
    authority = confirmed(ada_alone, engagement_agree_operation(person=afresh(ada_alone), wish=wish))
    with pytest.raises((OwnAccessError, EngagementRefusedError)):
        engagement_agree(person=ada_alone, wish=wish, authority=authority)


def test_a_confirmation_is_for_these_reports_and_this_time(ada: User, olaf: User) -> None:
    shown, swapped = terms(Report.AUDIT_LOG), terms(Report.AUDIT_LOG, life=60 * DAY)
    authority = confirmed(ada, engagement_agree_operation(person=olaf, wish=shown))
    with pytest.raises(StepUpRequiredError):
        engagement_agree(person=olaf, wish=swapped, authority=authority)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        pytest.param({"ends_at": 0}, "accounts_engagement_ends", id="no time"),
        pytest.param({"ends_at": -1}, "accounts_engagement_ends", id="backwards"),
        pytest.param({"ends_at": 90.01}, "accounts_engagement_is_short", id="too long"),
        pytest.param({"ended_at": -1}, "accounts_engagement_ended", id="ended before it began"),
        pytest.param({"agreed_by": "olaf"}, "accounts_engagement_not_of_oneself", id="of oneself"),
    ],
)
def test_the_database_refuses(broken: dict[str, Any], constraint: str, olaf: User) -> None:
    now = clock.now()
    values = {
        column: olaf if column == "agreed_by" else now + value * DAY for column, value in broken.items()
    }
    row: dict[str, Any] = {"person": olaf, "starts_at": now, "ends_at": now + DAY, "created_at": now}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AuditorEngagement.objects.create(**{**row, **values})


def test_the_database_takes_ninety_days(olaf: User) -> None:
    engaged(olaf, *Report, life=90 * DAY)


def test_reports_that_this_version_does_not_know_open_nothing(olaf: User) -> None:
    engagement = engaged(olaf, Report.AUDIT_LOG)
    engagement.reports = ["audit_log", "register_of_processing"]
    engagement.save()
    assert engagement.terms.reports == {Report.AUDIT_LOG}


def test_reports_open_neither_the_policy_nor_what_insiders_approve_and_review(ada: User, olaf: User) -> None:
    agree(ada, olaf, terms(*Report))
    client = signed_in(olaf)
    assert client.get("/console/policy/").status_code == 403
    page = client.get("/console/").content.decode()
    for path in ("/console/policy/", "/console/approvals/"):
        assert f'href="{path}"' not in page
