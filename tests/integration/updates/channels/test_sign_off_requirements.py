"""Which sign-offs a channel wants: more at once, fewer by two, and never more than people exist."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.domain.policy import SIGN_OFF_WEAKEN
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.errors import (
    ApprovalOvertakenError,
    ApprovalRequiredError,
    PermissionDeniedError,
    SelfApprovalError,
)
from accounts.models import ApprovalRequest, ConsolePolicy, User
from accounts.selectors.policy import policy_current
from accounts.services.approvals import approval_request
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.actors import actor_made, granted
from tests.support.approving import give, two_people
from tests.support.confirming import confirmed
from tests.support.people import code_of, person, signed_in
from tests.support.shipping import APP_ID, recorded
from updates.domain.sign_off_rules import Requirement
from updates.errors import SignOffsImpossibleError, SignOffsUnchangedError, SignOffsWeakerError
from updates.models import Channel
from updates.selectors.sign_off_requirements import requirements_of, signers_by_role
from updates.services import sign_offs_require
from updates.services.sign_off_weakening import sign_offs_weaken, sign_offs_weaken_operation

ONE, APPROVER = Requirement("", 1), Requirement("approver", 1)


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def require(channel: Channel, *requirements: Requirement) -> Channel:
    return sign_offs_require(channel=channel, requirements=requirements, actor=SYSTEM)


def asked_for(channel: Channel, by: User, *requirements: Requirement) -> ApprovalRequest:
    operation = sign_offs_weaken_operation(channel=channel, requirements=requirements)
    return approval_request(operation=operation, reason="We are fewer.", step_up=confirmed(by, operation))


def test_more_sign_offs_count_at_once(production: Channel, ansel: User) -> None:
    granted(actor_made("helper"), Permission.RELEASE_APPROVE, APP_ID, "production")
    require(production, ONE)
    channel = require(production, ONE, APPROVER)
    assert requirements_of(production) == (ONE, APPROVER)
    assert channel.sign_off_version == 3
    (_, event) = recorded(Action.SIGN_OFF_RULES_CHANGED)
    assert event.detail == {"before": [["", 1]], "after": [["", 1], ["approver", 1]], "weaker": False}


def test_what_is_so_already_is_said(production: Channel, ansel: User) -> None:
    require(production, ONE)
    with pytest.raises(SignOffsUnchangedError):
        require(production, ONE)
    with pytest.raises(SignOffsUnchangedError):
        sign_offs_weaken_operation(channel=production, requirements=[ONE])


@pytest.mark.parametrize(
    "requirements",
    [
        pytest.param([Requirement("", 2)], id="two of one"),
        pytest.param([ONE, APPROVER], id="one person twice"),
        pytest.param([Requirement("auditor", 1)], id="who may not sign off"),
        pytest.param([Requirement("administrator", 1)], id="nobody of that role"),
    ],
)
def test_no_more_is_required_than_people_who_could_exist(
    production: Channel, ansel: User, audra: User, requirements: list[Requirement]
) -> None:
    granted(actor_made("elsewhere"), Permission.RELEASE_APPROVE, APP_ID, "beta")
    gone = actor_made("gone")
    granted(gone, Permission.RELEASE_APPROVE, APP_ID)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(SignOffsImpossibleError):
        require(production, *requirements)
    assert requirements_of(production) == ()


def test_an_auditor_with_a_grant_counts_for_their_role(production: Channel, audra: User) -> None:
    granted(audra, Permission.RELEASE_APPROVE, APP_ID, "production")
    require(production, Requirement("auditor", 1))
    assert signers_by_role(production) == {"": 1, "auditor": 1}


def test_fewer_are_not_had_without_asking(production: Channel, rita: User, ansel: User) -> None:
    two_people()
    require(production, APPROVER)
    for fewer in ([], [ONE]):
        with pytest.raises(SignOffsWeakerError):
            require(production, *fewer)
        operation = sign_offs_weaken_operation(channel=production, requirements=fewer)
        with pytest.raises(ApprovalRequiredError):
            sign_offs_weaken(channel=production, requirements=fewer, authority=confirmed(rita, operation))
    assert requirements_of(production) == (APPROVER,)


def test_somebody_who_signs_off_agrees_to_fewer(production: Channel, rita: User, ansel: User) -> None:
    two_people()
    channel = require(production, APPROVER)
    give(asked_for(channel, rita), ansel)
    assert requirements_of(production) == ()
    event = recorded(Action.SIGN_OFF_RULES_CHANGED)[-1]
    assert (event.actor_id, event.detail["weaker"]) == (str(rita.pk), True)


def test_who_asks_for_fewer_does_not_agree_to_it(production: Channel, rita: User, ansel: User) -> None:
    two_people()
    granted(rita, Permission.RELEASE_APPROVE, APP_ID, "production")
    row = asked_for(require(production, APPROVER), rita)
    with pytest.raises(SelfApprovalError):
        give(row, rita)
    assert requirements_of(production) == (APPROVER,)


def test_who_manages_no_channels_asks_for_nothing(production: Channel, ansel: User) -> None:
    two_people()
    channel = require(production, APPROVER)
    with pytest.raises(PermissionDeniedError):
        asked_for(channel, ansel)


def test_what_was_agreed_to_is_void_once_the_rules_have_moved(
    production: Channel, rita: User, ansel: User
) -> None:
    two_people()
    granted(actor_made("helper"), Permission.RELEASE_APPROVE, APP_ID, "production")
    row = asked_for(require(production, ONE), rita)
    require(production, ONE, APPROVER)
    with pytest.raises(ApprovalOvertakenError):
        give(row, ansel)
    assert requirements_of(production) == (ONE, APPROVER)


def nobody(_: Channel) -> None:
    """There is one approver, and they are the only one."""


def second_approver(_: Channel) -> None:
    actor = actor_made("second")
    granted(actor, Permission.RELEASE_APPROVE, "com.example.elsewhere")


def ended_beginning(channel: Channel) -> None:
    ConsolePolicy.objects.update(bootstrap_ended_at=channel.created_at)


@pytest.mark.parametrize(
    ("preset", "happened", "alone"),
    [
        pytest.param(Preset.SOLO, nobody, True, id="solo, one approver"),
        pytest.param(Preset.SOLO, second_approver, False, id="solo, somebody else could somewhere"),
        pytest.param(Preset.SOLO, ended_beginning, False, id="solo, there was another"),
        pytest.param(Preset.TEAM, nobody, False, id="team"),
    ],
)
def test_only_a_console_that_is_left_to_one_leaves_it_to_one(
    *,
    production: Channel,
    ansel: User,
    preset: Preset,
    happened: Callable[[Channel], None],
    alone: bool,
) -> None:
    ConsolePolicy.objects.create(preset=preset.value, chosen_at=production.created_at)
    happened(production)
    assert (SIGN_OFF_WEAKEN not in policy_current().two_people) is alone


def test_one_person_alone_weakens_it_on_a_console_of_their_own(production: Channel, rita: User) -> None:
    ConsolePolicy.objects.create(preset=Preset.SOLO.value, chosen_at=production.created_at)
    granted(rita, Permission.RELEASE_APPROVE, APP_ID)
    channel = require(production, ONE)
    operation = sign_offs_weaken_operation(channel=channel, requirements=())
    sign_offs_weaken(channel=channel, requirements=(), authority=confirmed(rita, operation))
    assert requirements_of(production) == ()


# --- its pages ----------------------------------------------------------------------------------------
def test_the_page_says_who_could_and_saves_more(production: Channel, rita: User, ansel: User) -> None:
    browser, where = signed_in(rita), reverse("updates:sign-off-rules", args=[APP_ID, "production"])
    page = said(browser.get(where))
    assert "1 person could sign off here." in page
    assert "Auditor" not in page  # nobody of that role could
    assert "No release needs a sign-off here now." in page
    page = said(browser.post(where, {"approver": "1", "anyone": ""}, follow=True))
    assert "1 by approver" in page
    refused = said(browser.post(where, {"approver": "2", "anyone": "0"}))
    assert "There aren't as many people who could sign off here." in refused
    assert "There aren't" in said(browser.post(where, {"approver": "1", "anyone": "1"}))
    assert "less than or equal to 20" in said(browser.post(where, {"approver": "21", "anyone": "0"}))


def test_the_page_leads_to_asking_where_it_would_be_less(production: Channel, rita: User) -> None:
    two_people()
    ansel = person("ansel")
    require(production, APPROVER)
    browser, where = signed_in(rita), reverse("updates:sign-off-rules", args=[APP_ID, "production"])
    answer = browser.post(where, {"anyone": "1", "approver": "0"})
    assert answer.headers["Location"] == f"{where}weaken/?anyone=1&approver=0"
    page = said(browser.get(answer.headers["Location"]))
    assert "Now a release needs: 1 by approver." in page
    assert "Then it needs: 1 by anyone who may sign off." in page
    assert "Nothing happens until one of them approves: Ansel" in page
    (digest,) = re.findall(r'name="digest" value="(\w{64})"', page)
    form = {"digest": digest, "code": code_of(rita), "reason": "We are fewer."}
    page = said(browser.post(answer.headers["Location"], form, follow=True))
    assert "Ask for fewer sign-offs on production of Clinic" in page
    give(ApprovalRequest.objects.get(), ansel)
    assert requirements_of(production) == (ONE,)


def test_an_address_that_asks_for_what_cannot_be_leads_nowhere(production: Channel, rita: User) -> None:
    where = reverse("updates:sign-off-rules-weaken", args=[APP_ID, "production"])
    browser = signed_in(rita)
    assert browser.get(where, {"anyone": "many"}).status_code == 404
    assert "exactly these sign-offs already" in said(browser.get(where, {"anyone": "0"}, follow=True))
