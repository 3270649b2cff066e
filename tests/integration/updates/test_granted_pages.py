"""What somebody with grants sees and does: their apps and channels, as if there were no others."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.domain.roles import Permission
from accounts.errors import APITokenTermsError, PermissionDeniedError
from accounts.models import APIToken, User
from accounts.services.api_tokens import api_token_issue, api_token_require
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import granted
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded, released
from updates.models import Channel, Release

OTHER = "com.example.other"
APP_PAGE = f"/console/apps/{APP_ID}/"
BETA_PAGE = f"{APP_PAGE}channels/beta/"


@pytest.fixture(autouse=True)
def beta(db: None) -> Channel:
    """Two apps; the clinic has a public channel and one for testers, with a release on each."""
    other = app_made(OTHER)
    released(channel_made(other), "9.0.0")
    app = app_made()
    released(channel_made(app, "production"), "1.0.0")
    beta = channel_made(app, "beta", public=False)
    released(beta, "1.1.0", rollout_bps=5_000)
    return beta


@pytest.fixture
def helper(olaf: User) -> Client:
    """Somebody who may publish on the clinic's beta channel, and nothing else."""
    granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    return signed_in(olaf)


@pytest.fixture
def guest(olaf: User) -> Client:
    """Somebody who may look at the clinic's app, and nothing else."""
    granted(olaf, Permission.APP_VIEW, APP_ID)
    return signed_in(olaf)


def page(client: Client, path: str, **asked: str) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def publish(client: Client, channel: str) -> Any:
    asked = {"version": "1.0.0", "rollout_percent": "100"}
    return client.post(f"{APP_PAGE}channels/{channel}/publish/", asked)


@pytest.mark.parametrize("path", ["/console/", "/console/apps/"])
def test_lists_hold_just_the_apps_that_are_open(path: str, guest: Client, rita: User) -> None:
    shown = page(guest, path)
    assert APP_ID in shown
    assert OTHER not in shown
    assert "production" in shown
    assert OTHER in page(signed_in(rita), path)


@pytest.mark.parametrize("path", ["/console/", "/console/apps/", APP_PAGE, f"{APP_PAGE}releases/"])
def test_of_an_app_just_the_open_channels_are_shown(path: str, helper: Client) -> None:
    shown = page(helper, path)
    assert "beta" in shown
    assert "production" not in shown
    assert "1.1.0" in shown
    assert OTHER not in shown


def test_what_concerns_the_whole_app_is_not_told_to_who_sees_a_channel(helper: Client) -> None:
    for path in ("/console/", "/console/apps/"):
        assert "seen so far" not in page(helper, path)
    shown = page(helper, APP_PAGE)
    assert "Known devices" not in shown
    assert "devices/" not in shown
    assert helper.get(f"{APP_PAGE}devices/").status_code == 403


def test_the_side_bar_offers_apps_and_nothing_else(helper: Client) -> None:
    shown = page(helper, "/console/")
    assert re.findall(r'<li><a href="(/console/[^"]*)"', shown) == ["/console/", "/console/apps/"]


def test_who_has_nothing_is_offered_nothing(olaf: User) -> None:
    client = signed_in(olaf)
    assert '"/console/apps/"' not in page(client, "/console/")
    assert client.get("/console/apps/").status_code == 403


def test_a_grant_publishes_on_its_channel_and_on_no_other(helper: Client, beta: Channel) -> None:
    before = Release.objects.count()
    assert publish(helper, "production").status_code == 404
    assert Release.objects.count() == before
    assert publish(helper, "beta").status_code == 302
    newest = Release.objects.latest("release_seq")
    assert (newest.channel, newest.bundle.version) == (beta, "1.0.0")


