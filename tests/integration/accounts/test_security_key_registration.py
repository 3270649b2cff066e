"""Whose key is taken, and which: for people, and for custodians, of whom more is asked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.errors import AccountsError, SecurityKeyTakenError, StepUpRequiredError
from accounts.models import Letter, SecurityKey, StepUp, User
from accounts.services.security_keys import security_key_begin
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import PASSWORD, code_of, signed_in
from tests.support.security_keys import confirmed, key_of, sent
from tests.support.shipping import recorded
from tests.support.software_key import SoftwareKey

ENROL = "/console/login/enrol/security-key/"
PAGE = "/console/me/security-keys/add/"
YUBIKEY = UUID("cb69481e-8ff7-4039-93ec-0a2729a154a8")


def test_a_key_is_bound_with_what_it_said_of_itself(rita: User) -> None:
    key = key_of(rita, SoftwareKey(aaguid=YUBIKEY.bytes, counter=2**32 - 1))
    key.refresh_from_db()
    assert (key.user, key.name, key.aaguid, key.sign_count) == (rita, "Blue key", str(YUBIKEY), 2**32 - 1)
    assert (key.device_bound, key.registered_verified, key.user_verified) == (True, True, True)
    assert (key.discoverable, key.transports, key.attestation.fmt) == (True, ["usb"], "none")
    event = recorded(Action.AUTHENTICATOR_ADDED)[-1]
    assert (event.actor_id, event.detail["kind"]) == (str(rita.pk), "security_key")
    assert (event.detail["aaguid"], event.detail["device_bound"]) == (str(YUBIKEY), True)
    letter = Letter.objects.get()
    assert (letter.person, letter.subject) == (rita, "A security key was added to your sign-in")
    assert '"Blue key"' in letter.body


def test_several_keys_of_a_person_are_offered_to_the_browser_as_known(rita: User) -> None:
    key_of(rita, SoftwareKey())
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        key_of(rita, SoftwareKey(), name="Spare")
    options, _ = security_key_begin(user=rita)
    assert len(options["excludeCredentials"]) == 2
    assert [key.name for key in rita.security_keys.all()] == ["Blue key", "Spare"]


def test_of_a_custodian_more_is_asked_than_of_others(rita: User, kai: User) -> None:
    asked, strictly = (security_key_begin(user=user)[0] for user in (rita, kai))
    assert (asked["attestation"], asked["authenticatorSelection"]["userVerification"]) == (
        "none",
        "preferred",
    )
    assert (strictly["attestation"], strictly["authenticatorSelection"]["userVerification"]) == (
        "direct",
        "required",
    )
    assert len(asked["challenge"]) == 43  # 32 bytes


@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param(SoftwareKey(verifies=False), "security_key_unverified", id="no PIN"),
        pytest.param(SoftwareKey(synced=True), "security_key_synced", id="synced passkey"),
    ],
)
def test_a_custodian_needs_a_key_that_verifies_and_stays_in_one_place(
    kai: User, rita: User, key: SoftwareKey, code: str
) -> None:
    with pytest.raises(AccountsError) as refused:
        key_of(kai, key)
    assert refused.value.code == code
    assert not kai.security_keys.exists()
    assert key_of(rita, key).device_bound is not key.synced


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(SoftwareKey(aaguid=YUBIKEY.bytes), id="listed, but nobody vouches"),
        pytest.param(SoftwareKey(attests=True), id="another model"),
    ],
)
def test_a_list_of_models_binds_custodians(
    kai: User, rita: User, settings: Settings, key: SoftwareKey
) -> None:
    settings.SECURITY_KEY_AAGUIDS = [str(YUBIKEY)]
    listed = key_of(kai, SoftwareKey(aaguid=YUBIKEY.bytes, attests=True))
    assert (listed.attestation.fmt, listed.aaguid) == ("packed", str(YUBIKEY))
    with pytest.raises(AccountsError) as refused:
        key_of(kai, key)
    assert refused.value.code == "security_key_model"
    key_of(rita, key)


@pytest.mark.parametrize(
    ("key", "forged"),
    [
        pytest.param(SoftwareKey(origin="https://evil.example"), {}, id="wrong origin"),
        pytest.param(SoftwareKey(origin="http://localhost:8001"), {}, id="another port"),
        pytest.param(SoftwareKey(rp_id="evil.example"), {}, id="wrong relying party"),
        pytest.param(SoftwareKey(present=False), {}, id="nobody touched it"),
        pytest.param(SoftwareKey(), {"challenge": "AAAA"}, id="another challenge"),
        pytest.param(SoftwareKey(), {"type": "webauthn.get"}, id="an assertion"),
    ],
)
def test_what_does_not_hold_is_refused(rita: User, key: SoftwareKey, forged: dict[str, str]) -> None:
    with pytest.raises(AccountsError) as refused:
        key_of(rita, key, forged=forged)
    assert refused.value.code == "security_key_refused"
    assert not SecurityKey.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"id": 1, "rawId": None, "response": []}, id="other types"),
        pytest.param(
            {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!"}},
            id="half",
        ),
    ],
)
def test_what_is_no_credential_is_refused(rita: User, data: dict[str, Any]) -> None:
    with pytest.raises(AccountsError) as refused:
        key_of(rita, SoftwareKey(), data=data)
    assert refused.value.code == "security_key_refused"


def test_deeply_nested_bytes_are_refused_like_any_others(rita: User) -> None:
    class Nested(SoftwareKey):
        def registered(self, options: dict[str, Any], **forged: Any) -> dict[str, Any]:
            made = super().registered(options, **forged)
            made["response"]["attestationObject"] = "gYGB" * 8000  # CBOR: an array in an array in …
            return made

    with pytest.raises(AccountsError) as refused:
        key_of(rita, Nested())
    assert refused.value.code == "security_key_refused"


def test_a_key_is_registered_once_whoever_brings_it(rita: User, ada: User) -> None:
    key = SoftwareKey()
    key_of(rita, key)
    with pytest.raises(SecurityKeyTakenError):
        key_of(ada, key)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65])
def test_a_key_needs_a_name(rita: User, name: str) -> None:
    with pytest.raises(AccountsError) as refused:
        key_of(rita, SoftwareKey(), name=name)
    assert refused.value.code == "security_key_name"


def test_who_has_an_authenticator_confirms_first(rita: User, ada: User) -> None:
    with pytest.raises(StepUpRequiredError):
        key_of(rita, SoftwareKey(), step_up=confirmed(ada))
    assert not SecurityKey.objects.exists()


def test_a_confirmation_adds_one_key(rita: User) -> None:
    step_up = confirmed(rita)
    key_of(rita, SoftwareKey(), step_up=step_up)
    with pytest.raises(StepUpRequiredError):
        key_of(rita, SoftwareKey(), step_up=step_up)


def test_the_database_knows_no_backup_of_what_cannot_be_backed_up(rita: User) -> None:
    key_of(rita, SoftwareKey())
    with pytest.raises(IntegrityError), transaction.atomic():
        SecurityKey.objects.update(backup_state=True)


# --- the page -----------------------------------------------------------------------------------------
def confirm_on_page(client: Client, user: User) -> None:
    shown = client.get(PAGE).content.decode()
    digest = shown.split('name="digest" value="')[1][:64]
    assert (
        client.post(PAGE, {"digest": digest, "code": code_of(user), "password": PASSWORD}).status_code == 302
    )


def test_signed_in_one_confirms_names_and_adds(rita: User) -> None:
    client, key = signed_in(rita), SoftwareKey()
    assert b"Add the security key" not in client.get(PAGE).content
    confirm_on_page(client, rita)
    assert b"Add the security key" in client.get(PAGE).content
    options = sent(client, f"{PAGE}begin/", {}).json()
    answer = sent(client, f"{PAGE}finish/", {"name": "Mine", "credential": key.registered(options)})
    assert answer.status_code == 200
    assert answer.json()["next"].startswith("/console/")
    assert rita.security_keys.get().name == "Mine"
    again = sent(client, f"{PAGE}begin/", {})
    assert (again.status_code, again.json()["code"]) == (403, "step_up_required")


def test_without_a_confirmation_nothing_begins(rita: User) -> None:
    for address in (f"{PAGE}begin/", f"{PAGE}finish/"):
        answer = sent(signed_in(rita), address, {})
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


def test_an_old_confirmation_counts_no_more(rita: User) -> None:
    client = signed_in(rita)
    with time_machine.travel(clock.now(), tick=False) as travel:
        confirm_on_page(client, rita)
        travel.shift(timedelta(minutes=5))
        assert sent(client, f"{PAGE}begin/", {}).json()["code"] == "step_up_required"


def test_strangers_are_sent_to_the_sign_in() -> None:
    for address in (PAGE, f"{PAGE}begin/", f"{PAGE}finish/"):
        answer = sent(Client(), address, {})
        assert answer.headers["Location"] == f"/console/login/?next={address}"
    for address in (f"{ENROL}begin/", ENROL):
        assert sent(Client(), address, {}).json()["code"] == "security_key_refused"


def test_somebody_with_one_factor_only_is_a_stranger(rita: User) -> None:
    client = Client()
    client.force_login(rita)
    assert client.get(PAGE).status_code == 302
    assert sent(client, f"{PAGE}begin/", {}).status_code == 302


def test_a_registration_older_than_five_minutes_is_refused(rita: User, settings: Settings) -> None:
    client, key = signed_in(rita), SoftwareKey()
    with time_machine.travel(clock.now(), tick=False) as travel:
        confirm_on_page(client, rita)
        options = sent(client, f"{PAGE}begin/", {}).json()
        travel.shift(timedelta(minutes=5))
        StepUp.objects.update(expires_at=clock.now() + timedelta(minutes=1))
        answer = sent(client, f"{PAGE}finish/", {"name": "Mine", "credential": key.registered(options)})
    assert answer.json()["code"] == "security_key_refused"


def test_a_refused_registration_uses_its_challenge_up(rita: User) -> None:
    client, key = signed_in(rita), SoftwareKey()
    confirm_on_page(client, rita)
    options = sent(client, f"{PAGE}begin/", {}).json()
    good = {"name": "Mine", "credential": key.registered(options)}
    assert sent(client, f"{PAGE}finish/", {"name": "Mine", "credential": {}}).status_code == 403
    assert sent(client, f"{PAGE}finish/", good).json()["code"] == "security_key_refused"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[" * 60_000, id="nested deeply"),
        pytest.param(b'{"name": "' + b"x" * 64 * 1024 + b'"}', id="more than 64 KiB"),
    ],
)
def test_what_is_no_small_json_object_is_not_read(rita: User, body: bytes) -> None:
    answer = signed_in(rita).post("/console/step-up/begin/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "body_refused")


def test_another_site_cannot_begin_anything(rita: User) -> None:
    client = signed_in(rita)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for address in ("/console/step-up/begin/", "/console/login/passkey/begin/", f"{PAGE}begin/"):
        assert sent(strict, address, {}).status_code == 403
        assert strict.get(address).status_code == 405


# --- at enrolment, straight from the password -----------------------------------------------------------
@pytest.fixture
def newcomer(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    user = User.objects.create_user("nina@example.com", "a long passphrase for tests", name="Nina")
    monkeypatch.setattr("accounts.views.security_key_enrolment.pending_user", lambda _request: user)
    return user


def test_a_newcomer_s_first_authenticator_is_a_security_key(newcomer: User) -> None:
    client, key = Client(), SoftwareKey()
    options = sent(client, f"{ENROL}begin/", {}).json()
    answer = sent(client, ENROL, {"name": "First", "credential": key.registered(options)})
    assert answer.json() == {"next": "/console/"}
    assert client.get("/console/").status_code == 200
    assert recorded(Action.SIGNED_IN)[-1].detail["kind"] == "security_key"


@pytest.mark.parametrize("changed", [{}, {"confirmed": False}], ids=["in use", "disabled"])
def test_a_password_alone_never_adds_a_second_authenticator(newcomer: User, changed: dict[str, bool]) -> None:
    key_of(newcomer, SoftwareKey())
    newcomer.security_keys.update(user=newcomer, **changed)
    with pytest.raises(StepUpRequiredError):
        key_of(newcomer, SoftwareKey(), name="Another")
    assert newcomer.security_keys.count() == 1
