"""Signing in with a passkey, or a security key as the second factor; whoever is refused isn't told why."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.domain.security_keys import Assertion
from accounts.domain.throttling import Source
from accounts.errors import SecurityKeyRefusedError
from accounts.models import Letter, SecurityKey, User
from accounts.services.security_key_assertions import assertion_options
from accounts.services.security_key_sign_in import passkey_authenticate
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_decode
from tests.support.at_once import at_once
from tests.support.people import person, signed_in
from tests.support.security_keys import key_of, sent
from tests.support.shipping import recorded
from tests.support.software_key import SoftwareKey

PASSKEY = "/console/login/passkey/"
SECOND = "/console/login/security-key/"
REFUSED = {
    "code": "security_key_refused",
    "message": "The security key wasn't accepted. Try again, or take another way.",
}


def begun(client: Client, address: str = PASSKEY) -> Any:
    return sent(client, f"{address}begin/", {}).json()


def finish(client: Client, credential: Any, address: str = PASSKEY, **more: Any) -> Any:
    return sent(client, address, {"credential": credential, **more})


@pytest.fixture
def key(rita: User) -> SoftwareKey:
    """Rita's passkey."""
    key = SoftwareKey()
    key_of(rita, key)
    return key


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch) -> Callable[[User | None], None]:
    """Says whose password was right a moment ago, in this browser."""

    def set_pending(user: User | None) -> None:
        monkeypatch.setattr("accounts.views.security_key_sign_in.pending_user", lambda _request: user)

    return set_pending


def test_a_passkey_alone_signs_in(rita: User, key: SoftwareKey) -> None:
    client = Client()
    options = begun(client)
    assert (options["userVerification"], options.get("allowCredentials", [])) == ("required", [])
    answer = finish(client, key.signed(options), next="/console/keys/")
    assert (answer.status_code, answer.json()) == (200, {"next": "/console/keys/"})
    assert client.get("/console/").status_code == 200
    row = rita.security_keys.get()
    assert (row.sign_count, row.last_used_at is not None) == (1, True)
    event = recorded(Action.SIGNED_IN)[-1]
    assert (event.actor_id, event.detail["kind"]) == (str(rita.pk), "security_key")
    assert (event.detail["user_verified"], event.detail["device_bound"]) == (True, True)


def test_a_synced_passkey_signs_in_and_says_that_it_is_one(rita: User) -> None:
    key, client = SoftwareKey(synced=True, counter=None), Client()
    key_of(rita, key)
    for _ in range(2):
        assert finish(client, key.signed(begun(client))).status_code == 200
    assert recorded(Action.SIGNED_IN)[-1].detail["device_bound"] is False


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", 7, None]
)
def test_nobody_is_sent_elsewhere(key: SoftwareKey, wanted: Any) -> None:
    client = Client()
    assert finish(client, key.signed(begun(client)), next=wanted).json() == {"next": "/console/"}


# --- what is refused ----------------------------------------------------------------------------------
def _changed(**fields: Any) -> Callable[[SoftwareKey, Any], Any]:
    def sign(key: SoftwareKey, options: Any) -> Any:
        for name, value in fields.items():
            setattr(key, name, value)
        return key.signed(options)

    return sign


def _forged(**members: Any) -> Callable[[SoftwareKey, Any], Any]:
    return lambda key, options: key.signed(options, **members)


def _edited(name: str, value: Any) -> Callable[[SoftwareKey, Any], Any]:
    def sign(key: SoftwareKey, options: Any) -> Any:
        credential = key.signed(options)
        credential["response"][name] = value
        return credential

    return sign


def _signed_by_another(key: SoftwareKey, options: Any) -> Any:
    other = SoftwareKey(credential_id=key.credential_id, user_handle=key.user_handle)
    other.counter = key.counter
    return other.signed(options)


ATTACKS = [
    pytest.param(_changed(origin="https://evil.example"), id="wrong origin"),
    pytest.param(_changed(origin="http://localhost:8001"), id="another port"),
    pytest.param(_changed(rp_id="evil.example"), id="wrong relying party"),
    pytest.param(_changed(present=False), id="nobody touched it"),
    pytest.param(_changed(synced=True), id="suddenly synced"),
    pytest.param(_changed(credential_id=b"unknown"), id="unknown credential"),
    pytest.param(_forged(challenge="A" * 43), id="another challenge"),
    pytest.param(_forged(type="webauthn.create"), id="a registration"),
    pytest.param(_signed_by_another, id="another key's signature"),
    pytest.param(_edited("signature", "AAAA"), id="no signature"),
    pytest.param(_edited("authenticatorData", "AAAA"), id="too short"),
    pytest.param(_edited("clientDataJSON", "e30"), id="empty client data"),
    pytest.param(_edited("signature", 7), id="a number"),
    pytest.param(lambda _key, _options: {}, id="nothing"),
    pytest.param(lambda _key, _options: None, id="no credential"),
]
AS_PASSKEY = [
    pytest.param(_changed(verifies=False), id="nobody verified"),
    pytest.param(lambda key, options: key.signed(options, handle=b""), id="no user handle"),
]


