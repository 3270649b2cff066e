"""“Your sign-in”: what a person sees of their own authenticators, and changes, over HTTP."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.domain.policy import Policy
from accounts.domain.presets import Preset
from accounts.domain.totp import seed_text
from accounts.models import AuthenticatorRecord, Letter, RecoveryCodeDevice, StepUp, TOTPAuthenticator, User
from accounts.selectors.authenticators import keeps_security_key
from accounts.services.people import totp_enrol
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.operator import totp
from tests.support.people import PASSWORD, signed_in
from tests.support.shipping import recorded

ME = "/console/me/"
NEW = "/console/me/authenticators/totp/new/"
CODES = "/console/me/recovery-codes/"


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with time_machine.travel(clock.now(), tick=False):
        yield


def shown(client: Client, address: str) -> dict[str, str]:
    """Hidden fields of the page, as a browser would send them back."""
    page = client.get(address).content.decode()
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page))


def send(client: Client, address: str, **fields: str) -> Any:
    return client.post(address, {**shown(client, address), **fields})


def both_of(user: User, client: Client) -> dict[str, str]:
    """Password, and a fresh code of the authenticator that opened the session."""
    device = TOTPAuthenticator.objects.get(pk=client.session[DEVICE_ID_SESSION_KEY].rpartition("/")[2])
    step = int(clock.epoch_seconds() // 30)
    unused = max(device.last_step + 1, step)
    return {"password": PASSWORD, "code": totp(seed_text(device.seed_read()), step=unused - step)}


def seed_shown(client: Client) -> str:
    page = client.get(NEW).content.decode()
    return str(re.findall(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', page)[0])


def address(device: TOTPAuthenticator, what: str) -> str:
    return f"/console/me/authenticators/{device.persistent_id}/{what}/"


def second(user: User, name: str = "old phone") -> TOTPAuthenticator:
    return totp_enrol(user=user, seed=b"another twenty bytes", name=name, actor=user.actor)


@pytest.fixture
def client(ada: User) -> Client:
    """Ada's browser."""
    return signed_in(ada)


@pytest.fixture
def first(ada: User, client: Client) -> TOTPAuthenticator:
    """What Ada signed in with."""
    return ada.totp_authenticators.get()


# --- seeing -------------------------------------------------------------------------------------------


def test_everybody_signed_in_has_the_page_whatever_their_role(olaf: User) -> None:
    assert signed_in(olaf).get(ME).status_code == 200


def test_the_page_lists_what_one_has_and_had(ada: User, client: Client) -> None:
    old = second(ada)
    page = client.get(ME).content.decode()
    assert "Authenticator app" in page
    assert "old phone" in page
    assert "What you had before" not in page
    send(client, address(old, "remove"), **both_of(ada, client))
    page = client.get(ME).content.decode()
    assert "What you had before" in page
    assert "removed by its owner" in page


def test_nobody_sees_anothers_page_or_authenticators(ada: User, olaf: User) -> None:
    theirs = ada.totp_authenticators.get()
    stranger = signed_in(olaf)
    assert b"ada@example.com" not in stranger.get(ME).content
    for what in ("rename", "remove"):
        assert stranger.get(address(theirs, what)).status_code == 404


def test_the_menu_of_every_page_leads_to_it(client: Client) -> None:
    assert f'href="{ME}"' in client.get("/console/").content.decode()


# --- adding -------------------------------------------------------------------------------------------


def added(client: Client, user: User, **changed: str) -> Any:
    seed = seed_shown(client)
    fields = {"name": "work phone", "new_code": totp(seed), **both_of(user, client)} | changed
    return send(client, NEW, **fields)


