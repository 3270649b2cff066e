"""Who may open which page of apps, channels, bundles, releases, devices and tokens, and act on it."""

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import ROLE_PERMISSIONS, Permission, Role
from accounts.models import APIToken, TrustedPublisher, User
from accounts.services.people import person_create, totp_enrol
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.people import PASSWORD, SEED, signed_in
from tests.support.shipping import APP_ID, app_made, channel_made, recorded, released
from updates.models import Channel, Device
from updates.urls import urlpatterns

VIEWERS: Final = set(Role)
MANAGERS: Final = {Role.ADMINISTRATOR, Role.RELEASE_MANAGER}
ROLL_BACK: Final = {Role.RELEASE_MANAGER, Role.APPROVER}
DEVICE: Final = "8f0f2f4e-0000-4000-8000-000000000001"

# Every page by its name in `updates.urls`: what stands in its address, and whom it opens to.
PAGES: Final[dict[str, tuple[tuple[object, ...], set[Role]]]] = {
    "apps": ((), VIEWERS),
    "app-new": ((), MANAGERS),
    "app": ((APP_ID,), VIEWERS),
    "channel-new": ((APP_ID,), MANAGERS),
    "channel": ((APP_ID, "production"), VIEWERS),
    "channel-settings": ((APP_ID, "production"), MANAGERS),
    "channel-member-new": ((APP_ID, "production"), {Role.RELEASE_MANAGER}),
    "channel-member-remove": ((APP_ID, "production"), {Role.RELEASE_MANAGER}),
    "release-new": ((APP_ID, "production"), {Role.RELEASE_MANAGER}),
    "channel-rollback": ((APP_ID, "production"), ROLL_BACK),
    "releases": ((APP_ID,), VIEWERS),
    "release": ((APP_ID, 1), VIEWERS),
    "release-figures": ((APP_ID, 1), VIEWERS),
    "release-rollout": ((APP_ID, 1), {Role.RELEASE_MANAGER}),
    "bundle-new": ((APP_ID,), {Role.RELEASE_MANAGER, Role.APP_DEVELOPER}),
    "bundles": ((APP_ID,), VIEWERS),
    "bundle": ((APP_ID, "1.0.0"), VIEWERS),
    "devices": ((APP_ID,), VIEWERS),
    "device": ((APP_ID, DEVICE), VIEWERS),
    "publishers": ((APP_ID,), MANAGERS),
    "publisher-register": ((APP_ID, "github"), MANAGERS),
    "publisher": ((APP_ID, 1), MANAGERS),
    "publisher-remove": ((APP_ID, 1), MANAGERS),
    "tokens": ((APP_ID,), MANAGERS),
    "token-revoke": ((APP_ID, 1), MANAGERS),
}
POST_ONLY: Final = {
    "channel-member-new",
    "channel-member-remove",
    "release-rollout",
    "token-revoke",
    "publisher-remove",
}


def address(name: str) -> str:
    return reverse(f"updates:{name}", args=PAGES[name][0])


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


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    """One person for each role, who has no other."""
    made = {}
    for role in Role:
        user = person_create(
            email=f"{role.value}@example.com",
            name=role.value,
            password=PASSWORD,
            roles=frozenset({role}),
            actor=None,
        )
        totp_enrol(user=user, seed=SEED, name="Authenticator app", actor=user.actor)
        made[role] = user
    return made


def test_the_table_names_every_page() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PAGES)


def opened_to(people: dict[Role, User], method: str) -> dict[str, set[Role]]:
    """Ask for every page as everybody; the forms are empty, so nothing changes."""
    opened: dict[str, set[Role]] = {name: set() for name in PAGES}
    for role, user in people.items():
        ask = getattr(signed_in(user), method)
        for name in PAGES:
            if ask(address(name)).status_code != 403:
                opened[name].add(role)
    return opened


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_opens_to_the_roles_of_the_table_only(
    method: str, production: Channel, people: dict[Role, User]
) -> None:
    assert opened_to(people, method) == {name: roles for name, (_, roles) in PAGES.items()}


def test_who_may_see_a_page_gets_it(production: Channel, rita: User) -> None:
    terms = {"kind": "github", "owner": "clinic", "repository": "app", "workflow": "release.yml"}
    TrustedPublisher.objects.create(pk=1, app_id=APP_ID, **terms, created_by=rita, created_at=clock.now())
    client = signed_in(rita)
    answers = {name: client.get(address(name)).status_code for name in PAGES}
    assert answers == {name: 405 if name in POST_ONLY else 200 for name in PAGES}


def test_figures_by_themselves_are_only_read(production: Channel, rita: User) -> None:
    assert signed_in(rita).post(address("release-figures")).status_code == 405


def test_nobody_comes_in_on_a_password_alone(production: Channel, rita: User) -> None:
    client = Client()
    client.force_login(rita)
    for name in PAGES:
        for answer in (client.get(address(name)), client.post(address(name))):
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/console/login/"), name


def test_a_post_without_a_csrf_token_is_refused(production: Channel, rita: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(rita).cookies
    assert {client.post(address(name)).status_code for name in PAGES} == {403}
    assert not recorded(Action.ACCESS_DENIED)  # no matter of roles


def test_a_refusal_names_the_permission_and_is_on_record(production: Channel, olaf: User) -> None:
    answer = signed_in(olaf).get(address("channel-rollback"))
    assert re.search(r"needs the permission\s+<strong>roll back releases</strong>", answer.content.decode())
    event = AuditEvent.objects.get(action=Action.ACCESS_DENIED.value)
    assert (event.actor_id, event.outcome) == (str(olaf.pk), Outcome.DENIED.value)
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


def test_nobody_passes_on_by_token_what_they_may_not_do_themselves(
    production: Channel, people: dict[Role, User]
) -> None:
    lacking = Permission.RELEASE_PUBLISH
    assert lacking not in ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    asked = {"name": "CI", "permissions": [lacking.value], "days": "30"}
    page = signed_in(people[Role.ADMINISTRATOR]).post(address("tokens"), asked)
    assert b"Select a valid choice" in page.content
    assert not APIToken.objects.exists()
