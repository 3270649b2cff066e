"""Keys to encrypt to: registered by the back end, or by devices themselves where that is allowed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import redis
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_encode, canonical_json
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.key_families import private_key_generate
from releaseconsole.redis_link import redis_client as console_redis
from signing.backends.device_keys import DeviceKeys
from signing.errors import RecipientStoreError, RecipientUnknownError
from signing.models import RecipientKey
from signing.services import app_keys_ensure, recipient_register, recipient_remove, recipients_cache_fill
from signing.services.operations import recipient_remove_operation
from signing.services.profiles import profile_change
from tests.integration.signing.conftest import CLINIC
from tests.support.at_once import at_once
from tests.support.back_end import BackEnd
from tests.support.people import code_of, signed_in
from tests.support.shipping import recorded
from tests.support.tokens import DEVICE_ID

KEY, OTHER = (DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW) for _ in range(2))

Kept = Callable[[Callable[[], Any]], Any]


def device_registers(
    jwk: Mapping[str, Any] | None = None, *, device_id: str = DEVICE_ID, app_id: str = CLINIC, **more: str
) -> Any:
    body = {"app_id": app_id, "device_id": device_id, "jwk": jwk or KEY.public_jwk()}
    return Client().post("/device/v1/keys", body, content_type="application/json", headers=more)


@pytest.fixture
def kept(django_capture_on_commit_callbacks: Any, redis_client: redis.Redis) -> Kept:
    """Act, and do what follows once it is committed."""

    def run(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


@pytest.fixture
def open_profile(back_end: BackEnd, redis_client: redis.Redis, now: datetime) -> BackEnd:
    profile_change(app_id=CLINIC, devices_may_register=True, actor=SYSTEM, now=now)
    return back_end


def test_a_back_end_registers_a_devices_key_and_replaces_it(
    back_end: BackEnd, redis_client: redis.Redis, kept: Kept
) -> None:
    first = kept(lambda: back_end.register(DEVICE_ID, KEY.public_jwk()))
    assert first.status_code == 200
    described = {name: first.json()[name] for name in ("device_id", "kid", "algorithm")}
    assert described == {"device_id": DEVICE_ID, "kid": KEY.kid, "algorithm": "ECDH-ES+A256KW"}
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == KEY.kid
    second = kept(lambda: back_end.register(DEVICE_ID, OTHER.public_jwk()))
    assert second.json()["kid"] == OTHER.kid
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == OTHER.kid
    assert RecipientKey.objects.filter(removed_at=None).get().kid == OTHER.kid
    assert len(recorded(Action.RECIPIENT_REGISTERED)) == 2


def test_the_same_key_again_changes_nothing_and_mends_the_cache(
    back_end: BackEnd, redis_client: redis.Redis, kept: Kept
) -> None:
    for _ in range(2):
        redis_client.flushall()
        kept(lambda: back_end.register(DEVICE_ID))
    assert RecipientKey.objects.count() == len(recorded(Action.RECIPIENT_REGISTERED)) == 1
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == back_end.key.kid


def test_a_removed_key_is_out_of_use_at_once(
    back_end: BackEnd, redis_client: redis.Redis, kept: Kept
) -> None:
    def remove(reader: str) -> int:
        return int(back_end.client.delete(back_end.path(f"recipients/{reader}")).status_code)

    kept(partial(back_end.register, DEVICE_ID))
    assert [kept(partial(remove, DEVICE_ID)), kept(partial(remove, DEVICE_ID))] == [204, 404]
    assert not RecipientKey.objects.filter(removed_at=None).exists()
    assert len(recorded(Action.RECIPIENT_REMOVED)) == 1
    with pytest.raises(RecipientUnknownError):
        DeviceKeys(redis_client).get(CLINIC, DEVICE_ID)


def test_no_api_token_replaces_or_removes_the_back_ends_own_key(back_end: BackEnd) -> None:
    """Else a stolen one would have the secrets of back-end tokens sent to a key of the thief's."""
    assert back_end.register("back-end").status_code == 200
    stranger = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW).public_jwk()
    answer = back_end.register("back-end", stranger)
    assert (answer.status_code, answer.json()["code"]) == (409, "recipient_conflict")
    assert back_end.client.delete(back_end.path("recipients/back-end")).status_code == 405
    assert back_end.register("back-end").status_code == 200  # the same key again
    assert RecipientKey.objects.get(removed_at=None).kid == back_end.key.kid