def test_a_generator_is_added_with_both_factors_and_a_code_of_its_own(ada: User, client: Client) -> None:
    seed = seed_shown(client)
    assert added(client, ada).headers["Location"] == ME
    new = ada.totp_authenticators.get(name="work phone")
    assert new.verify_token(totp(seed, step=1))
    assert not new.verify_token(totp(seed))
    record = AuthenticatorRecord.objects.get(authenticator=new.persistent_id)
    assert (record.name, record.facts) == ("work phone", {"proved_by": "step_up"})
    assert recorded(Action.AUTHENTICATOR_ADDED)[-1].detail["authenticator"] == new.pk
    assert Letter.objects.get(person=ada).subject == "An authenticator of yours was added"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"password": "a stranger's guess"}, id="wrong password"),
        pytest.param({"password": ""}, id="no password"),
        pytest.param({"code": "000000"}, id="wrong code"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"new_code": "000000"}, id="the phone has another seed"),
        pytest.param({"digest": "0" * 64}, id="another operation"),
        pytest.param({"name": ""}, id="no name"),
    ],
)
def test_nothing_less_adds_one(ada: User, client: Client, changed: dict[str, str]) -> None:
    assert added(client, ada, **changed).status_code == 200
    assert ada.totp_authenticators.count() == 1
    assert not Letter.objects.exists()


def test_a_wrong_code_of_the_new_one_uses_up_nothing(ada: User, client: Client) -> None:
    added(client, ada, new_code="000000")
    assert not StepUp.objects.exists()
    assert added(client, ada).status_code == 302


def test_a_wrong_password_is_on_record_and_costs_a_fresh_code(ada: User, client: Client) -> None:
    fields = both_of(ada, client)
    assert b"The password didn&#x27;t match." in added(client, ada, password="a guess").content
    assert recorded(Action.STEP_UP_REFUSED)[-1].detail["factor"] == "password"
    assert added(client, ada, code=fields["code"]).status_code == 200
    assert ada.totp_authenticators.count() == 1


def test_the_seed_of_another_page_is_another_operation(ada: User, client: Client) -> None:
    """Another tab changes the seed: what was confirmed isn't what would be bound."""
    digest, code = shown(client, NEW)["digest"], both_of(ada, client)
    session = client.session
    del session["new_totp_seed"]
    session.save()
    seed = seed_shown(client)
    answer = client.post(NEW, {"name": "x", "new_code": totp(seed), **code, "digest": digest})
    assert b"What you confirmed isn&#x27;t what would be done now" in answer.content
    assert ada.totp_authenticators.count() == 1


def test_no_secret_is_on_the_audit_log_or_in_a_letter(ada: User, client: Client) -> None:
    seed = seed_shown(client)
    added(client, ada)
    told = str([event.detail for event in AuditEvent.objects.all()]) + str(list(Letter.objects.values()))
    assert seed not in told
    assert PASSWORD not in told


# --- renaming and removing ----------------------------------------------------------------------------


def test_one_is_renamed_and_the_record_keeps_its_first_name(
    ada: User, client: Client, first: TOTPAuthenticator
) -> None:
    send(client, address(first, "rename"), name="red phone", **both_of(ada, client))
    first.refresh_from_db()
    assert first.name == "red phone"
    assert AuthenticatorRecord.objects.get(person=ada).name == "Authenticator app"
    assert len(recorded(Action.AUTHENTICATOR_RENAMED)) == 1
    assert Letter.objects.get().subject == "An authenticator of yours was renamed"


def test_one_is_removed_with_both_factors(ada: User, client: Client) -> None:
    old = second(ada)
    assert send(client, address(old, "remove"), **both_of(ada, client)).headers["Location"] == ME
    assert [left.name for left in ada.totp_authenticators.all()] == ["Authenticator app"]
    record = AuthenticatorRecord.objects.get(authenticator=old.persistent_id)
    assert (record.removed_by, record.removed_why) == (f"person:{ada.pk}", "removed by its owner")
    assert recorded(Action.AUTHENTICATOR_REMOVED)[-1].detail["authenticator"] == old.persistent_id
    assert Letter.objects.get().subject == "An authenticator of yours was removed"


@pytest.mark.parametrize("what", ["rename", "remove"])
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"password": "a guess"}, id="wrong password"),
        pytest.param({"code": "000000"}, id="wrong code"),
        pytest.param({"digest": "0" * 64}, id="another operation"),
    ],
)
def test_nothing_less_changes_one(ada: User, client: Client, what: str, changed: dict[str, str]) -> None:
    old = second(ada)
    send(client, address(old, what), **({"name": "other", **both_of(ada, client)} | changed))
    assert sorted(left.name for left in ada.totp_authenticators.all()) == ["Authenticator app", "old phone"]
    assert not Letter.objects.exists()


