"""Confirming an operation with a security key: this operation, in this session, once, by this person."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from pytest_django import Settings

from accounts.domain.assurance import Assurance, AuthenticatorKind
from accounts.domain.operations import Operation
from accounts.domain.policy import Policy
from accounts.domain.presets import Preset
from accounts.domain.roles import Permission
from accounts.domain.security_keys import Assertion, operation_challenge
from accounts.errors import AccountsError, SecurityKeyRequiredError, StepUpRequiredError
from accounts.forms import StepUpForm
from accounts.models import SecurityKey, StepUp, User
from accounts.services.step_up import command_line_prove, step_up_prove, step_up_require, step_up_use
from accounts.views.pages import ConsoleRequest, console_page
from accounts.views.step_up import stepped_up
from compliance.ledger.domain.events import Action
from releaseconsole import urls
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode
from releaseconsole.kernel.errors import ConsoleError
from tests.support.people import PASSWORD, code_of, signed_in
from tests.support.security_keys import HERE, key_of, sent
from tests.support.shipping import recorded
from tests.support.software_key import SoftwareKey

STATE = {"kid": "k1", "state": "active"}
ADDRESS = "/console/keys/k1/revoke"
BEGIN = "/console/step-up/begin/"


def revoke() -> Operation:
    return Operation("signing:key:revoke", STATE)


@console_page(Permission.APP_VIEW)
def revoke_page(request: ConsoleRequest) -> HttpResponse:
    form = StepUpForm(request.POST or None, operation=revoke())
    if request.method == "POST" and form.is_valid():
        try:
            step_up = stepped_up(request, revoke(), form)
            with transaction.atomic():
                step_up_use(step_up=step_up, operation=revoke())
            return HttpResponse("done")
        except ConsoleError as error:
            form.add_error(None, f"{error.message} [{error.code}]")
    return HttpResponse(render_to_string("accounts/part_step_up.html", {"form": form}, request))


urlpatterns = [path(ADDRESS.removeprefix("/"), revoke_page), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def page(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    before = dict(STATE)
    yield
    STATE.update(before)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy under which custodians confirm with a security key."""
    monkeypatch.setattr(
        "accounts.selectors.custodians.policy_current",
        lambda: Policy(preset=Preset.REGULATED, custodian_security_key=True),
    )


def registered(user: User, **facts: Any) -> SoftwareKey:
    key = SoftwareKey(**facts)
    key_of(user, key)
    return key


def begun(client: Client, operation: Operation | None = None) -> Any:
    answer = sent(client, BEGIN, {"digest": (operation or revoke()).digest()})
    assert answer.status_code == 200, answer.content
    return answer.json()


def confirm(client: Client, credential: Any, **fields: str) -> str:
    data = {"digest": revoke().digest(), "assertion": json.dumps(credential)} | fields
    answer = client.post(ADDRESS, data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def refused_with(page: str) -> str:
    return str(re.findall(r"\[(\w+)\]", page)[0])


def test_a_key_confirms_what_the_page_showed(kai: User) -> None:
    key, client = registered(kai), signed_in(kai)
    options = begun(client)
    challenge = b64url_decode(options["challenge"])
    assert (len(challenge), challenge[32:].hex()) == (64, revoke().digest())
    assert options["userVerification"] == "required"
    assert confirm(client, key.signed(options)) == "done"
    step_up = StepUp.objects.get(operation=revoke().name)
    assert (step_up.user, step_up.code_step, step_up.digest) == (kai, None, revoke().digest())
    assert step_up.authenticator == kai.security_keys.get().persistent_id
    assert recorded(Action.STEP_UP_PROVED)[-1].detail["digest"] == revoke().digest()


def test_two_challenges_are_never_one(kai: User) -> None:
    registered(kai)
    client = signed_in(kai)
    assert begun(client)["challenge"] != begun(client)["challenge"]


def test_a_code_still_confirms(kai: User) -> None:
    registered(kai)
    data = {"digest": revoke().digest(), "code": code_of(kai)}
    assert signed_in(kai).post(ADDRESS, data).content == b"done"


def test_the_page_offers_a_key_to_who_has_one(kai: User) -> None:
    client = signed_in(kai)
    assert "Confirm with a security key" not in client.get(ADDRESS).content.decode()
    registered(kai)
    assert "Confirm with a security key" in client.get(ADDRESS).content.decode()


# --- what is refused ----------------------------------------------------------------------------------
def test_what_was_signed_for_another_operation_confirms_nothing(kai: User) -> None:
    key, client = registered(kai), signed_in(kai)
    other = Operation("signing:key:suspend", STATE)
    assert refused_with(confirm(client, key.signed(begun(client, other)))) == "step_up_refused"
    event = recorded(Action.STEP_UP_REFUSED)[-1]
    assert (event.actor_id, event.detail["factor"]) == (str(kai.pk), "security_key")


def test_what_moved_since_it_was_signed_is_not_confirmed(kai: User) -> None:
    key, client = registered(kai), signed_in(kai)
    before, signed = revoke(), key.signed(begun(client))
    STATE["state"] = "suspended"
    assert refused_with(confirm(client, signed, digest=before.digest())) == "operation_changed"
    assert refused_with(confirm(client, signed)) == "step_up_refused"
    assert not StepUp.objects.filter(operation=revoke().name).exists()


def test_an_assertion_confirms_once(kai: User) -> None:
    key, client = registered(kai), signed_in(kai)
    signed = key.signed(begun(client))
    assert confirm(client, signed) == "done"
    assert refused_with(confirm(client, signed)) == "security_key_refused"
    assert StepUp.objects.filter(operation=revoke().name).count() == 1


def test_an_assertion_confirms_in_the_session_that_asked_only(kai: User) -> None:
    key, client, elsewhere = registered(kai), signed_in(kai), signed_in(kai)
    signed = key.signed(begun(client))
    assert refused_with(confirm(elsewhere, signed)) == "security_key_refused"
    begun(elsewhere)
    assert refused_with(confirm(elsewhere, signed)) == "step_up_refused"


def test_another_person_s_key_confirms_nothing(kai: User, rita: User) -> None:
    hers, client = registered(rita), signed_in(kai)
    registered(kai)
    assert refused_with(confirm(client, hers.signed(begun(client)))) == "step_up_refused"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": "https://evil.example"}, id="wrong origin"),
        pytest.param({"rp_id": "evil.example"}, id="wrong relying party"),
        pytest.param({"present": False}, id="nobody touched it"),
        pytest.param({"verifies": False}, id="nobody verified"),
    ],
)
def test_what_does_not_hold_confirms_nothing(kai: User, changed: dict[str, Any]) -> None:
    key, client = registered(kai), signed_in(kai)
    for name, value in changed.items():
        setattr(key, name, value)
    assert refused_with(confirm(client, key.signed(begun(client)))) == "step_up_refused"
    assert kai.security_keys.get().confirmed