def test_it_changes_rollouts_of_its_channel_and_of_no_other(helper: Client) -> None:
    seqs = dict(Release.objects.filter(app_id=APP_ID).values_list("channel__name", "release_seq"))
    for name, status in (("production", 404), ("beta", 302)):
        answer = helper.post(f"{APP_PAGE}releases/{seqs[name]}/rollout/", {"rollout_percent": "60"})
        assert answer.status_code == status
    assert Release.objects.get(app_id=APP_ID, channel__name="beta").rollout_bps == 6_000


def test_pages_offer_what_the_grant_gives(helper: Client) -> None:
    shown = page(helper, BETA_PAGE)
    assert f"{BETA_PAGE}publish/" in shown
    assert "roll-back" not in shown
    assert "settings" not in shown
    bundle = page(helper, f"{APP_PAGE}bundles/1.0.0/")
    assert "Publish on beta" in bundle
    assert "production" not in bundle
    assert "Upload a bundle" not in page(helper, f"{APP_PAGE}bundles/")


def test_a_look_is_no_more_than_a_look(guest: Client) -> None:
    assert "publish/" not in page(guest, BETA_PAGE)
    assert "publish/" not in page(guest, f"{APP_PAGE}bundles/1.0.0/")
    answer = publish(guest, "beta")
    assert answer.status_code == 403
    assert recorded(Action.ACCESS_DENIED)[-1].detail["permission"] == "release_publish"


def test_releases_of_a_closed_channel_are_not_listed_by_its_name(helper: Client) -> None:
    assert helper.get(f"{APP_PAGE}releases/?channel=production").status_code == 404


def test_with_the_grants_end_the_pages_are_gone(olaf: User) -> None:
    life = timedelta(minutes=30)  # an idle session lives longer
    granted(olaf, Permission.RELEASE_PUBLISH, APP_ID, "beta", life=life)
    client = signed_in(olaf)
    assert client.get(BETA_PAGE).status_code == 200
    with time_machine.travel(clock.now() + life, tick=False):
        assert client.get(BETA_PAGE).status_code == 404
        assert publish(client, "beta").status_code == 404
        assert '"/console/apps/"' not in page(client, "/console/")


def test_keys_are_shown_by_roles_only(guest: Client) -> None:
    assert guest.get("/console/keys/").status_code == 403
    assert guest.get(f"/console/keys/{APP_ID}/").status_code == 403
    assert guest.get(f"/console/keys/{OTHER}/").status_code == 404
    assert guest.get("/console/keys/com.example.none/").status_code == 404
    assert guest.get("/console/keys/console/").status_code == 403


def issue(person: User, permission: Permission, app_id: str = APP_ID) -> APIToken:
    token, _ = api_token_issue(
        name="CI",
        app_id=app_id,
        permissions=[permission],
        expires_at=clock.now() + timedelta(days=30),
        created_by=person,
        actor=person.actor,
    )
    return token


def test_a_token_carries_what_its_issuer_has_by_a_grant_as_long_as_they_do(ada: User) -> None:
    publish = Permission.RELEASE_PUBLISH
    with pytest.raises(APITokenTermsError):
        issue(ada, publish)
    granted(ada, publish, APP_ID, life=timedelta(days=1))
    issuer = User.objects.get(pk=ada.pk)
    token = issue(issuer, publish)
    with pytest.raises(APITokenTermsError):
        issue(issuer, publish, OTHER)
    api_token_require(token=token, permission=publish, app_id=APP_ID)
    with (
        time_machine.travel(clock.now() + timedelta(days=1), tick=False),
        pytest.raises(PermissionDeniedError),
    ):
        api_token_require(token=token, permission=publish, app_id=APP_ID)


def test_a_grant_on_a_channel_is_not_passed_on_to_a_token_of_the_app(ada: User) -> None:
    granted(ada, Permission.RELEASE_PUBLISH, APP_ID, "beta")
    with pytest.raises(APITokenTermsError):
        issue(User.objects.get(pk=ada.pk), Permission.RELEASE_PUBLISH)
    offered = page(signed_in(ada), f"{APP_PAGE}tokens/")
    assert 'value="release_publish"' not in offered
    assert 'value="app_view"' in offered
