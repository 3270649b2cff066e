"""An app's keys under a fleet: a CDN that caches, clients that look once an hour, clocks that are wrong.

Two web processes serve through the real gateway handlers; time is moved, nobody waits.
"""

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings

from accounts.models import User
from accounts.services.step_up import COMMAND_LINE, step_up_prove
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.documents import document_sign
from releaseconsole.kernel.jose.signing import TokenSigner
from signing.domain.key_operations import KeyOperation
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.trust_content import claims_read
from signing.domain.trust_documents import MAX_VERSION_LEAD, TRUST
from signing.errors import TokenRefusedError
from signing.models import DocumentType, SigningKey
from signing.services import console_keys_ensure, release_claims, release_signer
from signing.services.keys import keys_reconcile
from signing.services.loading import private_key_open
from signing.services.operations import key_operation_now, key_revoke
from signing.services.release_tokens import release_token_verify
from tests.simulator.trusting_client import Refused, TrustingClient
from tests.support.people import code_of
from tests.support.trusting import document, key_of
from updates.gateway import sightings, trust, v1
from updates.gateway.serving import Serving
from updates.gateway.wire import Request
from updates.services import app_create

APP_ID = "com.example.clinic"
NONCE = "n" * 22
CLIENTS = 30
# Spelled out, so that a wrong rule doesn't judge itself.
MAX_AGE, REFRESH, SKEW, SIGNERS_HEAR = 300, 3600, 60, 5
STATED_TIME = timedelta(seconds=REFRESH + MAX_AGE + SKEW)
SIGNS = KeyPurpose.RELEASE_TOKEN