def test_a_copied_key_confirms_nothing_and_is_disabled(kai: User) -> None:
    key, client = registered(kai, counter=7), signed_in(kai)
    key.counter = 3
    assert refused_with(confirm(client, key.signed(begun(client)))) == "step_up_refused"
    assert not kai.security_keys.get().confirmed
    assert recorded(Action.AUTHENTICATOR_SUSPECTED)
    key.counter = 50
    assert refused_with(confirm(client, key.signed(begun(client)))) == "step_up_refused"


def test_a_challenge_lasts_five_minutes(kai: User) -> None:
    key, client = registered(kai), signed_in(kai)
    with time_machine.travel(clock.now(), tick=False) as travel:
        signed = key.signed(begun(client))
        travel.shift(timedelta(minutes=5))
        assert refused_with(confirm(client, signed)) == "security_key_refused"


@pytest.mark.parametrize(
    "assertion",
    ["{", "[]", "7", '{"response": 1}', "[" * 9_000, "x" * 20_000],
    ids=["no JSON", "a list", "a number", "no assertion", "nested deeply", "too large"],
)
def test_what_is_no_assertion_confirms_nothing(kai: User, assertion: str) -> None:
    registered(kai)
    client = signed_in(kai)
    begun(client)
    answer = client.post(ADDRESS, {"digest": revoke().digest(), "assertion": assertion})
    assert answer.status_code == 200
    assert answer.content != b"done"


def test_neither_code_nor_key_confirms_nothing(kai: User) -> None:
    answer = signed_in(kai).post(ADDRESS, {"digest": revoke().digest()})
    assert b"Enter a code, or confirm with a security key." in answer.content


@pytest.mark.parametrize("digest", ["", "ab", "G" * 64, "é" * 64, 7, None])
def test_only_a_digest_gets_a_challenge(kai: User, digest: Any) -> None:
    answer = sent(signed_in(kai), BEGIN, {"digest": digest})
    assert (answer.status_code, answer.json()["code"]) == (400, "body_refused")


def test_strangers_get_no_challenge(kai: User) -> None:
    one_factor = Client()
    one_factor.force_login(kai)
    for client in (Client(), one_factor):
        answer = sent(client, BEGIN, {"digest": revoke().digest()})
        assert answer.headers["Location"] == f"/console/login/?next={BEGIN}"


def test_a_removed_or_disabled_key_s_confirmation_is_worth_nothing(kai: User) -> None:
    key = registered(kai)
    for spoil in (lambda: SecurityKey.objects.update(confirmed=False), SecurityKey.objects.all().delete):
        step_up = _proved(kai, key)
        spoil()
        with pytest.raises(StepUpRequiredError), transaction.atomic():
            step_up_use(step_up=step_up, operation=revoke())
        SecurityKey.objects.update(confirmed=True)


