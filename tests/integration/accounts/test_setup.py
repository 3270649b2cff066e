"""The set-up link: once, for a day, all or nothing; and who comes in by it."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.domain.presets import Preset
from accounts.domain.roles import INSIDER_ROLES, Role
from accounts.errors import SetupLinkError
from accounts.models import ConsolePolicy, SetupLink, TOTPAuthenticator, User
from accounts.services.setup import setup_is_open, setup_link_issue
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.operator import totp
from tests.support.people import PASSWORD, signed_in, signs_in

FIELDS = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "preset": "team"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> str:
    return f"/setup/{setup_link_issue(now=clock.now())}/"


def secret_shown(client: Client, link: str) -> str:
    found = re.search(r'data-testid="totp-secret"[^>]*>([A-Z2-7]+)<', client.get(link).content.decode())
    assert found is not None
    return found[1]


def complete(client: Client, link: str, **changed: str) -> Any:
    code = totp(secret_shown(client, link))
    return client.post(link, FIELDS | {"code": code} | changed)


def test_the_first_administrator_comes_in_signed_in_and_verified(client: Client, link: str) -> None:
    assert complete(client, link, time_zone="Europe/Berlin").headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    ada = User.objects.get()
    assert (ada.name, ada.email, ada.time_zone) == ("Ada", "ada@example.com", "Europe/Berlin")
    assert ConsolePolicy.objects.get().preset == "team"
    assert not setup_is_open()


@pytest.mark.parametrize(
    ("preset", "roles"),
    [
        pytest.param(Preset.SOLO, set(INSIDER_ROLES), id="solo-does-everything"),
        pytest.param(Preset.TEAM, {Role.ADMINISTRATOR, Role.RELEASE_MANAGER}, id="team"),
        pytest.param(Preset.REGULATED, {Role.ADMINISTRATOR, Role.RELEASE_MANAGER}, id="regulated"),
    ],
)
def test_the_preset_decides_about_their_roles(
    client: Client, link: str, preset: Preset, roles: set[Role]
) -> None:
    complete(client, link, preset=preset.value)
    assert {group.name for group in User.objects.get().groups.all()} == {role.value for role in roles}


def test_all_of_it_is_on_record(client: Client, link: str) -> None:
    complete(client, link)
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert actions == [
        "accounts:setup_link:issue",
        "accounts:person:create",
        "accounts:role:grant",
        "accounts:role:grant",
        "accounts:authenticator:add",
        "accounts:policy:choose",
        "accounts:console:set_up",
    ]


def test_the_link_works_once(client: Client, link: str) -> None:
    complete(client, link)
    assert Client().get(link).status_code == 410


def test_the_link_rests_as_a_hash(link: str) -> None:
    assert SetupLink.objects.get().token_sha256 not in link
    assert link.split("/")[2] not in str(SetupLink.objects.values_list().get())


def test_the_link_works_for_a_day(client: Client, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=23, minutes=59)):
        assert client.get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=24)):
        answer = client.get(link)
    assert answer.status_code == 410
    assert b"This set-up link can&#x27;t be used any more." in answer.content


def test_a_newer_link_takes_the_place_of_an_older(client: Client, link: str) -> None:
    newer = setup_link_issue(now=clock.now())
    assert client.get(link).status_code == 410
    assert client.get(f"/setup/{newer}/").status_code == 200


def test_a_made_up_link_opens_nothing(client: Client) -> None:
    assert client.get("/setup/guessed/").status_code == 410
    assert client.post("/setup/guessed/", FIELDS | {"code": "123456"}).status_code == 410
    assert not User.objects.exists()


def test_no_link_is_made_once_somebody_has_been_set_up(ada: User) -> None:
    with pytest.raises(SetupLinkError):
        setup_link_issue(now=clock.now())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({"code": "000000"}, b"The code didn&#x27;t match.", id="wrong-code"),
        pytest.param({"code": "12345"}, b"A code has 6 digits.", id="short-code"),
        pytest.param({"password": "short"}, b"at least 15 characters", id="short-password"),
        pytest.param({"password": "ada@example.com"}, b"easy to guess", id="password-like-address"),
        pytest.param({"email": "nobody"}, b"valid email address", id="no-address"),
        pytest.param({"name": " "}, b"This field is required.", id="no-name"),
        pytest.param({"preset": "lax"}, b"not one of the available choices", id="unknown-preset"),
    ],
)
def test_what_is_refused_leaves_nothing_behind_and_the_link_usable(
    client: Client, link: str, changed: dict[str, str], said: bytes
) -> None:
    answer = complete(client, link, **changed)
    assert answer.status_code == 200
    assert said in answer.content
    assert not User.objects.exists()
    assert not TOTPAuthenticator.objects.exists()
    assert not ConsolePolicy.objects.exists()
    assert complete(client, link).status_code == 302


def test_the_seed_stays_the_same_for_who_tries_again(client: Client, link: str) -> None:
    assert secret_shown(client, link) == secret_shown(client, link)


def test_each_browser_has_a_seed_of_its_own(client: Client, link: str) -> None:
    assert secret_shown(client, link) != secret_shown(Client(), link)


def test_the_seed_is_never_taken_from_the_client(client: Client, link: str) -> None:
    chosen = base64.b32encode(b"chosen by the client").decode()
    client.get(link)
    fields = {"seed": chosen, "totp_secret": chosen, "secret": chosen, "code": totp(chosen)}
    assert client.post(link, FIELDS | fields).status_code == 200
    assert not User.objects.exists()


def test_the_pending_seed_rests_sealed(client: Client, link: str) -> None:
    secret = secret_shown(client, link)
    stored = Session.objects.get().get_decoded()["setup_totp_seed"]
    assert stored.startswith("v1.")
    assert secret not in stored


def test_the_code_of_the_set_up_is_used_up(client: Client, link: str) -> None:
    secret = secret_shown(client, link)
    code = totp(secret)
    client.post(link, FIELDS | {"code": code})
    second = Client()
    signs_in(second, email="ada@example.com", code=code)
    assert second.get("/console/").status_code == 302


def test_an_unknown_time_zone_becomes_utc(client: Client, link: str) -> None:
    complete(client, link, time_zone="Middle/Earth")
    assert User.objects.get().time_zone == "UTC"


def test_pages_show_times_in_the_zone_of_who_looks(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
    event = AuditEvent.objects.latest("number")
    page = signed_in(ada).get("/console/compliance/log/").content.decode()
    tokyo = event.at + timedelta(hours=9)
    assert f">{tokyo:%H:%M:%S}</time>" in page
    assert f"{event.at:%Y-%m-%d %H:%M:%S} UTC" in page
