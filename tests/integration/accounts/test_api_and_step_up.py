"""No API token performs what is confirmed with a fresh second factor: no way leads there, no page opens."""

import re
from datetime import timedelta

import grimp
import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.domain.roles import TOKEN_PERMISSIONS
from accounts.models import User
from accounts.services.api_tokens import api_token_issue
from releaseconsole.kernel import clock
from tests.support.shipping import APP_ID, app_made

APPS = ("accounts", "compliance", "signing", "updates")
STEP_UP = "accounts.services.step_up"
IDS = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "str": APP_ID}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*APPS)


def test_there_are_services_that_need_a_step_up(graph: grimp.ImportGraph) -> None:
    for services in ("signing.services.operations", "accounts.services.publishers"):
        assert graph.find_shortest_chain(importer=services, imported=STEP_UP, as_packages=True)


@pytest.mark.parametrize("app", ["accounts", "signing", "updates"])
def test_no_view_of_the_api_leads_to_any_of_them(graph: grimp.ImportGraph, app: str) -> None:
    assert graph.find_shortest_chain(importer=f"{app}.api", imported=STEP_UP, as_packages=True) is None


def console_paths() -> list[str]:
    """Every address below `/console/`, with something in its gaps."""
    routes: list[str] = []

    def walk(patterns: object, before: str) -> None:
        for pattern in patterns:  # type: ignore[attr-defined]  # a resolver's list
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            else:
                routes.append(route)

    walk(get_resolver().url_patterns, "/")
    filled = (re.sub(r"<(?:(\w+):)?\w+>", lambda gap: IDS.get(gap[1] or "str", "x"), one) for one in routes)
    return [path for path in filled if path.startswith("/console/") and re.fullmatch(r"[\w/.:-]+", path)]


def test_a_page_of_the_console_sees_a_stranger_in_whoever_brings_an_api_token(rita: User) -> None:
    app_made()
    _, plain = api_token_issue(
        name="CI",
        app_id=APP_ID,
        permissions=TOKEN_PERMISSIONS,
        expires_at=clock.now() + timedelta(days=1),
        created_by=rita,
        actor=rita.actor,
    )
    machine, stranger = Client(headers={"Authorization": f"Bearer {plain}"}), Client()
    paths = console_paths()
    assert f"/console/apps/{APP_ID}/publishers/{APP_ID}/register/" in paths
    assert len(paths) > 40
    for path in paths:
        for method in ("get", "post"):
            answers = [getattr(client, method)(path).status_code for client in (machine, stranger)]
            assert answers[0] == answers[1], path
