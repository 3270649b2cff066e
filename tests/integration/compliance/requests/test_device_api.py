"""`POST /device/v1/privacy`: a device proves its key by opening a challenge, or waits for an officer."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
import redis
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from compliance.desk.domain.request_states import Channel
from compliance.desk.domain.verification import Method, Verification
from compliance.desk.models import ErasureRun, PrivacyRequest
from compliance.desk.services.erasure.suppression import suppress
from compliance.desk.services.handling import request_plan
from compliance.ledger.domain.events import SYSTEM, Action, ActorKind
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.personal_data import Scoped, Subject
from signing.services import recipient_register, recipient_remove
from signing.services.profiles import profile_change
from tests.support.at_once import at_once
from tests.support.beta import enrolled, group_made, newly_joined
from tests.support.people import signed_in
from tests.support.privacy import NOBODY, verified
from tests.support.shipping import APP_ID, app_made, channel_made, recorded
from tests.support.stored import in_redis
from updates.models import App, Device, DeviceEvent

URL: Final = "/device/v1/privacy"
PHONE: Final = "3f0c2a4e-9a57-4c0e-9b1d-1f2e3d4c5b6a"
KEY, OTHER = (DecryptionKey.generate(each) for each in EncryptionAlgorithm)
ASKED: Final = {"app_id": APP_ID, "device_id": PHONE, "kind": "delete", "email": "petra@example.org"}


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def vouched(app: App) -> App:
    """The app's back end registered the phone's key."""
    recipient_register(app_id=APP_ID, device_id=PHONE, jwk=KEY.public_jwk(), actor=SYSTEM, now=clock.now())
    return app


def sends(client: Client | None = None, /, *, gpc: str = "", **changed: Any) -> Any:
    body = {name: value for name, value in (ASKED | changed).items() if value is not ...}
    headers = {"Sec-GPC": gpc}
    return (client or Client()).post(URL, body, content_type="application/json", headers=headers)


def opened(answer: Any, key: DecryptionKey = KEY) -> str:
    return key.decrypt(answer.json()["challenge"]).decode()


def proves(key: DecryptionKey = KEY, **changed: Any) -> Any:
    asks = partial(sends, kid=key.kid, **changed)
    return asks(proof=opened(asks(), key))


def seen(app: App, device_id: str = PHONE, *, days_ago: int = 0, **told: Any) -> Device:
    at = clock.now() - timedelta(days=days_ago)
    return Device.objects.create(app=app, device_id=device_id, first_seen_at=at, last_seen_at=at, **told)


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "device_proof_refused")


def test_without_proof_it_is_recorded_and_waits_for_an_officer(app: App) -> None:
    answer = sends(statement="Forget me.")
    request = PrivacyRequest.objects.get()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.json() == {
        "reference": request.reference,
        "kind": "delete",
        "received_on": request.received_on.isoformat(),
        "acknowledged_by": str(request.ack_due),
        "answered_by": str(request.due),
        "identity": "pending",
    }
    assert (request.came_by, request.identity, request.app_id) == (
        Channel.DEVICE,
        Verification.PENDING,
        APP_ID,
    )
    contact = request.contact_read()
    assert (contact.device_ids, contact.letter_address) == ((PHONE,), "petra@example.org")
    assert recorded(Action.PRIVACY_RECEIVED)[0].actor_kind == ActorKind.ANONYMOUS.value


def test_who_proved_nothing_erases_nothing(app: App, orla: User) -> None:
    seen(app)
    reference = sends().json()["reference"]
    page = signed_in(orla).post(
        f"/console/compliance/requests/{reference}/erasure/", {"act": "plan"}, follow=True
    )
    assert "identity" in page.content.decode().lower()
    assert not ErasureRun.objects.exists()
    assert not recorded(Action.ERASURE_PLANNED)


def test_everybody_without_proof_hears_the_same(vouched: App) -> None:
    """No such app, no such device, a device with a key, and one that asked before."""
    seen(vouched)
    changes: tuple[dict[str, str], ...] = ({}, {}, {"device_id": "another"}, {"app_id": "com.example.none"})
    told = [sends(**change) for change in changes]
    assert {answer.status_code for answer in told} == {201}
    assert len({str(answer.json() | {"reference": ""}) for answer in told}) == 1


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["P-256", "RSA"])
def test_who_opens_the_challenge_is_the_device(key: DecryptionKey, app: App) -> None:
    recipient_register(app_id=APP_ID, device_id=PHONE, jwk=key.public_jwk(), actor=SYSTEM, now=clock.now())
    challenge = sends(kid=key.kid)
    assert (challenge.status_code, challenge.json().keys()) == (200, {"challenge", "expires_in"})
    assert not PrivacyRequest.objects.exists()
    answer = sends(kid=key.kid, proof=opened(challenge, key))
    assert (answer.status_code, answer.json()["identity"]) == (201, "verified")
    assert PrivacyRequest.objects.get().verification_method == Method.DEVICE.value
    assert recorded(Action.PRIVACY_VERIFIED)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kind": "know", "scope": "specific"}, id="another kind"),
        pytest.param({"email": "mallory@example.net"}, id="another address"),
        pytest.param({"device_id": "another"}, id="another device"),
        pytest.param({"app_id": "com.example.other"}, id="another app"),
        pytest.param({"statement": "And more."}, id="other words"),
        pytest.param({"gpc": "1"}, id="another signal"),
        pytest.param({"kid": OTHER.kid}, id="another key"),
        pytest.param({"proof": "x" * 43}, id="something else"),
    ],
)
def test_an_answer_is_good_for_what_was_asked_and_once(vouched: App, changed: dict[str, Any]) -> None:
    proof = opened(sends(kid=KEY.kid))
    assert refused(sends(**{"kid": KEY.kid, "proof": proof} | changed))
    assert not PrivacyRequest.objects.exists()
    again = sends(kid=KEY.kid, proof=proof)
    assert again.status_code == 201 if "proof" in changed else refused(again)


def test_a_used_answer_is_used(vouched: App) -> None:
    proof = opened(sends(kid=KEY.kid))
    sent = [sends(kid=KEY.kid, proof=proof) for _ in range(2)]
    assert (sent[0].status_code, refused(sent[1])) == (201, True)
    assert PrivacyRequest.objects.count() == 1


def test_an_answer_waits_five_minutes_and_redis_reads_nothing(
    vouched: App, redis_client: redis.Redis
) -> None:
    proof = opened(sends(kid=KEY.kid))
    (name,) = redis_client.keys("rc:possession:*")
    assert 0 < redis_client.ttl(name) <= 300
    stored = in_redis(redis_client)
    assert not any(word in stored for word in (proof, PHONE, "petra@example.org"))
    redis_client.delete(name)  # its time is over
    assert refused(sends(kid=KEY.kid, proof=proof))


def test_a_key_that_was_replaced_meanwhile_proves_nothing(vouched: App) -> None:
    proof = opened(sends(kid=KEY.kid))
    recipient_remove(app_id=APP_ID, device_id=PHONE, actor=SYSTEM, now=clock.now())
    assert refused(sends(kid=KEY.kid, proof=proof))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"kid": OTHER.kid}, id="another key"),
        pytest.param({"device_id": "another"}, id="another device"),
        pytest.param({"app_id": "com.example.none"}, id="no such app"),
    ],
)
def test_without_the_keys_own_name_there_is_no_challenge(vouched: App, changed: dict[str, str]) -> None:
    assert refused(sends(**{"kid": KEY.kid} | changed))
    assert not PrivacyRequest.objects.exists()


def test_the_back_ends_own_key_is_no_devices(app: App) -> None:
    recipient_register(app_id=APP_ID, device_id="", jwk=KEY.public_jwk(), actor=SYSTEM, now=clock.now())
    assert refused(sends(kid=KEY.kid))


@pytest.mark.parametrize(
    ("seen_days_ago", "identity"),
    [
        pytest.param(0, "verified", id="the key came before anything was known"),
        pytest.param(9, "pending", id="anybody who learnt the id can have registered it"),
        pytest.param(None, "pending", id="nothing is known of the device"),
    ],
)
def test_a_key_that_a_device_registered_itself(app: App, seen_days_ago: int | None, identity: str) -> None:
    profile_change(app_id=APP_ID, devices_may_register=True, actor=SYSTEM, now=clock.now())
    with time_machine.travel(clock.now() - timedelta(days=3)):
        body = {"app_id": APP_ID, "device_id": PHONE, "jwk": KEY.public_jwk()}
        assert Client().post("/device/v1/keys", body, content_type="application/json").status_code == 200
    if seen_days_ago is not None:
        seen(app, days_ago=seen_days_ago)
    assert proves().json()["identity"] == identity
    note = PrivacyRequest.objects.get().steps.get(step="received").note
    assert ("no back end vouched" in note) is (identity == "pending")


@pytest.mark.parametrize("held", ["its tester", "a report", "the log", "its erasure"])
def test_who_takes_a_forgotten_devices_id_proves_nothing_that_was_held_before(app: App, held: str) -> None:
    """Nobody has seen it since; a stranger who knows its id registers a key, and then checks with it."""
    with time_machine.travel(clock.now() - timedelta(days=9)):
        now = clock.now()
        stored: dict[str, Callable[[], object]] = {
            "its tester": lambda: enrolled(newly_joined(group_made(channel_made(app))), PHONE),
            "a report": lambda: DeviceEvent.objects.create(
                app=app, device_id=PHONE, dedupe_key="1", action="set", happened_at=now, received_at=now
            ),
            "the log": lambda: recorded_of(app, PHONE),
            "its erasure": lambda: suppress(
                subject=Subject(devices=frozenset({Scoped(APP_ID, PHONE)})), request="PR-TESTTEST", now=now
            ),
        }
        stored[held]()
    profile_change(app_id=APP_ID, devices_may_register=True, actor=SYSTEM, now=clock.now())
    body = {"app_id": APP_ID, "device_id": PHONE, "jwk": KEY.public_jwk()}
    assert Client().post("/device/v1/keys", body, content_type="application/json").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        seen(app, days_ago=0)
        assert proves().json()["identity"] == "pending"


def recorded_of(app: App, device_id: str) -> None:
    with transaction.atomic():
        audit_record(
            action=Action.APP_CHANGED,
            actor=SYSTEM,
            now=clock.now(),
            app_id=app.pk,
            detail={"device_id": device_id},
        )


def test_a_device_erases_itself_and_nobody_of_its_name(vouched: App) -> None:
    """What a device says it's called is no proof: another one would be erased by claiming its name."""
    App.objects.update(custom_id_policy="allowed")
    for device_id in (PHONE, "victim"):
        seen(vouched, device_id, custom_id="petra")
    proves()
    proved = PrivacyRequest.objects.get()
    plan = request_plan(request=proved, by=NOBODY)
    assert {line.place: line.count for line in plan.lines}["updates_device"] == 1
    assert [*plan.subject.devices] == [(APP_ID, PHONE)]
    # Nor does an officer find the other one by it, who judged who it is.
    sends()
    judged = verified(PrivacyRequest.objects.latest("pk"))
    assert [*request_plan(request=judged, by=NOBODY).subject.devices] == [(APP_ID, PHONE)]