@pytest.mark.parametrize("attack", [*ATTACKS, *AS_PASSKEY])
def test_whatever_does_not_hold_has_one_answer(
    key: SoftwareKey, attack: Callable[[SoftwareKey, Any], Any]
) -> None:
    client = Client()
    answer = finish(client, attack(key, begun(client)))
    assert (answer.status_code, answer.json()) == (403, REFUSED)
    assert client.get("/console/").status_code == 302
    assert SecurityKey.objects.get().confirmed


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_second_factor_has_the_same_answer(
    rita: User, key: SoftwareKey, pending: Callable[[User], None], attack: Callable[[SoftwareKey, Any], Any]
) -> None:
    pending(rita)
    client = Client()
    answer = finish(client, attack(key, begun(client, SECOND)), SECOND)
    assert (answer.status_code, answer.json()) == (403, REFUSED)
    assert client.get("/console/").status_code == 302


def test_a_refusal_is_on_record_and_its_reason_in_the_log(
    key: SoftwareKey, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    with caplog.at_level(logging.WARNING):
        finish(client, _changed(origin="https://evil.example")(key, begun(client)))
    event = recorded(Action.SIGN_IN_REFUSED)[-1]
    assert (event.outcome, event.actor_kind, event.detail) == ("denied", "anonymous", {"factor": "passkey"})
    assert "evil.example" in caplog.text


def test_one_address_does_not_flood_the_audit_log_and_holds_nobody_up(key: SoftwareKey) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for _ in range(35):
            client = Client()
            begun(client)
            assert finish(client, {"id": "AAAA"}).status_code == 403
        assert len(recorded(Action.SIGN_IN_REFUSED)) == 31
        client = Client()
        assert finish(client, key.signed(begun(client))).status_code == 200


def test_somebody_deactivated_does_not_get_in(rita: User, key: SoftwareKey) -> None:
    User.objects.filter(pk=rita.pk).update(is_active=False)
    client = Client()
    assert finish(client, key.signed(begun(client))).json() == REFUSED


def test_a_removed_key_does_not_get_in(rita: User, key: SoftwareKey) -> None:
    rita.security_keys.all().delete()
    client = Client()
    assert finish(client, key.signed(begun(client))).json() == REFUSED


def test_a_passkey_with_another_person_s_handle_does_not_get_in(key: SoftwareKey, ada: User) -> None:
    hers = SoftwareKey()
    key_of(ada, hers)
    client = Client()
    assert finish(client, key.signed(begun(client), handle=hers.user_handle)).json() == REFUSED


def test_an_assertion_works_once(key: SoftwareKey) -> None:
    client = Client()
    signed = key.signed(begun(client))
    assert finish(client, signed).status_code == 200
    assert finish(client, signed).json() == REFUSED
    assert SecurityKey.objects.get().confirmed


def test_an_assertion_works_in_the_session_that_asked_for_it_only(key: SoftwareKey) -> None:
    client, elsewhere = Client(), Client()
    signed = key.signed(begun(client))
    begun(elsewhere)
    assert finish(elsewhere, signed).json() == REFUSED
    assert finish(Client(), signed).json() == REFUSED


def test_a_challenge_lasts_five_minutes(key: SoftwareKey) -> None:
    client = Client()
    with time_machine.travel(clock.now(), tick=False) as travel:
        options = begun(client)
        travel.shift(timedelta(minutes=5))
        assert finish(client, key.signed(options)).json() == REFUSED
        options = begun(client)
        travel.shift(timedelta(minutes=4, seconds=59))
        assert finish(client, key.signed(options)).status_code == 200


def test_a_failed_attempt_uses_the_challenge_up(key: SoftwareKey) -> None:
    client = Client()
    signed = key.signed(begun(client))
    assert finish(client, {}).json() == REFUSED
    assert finish(client, signed).json() == REFUSED


def test_a_challenge_of_one_purpose_serves_no_other(
    rita: User, key: SoftwareKey, pending: Callable[[User], None]
) -> None:
    pending(rita)
    client = Client()
    assert finish(client, key.signed(begun(client, SECOND)), PASSKEY).json() == REFUSED
    assert finish(client, key.signed(begun(client, PASSKEY)), SECOND).json() == REFUSED


@pytest.mark.parametrize("address", [PASSKEY, SECOND])
def test_too_large_a_body_is_not_read(address: str) -> None:
    answer = finish(Client(), "x" * 64 * 1024, address)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_refused")


# --- a copied key ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("shown", [4, 5], ids=["back", "equal"])
def test_a_counter_that_goes_back_disables_the_key(
    rita: User, ada: User, key: SoftwareKey, shown: int
) -> None:
    key.counter, client = 4, Client()
    finish(client, key.signed(begun(client)))
    Letter.objects.all().delete()
    key.counter = shown - 1
    assert finish(Client(), {}).json() == REFUSED
    thief = Client()
    assert finish(thief, key.signed(begun(thief))).json() == REFUSED
    row = rita.security_keys.get()
    assert (row.confirmed, row.sign_count) == (False, 5)
    [event] = recorded(Action.AUTHENTICATOR_SUSPECTED)
    assert (event.object_id, event.detail) == (
        str(rita.pk),
        {"authenticator": row.pk, "counter": 5, "shown": shown},
    )
    assert {letter.person for letter in Letter.objects.all()} == {rita, ada}
    assert client.get("/console/").status_code == 302, "the session that it opened is over"
    key.counter = 100
    assert finish(thief, key.signed(begun(thief))).json() == REFUSED


def test_nobody_can_make_a_key_look_copied_without_it(key: SoftwareKey) -> None:
    client = Client()
    key.counter = 9
    finish(client, key.signed(begun(client)))
    key.counter = 1
    assert finish(client, _signed_by_another(key, begun(client))).json() == REFUSED
    assert SecurityKey.objects.get().confirmed
    assert not recorded(Action.AUTHENTICATOR_SUSPECTED)


def test_a_key_that_stops_counting_looks_copied(rita: User, key: SoftwareKey) -> None:
    client = Client()
    finish(client, key.signed(begun(client)))
    key.counter = None
    assert finish(client, key.signed(begun(client))).json() == REFUSED
    assert not rita.security_keys.get().confirmed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("counter", [0, None], ids=["counts", "doesn't count"])
def test_of_one_assertion_brought_many_times_at_once_one_counts(counter: int | None) -> None:
    key = SoftwareKey(counter=counter)
    key_of(person("olaf"), key)  # the roles are gone with the data of the migrations
    options = assertion_options(user=None, verified=True)
    assertion = Assertion(b64url_decode(options["challenge"]), key.signed(options))

    def bring() -> bool:
        try:
            passkey_authenticate(assertion=assertion, source=Source("198.51.100.7"))
        except SecurityKeyRefusedError:
            return False
        return True

    assert sorted(at_once([bring] * 4)) == [False, False, False, True]
    assert SecurityKey.objects.get().confirmed


# --- the second factor ----------------------------------------------------------------------------------
def test_a_key_is_the_second_factor_after_the_password(
    rita: User, key: SoftwareKey, pending: Callable[[User], None]
) -> None:
    pending(rita)
    client = Client()
    options = begun(client, SECOND)
    assert [each["id"] for each in options["allowCredentials"]] == [key.signed(options)["id"]]
    assert options["userVerification"] == "preferred"
    key.verifies = False
    assert finish(client, key.signed(options, handle=b""), SECOND).json() == {"next": "/console/"}
    assert client.get("/console/").status_code == 200
    assert recorded(Action.SIGNED_IN)[-1].detail["user_verified"] is False


def test_a_custodian_s_key_verifies_at_sign_in_too(kai: User, pending: Callable[[User], None]) -> None:
    key, client = SoftwareKey(), Client()
    key_of(kai, key)
    pending(kai)
    options = begun(client, SECOND)
    assert options["userVerification"] == "required"
    key.verifies = False
    assert finish(client, key.signed(options), SECOND).json() == REFUSED


def test_another_person_s_key_is_no_second_factor(
    rita: User, ada: User, key: SoftwareKey, pending: Callable[[User], None]
) -> None:
    pending(ada)
    client = Client()
    answer = finish(client, key.signed(begun(client, SECOND)), SECOND)
    assert answer.json() == REFUSED
    event = recorded(Action.SIGN_IN_REFUSED)[-1]
    assert (event.actor_id, event.detail) == (str(ada.pk), {"factor": "security_key"})


def test_a_challenge_given_to_one_person_is_not_another_s(
    rita: User, ada: User, pending: Callable[[User], None]
) -> None:
    hers, client = SoftwareKey(), Client()
    key_of(ada, hers)
    pending(rita)
    options = begun(client, SECOND)
    pending(ada)
    assert finish(client, hers.signed(options), SECOND).json() == REFUSED


def test_without_a_password_there_is_no_second_factor(key: SoftwareKey) -> None:
    client = Client()
    answer = sent(client, f"{SECOND}begin/", {})
    assert (answer.status_code, answer.json()) == (403, REFUSED)
    assert finish(client, {}, SECOND).json() == REFUSED


def test_a_disabled_key_is_not_offered(rita: User, key: SoftwareKey, pending: Callable[[User], None]) -> None:
    rita.security_keys.update(confirmed=False)
    pending(rita)
    assert begun(Client(), SECOND).get("allowCredentials", []) == []


def test_the_sign_in_page_offers_passkeys(db: None) -> None:
    page = Client().get("/console/login/?next=/console/keys/").content.decode()
    assert "Sign in with a passkey" in page
    assert 'data-next="/console/keys/"' in page


def test_a_session_of_a_key_is_one_of_two_factors(rita: User, key: SoftwareKey) -> None:
    client = Client()
    finish(client, key.signed(begun(client)))
    assert client.session["otp_device_id"] == rita.security_keys.get().persistent_id
    assert signed_in(rita).get("/console/").status_code == 200
