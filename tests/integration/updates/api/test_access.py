"""Who may call what: the table of permissions, and what is said to everybody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from accounts.domain.roles import TOKEN_PERMISSIONS, Permission
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.shipping import app_made, recorded, released, zip_of
from updates.models import Channel

CHANNEL = f"{ROOT}/channels/production"
JSON = "application/json"

OPERATIONS = [
    pytest.param("GET", ROOT, Permission.APP_VIEW, 200, id="read an app"),
    pytest.param("GET", f"{ROOT}/bundles", Permission.APP_VIEW, 200, id="list bundles"),
    pytest.param("GET", f"{ROOT}/channels", Permission.APP_VIEW, 200, id="list channels"),
    pytest.param("GET", CHANNEL, Permission.APP_VIEW, 200, id="read a channel"),
    pytest.param("GET", f"{CHANNEL}/releases", Permission.APP_VIEW, 200, id="list releases"),
    pytest.param("GET", f"{CHANNEL}/releases/1", Permission.APP_VIEW, 200, id="read a release"),
    pytest.param("POST", f"{CHANNEL}/releases", Permission.RELEASE_PUBLISH, 422, id="publish"),
    pytest.param("PATCH", f"{CHANNEL}/releases/1", Permission.RELEASE_PUBLISH, 409, id="change a release"),
    pytest.param("POST", f"{CHANNEL}/rollback", Permission.RELEASE_ROLL_BACK, 200, id="roll back"),
    pytest.param("POST", f"{ROOT}/bundles", Permission.BUNDLE_UPLOAD, 415, id="upload"),
]


@pytest.mark.parametrize(("method", "path", "permission", "status"), OPERATIONS)
def test_each_operation_needs_its_permission(
    production: Channel,
    api_with: Callable[..., API],
    method: str,
    path: str,
    permission: Permission,
    status: int,
) -> None:
    released(production, "1.0.0")
    others = api_with(*(TOKEN_PERMISSIONS - {permission}))
    denied = others.client.generic(method, path, b"{}", JSON)
    assert (denied.status_code, denied.json()["code"]) == (403, "permission_denied")
    assert [event.detail for event in recorded(Action.ACCESS_DENIED)] == [{"permission": permission.value}]
    assert api_with(permission).client.generic(method, path, b"{}", JSON).status_code == status


@pytest.mark.parametrize(("method", "path", "permission", "status"), OPERATIONS)
def test_another_app_looks_like_none(
    production: Channel,
    api_with: Callable[..., API],
    method: str,
    path: str,
    permission: Permission,
    status: int,
) -> None:
    app_made("com.example.other")
    stranger = api_with(*TOKEN_PERMISSIONS, app_id="com.example.other")
    hidden = stranger.client.generic(method, path, b"{}", JSON)
    missing = stranger.client.generic(method, path.replace("clinic", "absent"), b"{}", JSON)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["detail"].replace("clinic", "absent") == missing.json()["detail"]
    assert len(recorded(Action.ACCESS_DENIED)) == 2


@pytest.mark.parametrize(("method", "path", "permission", "status"), OPERATIONS)
def test_nothing_is_open_to_everybody(
    production: Channel, method: str, path: str, permission: Permission, status: int
) -> None:
    answer = API(None).client.generic(method, path, b"{}", JSON)
    assert (answer.status_code, answer.json()["code"]) == (401, "api_token_missing")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer nonsense", "Bearer rc_é", "Bearer " + "rc_" + "A" * 49],
)
def test_a_wrong_token_is_told_so(production: Channel, authorization: str) -> None:
    answer = API(None).get(ROOT, Authorization=authorization)
    assert (answer.status_code, answer.json()["code"]) == (401, "api_token_invalid")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_an_expired_token_is_told_no_more_than_a_wrong_one(api: API) -> None:
    wrong = API("rc_nonsense").get(ROOT)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        expired = api.get(ROOT)
    assert (expired.status_code, expired.json()) == (401, wrong.json())


@pytest.mark.parametrize("authorization", ["Basic cmM6cmM=", "rc_", "Token abc"])
def test_another_scheme_is_no_token(production: Channel, authorization: str) -> None:
    answer = API(None).get(ROOT, Authorization=authorization)
    assert (answer.status_code, answer.json()["code"]) == (401, "api_token_missing")


def test_a_session_of_the_console_opens_nothing(production: Channel, rita: object) -> None:
    client = API(None).client
    client.force_login(rita)  # type: ignore[arg-type]  # a User
    assert client.get(ROOT).status_code == 401


def test_a_denied_upload_is_refused_before_its_body_is_read(api_with: Callable[..., API]) -> None:
    answer = api_with(Permission.APP_VIEW).upload("1.0.0", zip_of("1.0.0"))
    assert answer.status_code == 403
    assert recorded(Action.BUNDLE_REFUSED) == []