class Fleet:
    """The world around one app; `pass_time` lets it happen."""

    def __init__(self, time: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time, self._monkeypatch = time, monkeypatch
        self.processes = [Serving(), Serving()]
        self.heard_at = [0.0, 0.0]
        self.cdn: tuple[float, bytes] = (0.0, b"")
        self.root = dict(key_of(APP_ID, KeyPurpose.ROOT).public_jwk or {})
        self.hear()
        skews = [-SKEW, -20, 0, 20, SKEW]
        self.clients = [self.client(number, skews[number % len(skews)]) for number in range(CLIENTS)]
        self.refused: list[tuple[int, str]] = []

    def client(self, number: int, skew: int) -> TrustingClient:
        return TrustingClient(
            self.root,
            APP_ID,
            f"device-{number}",
            settings.PUBLIC_URL,
            self.trust,
            lambda: int(clock.epoch_seconds()) + skew,
        )

    def hear(self, process: int | None = None) -> None:
        """Let a process follow what changed; by itself it does within SIGNER_CACHE."""
        for number in [0, 1] if process is None else [process]:
            self.processes[number]._follow_database()
            self.heard_at[number] = clock.epoch_seconds()

    def ask(self, handler: Callable[[Request], Any], environ: dict[str, Any], process: int) -> bytes:
        self._monkeypatch.setattr(v1, "serving", self.processes[process])
        self._monkeypatch.setattr(trust, "serving", self.processes[process])
        answer = handler(Request(environ))
        if answer.status != 200:
            raise OSError(answer.status)
        return bytes(answer.body)

    def trust(self) -> bytes:
        """What the CDN answers: its copy, for as long as it may keep it; then the slower process's."""
        kept_at, body = self.cdn
        if not body or clock.epoch_seconds() - kept_at >= MAX_AGE:
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": trust.TRUST_PREFIX + APP_ID}
            self.cdn = clock.epoch_seconds(), self.ask(trust.trust, environ, 1)
        return self.cdn[1]

    def token(self, device_id: str, process: int) -> str:
        question = {
            "app_id": APP_ID,
            "device_id": device_id,
            "nonce": NONCE,
            "platform": "ios",
            "native_version": "1.0.0",
        }
        body = json.dumps(question).encode()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/device/v1/check",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        return str(json.loads(self.ask(v1.check, environ, process))["token"])

    def everybody_asks(self) -> None:
        for number, client in enumerate(self.clients):
            try:
                client.verify(self.token(client.device_id, number % 2), nonce=NONCE)
            except Refused as exc:
                self.refused.append((number, exc.code))

    def pass_time(self, until: datetime, *, step: timedelta, asking: int = 1) -> None:
        """Reconcile, hear, and let one client in `asking` ask in turn, so that each has its own phase."""
        turn = 0
        while clock.now() < until:
            self.time.move_to(min(until, clock.now() + step))
            self.hear(turn % 2)  # the other one is a step behind
            keys_reconcile(now=clock.now())
            self.hear((turn + 1) % 2)
            for number, client in enumerate(self.clients):
                if (number + turn) % asking == 0:
                    try:
                        client.verify(self.token(client.device_id, number % 2), nonce=NONCE)
                    except Refused as exc:
                        self.refused.append((number, exc.code))
            turn += 1


@pytest.fixture
def fleet(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fleet]:
    with time_machine.travel(now.replace(microsecond=0), tick=False) as time:
        console_keys_ensure(now=clock.now())
        app_create(app_id=APP_ID, name="Clinic", platforms=["ios"], actor=SYSTEM)
        keys_reconcile(now=clock.now())
        yield Fleet(time, monkeypatch)
        sightings._buffer.flush()


def revoke(user: User, key: SigningKey) -> None:
    operation = key_operation_now(KeyOperation.REVOKE, key_id=key.pk)
    step_up = step_up_prove(user=user, operation=operation, code=code_of(user), context=COMMAND_LINE)
    key_revoke(key_id=key.pk, authority=step_up)


def thief(device_id: str, sign: Callable[[bytes], str]) -> str:
    return sign(
        release_claims(
            app_id=APP_ID,
            device_id=device_id,
            decision="hold",
            decision_seq=0,
            channel="",
            nonce=NONCE,
            now_epoch=int(clock.epoch_seconds()),
        )
    )


def refusal(client: TrustingClient, token: str) -> str:
    try:
        client.verify(token, nonce=NONCE)
    except Refused as exc:
        return exc.code
    return ""


def test_through_two_rotations_nobody_is_refused_a_good_token(fleet: Fleet) -> None:
    fleet.everybody_asks()
    away = fleet.clients.pop()
    for rotation in (1, 2):
        due = key_of(APP_ID, SIGNS).activated_at
        assert due
        due += timedelta(days=30)
        fleet.pass_time(due - timedelta(hours=2), step=timedelta(hours=23), asking=3)
        # Around the rotation minute by minute: clients ask in turns, so that caches are of every age.
        fleet.pass_time(due + timedelta(hours=2), step=timedelta(minutes=9), asking=5)
        assert key_of(APP_ID, SIGNS).epoch == rotation + 1
    away.verify(fleet.token(away.device_id, 0), nonce=NONCE)  # after two months
    assert fleet.refused == []


def test_a_process_that_hears_late_of_a_rotation_signs_what_clients_take(fleet: Fleet) -> None:
    due = clock.now() + timedelta(days=30)
    fleet.pass_time(due - timedelta(minutes=1), step=timedelta(hours=23), asking=3)
    fleet.time.move_to(due)
    keys_reconcile(now=clock.now())
    fleet.hear(0)
    fleet.time.shift(SIGNERS_HEAR)
    fleet.everybody_asks()  # every other one of process 1, which signs with the key of before
    kids = {fleet.processes[number].snapshot.apps[APP_ID].signer.kid for number in (0, 1)}  # type: ignore[union-attr]
    assert len(kids) == 2
    assert fleet.refused == []


def test_after_a_revocation_everybody_refuses_the_thief_within_the_stated_time(
    fleet: Fleet, kai: User
) -> None:
    fleet.pass_time(clock.now() + timedelta(hours=2), step=timedelta(minutes=11), asking=7)
    key, stolen = key_of(APP_ID, SIGNS), release_signer(APP_ID)
    last_good = thief("device-0", stolen.sign)
    revoke(kai, key)
    with pytest.raises(TokenRefusedError):
        release_token_verify(last_good, app_id=APP_ID, device_id="device-0", nonce=NONCE, now=clock.now())
    # Processes hear, and everybody gets tokens of the key that nobody had had the time to see.
    fleet.time.shift(SIGNERS_HEAR)
    fleet.hear()
    fleet.pass_time(clock.now() + STATED_TIME, step=timedelta(minutes=6), asking=4)
    assert fleet.refused == []
    for client in fleet.clients:
        assert refusal(client, thief(client.device_id, stolen.sign)) == "key_revoked"
    restarted = [fleet.client(number, 0) for number in range(CLIENTS)]
    for client in restarted:
        assert refusal(client, thief(client.device_id, stolen.sign)) == "key_revoked"
        assert refusal(client, fleet.token(client.device_id, 0)) == ""


def test_after_the_trust_key_is_revoked_clients_follow_the_standby_and_not_the_thief(
    fleet: Fleet, kai: User
) -> None:
    fleet.everybody_asks()
    key, standby = (
        key_of(APP_ID, KeyPurpose.TRUST),
        key_of(APP_ID, KeyPurpose.TRUST, KeyState.PREPUBLISHED),
    )
    stolen = private_key_open(key)
    body = json.loads(fleet.trust())
    revoke(kai, key)
    fleet.hear()
    assert document(APP_ID, DocumentType.TRUST).signer_kid == standby.key_id
    fleet.pass_time(clock.now() + STATED_TIME, step=timedelta(minutes=20))
    assert fleet.refused == []
    assert {client.bundle.signer for client in fleet.clients if client.bundle} == {standby.key_id}
    issued = int(clock.epoch_seconds())
    highest = issued + MAX_VERSION_LEAD  # anything above it is refused for that alone
    claims = claims_read(body["trust"]) | {"version": highest, "iat": issued, "exp": issued + 3600}
    signer = TokenSigner(kid=key.key_id, algorithm=stolen.algorithm, typ=TRUST.typ, sign=stolen.sign)
    body["trust"] = document_sign(signer, kind=TRUST, claims=claims)
    for client in fleet.clients:
        seen = client.bundle
        with pytest.raises(Refused):
            client.accept(json.dumps(body).encode())
        assert client.bundle == seen
