"""A CI's token for an API token, over HTTP, against a real issuer whose keys rotate."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import redis
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.domain.publishers import PublisherKind
from accounts.domain.roles import Permission
from accounts.models import APIToken, TrustedPublisher, User
from accounts.services import issuer_keys, publisher_exchange
from accounts.services.publishers import publisher_remove
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from tests.support.at_once import at_once
from tests.support.ci import WORKFLOW_REF, github_claims, gitlab_claims
from tests.support.forge import b64
from tests.support.issuer import DISCOVERY, KEYS, RunningIssuer, failing, issuer_started
from tests.support.key_ring import ring_key, stranger_key
from tests.support.shipping import APP_ID, app_made, bundle_made, channel_made, recorded, zip_of

EXCHANGE = "/api/v1/trusted-publishing/exchange"
CONSOLE = "https://updates.example.com"
START = 1_900_000_020
Ask = Callable[..., Any]


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def issuer(
    time: time_machine.Traveller, redis_client: redis.Redis, settings: Settings
) -> Iterator[RunningIssuer]:
    with issuer_started() as running:
        settings.PUBLIC_URL = CONSOLE
        settings.ISSUER_PRIVATE_HOSTS = ["127.0.0.1"]
        settings.TRUSTED_PUBLISHING_ISSUERS = [f"github={running.url}"]
        settings.EXCHANGES_PER_MINUTE = 1000
        yield running


def publisher_made(issuer: RunningIssuer, user: User, **changed: Any) -> TrustedPublisher:
    fields: dict[str, Any] = {
        "app_id": APP_ID,
        "kind": PublisherKind.GITHUB.value,
        "issuer": issuer.url,
        "owner": "clinic",
        "repository": "app",
        "workflow": "release.yml",
        "created_by": user,
        "created_at": clock.now(),
    }
    return TrustedPublisher.objects.create(**(fields | changed))


@pytest.fixture
def publisher(issuer: RunningIssuer, rita: User) -> TrustedPublisher:
    return publisher_made(issuer, rita)


def job_token(issuer: RunningIssuer, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
    return issuer.token(github_claims(**({"aud": CONSOLE} | changed)), **(header or {}))


def ask(token: str, *, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post(EXCHANGE, {"token": token, **more}, content_type="application/json")


def assert_refused(answer: Any, reason: str) -> AuditEvent:
    """One answer for all; the audit log knows better."""
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "type": "urn:release-console:problem:publisher_refused",
            "title": "No publisher of an app here matches this token.",
            "status": 403,
            "detail": "No publisher of an app here matches this token.",
            "code": "publisher_refused",
        },
    )
    event = recorded(Action.PUBLISHER_REFUSED)[-1]
    assert event.detail["reason"].startswith(reason)
    assert (event.actor_kind, event.outcome) == ("anonymous", "denied")
    assert not APIToken.objects.exists()
    return event


def test_a_job_gets_a_token_for_a_quarter_of_an_hour(
    issuer: RunningIssuer, publisher: TrustedPublisher
) -> None:
    answer = ask(job_token(issuer))
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "token": ANY,
        "expires_at": "2030-03-17T18:02:00Z",
        "app_id": APP_ID,
        "permissions": ["app_view", "bundle_upload"],
        "channels": [],
    }
    token = APIToken.objects.get()
    assert token.expires_at - token.created_at == timedelta(minutes=15)
    assert (token.publisher, token.created_by) == (publisher, publisher.created_by)
    publisher.refresh_from_db()
    assert (publisher.owner_id, publisher.last_used_at) == ("65", clock.now())


def test_the_token_uploads_until_its_time_is_over(
    issuer: RunningIssuer, rita: User, time: time_machine.Traveller
) -> None:
    channel_made(app_made())
    publisher_made(issuer, rita)
    headers = {"Authorization": f"Bearer {ask(job_token(issuer)).json()['token']}"}

    def upload(version: str) -> int:
        file = SimpleUploadedFile("www.zip", zip_of(version))
        body = {"version": version, "file": file}
        return Client().post(f"/api/v1/apps/{APP_ID}/bundles", body, headers=headers).status_code

    assert upload("1.0.0") == 201
    refused = Client().post(
        f"/api/v1/apps/{APP_ID}/channels/production/releases",
        {"version": "1.0.0"},
        content_type="application/json",
        headers=headers,
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    time.shift(900)
    assert upload("1.1.0") == 401


def test_a_publisher_publishes_on_its_channels_alone(issuer: RunningIssuer, rita: User) -> None:
    app = app_made()
    for name in ("production", "beta"):
        channel_made(app, name, public=name == "production")
    publisher_made(issuer, rita, channels=["beta"])
    answer = ask(job_token(issuer)).json()
    assert answer["channels"] == ["beta"]
    headers = {"Authorization": f"Bearer {answer['token']}"}
    bundle_made(app, "1.0.0")

    def publish(channel: str) -> int:
        path = f"/api/v1/apps/{APP_ID}/channels/{channel}/releases"
        return (
            Client()
            .post(path, {"version": "1.0.0"}, content_type="application/json", headers=headers)
            .status_code
        )

    assert (publish("production"), publish("beta")) == (403, 201)


def test_admission_is_on_record_with_the_token_as_actor_and_nothing_about_people(
    issuer: RunningIssuer, publisher: TrustedPublisher
) -> None:
    plain = ask(job_token(issuer)).json()["token"]
    (event,) = recorded(Action.PUBLISHER_ADMITTED)
    assert (event.actor_kind, event.actor_id) == ("api_token", str(APIToken.objects.get().pk))
    assert (event.app_id, event.object_id) == (APP_ID, str(publisher.pk))
    assert event.detail["repository"] == "Clinic/app"
    assert event.detail["workflow_ref"] == WORKFLOW_REF
    assert "octocat" not in str(event.detail)
    assert plain not in str(event.detail)


def test_gitlab_of_ones_own_is_admitted_too(issuer: RunningIssuer, rita: User, settings: Settings) -> None:
    settings.TRUSTED_PUBLISHING_ISSUERS = [f"gitlab={issuer.url}"]
    host = issuer.url.removeprefix("http://")
    fields = {"kind": "gitlab", "owner": "clinic/mobile", "workflow": ".gitlab-ci.yml"}
    publisher_made(issuer, rita, **fields, environment="production", protected_only=True)
    claims = gitlab_claims(
        aud=CONSOLE,
        environment="production",
        ci_config_ref_uri=f"{host}/clinic/mobile/app//.gitlab-ci.yml@refs/heads/main",
    )
    assert ask(issuer.token(claims)).status_code == 201
    assert "sample-user" not in str(recorded(Action.PUBLISHER_ADMITTED)[0].detail)


def test_a_key_that_was_rotated_a_moment_ago_is_found(
    issuer: RunningIssuer, publisher: TrustedPublisher, time: time_machine.Traveller
) -> None:
    assert ask(job_token(issuer, jti="1")).status_code == 201
    before = job_token(issuer, jti="2")
    issuer.rotate()
    time.shift(60)
    assert ask(job_token(issuer, jti="3")).status_code == 201
    assert ask(before).status_code == 403  # its key isn't published any more


WRONG = [
    pytest.param({"repository": "clinic/other"}, "no publisher of this repository", id="repository"),
    pytest.param({"repository": "evil/app", "repository_owner": "evil"}, "no publisher of this", id="owner"),
    pytest.param(
        {"workflow_ref": WORKFLOW_REF.replace("release", "test")}, "workflow_ref: another", id="workflow"
    ),
    pytest.param(
        {"job_workflow_ref": "evil/x/.github/workflows/release.yml@refs/heads/main"},
        "job_workflow_ref: another workflow",
        id="reusable workflow",
    ),
    pytest.param({"event_name": "pull_request_target"}, "event_name", id="event"),
    pytest.param({"aud": "https://pypi.org"}, "claim aud", id="aud"),
    pytest.param({"aud": CONSOLE + "/"}, "claim aud", id="aud with a slash"),
    pytest.param({"aud": [CONSOLE, "https://pypi.org"]}, "claim azp", id="aud a list of two"),
    pytest.param({"aud": ...}, "claim aud", id="no aud"),
    pytest.param(
        {"exp": START - 30, "iat": START - 330, "nbf": START - 330}, "claim exp: over", id="expired"
    ),
    pytest.param({"exp": START + 86_401}, "claim exp: 86401", id="exp far away"),
    pytest.param({"exp": START + 300, "iat": START - 3631, "nbf": START - 3631}, "claim iat: 3631", id="old"),
    pytest.param({"nbf": START + 31}, "claim iat or nbf", id="not yet"),
    pytest.param({"iss": "https://evil.example"}, "iss: not a listed issuer", id="iss"),
    pytest.param({"iss": "https://gitlab.com.evil.example"}, "iss: not a listed", id="iss that looks alike"),
    pytest.param({"jti": ...}, "jti: missing", id="no jti"),
    pytest.param({"jti": 7}, "jti: missing", id="jti a number"),
    pytest.param({"jti": "j" * 256}, "jti: missing", id="jti too long"),
    pytest.param({"repository_owner_id": ...}, "repository_owner_id: missing", id="no owner's id"),
]


@pytest.mark.parametrize(("claims", "reason"), WRONG)
def test_a_token_that_says_anything_else_is_refused_in_the_same_words(
    issuer: RunningIssuer, publisher: TrustedPublisher, claims: dict[str, Any], reason: str
) -> None:
    event = assert_refused(ask(job_token(issuer, **claims)), reason)
    assert "octocat" not in str(event.detail)


def test_another_environment_is_refused(issuer: RunningIssuer, rita: User) -> None:
    publisher_made(issuer, rita, environment="production")
    assert_refused(ask(job_token(issuer)), "environment: missing")
    event = assert_refused(ask(job_token(issuer, environment="staging")), "environment: another")
    assert event.detail["environment"] == "staging"


def test_confused_algorithms_are_refused(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    for alg in ("none", "HS256", "RS512", "ES256", "Ed25519"):
        assert_refused(ask(job_token(issuer, header={"alg": alg})), "header: alg")
    issuer.keys, published = {"first": stranger_key(Algorithm.RS256)}, issuer.keys
    forged = job_token(issuer)
    issuer.keys = published
    assert_refused(ask(forged), "signature: doesn't verify")
    assert_refused(ask(job_token(issuer, header={"typ": "at+jwt"})), "header: typ")
    assert_refused(ask(job_token(issuer, header={"jku": issuer.url})), "header: a member")
    assert_refused(ask(job_token(issuer, header={"kid": ...})), "header: a member")


@pytest.mark.parametrize("token", ["x", "a.b.c", "rc_" + "A" * 49, "e30.e30.e30"])
def test_what_is_no_token_is_refused_in_the_same_words(
    issuer: RunningIssuer, publisher: TrustedPublisher, token: str
) -> None:
    assert_refused(ask(token), "")
    assert not issuer.asked


def test_a_replayed_token_is_refused(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    token = job_token(issuer)
    assert ask(token).status_code == 201
    APIToken.objects.all().delete()
    assert_refused(ask(token), "jti: used before")


def test_the_twin_of_an_ecdsa_token_is_a_replay(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    issuer.keys = {"ec": ring_key(Algorithm.ES256)}
    token = job_token(issuer)
    head, _, tail = token.rpartition(".")
    signature = b64url_decode(tail)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    twin = signature[:32] + (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    assert ask(token).status_code == 201
    APIToken.objects.all().delete()
    assert_refused(ask(f"{head}.{b64(twin)}"), "jti: used before")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_admitted(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    token = job_token(issuer)
    codes = at_once([lambda: int(ask(token).status_code)] * 6)
    assert sorted(codes) == [201, *[403] * 5]
    assert APIToken.objects.count() == 1


def test_a_name_that_came_back_is_refused(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    assert ask(job_token(issuer, jti="1")).status_code == 201
    APIToken.objects.all().delete()
    assert_refused(ask(job_token(issuer, jti="2", repository_owner_id="66")), "repository_owner_id: the name")


def test_a_removed_publisher_admits_nobody_and_its_tokens_are_revoked(
    issuer: RunningIssuer, publisher: TrustedPublisher, rita: User
) -> None:
    app_made()
    plain = ask(job_token(issuer, jti="1")).json()["token"]
    headers = {"Authorization": f"Bearer {plain}"}
    assert Client().get(f"/api/v1/apps/{APP_ID}", headers=headers).status_code == 200
    publisher_remove(app_id=APP_ID, publisher_id=publisher.pk, actor=rita.actor)
    assert Client().get(f"/api/v1/apps/{APP_ID}", headers=headers).status_code == 401
    assert ask(job_token(issuer, jti="2")).status_code == 403
    assert recorded(Action.PUBLISHER_REMOVED)[0].detail == {"tokens_revoked": 1}


@pytest.mark.parametrize("lost", ["access", "role"])
def test_a_publisher_loses_what_its_registrar_loses(
    issuer: RunningIssuer, publisher: TrustedPublisher, rita: User, lost: str
) -> None:
    if lost == "access":
        User.objects.filter(pk=rita.pk).update(is_active=False)
    else:
        rita.groups.clear()
    assert_refused(ask(job_token(issuer)), "who registered the publisher")


def test_a_publisher_may_not_do_what_its_registrar_may_not(issuer: RunningIssuer, ada: User) -> None:
    assert not ada.may(Permission.BUNDLE_UPLOAD)
    publisher_made(issuer, ada)
    assert_refused(ask(job_token(issuer)), "who registered the publisher")


def test_a_job_that_may_publish_several_apps_says_which(issuer: RunningIssuer, rita: User) -> None:
    for app_id in (APP_ID, "com.example.other"):
        publisher_made(issuer, rita, app_id=app_id)
    assert_refused(ask(job_token(issuer, jti="1")), "a publisher of several apps")
    event = assert_refused(ask(job_token(issuer, jti="1"), app_id="com.example.none"), "no publisher")
    assert (event.app_id, event.object_id, event.detail["asked_app"]) == ("", "", "com.example.none")
    answer = ask(job_token(issuer, jti="1"), app_id="com.example.other")
    assert answer.json()["app_id"] == "com.example.other"


def test_a_publisher_elsewhere_doesnt_confuse_one_that_fits(issuer: RunningIssuer, rita: User) -> None:
    publisher_made(issuer, rita)
    publisher_made(issuer, rita, app_id="com.example.other", environment="production")
    assert ask(job_token(issuer)).json()["app_id"] == APP_ID


def test_a_storm_of_unknown_keys_costs_the_issuer_one_request_a_minute(
    issuer: RunningIssuer, publisher: TrustedPublisher, time: time_machine.Traveller
) -> None:
    assert ask(job_token(issuer, jti="1")).status_code == 201
    time.shift(60)
    for number in range(30):
        assert ask(job_token(issuer, header={"kid": f"made-up-{number}"})).status_code == 403
    assert issuer.asked == {DISCOVERY: 1, KEYS: 2}


def test_strangers_cant_fill_the_audit_log(issuer: RunningIssuer, publisher: TrustedPublisher) -> None:
    for _ in range(65):
        assert ask("a.b.c").status_code == 403
    assert len(recorded(Action.PUBLISHER_REFUSED)) == 60
    assert ask(job_token(issuer, repository="evil/x")).status_code == 403  # signed: always recorded
    assert len(recorded(Action.PUBLISHER_REFUSED)) == 61


def test_an_address_that_asks_too_often_has_to_wait(
    issuer: RunningIssuer, publisher: TrustedPublisher, settings: Settings
) -> None:
    settings.EXCHANGES_PER_MINUTE = 2
    assert [ask("a.b.c").status_code for _ in range(3)] == [403, 403, 429]
    assert int(ask("a.b.c")["Retry-After"]) in range(1, 61)


def test_behind_a_proxy_each_network_waits_for_itself(
    issuer: RunningIssuer, publisher: TrustedPublisher, settings: Settings
) -> None:
    settings.EXCHANGES_PER_MINUTE, settings.TRUSTED_PROXIES = 1, 1
    seen = ["198.51.100.1", "198.51.100.2", "2001:db8::1", "2001:db8::2"]
    clients = [Client(headers={"X-Forwarded-For": address}) for address in seen]
    answers = [ask("a.b.c", client=client).status_code for client in clients]
    assert answers == [403, 403, 403, 429]  # the last two are one network


def test_an_issuer_that_doesnt_answer_is_told_as_such(
    issuer: RunningIssuer, publisher: TrustedPublisher
) -> None:
    issuer.misbehaviours = {KEYS: failing}
    answer = ask(job_token(issuer))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
    assert "503" not in answer.json()["detail"]


@pytest.mark.parametrize("where", [issuer_keys, publisher_exchange])
def test_without_redis_nothing_is_exchanged(
    issuer: RunningIssuer, publisher: TrustedPublisher, monkeypatch: pytest.MonkeyPatch, where: Any
) -> None:
    nobody = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(where, "redis_client", lambda: nobody)
    answer = ask(job_token(issuer))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
    assert not APIToken.objects.exists()


def test_without_redis_in_between_nothing_is_exchanged(
    issuer: RunningIssuer, publisher: TrustedPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr("accounts.api.publishing.exchange_wait", lambda **_: 0)
    monkeypatch.setattr(publisher_exchange, "redis_client", lambda: nobody)
    assert ask(job_token(issuer)).status_code == 503
    assert ask("a.b.c").status_code == 403
    assert not APIToken.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param(b"{}", 422, "invalid_value", id="no token"),
        pytest.param(b'{"token": ""}', 422, "invalid_value", id="an empty one"),
        pytest.param(b'{"token": ["x"]}', 422, "invalid_value", id="a list"),
        pytest.param(b'{"token": "%s"}' % (b"x" * 16_385), 422, "invalid_value", id="too long"),
        pytest.param(b'{"token": "%s"}' % (b"x" * 65_536), 413, "request_too_large", id="far too long"),
        pytest.param(b"{", 400, "malformed_request", id="no JSON"),
    ],
)
def test_a_body_that_isnt_right_is_told_so(
    issuer: RunningIssuer, db: None, body: bytes, status: int, code: str
) -> None:
    answer = Client().generic("POST", EXCHANGE, body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_chunks_are_refused(issuer: RunningIssuer, db: None) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    answer = Client().generic("POST", EXCHANGE, b"{}", "application/json", headers=headers)
    assert answer.status_code == 411


def test_it_is_only_posted_to(db: None) -> None:
    assert Client().get(EXCHANGE).status_code == 405
