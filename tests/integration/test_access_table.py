"""The one table, tried: every page, API call and operation, for everybody there can be.

Its lines are in `tests/support/access_table.py`; a new address or operation without one fails here.
"""

import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import services as accounts_services
from accounts.domain.roles import Role
from accounts.errors import (
    ApprovalRequiredError,
    IdentityUnknownError,
    PermissionDeniedError,
    StepUpRequiredError,
)
from accounts.models import User
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from signing.services import operations
from signing.services.keys import keys_reconcile
from tests.support.access_act import Act, confirmations_of
from tests.support.access_acts import all_acts
from tests.support.access_own_acts import OWN_ACTS
from tests.support.access_table import (
    CALLS,
    ELSEWHERE,
    INSIDE,
    LOG_API,
    NOBODY,
    ONLY_CONFIRMED,
    ONLY_SHOWN,
    OPERATIONS,
    PAGES,
    SEE_APP,
)
from tests.support.access_world import OTHER_APP, OTHER_CHANNEL, World, token_of, world_made
from tests.support.actors import (
    EVERYBODY,
    EXTERNAL,
    ON_APP,
    ON_CHANNEL,
)
from tests.support.people import signed_in
from updates import services as updates_services

_ADMIN: Final = Role.ADMINISTRATOR.value


@pytest.fixture
def world(db: None) -> World:
    return world_made()


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address that Django answers, by the route that leads to it."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:
            route = f"{before}{pattern.pattern}"
            if isinstance(pattern, URLPattern):
                yield route, pattern
            else:
                yield from walk(pattern, route)

    return walk(get_resolver(), "")


def is_refused(answer: Any) -> bool:
    """Whether somebody wasn't let through: 403, or a 404 that the record calls a refusal."""
    path = answer.wsgi_request.path
    if answer.status_code == 404:
        denied = AuditEvent.objects.filter(action=Action.ACCESS_DENIED.value)
        return any(event.detail["path"] == path for event in denied)
    return bool(answer.status_code in {401, 403})


def let_through(world: World, method: str, asked: Mapping[str, AbstractSet[str]]) -> dict[str, set[str]]:
    """Ask for each page as whom is to be asked; forms are empty, so nothing of substance changes."""
    opened: dict[str, set[str]] = {route: set() for route in asked}
    for name in sorted(set().union(*asked.values())):
        client = signed_in(world.people[name])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        for route in (route for route, people in asked.items() if name in people):
            with transaction.atomic():
                if not is_refused(getattr(client, method)(world.address(route))):
                    opened[route].add(name)
                transaction.set_rollback(True)
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie  # one of the pages signs out everywhere
    return opened


def test_every_address_has_a_line() -> None:
    found = {route for route, _ in routes()}
    called = {route for _, route in CALLS}
    assert found == {*PAGES, *called, *ELSEWHERE}


def test_every_method_of_the_api_has_a_line() -> None:
    found = {
        (method, route)
        for route, pattern in routes()
        for method in getattr(getattr(pattern.callback, "cls", None), "permissions", ())
    }
    assert found == set(CALLS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="these are thousands of requests: see the next one"
)
def test_a_page_opens_to_whom_the_table_says(method: str, world: World) -> None:
    shut = ONLY_SHOWN | ONLY_CONFIRMED if method == "post" else set()
    expected = {route: NOBODY if route in shut else set(who) for route, who in PAGES.items()}
    assert let_through(world, method, dict.fromkeys(PAGES, EVERYBODY)) == expected


@pytest.mark.skipif(connection.vendor == "sqlite", reason="everybody is asked there")
def test_every_page_opens_by_a_role_and_by_rows_that_allow_it(world: World) -> None:
    """Which role opens what is no question to a database; what a page shows is, and so are grants."""
    granted = {ON_APP, ON_CHANNEL, EXTERNAL}
    asked = {route: granted | set(sorted({*who} - granted)[:1]) for route, who in PAGES.items()}
    expected = {route: set(who) & asked[route] for route, who in PAGES.items()}
    assert let_through(world, "get", asked) == expected


def test_a_grant_opens_nothing_elsewhere(world: World) -> None:
    """On another app, and on another channel, whoever has grants is a stranger."""
    for name, instead in (
        (ON_APP, {"app_id": OTHER_APP, "owner": OTHER_APP}),
        (ON_CHANNEL, {"app_id": OTHER_APP, "owner": OTHER_APP}),
        (ON_CHANNEL, {"channel_name": OTHER_CHANNEL, "release_seq": world.named["other_release_seq"]}),
    ):
        client = signed_in(world.people[name])
        for route in PAGES:
            if any(f":{part}>" in route for part in instead):
                answer = client.get(world.address(route, **instead))
                assert (answer.status_code, is_refused(answer)) == (404, True), (name, route)


def told(answer: Any) -> str:
    """What a page says, without what is made anew each time."""
    return re.sub(r'value="\w{64}"', "", answer.content.decode())


def test_what_is_hidden_looks_like_what_never_was(world: World) -> None:
    client = signed_in(world.people[ON_CHANNEL])
    for route in PAGES:
        if "<str:app_id>" in route:
            hidden = client.get(world.address(route, app_id=OTHER_APP))
            missing = client.get(world.address(route, app_id="com.example.absent"))
            assert hidden.status_code == missing.status_code == 404, route
            assert told(hidden) == told(missing), route


