"""The life of a release by API: drafting, submitting, stopping, promoting, withdrawing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.roles import Permission
from accounts.models import APIToken, User
from releaseconsole.kernel import clock
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.releasing import found_in, frozen, sign_off_wanted
from tests.support.shipping import bundle_made, channel_made, released, standing
from updates.models import App, Channel, Release

RELEASES = f"{ROOT}/channels/production/releases"
ROLLBACK = f"{ROOT}/channels/production/rollback"


def test_a_draft_is_changed_and_submitted(api: API, production: Channel, rita: User) -> None:
    bundle_made(production.app, "1.0.0")
    at = (clock.now() + timedelta(hours=2)).isoformat()
    body = {"version": "1.0.0", "draft": True, "plan": [{"bps": 100, "soak_minutes": 5}, {"bps": 10_000}]}
    draft = api.post(RELEASES, body).json()
    assert (draft["state"], draft["rollout_bps"], draft["plan"][0]["soak_minutes"]) == ("draft", 100, 5)
    assert Release.objects.get().author == rita  # behind the token, who can't sign it off
    changes = {"audience": {"platforms": ["ios"]}, "scheduled_at": at, "scheduled_zone": "Europe/Berlin"}
    changed = api.patch(f"{RELEASES}/1", changes).json()
    assert (changed["audience"], changed["revision"]) == ({"platforms": ["ios"]}, 2)
    submitted = api.post(f"{RELEASES}/1/submit")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "scheduled")


def test_a_publication_that_needs_sign_offs_says_that_it_waits(api: API, production: Channel) -> None:
    sign_off_wanted(production)
    bundle_made(production.app, "1.0.0")
    answer = api.post(RELEASES, {"version": "1.0.0"})
    assert (answer.status_code, answer.json()["state"], answer.json()["published_at"]) == (
        201,
        "awaiting",
        None,
    )


def test_a_release_is_paused_resumed_and_given_up(api: API, production: Channel) -> None:
    released(production, "1.0.0")
    paused = api.post(f"{RELEASES}/1/pause", {"reason": "Odd"}).json()
    assert (paused["state"], paused["state_reason"]) == ("paused", "Odd")
    assert api.post(f"{RELEASES}/1/resume").json()["state"] == "live"
    bundle_made(production.app, "1.1.0")
    api.post(RELEASES, {"version": "1.1.0", "draft": True})
    assert api.post(f"{RELEASES}/2/discard").json()["state"] == "discarded"
    again = api.post(f"{RELEASES}/2/discard")
    assert (again.status_code, again.json()["code"]) == (409, "release_state")


def test_a_release_is_promoted_once_under_its_key(api: API, production: Channel) -> None:
    beta = channel_made(production.app, "beta", public=False)
    released(beta, "1.0.0")
    path = f"{ROOT}/channels/beta/releases/1/promote"
    first, again = (api.post(path, {"channel": "production", "rollout_bps": 500}, key="k") for _ in range(2))
    assert (first.status_code, first.json()["channel"], first.json()["rollout_bps"]) == (
        201,
        "production",
        500,
    )
    assert first.content == again.content
    assert Release.objects.get(channel=production).promoted_from is not None
    assert api.post(path, {"channel": "beta"}).json()["code"] == "conflict"
    assert api.post(path, {"channel": "none"}).status_code == 404


def test_a_token_for_one_channel_neither_promotes_beyond_it_nor_withdraws(
    api: API, production: Channel
) -> None:
    beta = channel_made(production.app, "beta", public=False)
    released(beta, "1.0.0")
    APIToken.objects.update(channels=["beta"])
    answers = [
        api.post(f"{ROOT}/channels/beta/releases/1/promote", {"channel": "production"}),
        api.post(f"{ROOT}/channels/beta/rollback", {"withdraw": True}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "permission_denied")
    ] * 2
    assert (standing(beta), standing(production)) == ({1: "live"}, {})


def test_a_compromised_release_is_withdrawn_by_api(api: API, production: Channel) -> None:
    released(production, "1.0.0")
    answer = api.post(ROLLBACK, {"withdraw": True, "reason": "Stolen key"}).json()
    assert [(one["state"], one["state_reason"]) for one in answer["rolled_back"]] == [
        ("withdrawn", "Stolen key")
    ]
    refused = api.post(RELEASES, {"version": "1.0.0"})
    assert (refused.status_code, refused.json()["code"]) == (409, "bundle_gone")


def test_what_is_in_the_way_has_a_code(api: API, production: Channel) -> None:
    bundle = bundle_made(production.app, "1.0.0")
    found_in(bundle)
    open_finding = api.post(RELEASES, {"version": "1.0.0"})
    assert (open_finding.status_code, open_finding.json()["code"]) == (422, "checks_unanswered")
    bundle.findings = []
    bundle.save(update_fields=["findings"])
    frozen(production)
    closed = api.post(RELEASES, {"version": "1.0.0"})
    assert (closed.status_code, closed.json()["code"]) == (409, "channel_frozen")
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"plan": [{"bps": 0}]}, id="a step for nobody"),
        pytest.param({"plan": [{"bps": 200}, {"bps": 100}]}, id="a falling plan"),
        pytest.param({"audience": {"platforms": ["symbian"]}}, id="an unknown platform"),
        pytest.param({"scheduled_at": "2020-01-01T00:00:00Z"}, id="in the past"),
        pytest.param({"check_answers": ["fine"]}, id="answers to nothing"),
    ],
)
def test_impossible_terms_are_refused(api: API, production: Channel, wrong: dict[str, Any]) -> None:
    bundle_made(production.app, "1.0.0")
    answer = api.post(RELEASES, {"version": "1.0.0", **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_once_published_only_the_share_changes(api: API, production: Channel) -> None:
    released(production, "1.0.0", 500)
    answer = api.patch(f"{RELEASES}/1", {"rollout_bps": 600, "notes": "Other"})
    assert (answer.status_code, answer.json()["code"]) == (409, "release_state")
    assert Release.objects.get().rollout_bps == 500


def test_stopping_is_the_right_of_who_rolls_back_and_going_on_of_who_publishes(
    api_with: Callable[..., API], app: App, production: Channel
) -> None:
    released(production, "1.0.0")
    stops, publishes = api_with(Permission.RELEASE_ROLL_BACK), api_with(Permission.RELEASE_PUBLISH)
    assert publishes.post(f"{RELEASES}/1/pause").status_code == 403
    assert stops.post(f"{RELEASES}/1/pause").status_code == 200
    assert stops.post(f"{RELEASES}/1/resume").status_code == 403
    assert publishes.post(f"{RELEASES}/1/resume").status_code == 200
