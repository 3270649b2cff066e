from collections.abc import Callable
from typing import Any

import pytest

from accounts.domain.roles import Permission
from compliance.ledger.domain.events import Action
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.shipping import bundle_made, channel_made, recorded, released, standing
from updates.models import App, Channel, Release

CHANNEL = f"{ROOT}/channels/production"
RELEASES = f"{CHANNEL}/releases"
ROLLBACK = f"{CHANNEL}/rollback"


def test_the_token_sees_its_app(api: API, production: Channel) -> None:
    page = api.get("/api/v1/apps").json()
    assert [app["app_id"] for app in page["results"]] == [production.app_id]
    assert api.get(ROOT).json() == page["results"][0]


def test_a_head_is_a_get_without_its_body(api: API, production: Channel) -> None:
    answer = api.client.head(ROOT)
    assert (answer.status_code, answer.content) == (200, b"")


def test_channels_are_listed_and_read(api: API, production: Channel) -> None:
    channel_made(production.app, "beta", public=False)
    page = api.get(f"{ROOT}/channels").json()
    assert [channel["name"] for channel in page["results"]] == ["beta", "production"]
    read = api.get(CHANNEL).json()
    assert read == page["results"][1]
    assert (read["name"], read["public"], read["platforms"], read["decision_seq"]) == (
        "production",
        True,
        ["android", "ios"],
        1,
    )


def test_a_bundle_is_published_and_read(api: API, production: Channel) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    body = {"version": "1.0.0", "rollout_bps": 1000, "native_min": "2.0", "notes": "Fixes"}
    answer = api.post(RELEASES, body)
    assert answer.status_code == 201
    assert answer.json() == {
        "release_seq": 1,
        "version": "1.0.0",
        "channel": "production",
        "bundle_sha256": bundle.archive_id,
        "state": "live",
        "state_reason": "",
        "revision": 1,
        "rollout_bps": 1000,
        "plan": [],
        "plan_step": 0,
        "plan_stopped": False,
        "audience": {},
        "native_min": "2.0",
        "native_max": "",
        "mandatory": False,
        "spread_minutes": 0,
        "notes": "Fixes",
        "reason": "",
        "scheduled_at": None,
        "scheduled_zone": "",
        "created_at": answer.json()["created_at"],
        "published_at": answer.json()["published_at"],
        "ended_at": None,
        "receipt": answer.json()["receipt"],
    }
    assert api.get(f"{RELEASES}/1").json() == answer.json()
    assert recorded(Action.RELEASE_PUBLISHED)[0].actor_kind == "api_token"


def test_releases_are_listed_newest_first(api: API, production: Channel) -> None:
    for version in ("1.0.0", "1.1.0"):
        released(production, version)
    page = api.get(RELEASES).json()
    assert [(release["version"], release["state"]) for release in page["results"]] == [
        ("1.1.0", "live"),
        ("1.0.0", "superseded"),
    ]


def test_a_rollout_is_raised(api: API, production: Channel) -> None:
    released(production, "1.0.0", 1000)
    answer = api.patch(f"{RELEASES}/1", {"rollout_bps": 2500})
    assert (answer.status_code, answer.json()["rollout_bps"]) == (200, 2500)


def test_a_channel_is_rolled_back(api: API, production: Channel) -> None:
    released(production, "1.0.0")
    released(production, "1.1.0")
    answer = api.post(ROLLBACK)
    assert answer.status_code == 200
    body = answer.json()
    assert [release["version"] for release in body["rolled_back"]] == ["1.1.0"]
    assert body["now_live"]["version"] == "1.0.0"
    assert (body["channel"], body["decision_seq"], body["serves_builtin"]) == ("production", 4, False)