def _proved(user: User, key: SoftwareKey) -> StepUp:
    """A confirmation that isn't used yet."""
    nonce = randomness.token_bytes(32)
    signed = key.signed({"challenge": b64url_encode(operation_challenge(nonce, revoke().digest()))})
    return step_up_prove(user=user, operation=revoke(), context=HERE, assertion=Assertion(nonce, signed))


# --- the policy of custodians ---------------------------------------------------------------------------
def test_under_the_policy_a_code_is_not_enough_for_a_custodian(kai: User, strict: None) -> None:
    registered(kai)
    client, code = signed_in(kai), code_of(kai)
    answer = client.post(ADDRESS, {"digest": revoke().digest(), "code": code})
    assert refused_with(answer.content.decode()) == "security_key_required"
    assert code_of(kai) == code, "the code isn't used up"


def test_under_the_policy_a_bound_key_that_verifies_confirms(kai: User, strict: None) -> None:
    key, client = registered(kai), signed_in(kai)
    assert confirm(client, key.signed(begun(client))) == "done"


def test_under_the_policy_a_synced_passkey_confirms_nothing_for_a_custodian(
    kai: User, rita: User, strict: None
) -> None:
    key = registered(rita, synced=True, counter=None)
    client = signed_in(rita)
    assert confirm(client, key.signed(begun(client))) == "done", "for others it's good"
    rita.groups.set(kai.groups.all())
    rita = User.objects.get(pk=rita.pk)
    with pytest.raises(SecurityKeyRequiredError) as refused:
        _proved(rita, key)
    assert refused.value.code == "security_key_required"


def test_under_the_policy_others_confirm_with_codes(rita: User, strict: None) -> None:
    data = {"digest": revoke().digest(), "code": code_of(rita)}
    assert signed_in(rita).post(ADDRESS, data).content == b"done"


def test_a_policy_that_came_meanwhile_voids_a_code_s_confirmation(
    kai: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_up = step_up_prove(user=kai, operation=revoke(), context=HERE, code=code_of(kai))
    monkeypatch.setattr(
        "accounts.selectors.custodians.policy_current",
        lambda: Policy(preset=Preset.REGULATED, custodian_security_key=True),
    )
    with pytest.raises(StepUpRequiredError), transaction.atomic():
        step_up_require(step_up_id=step_up.pk, user=kai, operation=revoke(), context=HERE)


def test_under_the_policy_the_first_key_is_added_with_a_code_and_the_second_is_not(
    kai: User, strict: None
) -> None:
    registered(kai)
    with pytest.raises(AccountsError) as refused:
        registered(kai)
    assert refused.value.code == "security_key_required"


def test_under_the_policy_the_command_line_says_that_it_cannot_ask_a_key(kai: User, strict: None) -> None:
    code = code_of(kai)
    with pytest.raises(SecurityKeyRequiredError) as refused:
        command_line_prove(email=kai.email, password=PASSWORD, code=code, operation=revoke())
    assert "Confirm it in the console." in refused.value.message
    with pytest.raises(AccountsError) as unknown:
        command_line_prove(email=kai.email, password="wrong", code=code, operation=revoke())
    assert unknown.value.code == "step_up_refused", "a stranger doesn't learn of it"


# --- where nothing is confirmed -------------------------------------------------------------------------
def test_a_session_of_a_recovery_code_confirms_nothing(kai: User, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(kai)

    def opened_by_a_code(_request: HttpRequest) -> Assurance:
        return Assurance(AuthenticatorKind.RECOVERY_CODE, "accounts.recoverycodedevice/1", clock.now())

    monkeypatch.setattr("accounts.views.step_up.session_assurance", opened_by_a_code)
    client = signed_in(kai)
    answer = client.post(ADDRESS, {"digest": revoke().digest(), "code": code_of(kai)})
    assert refused_with(answer.content.decode()) == "step_up_not_here"
    assert sent(client, BEGIN, {"digest": revoke().digest()}).json()["code"] == "step_up_not_here"


# --- the database itself --------------------------------------------------------------------------------
def test_the_database_refuses_a_second_confirmation_by_one_assertion(kai: User) -> None:
    step_up = _proved(kai, registered(kai))
    step_up.pk = randomness.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        step_up.save(force_insert=True)


@pytest.mark.parametrize("changed", [{"challenge": None}, {"code_step": 1}], ids=["no proof", "two proofs"])
def test_the_database_wants_one_proof(kai: User, changed: dict[str, Any]) -> None:
    step_up = _proved(kai, registered(kai))
    with pytest.raises(IntegrityError), transaction.atomic():
        StepUp.objects.filter(pk=step_up.pk).update(**changed)