def test_nobody_reaches_a_page_on_a_password_alone(world: World) -> None:
    client = Client()
    client.force_login(world.people[_ADMIN])
    for route in PAGES:
        for answer in (client.get(world.address(route)), client.post(world.address(route))):
            if answer.status_code == 302:
                assert answer["Location"].startswith("/console/login/"), route
            else:
                assert is_refused(answer), route


def test_a_call_is_answered_to_whom_the_table_says(world: World) -> None:
    answered: dict[tuple[str, str], set[str]] = {call: set() for call in CALLS}
    for name in sorted(EVERYBODY):
        of_app, of_console = (token_of(world.people[name], **what)[1] for what in ({}, {"app_id": ""}))
        for method, route in CALLS:
            plain = of_console if route.startswith(LOG_API) else of_app
            client = Client(headers={"Authorization": f"Bearer {plain}"})
            with transaction.atomic():
                answer = client.generic(method, world.address(route), b"{}", "application/json")
                if answer.status_code != 403:
                    assert answer.status_code != 401, route
                    answered[method, route].add(name)
                transaction.set_rollback(True)
    assert answered == {call: set(who) for call, who in CALLS.items()}


def test_a_call_is_not_answered_on_another_channel(world: World) -> None:
    _, plain = token_of(world.people[ON_CHANNEL])
    client = Client(headers={"Authorization": f"Bearer {plain}"})
    seq = world.named["other_release_seq"]
    for method, route in CALLS:
        if "<str:channel>" in route:
            address = world.address(route, channel=OTHER_CHANNEL, release_seq=seq)
            answer = client.generic(method, address, b"{}", "application/json")
            assert answer.status_code == 403, route


def test_a_token_lists_its_app_while_its_issuer_may_see_it(world: World) -> None:
    listed = set()
    for name in sorted(EVERYBODY):
        _, plain = token_of(world.people[name])
        answer = Client(headers={"Authorization": f"Bearer {plain}"}).get("/api/v1/apps")
        if answer.json()["results"]:
            listed.add(name)
    assert listed == SEE_APP


def operation_modules() -> Iterator[ModuleType]:
    yield operations
    for services in (accounts_services, updates_services):
        for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
            yield import_module(module.name)


def takes_a_confirmation(module: ModuleType) -> set[str]:
    """Names of a module's services that act on a confirmation."""
    return {
        name
        for name, service in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and service.__module__.startswith(module.__name__)
        and confirmations_of(service)
    }


def test_every_operation_has_a_line() -> None:
    found = set().union(*map(takes_a_confirmation, operation_modules()))
    assert found == OPERATIONS.keys() | INSIDE


def may_act(act: Act, user: User, world: World) -> bool:
    """Whether somebody's confirmation does it; what was done is undone.

    Raises:
        StepUpRequiredError: The confirmation is of something else: then nothing was tried.
    """
    holders = {"key": world.people["key_custodian"], "role": world.people[_ADMIN]}
    with transaction.atomic():
        try:
            for earlier in act.before:
                earlier.by(holders["key" if "key_id" in earlier.what else "role"])
            act.by(user)
        except (PermissionDeniedError, ApprovalRequiredError):
            return False
        except StepUpRequiredError:
            raise
        except ConsoleError:
            return True  # let through, and refused for what it was
        finally:
            transaction.set_rollback(True)
    return True


def test_an_operation_is_done_for_whom_the_table_says(world: World) -> None:
    keys_reconcile(now=clock.now())  # makes what the app still lacks: a root
    acts = all_acts(world)
    assert acts.keys() == OPERATIONS.keys() - OWN_ACTS.keys()
    done = {
        operation: {name for name in EVERYBODY if may_act(act, world.people[name], world)}
        for operation, act in acts.items()
    }
    assert done == {operation: OPERATIONS[operation] for operation in acts}


@pytest.mark.parametrize("operation", OWN_ACTS)
def test_everybody_does_it_to_what_is_their_own(operation: str, world: World) -> None:
    done = set()
    for name in EVERYBODY:
        with transaction.atomic():
            OWN_ACTS[operation](world.people[name]).by(world.people[name])
            done.add(name)
            transaction.set_rollback(True)
    assert done == OPERATIONS[operation]


@pytest.mark.parametrize("operation", sorted(OWN_ACTS.keys() - {"identity_link_allow"}))
def test_nobody_confirms_it_for_somebody_else(operation: str, world: World) -> None:
    """Not even of exactly that: an operation on one's own names its owner, who has to confirm it."""
    owner = User.objects.get(pk=world.named["person_id"])
    for name in sorted(EVERYBODY):
        with transaction.atomic():
            with pytest.raises((StepUpRequiredError, IdentityUnknownError)):
                OWN_ACTS[operation](owner).by(world.people[name])
            transaction.set_rollback(True)


def test_no_page_takes_a_form_that_another_site_sent(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(world.people[_ADMIN]).cookies
    for route in PAGES:
        answer = client.post(world.address(route))
        assert (answer.status_code, b"This form is out of date" in answer.content) == (403, True), route


def test_only_these_take_what_no_form_of_ours_sent() -> None:
    exempt = {
        route
        for route, pattern in routes()
        if getattr(pattern.callback, "csrf_exempt", False) and not route.startswith("api/v1/")
    }
    assert exempt == {
        "console/sso/logout/",  # the provider's own token is its proof
        "device/v1/keys",
        "device/v1/enroll",
        "device/v1/privacy",
    }
