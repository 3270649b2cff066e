"""Every operation that takes a confirmation, with something to do it to."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.domain.access import Place
from accounts.domain.engagements import Report
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission, Role
from accounts.models import AuditorEngagement, Grant, User
from accounts.services import engagements, grants, roles
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.key_families import private_key_generate
from signing.domain.ceremony import CeremonyKind
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.key_operations import KeyOperation
from signing.models import SigningKey
from signing.services import operations
from tests.support.access_world import APP, CHANNEL, World
from tests.support.actors import (
    OUTSIDER,
)
from tests.support.confirming import confirmed


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


def all_acts(world: World) -> dict[str, Act]:
    """All of them, by the name of their service."""
    return {**key_acts(world), **app_acts(), **people_acts(world)}
