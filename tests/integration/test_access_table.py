"""The one table: who reaches which page, API call and operation, for everybody there can be.

A new address or operation fails here until it has a line. To add one: write its route as `urls.py` has it
(without regular expressions), and who gets through. What stands in for `<str:app_id>` and the like is in
`World`; what can't be filled in by name has its address in `ADDRESSES`.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.domain.access import Place
from accounts.domain.api_token_format import api_token_hash, api_token_spell
from accounts.domain.engagements import Report
from accounts.domain.operations import Operation
from accounts.domain.roles import TOKEN_PERMISSIONS, Permission, Role
from accounts.errors import PermissionDeniedError
from accounts.models import APIToken, AuditorEngagement, Grant, RoleGroup, User
from accounts.services import engagements, grants, roles
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from releaseconsole.kernel.jose.key_families import private_key_generate
from signing.domain.ceremony import CeremonyKind
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.key_operations import KeyOperation
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services import operations
from signing.services.keys import keys_reconcile
from signing.services.recipients import recipient_register
from tests.support.actors import (
    EVERYBODY,
    EXTERNAL,
    INSIDERS,
    ON_APP,
    ON_CHANNEL,
    OUTSIDER,
    actor_made,
    actors_made,
    engaged,
    granted,
)
from tests.support.confirming import confirmed
from tests.support.people import signed_in
from tests.support.shipping import app_made, channel_made, released
from updates.models import Device

APP: Final = "com.example.clinic"
OTHER_APP: Final = "com.example.other"
CHANNEL: Final = "beta"
OTHER_CHANNEL: Final = "production"
DEVICE: Final = "8f0f2f4e-0000-4000-8000-000000000001"

# Who has a permission: by role, and by a grant on the app or on the channel.
_ADMIN, _RELEASES = Role.ADMINISTRATOR.value, Role.RELEASE_MANAGER.value
SEE_APP: Final = INSIDERS | {ON_APP}
SEE_PART: Final = SEE_APP | {ON_CHANNEL}
CREATE: Final = {_ADMIN, _RELEASES}
CONFIGURE: Final = {_ADMIN, _RELEASES}
UPLOAD: Final = {_RELEASES, Role.APP_DEVELOPER.value, ON_APP}
PUBLISH: Final = {_RELEASES, ON_APP, ON_CHANNEL}
ROLL_BACK: Final = {_RELEASES, Role.APPROVER.value, ON_APP, ON_CHANNEL}
TESTERS: Final = {_RELEASES, ON_APP, ON_CHANNEL}
API_TOKENS: Final = {_ADMIN, _RELEASES}
SEE_KEYS: Final = {"key_custodian", "compliance_officer", "auditor", EXTERNAL}
OPERATE_KEYS: Final = {"key_custodian"}
READ_LOG: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
SEE_ACCESS: Final = {_ADMIN, "compliance_officer", "auditor", EXTERNAL}
PEOPLE: Final = {_ADMIN}
NOBODY: Final[set[str]] = set()

# Pages: signed in with two factors, and then by this.
PAGES: Final[dict[str, set[str] | frozenset[str]]] = {
    "console/": EVERYBODY,
    "console/jsi18n/": EVERYBODY,
    "console/access/": SEE_ACCESS,
    "console/access/export/": SEE_ACCESS,
    "console/people/<int:person_id>/access/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/give/": PEOPLE,
    "console/people/<int:person_id>/access/roles/<str:role>/take/": PEOPLE,
    "console/people/<int:person_id>/access/grants/new/": PEOPLE,
    "console/people/<int:person_id>/access/grants/<int:grant_id>/end/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/new/": PEOPLE,
    "console/people/<int:person_id>/access/engagements/<int:engagement_id>/end/": PEOPLE,
    "console/keys/": SEE_KEYS,
    "console/keys/<str:owner>/": SEE_KEYS,
    "console/keys/<str:owner>/<uuid:key_id>/": SEE_KEYS,
    "console/keys/<str:owner>/<uuid:key_id>/<str:operation>/": OPERATE_KEYS,
    "console/keys/<str:owner>/back-end-key/remove/": OPERATE_KEYS,
    "console/keys/<str:owner>/import/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/": SEE_KEYS,
    "console/keys/<str:owner>/profile/change/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/claim/": OPERATE_KEYS,
    "console/keys/<str:owner>/profile/claim/<str:name>/remove/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/<str:kind>/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/<str:kind>/request/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/register/": OPERATE_KEYS,
    "console/keys/<str:owner>/root/rotate/": OPERATE_KEYS,
    "console/apps/": SEE_PART,
    "console/apps/new/": CREATE,
    "console/apps/<str:app_id>/": SEE_PART,
    "console/apps/<str:app_id>/bundles/": SEE_PART,
    "console/apps/<str:app_id>/bundles/<str:version>/": SEE_PART,
    "console/apps/<str:app_id>/bundles/upload/": UPLOAD,
    "console/apps/<str:app_id>/channels/<str:channel_name>/": SEE_PART,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/members/remove/": TESTERS,
    "console/apps/<str:app_id>/channels/<str:channel_name>/publish/": PUBLISH,
    "console/apps/<str:app_id>/channels/<str:channel_name>/roll-back/": ROLL_BACK,
    "console/apps/<str:app_id>/channels/<str:channel_name>/settings/": CONFIGURE,
    "console/apps/<str:app_id>/channels/new/": CONFIGURE,
    "console/apps/<str:app_id>/devices/": SEE_APP,
    "console/apps/<str:app_id>/devices/<str:device_id>/": SEE_APP,
    "console/apps/<str:app_id>/releases/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/figures/": SEE_PART,
    "console/apps/<str:app_id>/releases/<int:release_seq>/rollout/": PUBLISH,
    "console/apps/<str:app_id>/tokens/": API_TOKENS,
    "console/apps/<str:app_id>/tokens/<int:token_id>/revoke/": API_TOKENS,
    # The admin site's own pages: they list and show; nothing is added, changed or deleted there.
    "console/ledger/auditevent/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/change/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/history/": READ_LOG,
    "console/ledger/auditevent/<path:object_id>/delete/": NOBODY,
    "console/ledger/auditevent/add/": NOBODY,
    "console/accounts/user/": PEOPLE,
    "console/accounts/user/<path:object_id>/change/": PEOPLE,
    "console/accounts/user/<path:object_id>/history/": PEOPLE,
    "console/accounts/user/<path:object_id>/delete/": NOBODY,
    "console/accounts/user/add/": PEOPLE,
    "console/accounts/rolegroup/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/change/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/history/": PEOPLE,
    "console/accounts/rolegroup/<path:object_id>/delete/": NOBODY,
    "console/accounts/rolegroup/add/": NOBODY,
}

# Of these, a POST is refused to everybody: the admin site shows them and changes nothing.
ONLY_SHOWN: Final = {
    "console/ledger/auditevent/<path:object_id>/change/",
    "console/accounts/user/<path:object_id>/change/",
    "console/accounts/rolegroup/<path:object_id>/change/",
}

# API calls: with a token that carries everything tokens can, as far as its issuer has it on the whole app.
TOKENS: Final = {_ADMIN, _RELEASES, Role.KEY_CUSTODIAN.value}
_RELEASE: Final = "api/v1/apps/<str:app_id>/channels/<str:channel>/releases/<int:release_seq>"
CALLS: Final[dict[tuple[str, str], set[str] | frozenset[str]]] = {
    ("POST", "api/v1/tokens/verify"): TOKENS,
    ("POST", "api/v1/apps/<str:app_id>/tokens"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/back-end-keys"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>/recipients"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/back-end"): TOKENS,
    ("PUT", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("DELETE", "api/v1/apps/<str:app_id>/recipients/<str:device_id>"): TOKENS,
    ("GET", "api/v1/apps/<str:app_id>"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/bundles"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/bundles"): UPLOAD,
    ("GET", "api/v1/apps/<str:app_id>/channels"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>"): SEE_APP,
    ("GET", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): SEE_APP,
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/releases"): PUBLISH - {ON_CHANNEL},
    ("GET", _RELEASE): SEE_APP,
    ("PATCH", _RELEASE): PUBLISH - {ON_CHANNEL},
    ("POST", "api/v1/apps/<str:app_id>/channels/<str:channel>/rollback"): ROLL_BACK - {ON_CHANNEL},
}

# Open to who isn't signed in, or answered before anybody's rights matter. Each has tests of its own.
ELSEWHERE: Final = {
    "",  # leads to the start page
    "api/v1/",  # whatever isn't there
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/apps",  # answers with what is open to the token, below
    "device/v1/keys",
    ".well-known/jwks.json",
    ".well-known/jwks/<str:app_id>.json",
    "setup/<str:token>/",
    "console/login/",
    "console/logout/",
    "console/autocomplete/",  # nobody gets anything from it: no field of the admin site asks it
    # Django's own: redirects to addresses of this table, and what leads nowhere.
    "console/r/<path:content_type_id>/<path:object_id>/",
    "console/ledger/auditevent/<path:object_id>/",
    "console/accounts/user/<path:object_id>/",
    "console/accounts/rolegroup/<path:object_id>/",
    "console/^(?P<app_label>ledger|accounts)/$",
    "console/(?P<url>.*)$",
}


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


@dataclass(frozen=True, slots=True)
class World:
    """What there is to be reached, by the names that routes have for it."""

    people: dict[str, User]
    named: dict[str, str]
    objects: dict[str, int]

    def address(self, route: str, **instead: str) -> str:
        named = self.named | instead
        for model, pk in self.objects.items():
            if f"/{model}/" in route:
                named["object_id"] = str(pk)
        return "/" + re.sub(r"<\w+:(\w+)>", lambda match: named[match[1]], route)


@pytest.fixture
def world(db: None) -> World:
    """Two apps with a channel of one's own and a public one, a release on each, and somebody to change."""
    seqs = {}
    for app_id in (OTHER_APP, APP):
        app = app_made(app_id)
        for name in (OTHER_CHANNEL, CHANNEL):
            channel = channel_made(app, name, public=name == OTHER_CHANNEL)
            seqs[name] = released(channel, "1.0.0").release_seq
        now = clock.now()
        Device.objects.create(
            app=app, device_id=DEVICE, first_seen_at=now, last_seen_at=now, channel_name=OTHER_CHANNEL
        )
    people = actors_made(APP, CHANNEL)
    subject, visitor = actor_made("subject"), actor_made("visitor")
    token, _ = token_of(people[_RELEASES])
    back_end = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)
    recipient_register(app_id=APP, device_id="", jwk=back_end.public_jwk(), actor=SYSTEM, now=clock.now())
    key = SigningKey.objects.get(app_id=APP, purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.ACTIVE)
    visitor.groups.add(RoleGroup.objects.get(name=EXTERNAL))
    named = {
        "app_id": APP,
        "owner": APP,
        "channel_name": CHANNEL,
        "channel": CHANNEL,
        "release_seq": str(seqs[CHANNEL]),
        "other_release_seq": str(seqs[OTHER_CHANNEL]),
        "version": "1.0.0",
        "device_id": DEVICE,
        "token_id": str(token.pk),
        "key_id": str(key.pk),
        "operation": "suspend",
        "kind": CeremonyKind.DELEGATION.value,
        "name": "ward",
        "person_id": str(subject.pk),
        "role": Role.AUDITOR.value,
        "grant_id": str(granted(subject, Permission.APP_VIEW, APP).pk),
        "engagement_id": str(engaged(visitor, Report.AUDIT_LOG).pk),
    }
    event = AuditEvent.objects.latest("sequence")
    role = RoleGroup.objects.get(name=Role.AUDITOR.value)
    objects = {"user": subject.pk, "auditevent": event.pk, "rolegroup": role.pk}
    return World(people, named, objects)


