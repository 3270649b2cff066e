"""Channels by the API: machines create, change, stop and freeze them; people alone lift and weaken."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.roles import Permission
from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action, ActorKind
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.access_world import token_of
from tests.support.actors import granted
from tests.support.shipping import APP_ID, bundle_made, channel_made, recorded
from updates.domain.sign_off_rules import Requirement
from updates.models import App, Channel
from updates.selectors.app_settings import app_settings
from updates.services import app_change, sign_offs_require

CHANNEL = f"{ROOT}/channels/production"
FREEZE = {"starts_at": "2027-12-23T12:00:00Z", "ends_at": "2028-01-02T08:00:00Z", "reason": "Christmas"}


def test_a_channel_is_created_once_under_a_key(api: API, app: App) -> None:
    body = {"name": "beta", "platforms": ["ios"], "self_assignable": True}
    first, again = (api.post(f"{ROOT}/channels", body, key="one") for _ in range(2))
    assert (first.status_code, first.json()["name"], first.json()["allow_production"]) == (201, "beta", True)
    assert again.json() == first.json()
    (event,) = recorded(Action.CHANNEL_CREATED)
    assert event.actor_kind == ActorKind.API_TOKEN.value


def test_settings_are_changed_one_by_one(api: API, production: Channel) -> None:
    answer = api.patch(CHANNEL, {"native_min": "2.0", "guard_action": "halt", "retention_days": 30})
    assert answer.status_code == 200
    after = answer.json()
    assert (after["native_min"], after["guard_action"], after["retention_days"]) == ("2.0", "halt", 30)
    assert (after["public"], after["decision_seq"]) == (True, 2)
    assert api.patch(CHANNEL, {"retention_days": None}).json()["retention_days"] is None


def test_what_is_kept_of_custom_ids_is_read_and_changed(api: API, app: App) -> None:
    assert api.get(ROOT).json()["custom_id_policy"] == "off"
    assert api.patch(ROOT, {"custom_id_policy": "hashed"}).json()["custom_id_policy"] == "hashed"
    (event,) = recorded(Action.APP_CHANGED)
    assert (event.actor_kind, event.detail["before"]) == (
        ActorKind.API_TOKEN.value,
        {"custom_id_policy": "off"},
    )
    for wrong in ({"custom_id_policy": "kept"}, {}):
        assert api.patch(ROOT, wrong).status_code == 422


def test_when_details_of_reports_are_kept_is_read_and_changed(api: API, app: App) -> None:
    names = ("telemetry_policy", "telemetry_text_version", "custom_id_policy")

    def told(answer: Any) -> tuple[str, ...]:
        return tuple(answer.json()[name] for name in names)

    assert told(api.get(ROOT)) == ("on", "", "off")
    unsaid = api.patch(ROOT, {"telemetry_policy": "consent"})
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "invalid_value")
    by_consent = {"telemetry_policy": "consent", "telemetry_text_version": "2026-12"}
    assert told(api.patch(ROOT, by_consent)) == ("consent", "2026-12", "off")
    # What isn't named stays.
    assert told(api.patch(ROOT, {"custom_id_policy": "allowed"})) == ("consent", "2026-12", "allowed")
    assert told(api.patch(ROOT, {"telemetry_policy": "off"})) == ("off", "2026-12", "allowed")
    first = recorded(Action.APP_CHANGED)[0]
    assert (first.actor_kind, first.detail["after"]) == (ActorKind.API_TOKEN.value, by_consent)
    for wrong in ({"telemetry_policy": "maybe"}, {"telemetry_text_version": "a text"}):
        assert api.patch(ROOT, wrong).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("", {"native_min": "new"}, id="a setting"),
        pytest.param("", {"platforms": ["windows"]}, id="a platform"),
        pytest.param("/shutoff", {"reason": " "}, id="no reason"),
        pytest.param("/freezes", FREEZE | {"ends_at": "2027-01-01T00:00:00Z"}, id="a freeze"),
        pytest.param("/freezes", FREEZE | {"zone": "Mars/Base"}, id="a zone"),
    ],
)
def test_what_cannot_be_is_refused(api: API, production: Channel, path: str, body: dict[str, Any]) -> None:
    answer = api.patch(CHANNEL, body) if not path else api.post(f"{CHANNEL}{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_a_channel_is_paused_resumed_and_shut_off(api: API, production: Channel) -> None:
    assert api.post(f"{CHANNEL}/pause").json()["paused_at"] is not None
    assert api.post(f"{CHANNEL}/resume").json()["paused_at"] is None
    assert api.post(f"{CHANNEL}/shutoff", {"reason": "It crashes."}).json()["shutoff_at"] is not None
    assert api.post(f"{ROOT}/shutoff", {"reason": "It crashes."}).json()["shutoff_at"] is not None
    assert [event.actor_kind for event in recorded(Action.CHANNEL_SHUT_OFF)] == [ActorKind.API_TOKEN.value]


def test_freezes_are_added_listed_and_taken_back(api: API, production: Channel) -> None:
    made = api.post(f"{CHANNEL}/freezes", FREEZE, key="christmas")
    assert made.status_code == 201
    assert api.post(f"{CHANNEL}/freezes", FREEZE, key="christmas").json() == made.json()
    assert api.get(f"{CHANNEL}/freezes").json()["results"] == [made.json()]
    one = f"{CHANNEL}/freezes/{made.json()['id']}"
    assert api.client.delete(one).status_code == 204
    assert api.client.delete(one).status_code == 404


def test_a_channel_says_what_its_releases_need(api: API, production: Channel, ansel: User) -> None:
    sign_offs_require(channel=production, requirements=[Requirement("approver", 1)], actor=SYSTEM)
    assert api.get(CHANNEL).json()["sign_offs"] == [{"role": "approver", "count": 1}]
    assert api.get(CHANNEL).json()["frozen_until"] is None


def test_a_token_that_may_change_channels_does_not_shut_off(
    api_with: Callable[..., API], production: Channel
) -> None:
    api = api_with(Permission.CHANNEL_MANAGE)
    assert api.post(f"{CHANNEL}/pause").status_code == 200
    for path in (f"{CHANNEL}/shutoff", f"{ROOT}/shutoff"):
        assert api.post(path, {"reason": "x"}).status_code == 403


def test_a_list_of_channels_asks_no_more_when_there_are_more(
    api: API, production: Channel, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    api.get(f"{ROOT}/channels")  # the token's first use is written down
    with django_assert_max_num_queries(20) as asked:
        api.get(f"{ROOT}/channels")
        before = len(asked)
    for name in ("beta", "staging"):
        api.post(f"{ROOT}/channels", {"name": name, "platforms": ["ios"]})
        api.post(f"{ROOT}/channels/{name}/freezes", FREEZE)
    with django_assert_num_queries(before):
        api.get(f"{ROOT}/channels")


def default_set(app: App, name: str) -> None:
    settings = replace(app_settings(app), default_channel=name)
    app_change(app=app, settings=settings, actor=SYSTEM)


def test_what_names_no_channel_goes_live_on_the_default_one(api: API, production: Channel) -> None:
    bundle_made(production.app, "1.0.0")
    refused = api.post(f"{ROOT}/releases", {"version": "1.0.0"})
    assert (refused.status_code, refused.json()["detail"]) == (
        404,
        "Clinic has no default channel. Name one, or set it.",
    )
    default_set(production.app, "production")
    done = api.post(f"{ROOT}/releases", {"version": "1.0.0"}, key="one")
    assert (done.status_code, done.json()["channel"]) == (201, "production")
    assert api.post(f"{ROOT}/releases", {"version": "1.0.0"}, key="one").json() == done.json()


def test_a_grant_on_the_default_channel_alone_is_enough(app: App, production: Channel, olaf: User) -> None:
    bundle_made(app, "1.0.0")
    granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "production")
    _, plain = token_of(olaf)
    api = API(plain)
    assert api.post(f"{ROOT}/releases", {"version": "1.0.0"}).status_code == 403
    channel_made(app, "beta", public=False)
    default_set(app, "beta")
    assert api.post(f"{ROOT}/releases", {"version": "1.0.0"}).status_code == 403
    default_set(App.objects.get(pk=APP_ID), "production")
    assert api.post(f"{ROOT}/releases", {"version": "1.0.0"}).status_code == 201