def test_a_custodian_removes_it_with_a_code_and_then_another_is_taken(back_end: BackEnd, kai: User) -> None:
    back_end.register("back-end")
    page = f"/console/keys/{CLINIC}/back-end-key/remove/"
    browser = signed_in(kai)
    digest = recipient_remove_operation(app_id=CLINIC).digest()
    refused = browser.post(page, {"digest": digest, "code": "000000"})
    assert refused.status_code == 200
    assert RecipientKey.objects.filter(removed_at=None).exists()
    kai.totp_authenticators.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert browser.post(page, {"digest": digest, "code": code_of(kai)}).status_code == 302
    stranger = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW).public_jwk()
    assert back_end.register("back-end", stranger).status_code == 200


def test_who_may_not_operate_keys_does_not_remove_it(back_end: BackEnd, audra: User) -> None:
    back_end.register("back-end")
    assert signed_in(audra).get(f"/console/keys/{CLINIC}/back-end-key/remove/").status_code == 403


def test_the_list_names_keys_and_shows_none(back_end: BackEnd) -> None:
    back_end.register()
    back_end.register(DEVICE_ID)
    back_end.register("gone")
    back_end.client.delete(back_end.path("recipients/gone"))
    answer = back_end.client.get(back_end.path("recipients"))
    assert [one["device_id"] for one in answer.json()["results"]] == [DEVICE_ID, ""]
    assert back_end.key.public_jwk()["x"] not in answer.content.decode()


def test_the_log_names_no_device(back_end: BackEnd) -> None:
    back_end.register(DEVICE_ID)
    (event,) = recorded(Action.RECIPIENT_REGISTERED)
    assert event.detail == {"kid": back_end.key.kid, "reader": "device"}
    assert event.actor_id == str(back_end.api_token.pk)


BAD_KEYS = [
    pytest.param(lambda _: {}, id="nothing"),
    pytest.param(lambda jwk: jwk | {"d": "AAAA"}, id="a private member"),
    pytest.param(lambda jwk: jwk | {"use": "sig"}, id="for signing"),
    pytest.param(lambda jwk: jwk | {"alg": "ECDH-ES"}, id="another algorithm"),
    pytest.param(lambda jwk: jwk | {"alg": "RSA-OAEP"}, id="RSA-OAEP with SHA-1"),
    pytest.param(lambda jwk: jwk | {"kid": "A" * 43}, id="another's kid"),
    pytest.param(lambda jwk: jwk | {"y": jwk["x"]}, id="no point"),
    pytest.param(lambda jwk: jwk | {"x": [1]}, id="a list inside"),
    pytest.param(lambda _: {"kty": "oct", "k": b64url_encode(bytes(32))}, id="a secret"),
    pytest.param(
        lambda _: dict(private_key_generate(Algorithm.ES256).public_jwk() or {}), id="a signing key"
    ),
]


@pytest.mark.parametrize("spoil", BAD_KEYS)
def test_what_is_no_key_to_encrypt_to_is_refused(back_end: BackEnd, spoil: Any) -> None:
    jwk = spoil(KEY.public_jwk()) or {"kty": ""}
    answer = back_end.register("back-end", jwk)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_refused")
    assert not RecipientKey.objects.exists()


@pytest.mark.parametrize("device_id", ["A-CAPITAL", "-dash", "x" * 65, "spa ce"])
def test_what_no_device_is_called_has_no_key(back_end: BackEnd, device_id: str) -> None:
    assert back_end.register(device_id).json()["code"] == "claim_value"


def test_only_who_may_issue_registers(clinic: str, back_end: BackEnd, kai: User) -> None:
    assert BackEnd(clinic, kai, Permission.TOKEN_VERIFY).register().status_code == 403
    stranger = BackEnd("com.example.bank", kai)
    stranger.app_id = clinic
    assert stranger.register().status_code == 404


def test_the_database_keeps_one_key_for_each_reader(back_end: BackEnd) -> None:
    back_end.register(DEVICE_ID)
    row = RecipientKey.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_devices_register_nothing_unless_the_profile_says_so(back_end: BackEnd) -> None:
    for app_id in (CLINIC, "com.example.absent"):
        answer = device_registers(app_id=app_id)
        assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    assert not RecipientKey.objects.exists()


def test_the_first_key_of_a_device_wins(open_profile: BackEnd, redis_client: redis.Redis, kept: Kept) -> None:
    assert kept(device_registers).status_code == 200
    assert kept(device_registers).status_code == 200
    answer = kept(lambda: device_registers(OTHER.public_jwk()))
    assert (answer.status_code, answer.json()["code"]) == (409, "recipient_conflict")
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == KEY.kid
    (event,) = recorded(Action.RECIPIENT_REGISTERED)
    assert event.actor_kind == "anonymous"
    assert DEVICE_ID not in str(event.detail)
    # A phone that was set up anew comes by way of the back end, which knows its owner.
    open_profile.client.delete(open_profile.path(f"recipients/{DEVICE_ID}"))
    assert device_registers(OTHER.public_jwk()).json()["kid"] == OTHER.kid


