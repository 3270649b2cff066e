"""Shutting off, at once and alone; lifting, by two people or with a code."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.policy import SHUTOFF_LIFT
from accounts.domain.roles import Permission
from accounts.errors import (
    ApprovalOvertakenError,
    ApprovalRequiredError,
    PermissionDeniedError,
    StepUpRequiredError,
)
from accounts.models import ApprovalRequest, User
from accounts.services.approvals import approval_request
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.actors import actor_made, granted
from tests.support.approving import give, two_people
from tests.support.confirming import confirmed
from tests.support.people import code_of, signed_in
from tests.support.shipping import APP_ID, channel_made, recorded
from updates.errors import InvalidValueError, NotShutOffError
from updates.models import App, Channel
from updates.selectors.decision_table import decision_table_version
from updates.services import app_shut_off, channel_shut_off
from updates.services.shutoff_lifting import shutoff_lift, shutoff_lift_operation

PAGE = f"/console/apps/{APP_ID}/channels/production/"


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def shut(channel: Channel) -> Channel:
    return channel_shut_off(channel=channel, reason="It crashes.", actor=SYSTEM)


def asked_for(channel: Channel, by: User) -> ApprovalRequest:
    operation = shutoff_lift_operation(app=channel.app, channel=channel)
    return approval_request(operation=operation, reason="It's mended.", step_up=confirmed(by, operation))


def fresh(channel: Channel) -> Channel:
    return Channel.objects.select_related("app").get(pk=channel.pk)


def test_a_channel_is_shut_off_at_once_and_once(production: Channel) -> None:
    table = decision_table_version()
    first = shut(production)
    again = channel_shut_off(channel=production, reason="Again.", actor=SYSTEM)
    assert (again.shutoff_at, again.shutoff_reason, again.decision_seq) == (
        first.shutoff_at,
        "It crashes.",
        2,
    )
    assert decision_table_version() == table + 1
    (event,) = recorded(Action.CHANNEL_SHUT_OFF)
    assert (event.object_id, event.detail) == ("production", {"reason": "It crashes."})


def test_an_app_is_shut_off_on_every_channel(production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    app = app_shut_off(app=production.app, reason="It crashes.", actor=SYSTEM)
    assert app.shutoff_at is not None
    assert [fresh(each).decision_seq for each in (production, beta)] == [2, 2]
    assert fresh(beta).shutoff_at is None
    assert len(recorded(Action.APP_SHUT_OFF)) == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_shut_off_without_a_reason(production: Channel, reason: str) -> None:
    with pytest.raises(InvalidValueError):
        channel_shut_off(channel=production, reason=reason, actor=SYSTEM)
    with pytest.raises(InvalidValueError):
        app_shut_off(app=production.app, reason=reason, actor=SYSTEM)
    assert (fresh(production).shutoff_at, App.objects.get().shutoff_at) == (None, None)


def test_where_policy_wants_two_one_confirmation_lifts_nothing(production: Channel, rita: User) -> None:
    two_people(SHUTOFF_LIFT)
    channel = shut(production)
    operation = shutoff_lift_operation(app=channel.app, channel=channel)
    with pytest.raises(ApprovalRequiredError):
        shutoff_lift(app=channel.app, channel=channel, authority=confirmed(rita, operation))
    assert fresh(production).shutoff_at is not None


def test_somebody_who_signs_off_approves_the_lifting(production: Channel, rita: User, ansel: User) -> None:
    two_people(SHUTOFF_LIFT)
    row = asked_for(shut(production), rita)
    done = give(row, ansel)
    channel = fresh(production)
    assert (channel.shutoff_at, channel.shutoff_reason, channel.decision_seq) == (None, "", 3)
    assert done.outcome == "production serves devices again."
    (event,) = recorded(Action.CHANNEL_SHUTOFF_LIFTED)
    assert event.actor_id == str(rita.pk)


def test_who_may_roll_back_but_not_sign_off_approves_no_lifting(
    production: Channel, rita: User, ansel: User
) -> None:
    two_people(SHUTOFF_LIFT)
    row = asked_for(shut(production), ansel)
    with pytest.raises(PermissionDeniedError):
        give(row, rita)
    assert fresh(production).shutoff_at is not None


def test_the_approval_of_one_shutoff_lifts_no_later_one(production: Channel, rita: User, ansel: User) -> None:
    two_people()
    first = shut(production)
    operation = shutoff_lift_operation(app=first.app, channel=first)
    two_people(SHUTOFF_LIFT)
    row = asked_for(first, rita)
    two_people()
    shutoff_lift(app=first.app, channel=first, authority=confirmed(rita, operation))
    shut(production)
    two_people(SHUTOFF_LIFT)
    with pytest.raises(ApprovalOvertakenError):
        give(row, ansel)
    assert fresh(production).shutoff_at is not None


def test_grants_on_a_channel_are_enough_to_ask_and_to_approve_there(production: Channel) -> None:
    two_people(SHUTOFF_LIFT)
    asker, approver, elsewhere = (actor_made(name) for name in ("asker", "approver", "elsewhere"))
    granted(asker, Permission.RELEASE_ROLL_BACK, APP_ID, "production")
    granted(approver, Permission.RELEASE_APPROVE, APP_ID, "production")
    granted(elsewhere, Permission.RELEASE_APPROVE, APP_ID, "beta")
    row = asked_for(shut(production), asker)
    with pytest.raises(PermissionDeniedError):
        give(row, elsewhere)
    page = reverse("accounts:approval", args=[row.pk])
    assert signed_in(elsewhere).get(page).status_code == 404
    assert "Approve and do it" in said(signed_in(approver).get(page))
    assert "For you to decide" in said(signed_in(approver).get(reverse("accounts:approvals")))
    give(row, approver)
    assert fresh(production).shutoff_at is None


def test_a_grant_on_a_channel_asks_nothing_about_its_app(production: Channel) -> None:
    two_people(SHUTOFF_LIFT)
    asker = actor_made("asker")
    granted(asker, Permission.RELEASE_ROLL_BACK, APP_ID, "production")
    app = app_shut_off(app=production.app, reason="It crashes.", actor=SYSTEM)
    operation = shutoff_lift_operation(app=app)
    with pytest.raises(PermissionDeniedError):
        approval_request(operation=operation, reason="Please.", step_up=confirmed(asker, operation))


def test_where_policy_leaves_it_to_one_a_confirmation_lifts_it(production: Channel, rita: User) -> None:
    two_people()
    app = app_shut_off(app=production.app, reason="It crashes.", actor=SYSTEM)
    authority = confirmed(rita, shutoff_lift_operation(app=app))
    shutoff_lift(app=app, authority=authority)
    assert (App.objects.get().shutoff_at, fresh(production).decision_seq) == (None, 3)
    with pytest.raises(NotShutOffError):
        shutoff_lift(app=app, authority=authority)


def test_a_confirmation_by_who_may_not_is_refused(production: Channel, ada: User, rita: User) -> None:
    two_people()
    channel = shut(production)
    operation = shutoff_lift_operation(app=channel.app, channel=channel)
    with pytest.raises(PermissionDeniedError):
        shutoff_lift(app=channel.app, channel=channel, authority=confirmed(ada, operation))
    other = shut(channel_made(production.app, "beta", public=False))
    elsewhere = confirmed(rita, shutoff_lift_operation(app=other.app, channel=other))
    with pytest.raises(StepUpRequiredError):
        shutoff_lift(app=channel.app, channel=channel, authority=elsewhere)
    assert fresh(production).shutoff_at is not None


# --- its pages ----------------------------------------------------------------------------------------
def test_it_is_shut_off_and_lifted_through_the_pages(production: Channel, rita: User, ansel: User) -> None:
    two_people(SHUTOFF_LIFT)
    browser, where = signed_in(rita), reverse("updates:channel-shutoff", args=[APP_ID, "production"])
    assert "device" in said(browser.get(where))
    assert "This field is required." in said(browser.post(where, {"reason": ""}))
    page = said(browser.post(where, {"reason": "It <crashes>."}, follow=True))
    assert "<strong>production is shut off</strong>" in page
    assert "It <crashes>." in page
    lift = reverse("updates:channel-shutoff-lift", args=[APP_ID, "production"])
    page = said(browser.get(lift))
    assert "Nothing happens until one of them approves: Ansel" in page
    (digest,) = re.findall(r'name="digest" value="(\w{64})"', page)
    form = {"digest": digest, "code": code_of(rita), "reason": "It's mended."}
    page = said(browser.post(lift, form, follow=True))
    assert "Lift the shutoff of production of Clinic" in page
    assert fresh(production).shutoff_at is not None
    give(ApprovalRequest.objects.get(), ansel)
    assert "is shut off" not in said(browser.get(PAGE))


def test_the_app_is_shut_off_and_lifted_alone_where_policy_lets_one(production: Channel, rita: User) -> None:
    two_people()
    browser, where = signed_in(rita), reverse("updates:app-shutoff", args=[APP_ID])
    page = said(browser.post(where, {"reason": "It crashes."}, follow=True))
    assert "<strong>Clinic is shut off</strong>" in page
    assert "<strong>Clinic is shut off</strong>" in said(browser.get(PAGE))
    channel_shut_off(channel=production, reason="It too.", actor=SYSTEM)
    lift = reverse("updates:app-shutoff-lift", args=[APP_ID])
    page = said(browser.get(lift))
    assert "Still shut off by themselves: production." in page
    (digest,) = re.findall(r'name="digest" value="(\w{64})"', page)
    assert "doesn't" not in said(browser.post(lift, {"digest": digest, "code": code_of(rita)}, follow=True))
    assert App.objects.get().shutoff_at is None
    assert "Nothing is shut off here." in said(browser.get(lift, follow=True))


def test_an_auditor_is_told_and_offered_nothing(production: Channel, audra: User) -> None:
    shut(production)
    page = said(signed_in(audra).get(PAGE))
    assert "It crashes." in page
    assert "Lift the shutoff" not in page
    assert signed_in(audra).get(f"{PAGE}shut-off/lift/").status_code == 403
    assert Client().get(PAGE).status_code == 302