def test_the_last_one_stays_whatever_is_sent(ada: User, client: Client, first: TOTPAuthenticator) -> None:
    assert b"It&#x27;s your last one" in client.get(address(first, "remove")).content
    answer = send(client, address(first, "remove"), **both_of(ada, client))
    assert b"It&#x27;s your last one" in answer.content
    assert ada.totp_authenticators.count() == 1


def test_recovery_codes_are_no_second_authenticator_and_not_removed(
    ada: User, client: Client, first: TOTPAuthenticator
) -> None:
    send(client, CODES, **both_of(ada, client))
    assert b"It&#x27;s your last one" in client.get(address(first, "remove")).content
    codes = RecoveryCodeDevice.objects.get(user=ada)
    assert client.get(f"/console/me/authenticators/{codes.persistent_id}/remove/").status_code == 404


def test_the_one_that_opened_this_session_takes_it_along(
    ada: User, client: Client, first: TOTPAuthenticator
) -> None:
    second(ada)
    assert b"You signed in with it" in client.get(address(first, "remove")).content
    send(client, address(first, "remove"), **both_of(ada, client))
    assert client.get(ME).status_code == 302


@pytest.mark.parametrize("model", ["accounts.user", "accounts.totpauthenticator", "nonsense", "auth.group"])
def test_what_is_not_ones_authenticator_is_not_found(client: Client, model: str) -> None:
    for what in ("rename", "remove"):
        assert client.get(f"/console/me/authenticators/{model}/999/{what}/").status_code == 404


def test_policy_has_a_custodian_keep_a_security_key(kai: User, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = Policy(preset=Preset.REGULATED, custodian_security_key=True)
    monkeypatch.setattr("accounts.selectors.authenticators.policy_current", lambda: strict)
    assert keeps_security_key(user=kai)


# --- recovery codes -----------------------------------------------------------------------------------


def codes_of(answer: Any) -> list[str]:
    found = re.findall(r'data-testid="recovery-codes"[^>]*>([^<]+)<', answer.content.decode())
    return found[0].split() if found else []


def test_codes_are_shown_once(ada: User, client: Client) -> None:
    answer = send(client, CODES, **both_of(ada, client))
    codes = codes_of(answer)
    assert len(codes) == 10
    assert "no-store" in answer.headers["Cache-Control"]
    for page in (ME, CODES):
        assert codes[0] not in client.get(page).content.decode()
    assert 'data-testid="codes-left">10<' in client.get(ME).content.decode()


def test_the_page_asks_for_new_ones_from_three_on(ada: User, client: Client) -> None:
    send(client, CODES, **both_of(ada, client))
    device = RecoveryCodeDevice.objects.get(user=ada)
    for left, asks in ((4, False), (3, True), (0, True)):
        unused = list(device.codes.filter(used_at=None).values_list("pk", flat=True))
        device.codes.filter(pk__in=unused[left:]).update(used_at=clock.now())
        assert (b"Make new ones." in client.get(ME).content) is asks


@pytest.mark.parametrize(
    "changed",
    [pytest.param({"password": "a guess"}, id="password"), pytest.param({"code": "000000"}, id="code")],
)
def test_nothing_less_makes_codes(ada: User, client: Client, changed: dict[str, str]) -> None:
    assert codes_of(send(client, CODES, **(both_of(ada, client) | changed))) == []
    assert not RecoveryCodeDevice.objects.exists()


def test_a_form_sent_twice_makes_one_set(ada: User, client: Client) -> None:
    fields = {**shown(client, CODES), **both_of(ada, client)}
    assert len(codes_of(client.post(CODES, fields))) == 10
    assert codes_of(client.post(CODES, fields)) == []
    assert AuthenticatorRecord.objects.filter(kind="recovery_code").count() == 1


def test_error_reports_of_the_pages_leave_secrets_out(client: Client) -> None:
    for page in (NEW, CODES):
        request = client.get(page).wsgi_request
        assert set(getattr(request, "sensitive_post_parameters", ())) >= {"code", "password"}


def test_two_minutes_later_the_page_still_works(ada: User, client: Client) -> None:
    fields = shown(client, CODES)
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        assert len(codes_of(client.post(CODES, {**fields, **both_of(ada, client)}))) == 10