def token_of(issuer: User) -> tuple[APIToken, str]:
    """A token that carries everything tokens can, by whoever it is."""
    plain, now = api_token_spell(randomness.token_bytes(32)), clock.now()
    token = APIToken.objects.create(
        name="CI",
        prefix=plain[:9],
        secret_sha256=api_token_hash(plain),
        app_id=APP,
        permissions=sorted(TOKEN_PERMISSIONS),
        created_by=issuer,
        created_at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    return token, plain


def is_refused(answer: Any) -> bool:
    """Whether somebody wasn't let through: 403, or a 404 that the record calls a refusal."""
    path = answer.wsgi_request.path
    if answer.status_code == 404:
        return AuditEvent.objects.filter(action=Action.ACCESS_DENIED.value, detail__path=path).exists()
    return bool(answer.status_code in {401, 403})


def let_through(world: World, method: str, **instead: str) -> dict[str, set[str]]:
    """Ask for every page as everybody; forms are empty, so nothing of substance changes."""
    opened: dict[str, set[str]] = {route: set() for route in PAGES}
    for name in sorted(EVERYBODY):
        ask = getattr(signed_in(world.people[name]), method)
        for route in PAGES:
            with transaction.atomic():
                if not is_refused(ask(world.address(route, **instead))):
                    opened[route].add(name)
                transaction.set_rollback(True)
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
def test_a_page_opens_to_whom_the_table_says(method: str, world: World) -> None:
    shut = ONLY_SHOWN if method == "post" else set()
    expected = {route: NOBODY if route in shut else set(who) for route, who in PAGES.items()}
    assert let_through(world, method) == expected


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
        _, plain = token_of(world.people[name])
        client = Client(headers={"Authorization": f"Bearer {plain}"})
        for method, route in CALLS:
            with transaction.atomic():
                answer = client.generic(method, world.address(route), b"{}", "application/json")
                if answer.status_code != 403:
                    assert answer.status_code != 401, route
                    answered[method, route].add(name)
                transaction.set_rollback(True)
    assert answered == {call: set(who) for call, who in CALLS.items()}


def test_a_token_lists_its_app_while_its_issuer_may_see_it(world: World) -> None:
    listed = set()
    for name in sorted(EVERYBODY):
        _, plain = token_of(world.people[name])
        answer = Client(headers={"Authorization": f"Bearer {plain}"}).get("/api/v1/apps")
        if answer.json()["results"]:
            listed.add(name)
    assert listed == SEE_APP


@dataclass(frozen=True, slots=True)
class Act:
    """An operation with something to do it to: it's named anew each time, then done on a confirmation."""

    operation: Callable[[], Operation]
    service: Callable[..., object]
    what: dict[str, Any]
    before: tuple["Act", ...] = ()

    def by(self, user: User) -> None:
        taken = "authority" if "authority" in inspect.signature(self.service).parameters else "step_up"
        self.service(**self.what, **{taken: confirmed(user, self.operation())})


def key_acts(world: World) -> dict[str, Act]:
    key_id = SigningKey.objects.get(pk=world.named["key_id"]).pk

    def act(what: KeyOperation, service: Callable[..., object], *before: Act) -> Act:
        return Act(
            lambda: operations.key_operation_now(what, key_id=key_id), service, {"key_id": key_id}, before
        )

    suspend = act(KeyOperation.SUSPEND, operations.key_suspend)
    revoke = act(KeyOperation.REVOKE, operations.key_revoke)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    imported: dict[str, Any] = {"app_id": APP, "key": operations.key_read(algorithm=Algorithm.ES256, pem=pem)}
    return {
        "key_rotate": act(KeyOperation.ROTATE, operations.key_rotate),
        "key_suspend": suspend,
        "key_resume": act(KeyOperation.RESUME, operations.key_resume, suspend),
        "key_revoke": revoke,
        "key_destroy": act(KeyOperation.DESTROY, operations.key_destroy, revoke),
        "key_import": Act(
            lambda: operations.key_import_operation(**imported), operations.key_import, imported
        ),
    }


def app_acts() -> dict[str, Act]:
    def act(service: str, **what: Any) -> Act:
        naming = getattr(operations, service.replace("_confirmed", "_operation"))
        what = {"app_id": APP, **what}
        return Act(lambda: naming(**what), getattr(operations, service), what)

    claim = {"claim_class": ClaimClass.PUBLIC, "claim_type": ClaimType.TEXT, "fixed_value": None}
    root = private_key_generate(Algorithm.ES256).public_jwk()
    ceremony = {"kind": CeremonyKind.DELEGATION, "data": b"{}"}
    made = (
        act("profile_change_confirmed", changes={"handles_phi": True}),
        act("claim_define_confirmed", name="ward", **claim),
        act("claim_remove_confirmed", name="ward"),
        act("recipient_remove_confirmed"),
        act("root_register_confirmed", jwk=root),
        act("root_rotate_confirmed"),
        act("ceremony_import_confirmed", **ceremony),
    )
    return {each.service.__name__: each for each in made}


def people_acts(world: World) -> dict[str, Act]:
    subject = User.objects.get(pk=world.named["person_id"])
    grant = Grant.objects.get(pk=world.named["grant_id"])
    engagement = AuditorEngagement.objects.get(pk=world.named["engagement_id"])
    outsider, now = world.people[OUTSIDER], clock.now()
    role: dict[str, Any] = {"user": subject, "role": Role.AUDITOR}
    wish = grants.GrantWish(Permission.RELEASE_PUBLISH, Place(APP, CHANNEL), "For the holidays.")
    terms = engagements.EngagementWish(frozenset(Report), now, now + timedelta(days=9))
    return {
        "role_grant": Act(lambda: roles.role_grant_operation(**role), roles.role_grant, role),
        "role_revoke": Act(
            lambda: roles.role_revoke_operation(user=User.objects.get(pk=subject.pk), role=Role.AUDITOR),
            roles.role_revoke,
            role,
            (Act(lambda: roles.role_grant_operation(**role), roles.role_grant, role),),
        ),
        "grant_make": Act(
            lambda: grants.grant_make_operation(person=subject, wish=wish),
            grants.grant_make,
            {"person": subject, "wish": wish},
        ),
        "grant_end": Act(lambda: grants.grant_end_operation(grant=grant), grants.grant_end, {"grant": grant}),
        "engagement_agree": Act(
            lambda: engagements.engagement_agree_operation(person=outsider, wish=terms),
            engagements.engagement_agree,
            {"person": outsider, "wish": terms},
        ),
        "engagement_end": Act(
            lambda: engagements.engagement_end_operation(engagement=engagement),
            engagements.engagement_end,
            {"engagement": engagement},
        ),
    }


# Every operation that takes a confirmation, by the name of its service. One by somebody else than the table
# says has them refused, whatever code they have.
OPERATIONS: Final[dict[str, set[str]]] = {
    "key_rotate": OPERATE_KEYS,
    "key_suspend": OPERATE_KEYS,
    "key_resume": OPERATE_KEYS,
    "key_revoke": OPERATE_KEYS,
    "key_destroy": OPERATE_KEYS,
    "key_import": OPERATE_KEYS,
    "profile_change_confirmed": OPERATE_KEYS,
    "claim_define_confirmed": OPERATE_KEYS,
    "claim_remove_confirmed": OPERATE_KEYS,
    "recipient_remove_confirmed": OPERATE_KEYS,
    "root_register_confirmed": OPERATE_KEYS,
    "root_rotate_confirmed": OPERATE_KEYS,
    "ceremony_import_confirmed": OPERATE_KEYS,
    "role_grant": PEOPLE,
    "role_revoke": PEOPLE,
    "grant_make": PEOPLE,
    "grant_end": PEOPLE,
    "engagement_agree": PEOPLE,
    "engagement_end": PEOPLE,
}


def takes_a_confirmation(module: ModuleType) -> set[str]:
    """Names of a module's services that act on a confirmation."""
    return {
        name
        for name, service in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and service.__module__.startswith(module.__name__)
        and {"step_up", "authority"} & inspect.signature(service).parameters.keys()
    }


def test_every_operation_has_a_line() -> None:
    found = set().union(*map(takes_a_confirmation, (operations, roles, grants, engagements)))
    assert found == set(OPERATIONS)


def may_act(act: Act, user: User, world: World) -> bool:
    """Whether somebody's confirmation does it; what was done is undone."""
    holders = {"key": world.people["key_custodian"], "role": world.people[_ADMIN]}
    with transaction.atomic():
        try:
            for earlier in act.before:
                earlier.by(holders["key" if "key_id" in earlier.what else "role"])
            act.by(user)
        except PermissionDeniedError:
            return False
        except ConsoleError:
            return True  # let through, and refused for what it was
        finally:
            transaction.set_rollback(True)
    return True


def test_an_operation_is_done_for_whom_the_table_says(world: World) -> None:
    keys_reconcile(now=clock.now())  # makes what the app still lacks: a root
    acts = {**key_acts(world), **app_acts(), **people_acts(world)}
    assert acts.keys() == OPERATIONS.keys()
    done = {
        operation: {name for name in EVERYBODY if may_act(act, world.people[name], world)}
        for operation, act in acts.items()
    }
    assert done == OPERATIONS
