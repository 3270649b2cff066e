"""Every operation that takes a confirmation, with something to do it to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.domain.access import CONSOLE, Place
from accounts.domain.engagements import Report
from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT, SHUTOFF_LIFT
from accounts.domain.publishers import PublisherKind, PublisherTerms
from accounts.domain.roles import Permission, Role
from accounts.models import ApprovalRequest, AuditorEngagement, Grant, ReviewTask, User
from accounts.services import (
    access_export,
    activity,
    approvals,
    engagements,
    grants,
    invites,
    policy,
    publishers,
    recovery,
    reviews,
    roles,
)
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.key_families import private_key_generate
from signing.domain.ceremony import CeremonyKind
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.key_operations import KeyOperation
from signing.models import SigningKey
from signing.services import operations
from tests.support.access_act import Act
from tests.support.access_world import APP, CHANNEL, World
from tests.support.actors import OUTSIDER
from tests.support.shipping import bundle_made
from updates.domain.sign_off_rules import Requirement
from updates.models import Channel
from updates.services import channel_shut_off, release_draft, release_submit
from updates.services.shutoff_lifting import shutoff_lift, shutoff_lift_operation
from updates.services.sign_off_weakening import sign_offs_weaken, sign_offs_weaken_operation
from updates.services.sign_offs import release_sign_off, sign_off_operation


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
        act("profile_change_confirmed", changes={"encrypts_personal": True}),
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


def coming_and_going_acts(world: World) -> dict[str, Act]:
    subject, newcomer = world.named["person_id"], world.named["newcomer_id"]

    def on(naming: Callable[[User], Operation], service: Callable[..., object], pk: str, *before: Act) -> Act:
        person = User.objects.get(pk=pk)
        return Act(lambda: naming(User.objects.get(pk=pk)), service, {"person": person}, before)

    somebody: dict[str, Any] = {"email": "new@example.com", "name": "New", "roles": [Role.AUDITOR]}
    deactivate = on(activity.deactivate_operation, activity.person_deactivate, subject)
    return {
        "person_invite": Act(
            lambda: invites.invite_operation(**somebody), invites.person_invite, dict(somebody)
        ),
        "invite_again": on(invites.invite_again_operation, invites.invite_again, newcomer),
        "person_deactivate": deactivate,
        "person_reactivate": on(
            activity.reactivate_operation, activity.person_reactivate, subject, deactivate
        ),
        "person_recover": Act(
            lambda: recovery.recover_operation(person=User.objects.get(pk=subject)),
            recovery.person_recover,
            {"person_id": int(subject)},
        ),
    }


def second_person_acts(world: World) -> dict[str, Act]:
    request = ApprovalRequest.objects.get(pk=world.named["request_id"])
    review = ReviewTask.objects.get(pk=world.named["review_id"])
    stricter: dict[str, Any] = {
        "two_people": {SHUTOFF_LIFT, CUSTODIAN_APPOINT, "signing:key:import"},
        "custodian_security_key": False,
    }
    weaker = policy.policy_change_operation(two_people=set(), custodian_security_key=False)
    return {
        "policy_change": Act(
            lambda: policy.policy_change_operation(**stricter), policy.policy_change, stricter
        ),
        "approval_request": Act(
            lambda: weaker, approvals.approval_request, {"operation": weaker, "reason": "We are one."}
        ),
        "approval_give": Act(
            lambda: approvals.approval_give_operation(request),
            approvals.approval_give,
            {"request_id": request.pk},
        ),
        "review_close": Act(
            lambda: reviews.review_close_operation(review),
            reviews.review_close,
            {"review_id": review.pk, "note": "It was right."},
        ),
    }


def machine_acts() -> dict[str, Act]:
    wish = access_export.ExportWish(CONSOLE, tuple(Permission))
    terms = PublisherTerms(
        kind=PublisherKind.GITHUB,
        issuer="https://token.actions.githubusercontent.com",
        owner="example",
        repository="another",
        workflow="release.yml",
        environment="production",
        channels=(CHANNEL,),
    )
    publisher: dict[str, Any] = {"app_id": APP, "terms": terms}
    return {
        "access_export": Act(
            lambda: access_export.access_export_operation(wish=wish),
            access_export.access_export,
            {"wish": wish},
        ),
        "publisher_register": Act(
            lambda: publishers.publisher_register_operation(**publisher),
            publishers.publisher_register,
            publisher,
        ),
    }


def channel_acts() -> dict[str, Act]:
    channel = channel_shut_off(
        channel=Channel.objects.get(app=APP, name=CHANNEL), reason="It was bad.", actor=SYSTEM
    )
    place: dict[str, Any] = {"app": channel.app, "channel": channel}
    fewer: dict[str, Any] = {"channel": channel, "requirements": (Requirement("", 1),)}
    return {
        "shutoff_lift": Act(lambda: shutoff_lift_operation(**place), shutoff_lift, place),
        "sign_offs_weaken": Act(lambda: sign_offs_weaken_operation(**fewer), sign_offs_weaken, fewer),
    }


def release_acts() -> dict[str, Act]:
    channel = Channel.objects.get(app=APP, name=CHANNEL)
    bundle_made(channel.app, "1.1.0", native_packages={})
    # Such an override needs a sign-off on every channel.
    draft = release_draft(channel=channel, version="1.1.0", native_override=True, actor=SYSTEM)
    release = release_submit(release=draft, actor=SYSTEM)
    what: dict[str, Any] = {"release": release, "role": "", "attests": True}
    return {
        "release_sign_off": Act(lambda: sign_off_operation(release=release, role=""), release_sign_off, what)
    }


def all_acts(world: World) -> dict[str, Act]:
    """All of them, by the name of their service."""
    return {
        **key_acts(world),
        **app_acts(),
        **people_acts(world),
        **coming_and_going_acts(world),
        **second_person_acts(world),
        **machine_acts(),
        **channel_acts(),
        **release_acts(),
    }
