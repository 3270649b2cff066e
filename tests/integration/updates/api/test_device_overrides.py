"""`/api/v1/apps/{app_id}/devices/{device_id}/override`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.roles import Permission
from releaseconsole.kernel import clock
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.shipping import released
from updates.models import Channel, DeviceOverride

URL = f"{ROOT}/devices/8F0F2F4E-0000-4000-8000-000000000001/override"


def put(api: API, **changed: Any) -> Any:
    body = {"channel": "production", "until": clock.now() + timedelta(days=1), "reason": "Crash."} | changed
    return api.client.put(URL, body, content_type="application/json")


def test_a_device_is_forced_and_back_to_normal(api: API, production: Channel) -> None:
    assert api.get(URL.lower()).json()["code"] == "not_forced"
    told = put(api)
    assert (told.status_code, told.json()["channel"], told.json()["release_seq"]) == (200, "production", None)
    assert api.get(URL.lower()).json() == told.json()
    assert api.client.delete(URL.lower()).status_code == 204
    again = api.client.delete(URL.lower())
    assert (again.status_code, again.json()["code"]) == (404, "not_forced")


def test_a_device_is_forced_to_a_release(api: API, production: Channel) -> None:
    release = released(production, "1.0.0")
    body = {"release_seq": release.release_seq, "until": clock.now() + timedelta(days=1), "reason": "Crash."}
    told = api.client.put(URL, body, content_type="application/json")
    assert told.json()["release_seq"] == release.release_seq
    override = DeviceOverride.objects.get()
    assert override.created_by is not None  # the person behind the token


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        pytest.param({"release_seq": 1}, 422, "invalid_value", id="both"),
        pytest.param({"channel": "absent"}, 404, "not_found", id="no such channel"),
        pytest.param({"until": "2020-01-01T00:00:00Z"}, 422, "invalid_value", id="over already"),
        pytest.param({"reason": ""}, 422, "invalid_value", id="no reason"),
    ],
)
def test_what_cannot_be_is_refused(
    changed: dict[str, Any], status: int, code: str, api: API, production: Channel
) -> None:
    answer = put(api, **changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_it_takes_the_permission_for_testers(api_with: Callable[..., API], production: Channel) -> None:
    assert put(api_with(Permission.APP_VIEW, Permission.CHANNEL_MANAGE)).status_code == 403