@pytest.mark.parametrize("kind", ["opt_out", "limit"])
def test_to_opt_out_nothing_is_proved(kind: str, vouched: App) -> None:
    answer = sends(kind=kind, email=..., kid=KEY.kid)
    assert (answer.status_code, answer.json()["identity"]) == (201, "not_needed")
    assert answer.json()["acknowledged_by"] is None


def test_the_signal_is_kept(app: App) -> None:
    sends(gpc="1")
    assert PrivacyRequest.objects.get().signals_gpc is True


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        pytest.param({"kind": "forget"}, "kind", id="an unknown kind"),
        pytest.param({"kind": ...}, "kind", id="no kind"),
        pytest.param({"kind": "know"}, "scope", id="to know, but not what"),
        pytest.param({"scope": "specific"}, "scope", id="a scope of a deletion"),
        pytest.param({"email": ...}, "email", id="no address for an answer"),
        pytest.param({"email": "petra"}, "email", id="not an address"),
        pytest.param({"device_id": "No/Id"}, "device_id", id="no device"),
        pytest.param({"statement": "x" * 4001}, "statement", id="too long"),
        pytest.param({"proof": "x"}, "kid", id="a proof of no key"),
        pytest.param({"app_id": ["x"]}, "app_id", id="another shape"),
    ],
)
def test_what_it_does_not_take(app: App, changed: dict[str, Any], field: str) -> None:
    answer = sends(**changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert answer.json()["errors"].keys() == {field}
    assert not PrivacyRequest.objects.exists()


def test_bodies_and_tries_have_bounds(app: App, settings: Settings) -> None:
    large = Client().post(URL, {"statement": "x" * 70_000}, content_type="application/json")
    assert (large.status_code, large.json()["code"]) == (413, "request_too_large")
    assert Client().post(URL, ASKED).status_code == 415
    assert Client().get(URL).status_code == 405
    settings.BETA_ATTEMPTS_PER_MINUTE = 2
    late = sends()
    assert (late.status_code, late.json()["code"], int(late["Retry-After"]) > 0) == (
        429,
        "too_many_requests",
        True,
    )
    assert sends(Client(REMOTE_ADDR="192.0.2.7")).status_code == 201


def test_without_a_proof_devices_share_what_the_public_form_may_take_in_an_hour(
    app: App, settings: Settings
) -> None:
    settings.PRIVACY_FORMS_PER_HOUR = 1
    assert [sends().status_code for _ in range(2)] == [201, 429]
    assert PrivacyRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_answers_at_once_one_is_recorded(redis_client: redis.Redis) -> None:
    recipient_register(
        app_id=app_made().pk, device_id=PHONE, jwk=KEY.public_jwk(), actor=SYSTEM, now=clock.now()
    )
    proof = opened(sends(kid=KEY.kid))
    answers = at_once([partial(sends, kid=KEY.kid, proof=proof)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
    assert PrivacyRequest.objects.count() == 1
