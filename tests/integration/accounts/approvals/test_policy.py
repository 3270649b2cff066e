"""The policy: what presets begin with, who may tighten it, and that weakening it takes two."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.domain.policy import ALWAYS, CHOICES, POLICY_TIGHTEN, POLICY_WEAKEN, two_people_of
from accounts.domain.presets import Preset
from accounts.errors import ApprovalRequiredError, PermissionDeniedError, PolicyUnchangedError
from accounts.models import ApprovalRequest, ConsolePolicy, TwoPersonRule, User
from accounts.selectors.policy import assurance_statement, policy_current
from accounts.services.approvals import approval_give, approval_give_operation
from accounts.services.policy import policy_begin, policy_change, policy_change_operation
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from tests.support.approving import proof
from tests.support.people import code_of, person, signed_in
from tests.support.shipping import recorded

REVOKE, DESTROY = "signing:key:revoke", "signing:key:destroy"


def begin(preset: Preset) -> None:
    policy_begin(preset=preset, actor=SYSTEM, now=clock.now())


def change(by: User, *names: str, key: bool = False) -> None:
    wanted: dict[str, Any] = {"two_people": names, "custodian_security_key": key}
    policy_change(**wanted, authority=proof(by, policy_change_operation(**wanted)))


@pytest.mark.parametrize("preset", Preset)
def test_a_console_begins_with_what_its_preset_names(db: None, preset: Preset) -> None:
    begin(preset)
    policy = policy_current()
    assert policy.two_people & CHOICES.keys() == two_people_of(preset)
    assert (policy.preset, policy.custodian_security_key) == (preset, preset is Preset.REGULATED)


def test_before_it_is_set_up_a_console_is_that_of_one_person(db: None) -> None:
    assert policy_current().preset is Preset.SOLO


def test_one_person_tightens_it(ada: User) -> None:
    begin(Preset.SOLO)
    change(ada, REVOKE, key=True)
    assert set(TwoPersonRule.objects.values_list("operation", flat=True)) == {REVOKE}
    assert ConsolePolicy.objects.get().custodian_security_key
    [event] = recorded(Action.POLICY_CHANGED)
    assert (event.actor_id, event.detail["weaker"]) == (str(ada.pk), False)


def test_who_may_not_change_settings_does_not(kai: User) -> None:
    begin(Preset.SOLO)
    with pytest.raises(PermissionDeniedError):
        change(kai, REVOKE)
    assert not TwoPersonRule.objects.exists()


def test_what_would_stay_as_it_is_is_no_change(ada: User) -> None:
    begin(Preset.SOLO)
    with pytest.raises(PolicyUnchangedError):
        change(ada)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        pytest.param([REVOKE], True, id="a rule less"),
        pytest.param([REVOKE, DESTROY], False, id="no security keys"),
        pytest.param([REVOKE, "signing:key:import"], True, id="a rule for another"),
        pytest.param([], False, id="nothing left"),
    ],
)
def test_one_person_does_not_weaken_it(ada: User, kai: User, names: list[str], key: bool) -> None:  # noqa: FBT001 (a table)
    begin(Preset.TEAM)
    TwoPersonRule.objects.exclude(operation__in=[REVOKE, DESTROY]).delete()
    ConsolePolicy.objects.update(custodian_security_key=True)
    with pytest.raises(ApprovalRequiredError):
        change(ada, *names, key=key)
    assert policy_current().two_people & CHOICES.keys() == {REVOKE, DESTROY}


def test_a_request_to_weaken_it_is_carried_out_with_a_custodians_approval(ada: User, kai: User) -> None:
    begin(Preset.TEAM)
    keep = sorted(two_people_of(Preset.TEAM) - {DESTROY})
    client, query = signed_in(ada), {"two_people": keep}
    path = reverse("accounts:policy-change", query=query)
    page = client.get(path)
    assert "A second person is needed" in page.content.decode()
    assert "Kai" in page.content.decode()
    digest = page.context["form"].bound_to
    answer = client.post(path, {"digest": digest, "code": code_of(ada), "reason": "Too slow."})
    row = ApprovalRequest.objects.get()
    assert answer.headers["Location"] == reverse("accounts:approval", args=[row.pk])
    assert DESTROY in policy_current().two_people
    approval_give(request_id=row.pk, step_up=proof(kai, approval_give_operation(row)))
    assert policy_current().two_people & CHOICES.keys() == set(keep)
    [event] = recorded(Action.POLICY_CHANGED)
    assert (event.actor_id, event.detail["weaker"]) == (str(ada.pk), True)


def test_another_administrator_does_not_approve_it(ada: User, kai: User) -> None:
    """An administrator could make one alone, and be both."""
    begin(Preset.TEAM)
    operation = policy_change_operation(two_people=[], custodian_security_key=False)
    from accounts.services.approvals import approval_request

    row = approval_request(operation=operation, reason="Too slow.", step_up=proof(ada, operation))
    other = person("adam")
    with pytest.raises(PermissionDeniedError):
        approval_give(request_id=row.pk, step_up=proof(other, approval_give_operation(row)))


@pytest.mark.parametrize(
    ("preset", "custodians", "alone"),
    [
        pytest.param(Preset.SOLO, [], True, id="solo, nobody else"),
        pytest.param(Preset.SOLO, ["kai"], True, id="solo, one custodian"),
        pytest.param(Preset.SOLO, ["kai", "kim"], False, id="solo, somebody else could"),
        pytest.param(Preset.TEAM, [], False, id="team, nobody could"),
        pytest.param(Preset.REGULATED, [], False, id="regulated, nobody could"),
    ],
)
def test_only_solo_with_nobody_else_leaves_it_to_one(
    db: None,
    preset: Preset,
    custodians: list[str],
    alone: bool,  # noqa: FBT001 (a table)
) -> None:
    begin(preset)
    for name in custodians:
        person(name)
    assert (POLICY_WEAKEN not in policy_current().two_people) is alone


def test_every_report_says_what_the_policy_is_worth(db: None) -> None:
    begin(Preset.SOLO)
    assert "runs with the preset solo: one person can do everything with two factors" in assurance_statement()
    TwoPersonRule.objects.create(operation=REVOKE, made_at=clock.now())
    assert f"1 of {len(CHOICES)} kinds of delicate operations need a second person" in assurance_statement()


# --- its pages ----------------------------------------------------------------------------------------
def test_the_page_says_what_takes_two(ada: User, kai: User) -> None:
    begin(Preset.TEAM)
    page = signed_in(ada).get(reverse("accounts:policy")).content.decode()
    for words in (*ALWAYS.values(), "Revoking a key", "takes the approval of a key custodian as well: Kai"):
        assert words in page


def test_the_page_says_plainly_when_it_is_one_person(ada: User) -> None:
    begin(Preset.SOLO)
    page = signed_in(ada).get(reverse("accounts:policy")).content.decode()
    assert "one person can also weaken this policy" in page


def test_the_page_says_plainly_when_nobody_could_approve(ada: User) -> None:
    begin(Preset.TEAM)
    assert (
        "there is none: it can only be tightened"
        in signed_in(ada).get(reverse("accounts:policy")).content.decode()
    )


def test_who_looks_without_the_right_to_change_sees_no_form(kai: User, olaf: User) -> None:
    begin(Preset.TEAM)
    page = signed_in(kai).get(reverse("accounts:policy")).content.decode()
    assert "Revoking a key" in page
    assert "See what would change" not in page
    assert signed_in(olaf).get(reverse("accounts:policy")).status_code == 403
    assert signed_in(kai).get(reverse("accounts:policy-change")).status_code == 403


def test_tightening_on_the_page(ada: User) -> None:
    begin(Preset.SOLO)
    client, path = signed_in(ada), reverse("accounts:policy-change", query={"two_people": [REVOKE]})
    page = client.get(path)
    assert "Revoking a key needs a second person." in page.content.decode()
    fields = {"digest": page.context["form"].bound_to, "code": code_of(ada)}
    assert client.post(path, fields).headers["Location"] == reverse("accounts:policy")
    assert REVOKE in policy_current().two_people


@pytest.mark.parametrize("query", [{"two_people": ["signing:key:eat"]}, {}])
def test_what_is_no_change_leads_back(ada: User, query: dict[str, list[str]]) -> None:
    begin(Preset.SOLO)
    answer = signed_in(ada).get(reverse("accounts:policy-change", query=query))
    assert answer.headers["Location"] == reverse("accounts:policy")


def test_tighten_and_weaken_are_told_apart_by_name(ada: User) -> None:
    begin(Preset.TEAM)
    every = sorted(CHOICES)
    assert policy_change_operation(two_people=every, custodian_security_key=True).name == POLICY_TIGHTEN
    assert policy_change_operation(two_people=every[1:], custodian_security_key=True).name == POLICY_WEAKEN


@pytest.mark.parametrize("report", ["/console/access/", "/console/keys/", "/console/compliance/log/"])
def test_the_page_of_every_report_says_it(report: str, audra: User) -> None:
    page = signed_in(audra).get(report).text
    assert "This console runs with the preset solo: one person can do everything with two factors" in page
