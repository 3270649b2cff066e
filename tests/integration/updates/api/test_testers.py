"""Groups, invites and previews, as CI asks for them."""

from collections.abc import Callable

import pytest

from accounts.domain.roles import Permission
from accounts.models import Letter
from compliance.ledger.domain.events import SYSTEM, Action
from tests.integration.updates.api.conftest import API, ROOT
from tests.support.beta import group_made, invited, joins
from tests.support.shipping import bundle_made, channel_made, recorded
from updates.models import App, Channel, IdempotencyRecord, TesterGroup, TesterInvite
from updates.services.previews import PreviewWish, preview_open

GROUPS = f"{ROOT}/tester-groups"
PREVIEWS = f"{ROOT}/previews"


@pytest.fixture
def beta(app: App) -> Channel:
    return channel_made(app, "beta", public=False)


@pytest.fixture
def group(beta: Channel) -> TesterGroup:
    return group_made(beta)


def test_a_group_is_made_once_under_a_key_and_read_with_its_funnel(api: API, beta: Channel) -> None:
    body = {"name": "Nurses", "channels": ["beta"], "max_devices": 2, "ends_at": "2100-01-01T00:00:00Z"}
    made = api.post(GROUPS, body, key="job-1")
    assert made.status_code == 201
    assert api.post(GROUPS, body, key="job-1").json() == made.json()
    group = TesterGroup.objects.get()
    joins(invited(group).link)
    read = api.get(f"{GROUPS}/{group.pk}").json()
    assert read["funnel"] == {"sent": 1, "opened": 1, "accepted": 1, "joined": 0, "latest": 0}
    assert (read["channels"], read["max_devices"]) == (["beta"], 2)
    assert [each["id"] for each in api.get(GROUPS).json()["results"]] == [group.pk]


@pytest.mark.parametrize("channel", ["absent", "preview-pr-1"])
def test_a_group_is_for_channels_that_are_there_and_no_preview(api: API, app: App, channel: str) -> None:
    wish = PreviewWish(subject="PR 1", days=1, testers=1)
    preview_open(app=app, wish=wish, actor=SYSTEM, person=None)
    answer = api.post(GROUPS, {"name": "Nurses", "channels": [channel]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")


def test_an_invite_is_mailed_and_its_link_not_told(api: API, group: TesterGroup) -> None:
    answer = api.post(f"{GROUPS}/{group.pk}/invites", {"name": "Tess", "email": "Tess@Example.com"})
    assert answer.status_code == 201
    assert answer.json()["link"] is None
    assert Letter.objects.get().address == "tess@example.com"
    assert recorded(Action.TESTER_INVITED)[-1].actor_kind == "api_token"


def test_a_link_is_told_once_and_kept_nowhere(api: API, group: TesterGroup) -> None:
    answer = api.post(f"{GROUPS}/{group.pk}/invites", {"name": "Tess", "send": False}, key="job-1")
    link = answer.json()["link"]
    joins(link)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not IdempotencyRecord.objects.exists()
    many = api.post(f"{GROUPS}/{group.pk}/links", {"cap": 2, "days": 3}).json()
    joins(many["link"])
    assert TesterInvite.objects.get(pk=many["id"]).cap == 2


def test_somebody_invited_already_is_a_conflict(api: API, group: TesterGroup) -> None:
    body = {"email": "tess@example.com"}
    api.post(f"{GROUPS}/{group.pk}/invites", body)
    answer = api.post(f"{GROUPS}/{group.pk}/invites", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_group_of_another_app_is_not_found(api: API, group: TesterGroup) -> None:
    assert api.get(f"{GROUPS}/{group.pk + 1}").status_code == 404


def test_a_preview_opens_with_a_link_goes_on_without_and_ends(api: API, app: App) -> None:
    bundle_made(app, "1.0.0")
    body = {"subject": "PR 123", "version": "1.0.0", "days": 3}
    opened = api.post(PREVIEWS, body)
    assert opened.status_code == 201
    assert (opened.json()["preview"]["channel"], opened.json()["release_seq"]) == ("preview-pr-123", 1)
    assert opened.json()["qr_code"].startswith("data:image/svg+xml")
    joins(opened.json()["link"])
    again = api.post(PREVIEWS, body)
    assert (again.status_code, again.json()["link"], again.json()["release_seq"]) == (200, None, None)
    assert [each["channel"] for each in api.get(PREVIEWS).json()["results"]] == ["preview-pr-123"]
    assert api.post(f"{PREVIEWS}/preview-pr-123/end").status_code == 200
    assert api.post(f"{PREVIEWS}/preview-pr-123/end").status_code == 404


@pytest.mark.parametrize("lacks", [Permission.TESTER_MANAGE, Permission.RELEASE_PUBLISH])
def test_a_preview_takes_both_permissions(api_with: Callable[..., API], lacks: Permission) -> None:
    both = {Permission.APP_VIEW, Permission.TESTER_MANAGE, Permission.RELEASE_PUBLISH}
    api = api_with(*(both - {lacks}))
    for answer in (api.get(PREVIEWS), api.post(PREVIEWS, {"subject": "PR 1"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert not Channel.objects.exists()
