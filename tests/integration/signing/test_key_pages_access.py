"""Who may open which page of keys; and that no other path leads to one."""

import inspect
import re
from pathlib import Path
from typing import Final

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.domain.roles import Role
from accounts.models import User
from accounts.services.people import person_create, totp_enrol
from signing import services
from signing.models import SigningKey
from signing.services import operations
from signing.urls import urlpatterns
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.people import PASSWORD, SEED, signed_in

LOOK: Final = {Role.KEY_CUSTODIAN, Role.COMPLIANCE_OFFICER, Role.AUDITOR}
OPERATE: Final = {Role.KEY_CUSTODIAN}
PAGES: Final[dict[str, set[Role]]] = {
    "keys": LOOK,
    "owner": LOOK,
    "key": LOOK,
    "profile": LOOK,
    "import": OPERATE,
    "operation": OPERATE,
    "profile-change": OPERATE,
    "claim-define": OPERATE,
    "claim-remove": OPERATE,
    "root-register": OPERATE,
    "root-rotate": OPERATE,
    "ceremony": OPERATE,
    "ceremony-request": OPERATE,
}


def address(name: str) -> str:
    key = signs(CLINIC)
    args: dict[str, tuple[object, ...]] = {
        "keys": (),
        "key": (CLINIC, key.pk),
        "operation": (CLINIC, key.pk, "suspend"),
        "claim-remove": (CLINIC, "ward"),
        "ceremony": (CLINIC, "delegation"),
        "ceremony-request": (CLINIC, "delegation"),
    }
    return reverse(f"signing:{name}", args=args.get(name, (CLINIC,)))


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


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_opens_to_the_roles_of_the_table_only(
    method: str, clinic: str, people: dict[Role, User]
) -> None:
    opened: dict[str, set[Role]] = {name: set() for name in PAGES}
    for role, user in people.items():
        ask = getattr(signed_in(user), method)
        for name in PAGES:
            if ask(address(name)).status_code != 403:
                opened[name].add(role)
    assert opened == PAGES


def test_nobody_comes_in_on_a_password_alone(clinic: str, kai: User) -> None:
    client = Client()
    client.force_login(kai)
    for name in PAGES:
        for answer in (client.get(address(name)), client.post(address(name))):
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/console/login/"), name


def test_a_post_without_a_csrf_token_is_refused(clinic: str, kai: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(kai).cookies
    assert {client.post(address(name)).status_code for name in PAGES} == {403}


def test_every_operation_takes_an_authority() -> None:
    for name in operations.__all__:
        if name.endswith(("_operation", "_now", "_read")):
            continue  # these name or read; they change nothing
        assert "authority" in inspect.signature(getattr(operations, name)).parameters, name


def test_the_front_door_of_signing_hands_out_no_operation() -> None:
    assert not set(services.__all__) & set(operations.__all__)


def _routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        found += [route] if isinstance(pattern, URLPattern) else _routes(pattern, route)
    return found


def test_no_api_and_no_admin_page_touches_signing_keys() -> None:
    routes = _routes(get_resolver())
    assert not [route for route in routes if route.startswith("api/") and "signing-key" in route]
    assert not [route for route in routes if "signingkey" in route]
    assert not admin.site.is_registered(SigningKey)


@pytest.mark.parametrize("folder", ["accounts", "compliance", "updates", "releaseconsole", "signing/api"])
def test_nobody_else_imports_the_operations(folder: str) -> None:
    """Only pages and the command line do, and both make people confirm."""
    root = Path(__file__).resolve().parents[3]
    for module in sorted((root / folder).rglob("*.py")):
        assert not re.search(r"signing\.services\.operations", module.read_text("utf-8")), module


def test_of_all_commands_only_these_have_to_do_with_keys() -> None:
    root = Path(__file__).resolve().parents[3]
    commands = {path.stem for path in (root / "signing/management/commands").glob("[a-z]*.py")}
    # The others do what is due, and take no instruction.
    assert commands == {"keys", "reconcile_keys"}