@pytest.mark.parametrize(("to", "version"), [("1.0.0", "1.0.0"), ("builtin", None), (None, "1.1.0")])
def test_a_rollback_may_name_its_target(
    api: API, production: Channel, to: str | None, version: str | None
) -> None:
    for newer in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, newer)
    body = api.post(ROLLBACK, {"to": to}).json()
    assert (body["now_live"] and body["now_live"]["version"]) == version
    assert body["serves_builtin"] is (to == "builtin")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        pytest.param(RELEASES, {}, 422, "invalid_value", id="no version"),
        pytest.param(RELEASES, {"version": "9.9.9"}, 404, "not_found", id="no such bundle"),
        pytest.param(RELEASES, {"version": "1.0.0"}, 409, "conflict", id="live already"),
        pytest.param(
            RELEASES, {"version": "1.1.0", "rollout_bps": 10_001}, 422, "invalid_value", id="more than all"
        ),
        pytest.param(
            RELEASES, {"version": "1.1.0", "native_min": "x"}, 422, "invalid_value", id="no native version"
        ),
        pytest.param(RELEASES, ["1.1.0"], 400, "malformed_request", id="a list"),
        pytest.param(ROLLBACK, {"to": "1.0.0"}, 409, "release_state", id="back to what is live"),
        pytest.param(ROLLBACK, {"to": "0.9.0"}, 404, "not_found", id="back to what never was"),
        pytest.param(f"{ROOT}/channels/empty/rollback", {}, 409, "nothing_to_roll_back", id="nothing live"),
        pytest.param(f"{ROOT}/channels/none/releases", {"version": "1"}, 404, "not_found", id="no channel"),
    ],
)
def test_refusals_have_stable_codes(
    api: API, production: Channel, path: str, body: Any, status: int, code: str
) -> None:
    channel_made(production.app, "empty", public=False)
    released(production, "1.0.0")
    bundle_made(production.app, "1.1.0")
    answer = api.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert standing(production) == {1: "live"}


@pytest.mark.parametrize("release_seq", [0, 9, 2])
def test_a_release_of_another_channel_is_not_found(api: API, production: Channel, release_seq: int) -> None:
    released(production, "1.0.0")
    released(channel_made(production.app, "beta", public=False), "1.0.0")
    assert api.patch(f"{RELEASES}/{release_seq}", {"rollout_bps": 1}).status_code == 404


def test_a_publication_is_answered_again_under_its_key(api: API, production: Channel) -> None:
    bundle_made(production.app, "1.0.0")
    first, again = (api.post(RELEASES, {"version": "1.0.0"}, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Release.objects.count() == len(recorded(Action.RELEASE_PUBLISHED)) == 1


def test_a_rollback_is_done_once_under_its_key(api: API, production: Channel) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        released(production, version)
    first, again = (api.post(ROLLBACK, key="k1") for _ in range(2))
    assert first.json() == again.json()
    assert standing(production) == {1: "superseded", 2: "live", 3: "rolled_back"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(RELEASES, {"version": "1.1.0"}, id="another body"),
        pytest.param(f"{ROOT}/channels/beta/releases", {"version": "1.0.0"}, id="another channel"),
        pytest.param(ROLLBACK, {}, id="another operation"),
    ],
)
def test_a_key_is_bound_to_its_request(api: API, production: Channel, path: str, body: Any) -> None:
    channel_made(production.app, "beta", public=False)
    for version in ("1.0.0", "1.1.0"):
        bundle_made(production.app, version)
    api.post(RELEASES, {"version": "1.0.0"}, key="k1")
    answer = api.post(path, body, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert standing(production) == {1: "live"}


def test_keys_of_different_tokens_never_meet(
    api_with: Callable[..., API], app: App, production: Channel
) -> None:
    beta = channel_made(app, "beta", public=False)
    bundle_made(app, "1.0.0")
    for channel in (production, beta):
        job = api_with(Permission.RELEASE_PUBLISH)
        answer = job.post(f"{ROOT}/channels/{channel.name}/releases", {"version": "1.0.0"}, key="same")
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer


def test_a_refused_request_may_be_tried_again_under_its_key(api: API, production: Channel) -> None:
    assert api.post(RELEASES, {"version": "1.0.0"}, key="k1").status_code == 404
    bundle_made(production.app, "1.0.0")
    assert api.post(RELEASES, {"version": "1.0.0"}, key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "schlüssel", "two words"])
def test_an_impossible_key_is_refused(api: API, production: Channel, key: str) -> None:
    released(production, "1.0.0")
    answer = api.post(ROLLBACK, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert standing(production) == {1: "live"}