@pytest.mark.django_db(transaction=True)
def test_of_several_first_keys_at_once_one_wins(redis_client: redis.Redis, now: datetime) -> None:
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    profile_change(app_id=CLINIC, devices_may_register=True, actor=SYSTEM, now=now)
    keys = [DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW) for _ in range(8)]
    answers = at_once([partial(device_registers, key.public_jwk()) for key in keys])
    assert sorted(answer.status_code for answer in answers) == [200] + 7 * [409]
    winner = next(answer.json()["kid"] for answer in answers if answer.status_code == 200)
    assert RecipientKey.objects.get().kid == DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == winner


def test_no_device_passes_for_the_back_end(open_profile: BackEnd) -> None:
    for device_id in ("back-end", "", "BACK-END"):
        assert device_registers(device_id=device_id).status_code == 422
    assert not RecipientKey.objects.exists()


def test_an_address_registers_a_bounded_number_a_minute(open_profile: BackEnd, settings: Settings) -> None:
    settings.DEVICE_KEYS_PER_MINUTE = 3
    statuses = [device_registers().status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert 0 < int(device_registers()["Retry-After"]) <= 60


@pytest.mark.parametrize("body", [b"{", b"[]", b"x" * 65_537])
def test_a_body_that_is_no_question_is_told_so(open_profile: BackEnd, body: bytes) -> None:
    answer = Client().post("/device/v1/keys", body, content_type="application/json")
    assert answer.status_code in {400, 413}
    assert answer["Content-Type"] == "application/problem+json"


def test_without_redis_no_device_registers(open_profile: BackEnd, settings: Settings, kept: Kept) -> None:
    settings.EFFECTIVE_REDIS_URL = "unix:///nowhere/redis.sock"
    console_redis.cache_clear()
    try:
        assert device_registers().json()["code"] == "recipient_store_unavailable"
        # The back end's word is written down, and follows when Redis is back.
        assert kept(lambda: open_profile.register(DEVICE_ID)).status_code == 200
        recipients_cache_fill()
    finally:
        console_redis.cache_clear()


def test_an_emptied_redis_is_filled_again_and_what_is_stale_goes(
    back_end: BackEnd, redis_client: redis.Redis
) -> None:
    for number in range(3):
        back_end.register(f"device-{number}")
    back_end.register()
    redis_client.flushall()
    DeviceKeys(redis_client).put(CLINIC, {"stale": KEY.public_jwk()})
    recipients_cache_fill()
    keys = DeviceKeys(redis_client)
    assert keys.device_ids(CLINIC) == {"device-0", "device-1", "device-2"}
    assert keys.get(CLINIC, "device-1").kid == back_end.key.kid
    recipients_cache_fill()
    assert len(keys.device_ids(CLINIC)) == 3


def test_a_replaced_key_that_redis_missed_is_replaced_there_within_a_period(
    back_end: BackEnd, redis_client: redis.Redis
) -> None:
    """Their number is the same, so counting them wouldn't show it."""
    back_end.register(DEVICE_ID, KEY.public_jwk())
    recipients_cache_fill()
    back_end.register(DEVICE_ID, OTHER.public_jwk())  # not committed as far as Redis knows
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == KEY.kid
    recipients_cache_fill()
    assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == OTHER.kid


def test_one_that_went_and_one_that_came_are_both_seen(back_end: BackEnd, redis_client: redis.Redis) -> None:
    back_end.register("device-1")
    recipients_cache_fill()
    back_end.client.delete(back_end.path("recipients/device-1"))
    back_end.register("device-2")
    recipients_cache_fill()
    assert DeviceKeys(redis_client).device_ids(CLINIC) == {"device-2"}


def test_a_large_fleet_is_compared_to_its_last_device(
    back_end: BackEnd, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signing.services.recipients._AT_ONCE", 2)
    for number in range(5):
        back_end.register(f"device-{number}")
    recipients_cache_fill()
    DeviceKeys(redis_client).put(CLINIC, {"device-4": OTHER.public_jwk(), "stale": OTHER.public_jwk()})
    recipients_cache_fill()
    assert DeviceKeys(redis_client).device_ids(CLINIC) == {f"device-{number}" for number in range(5)}
    assert DeviceKeys(redis_client).get(CLINIC, "device-4").kid == back_end.key.kid


def registers(key: DecryptionKey) -> None:
    recipient_register(
        app_id=CLINIC, device_id=DEVICE_ID, jwk=key.public_jwk(), actor=SYSTEM, now=clock.now()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_removed", [False, True])
def test_of_two_that_cross_the_later_word_stays_in_redis(
    redis_client: redis.Redis, now: datetime, monkeypatch: pytest.MonkeyPatch, *, is_removed: bool
) -> None:
    """Another worker commits and writes between this one's reading of the row and its writing to Redis."""
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    put = DeviceKeys.put
    others: list[str] = []

    def late(self: DeviceKeys, app_id: str, jwks: Mapping[str, Mapping[str, Any]]) -> None:
        if not others:
            others.append(app_id)
            if is_removed:
                recipient_remove(app_id=CLINIC, device_id=DEVICE_ID, actor=SYSTEM, now=now)
            else:
                registers(OTHER)
        put(self, app_id, jwks)

    monkeypatch.setattr(DeviceKeys, "put", late)
    registers(KEY)
    if is_removed:
        assert not DeviceKeys(redis_client).device_ids(CLINIC)
    else:
        assert DeviceKeys(redis_client).get(CLINIC, DEVICE_ID).kid == OTHER.kid


@pytest.mark.django_db(transaction=True)
def test_keys_replaced_faster_than_redis_follows_end_in_the_log_and_not_in_a_loop(
    redis_client: redis.Redis,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app_keys_ensure(app_id=CLINIC, actor=SYSTEM, now=now)
    put = DeviceKeys.put

    def late(self: DeviceKeys, app_id: str, jwks: Mapping[str, Mapping[str, Any]]) -> None:
        RecipientKey.objects.update(jwk=DecryptionKey.generate(KEY.algorithm).public_jwk())
        put(self, app_id, jwks)

    monkeypatch.setattr(DeviceKeys, "put", late)
    registers(KEY)
    assert "faster than Redis can follow" in caplog.text


def test_a_key_that_somebody_else_wrote_to_redis_counts_as_none(
    back_end: BackEnd, redis_client: redis.Redis, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    """Who can write to Redis can't have a device's tokens encrypted to themselves."""
    name, keys = f"rc:recipients:{CLINIC}", DeviceKeys(redis_client)
    back_end.register(DEVICE_ID)
    keys.put("com.example.bank", {DEVICE_ID: OTHER.public_jwk()})
    keys.put(CLINIC, {"their-own": OTHER.public_jwk()})
    forged = [
        canonical_json(OTHER.public_jwk()),
        b"0" * 64 + canonical_json(OTHER.public_jwk()),
        redis_client.hget("rc:recipients:com.example.bank", DEVICE_ID),
        redis_client.hget(name, "their-own"),
    ]
    for value in forged:
        redis_client.hset(name, DEVICE_ID, value)
        with pytest.raises(RecipientUnknownError):
            keys.get(CLINIC, DEVICE_ID)
    assert caplog.text.count("isn't one that was written here") == len(forged)
    assert DEVICE_ID not in caplog.text
    recipients_cache_fill()
    assert keys.get(CLINIC, DEVICE_ID).kid == back_end.key.kid
    # Another SECRET_KEY voids all of them, until the next period.
    settings.SECRET_KEY = "another " * 8
    with pytest.raises(RecipientUnknownError):
        keys.get(CLINIC, DEVICE_ID)
    recipients_cache_fill()
    assert keys.get(CLINIC, DEVICE_ID).kid == back_end.key.kid


def test_what_is_no_key_in_redis_counts_as_none(redis_client: redis.Redis) -> None:
    DeviceKeys(redis_client).put(CLINIC, {DEVICE_ID: {}})  # written here, and still none
    with pytest.raises(RecipientUnknownError):
        DeviceKeys(redis_client).get(CLINIC, DEVICE_ID)
    for value in (b"", b"{", b"{}", b"\xff"):
        redis_client.hset(f"rc:recipients:{CLINIC}", DEVICE_ID, value)
        with pytest.raises(RecipientUnknownError):
            DeviceKeys(redis_client).get(CLINIC, DEVICE_ID)


def test_a_redis_that_is_gone_is_not_taken_for_an_empty_one() -> None:
    keys = DeviceKeys(redis.Redis(unix_socket_path="/nowhere/redis.sock"))
    for act in (
        lambda: keys.get(CLINIC, DEVICE_ID),
        lambda: keys.put(CLINIC, {DEVICE_ID: {}}),
        lambda: keys.remove(CLINIC, [DEVICE_ID]),
        lambda: keys.device_ids(CLINIC),
        lambda: keys.differing(CLINIC, {DEVICE_ID: {}}),
    ):
        with pytest.raises(RecipientStoreError):
            act()


def test_a_minute_later_an_address_may_register_again(
    open_profile: BackEnd, settings: Settings, redis_client: redis.Redis
) -> None:
    settings.DEVICE_KEYS_PER_MINUTE = 1
    device_registers()
    assert device_registers().status_code == 429
    (name,) = redis_client.keys("rc:registrations:*")
    assert 0 < redis_client.ttl(name) <= 60
    redis_client.delete(name)  # as Redis does when the minute is over
    assert device_registers().status_code == 200
