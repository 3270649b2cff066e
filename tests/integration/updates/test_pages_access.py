"""How pages of apps refuse; who gets through which of them is in tests/integration/test_access_table.py."""

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import ROLE_PERMISSIONS, Permission, Role
from accounts.models import APIToken, TrustedPublisher, User
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded, released
from updates.models import Channel, Device

DEVICE: Final = "8f0f2f4e-0000-4000-8000-000000000001"

# Every page by its name in `updates.urls`, and what stands in its address.
PAGES: Final[dict[str, tuple[object, ...]]] = {
    "apps": (),
    "app-new": (),
    "app": (APP_ID,),
    "channel-new": (APP_ID,),
    "channel": (APP_ID, "production"),
    "channel-settings": (APP_ID, "production"),
    "channel-member-new": (APP_ID, "production"),
    "channel-member-remove": (APP_ID, "production"),
    "release-new": (APP_ID, "production"),
    "channel-rollback": (APP_ID, "production"),
    "releases": (APP_ID,),
    "release": (APP_ID, 1),
    "release-figures": (APP_ID, 1),
    "release-rollout": (APP_ID, 1),
    "bundle-new": (APP_ID,),
    "bundles": (APP_ID,),
    "bundle": (APP_ID, "1.0.0"),
    "devices": (APP_ID,),
    "device": (APP_ID, DEVICE),
    "publishers": (APP_ID,),
    "publisher-register": (APP_ID, "github"),
    "publisher": (APP_ID, 1),
    "publisher-remove": (APP_ID, 1),
    "tokens": (APP_ID,),
    "token-revoke": (APP_ID, 1),
}
POST_ONLY: Final = {
    "channel-member-new",
    "channel-member-remove",
    "release-rollout",
    "token-revoke",
    "publisher-remove",
}


def address(name: str) -> str:
    return reverse(f"updates:{name}", args=PAGES[name])


@pytest.fixture
def production(db: None) -> Channel:
    """A channel with something live, an older release to go back to, and a device."""
    channel = channel_made(app_made())
    for version in ("1.0.0", "1.1.0"):
        released(channel, version)
    now = clock.now()
    Device.objects.create(
        app=channel.app, device_id=DEVICE, first_seen_at=now, last_seen_at=now, channel_name=channel.name
    )
    return channel


def test_who_may_see_a_page_gets_it(production: Channel, rita: User) -> None:
    terms = {"kind": "github", "owner": "clinic", "repository": "app", "workflow": "release.yml"}
    TrustedPublisher.objects.create(pk=1, app_id=APP_ID, **terms, created_by=rita, created_at=clock.now())
    client = signed_in(rita)
    answers = {name: client.get(address(name)).status_code for name in PAGES}
    assert answers == {name: 405 if name in POST_ONLY else 200 for name in PAGES}


def test_figures_by_themselves_are_only_read(production: Channel, rita: User) -> None:
    assert signed_in(rita).post(address("release-figures")).status_code == 405


def test_a_post_without_a_csrf_token_is_refused(production: Channel, rita: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(rita).cookies
    assert {client.post(address(name)).status_code for name in PAGES} == {403}
    assert not recorded(Action.ACCESS_DENIED)  # no matter of roles


def test_a_refusal_names_the_permission_and_is_on_record(production: Channel, audra: User) -> None:
    answer = signed_in(audra).get(address("channel-rollback"))
    assert answer.status_code == 403
    assert re.search(r"needs the permission\s+<strong>roll back releases</strong>", answer.content.decode())
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert (event.actor_id, event.outcome) == (str(audra.pk), Outcome.DENIED.value)
    assert event.detail == {"permission": "release_roll_back", "path": address("channel-rollback")}


def test_who_may_not_even_look_learns_nothing_and_is_on_record(production: Channel, olaf: User) -> None:
    answer = signed_in(olaf).get(address("channel-rollback"))
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert event.detail == {"permission": "release_roll_back", "path": address("channel-rollback")}


def test_a_page_of_the_admin_site_refuses_in_the_same_way(rita: User) -> None:
    answer = signed_in(rita).get("/console/accounts/user/add/")
    assert answer.status_code == 403
    assert b"None of your roles opens this page." in answer.content
    assert [event.actor_id for event in recorded(Action.ACCESS_DENIED)] == [str(rita.pk)]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/console/apps/com.example.none/", id="app"),
        pytest.param(f"/console/apps/{APP_ID}/channels/none/", id="channel"),
        pytest.param(f"/console/apps/{APP_ID}/channels/none/publish/", id="channel to publish on"),
        pytest.param(f"/console/apps/{APP_ID}/releases/99/", id="release"),
        pytest.param(f"/console/apps/{APP_ID}/bundles/9.9.9/", id="bundle"),
        pytest.param(f"/console/apps/{APP_ID}/devices/none/", id="device"),
        pytest.param("/elsewhere/", id="address"),
    ],
)
def test_what_does_not_exist_is_said_inside_the_console(path: str, production: Channel, rita: User) -> None:
    answer = signed_in(rita).get(path)
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_nobody_passes_on_by_token_what_they_may_not_do_themselves(production: Channel, ada: User) -> None:
    lacking = Permission.RELEASE_PUBLISH
    assert lacking not in ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    asked = {"name": "CI", "permissions": [lacking.value], "days": "30"}
    page = signed_in(ada).post(address("tokens"), asked)
    assert b"Select a valid choice" in page.content
    assert not APIToken.objects.exists()
