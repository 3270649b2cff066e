"""No path but its pages leads to a key; who gets through is in tests/integration/test_access_table.py."""

import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from signing import services
from signing.models import SigningKey
from signing.services import operations
from signing.urls import urlpatterns
from tests.integration.signing.conftest import CLINIC, signs
from tests.support.people import signed_in


def test_a_post_without_a_csrf_token_is_refused(clinic: str, kai: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(kai).cookies
    named = {"owner": CLINIC, "key_id": signs(CLINIC).pk, "operation": "suspend", "name": "ward"}
    for pattern in urlpatterns:
        needed = pattern.pattern.converters
        args = [named.get(part, "delegation") for part in needed]
        assert client.post(reverse(f"signing:{pattern.name}", args=args)).status_code == 403, pattern.name


def test_every_operation_takes_an_authority() -> None:
    for name in operations.__all__:
        if name.endswith(("_operation", "_now", "_read")):
            continue  # these name or read; they change nothing
        found = getattr(operations, name)
        for service in found.values() if isinstance(found, Mapping) else [found]:
            assert "authority" in inspect.signature(service).parameters, name


def test_the_front_door_of_signing_hands_out_no_operation() -> None:
    assert not set(services.__all__) & {*operations.__all__, "profile_change", "claim_define", "claim_remove"}


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
