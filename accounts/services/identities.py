"""Whom an identity at the provider belongs to: found by issuer and subject, linked once, never by chance.

An e-mail address finds nobody, with one exception (`_invited`), and makes nobody, unless OIDC_JIT says so:
an address can be given to somebody else, and not every provider checks it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.domain.assurance import AAL, AuthenticatorKind
from accounts.domain.operations import Operation
from accounts.domain.roles import Permission, Role
from accounts.domain.single_sign_on import (
    PRIVILEGED_ROLES,
    CreditRules,
    assurance_from_claims,
    email_is_of,
    verified_email,
)
from accounts.errors import (
    IdentityKeptError,
    IdentityTakenError,
    IdentityUnknownError,
    PersonRefusedError,
    SingleSignOnError,
)
from accounts.models import Identity, ProviderSession, StepUp, User
from accounts.selectors.policy import policy_current
from accounts.selectors.second_factors import is_awaited
from accounts.services.authenticator_records import record_bound, record_removed
from accounts.services.identity_roles import identity_roles_follow
from accounts.services.links import links_end
from accounts.services.mail import letter_write
from accounts.services.people import person_create
from accounts.services.provider import asks_offline_access
from accounts.services.single_sign_on import Vouched
from accounts.services.step_up import step_up_use
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, sealing

_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom the provider vouched for, and what its word is worth.

    Attributes:
        user: Who they are here.
        identity: Who they are there.
        aal: Two: they are in. One: the console's own second factor is still to come.
    """

    user: User
    identity: Identity
    aal: AAL


def identity_arrive(*, vouched: Vouched) -> Arrival:
    """Find the person whom the provider vouches for, and bring what came from there up to date.

    Raises:
        IdentityUnknownError: Nobody here is linked to this subject, and nobody may be.
        SingleSignOnError: The person may not sign in any more.
    """
    now = clock.now()
    with transaction.atomic():
        identity = (
            Identity.objects
            .select_for_update(of=("self",))
            .select_related("user")
            .filter(issuer=vouched.issuer, subject=vouched.subject)
            .first()
        ) or _newcomer(vouched, now)
        if not identity.user.is_active:
            raise SingleSignOnError("person: deactivated")
        _bring_up_to_date(identity, vouched, now)
        identity_roles_follow(identity=identity, claims=vouched.claims, now=now)
        user = User.objects.get(pk=identity.user_id)  # anew: the one above remembers what it was allowed
        aal = _assurance(user, vouched)
        if aal >= AAL.TWO:
            audit_record(
                action=Action.SIGNED_IN,
                actor=user.actor,
                now=now,
                detail={"authenticator": identity.pk, "kind": identity.assurance_kind.value},
            )
    return Arrival(user=user, identity=identity, aal=aal)


def identity_link_allow(*, step_up: StepUp, operation: Operation) -> None:
    """Let somebody go to the provider for a link; the journey there is good for this browser, once.

    Raises:
        StepUpRequiredError: This wasn't confirmed.
    """
    with transaction.atomic():
        step_up_use(step_up=step_up, operation=operation)


def identity_link(*, user: User, vouched: Vouched) -> Identity:
    """Link a person, who has just proven themselves here with both factors, to whom the provider vouches for.

    Raises:
        IdentityTakenError: The person has a link to this provider, or somebody has one to this subject.
    """
    now = clock.now()
    with transaction.atomic():
        identity = _insert(user, vouched, user.actor, "signed in", now)
        _bring_up_to_date(identity, vouched, now)
        letter_write(to=user, template="identity_linked", context={"name": settings.OIDC_NAME})
    return identity


def identity_unlink(*, step_up: StepUp, operation: Operation, identity_pk: int) -> None:
    """Remove a person's own link, and the roles that came with it.

    Raises:
        IdentityUnknownError: They have no such link.
        IdentityKeptError: It's their only way in.
        StepUpRequiredError: This wasn't confirmed.
    """
    now = clock.now()
    with transaction.atomic():
        user = step_up_use(step_up=step_up, operation=operation)
        identity = Identity.objects.select_for_update().filter(pk=identity_pk, user=user).first()
        if identity is None:
            raise IdentityUnknownError("You have no such link.")
        if not has_own_sign_in(user):
            raise IdentityKeptError
        identity_roles_follow(identity=identity, claims={}, now=now)
        record_removed(
            authenticator=identity.persistent_id, by=user.actor, why="removed by its owner", now=now
        )
        identity.delete()
        audit_record(
            action=Action.IDENTITY_UNLINKED,
            actor=user.actor,
            now=now,
            subject=("person", str(user.pk)),
            detail={"identity": identity_pk, "issuer": identity.issuer},
        )
        letter_write(to=user, template="identity_unlinked", context={"name": settings.OIDC_NAME})


def has_own_sign_in(user: User) -> bool:
    """Whether they can come in without the provider, by a password of their own."""
    return user.has_usable_password()


def _newcomer(vouched: Vouched, now: datetime) -> Identity:
    """Link somebody who was invited, or make them an account where that is allowed.

    Raises:
        IdentityUnknownError: Neither is.
    """
    email = verified_email(vouched.claims)
    allowed = settings.OIDC_ALLOWED_DOMAINS
    if not email or (allowed and not email_is_of(email, allowed)):
        raise IdentityUnknownError
    person = User.objects.addressed(email).select_for_update().first()
    if person is not None:
        return _invited(person, vouched, now)
    # Before anybody is set up, a newcomer would end the set-up link and be nobody who can do anything.
    if not settings.OIDC_JIT or not User.objects.exists():
        raise IdentityUnknownError
    return _insert(_made(email, vouched), vouched, SYSTEM, "just in time", now)


def _invited(person: User, vouched: Vouched, now: datetime) -> Identity:
    """Link somebody whom an administrator invited and who has never been in: once, by their address.

    It rests on the provider's word that the address is theirs. So it's for accounts that nobody has used yet,
    and that hold nothing with which more could be taken; everybody else links while signed in. The invite's
    own link is worth nothing from then on.

    Raises:
        IdentityUnknownError: They have been in, have a password, or hold a privileged role.
    """
    privileged = person.groups.filter(name__in=[role.value for role in PRIVILEGED_ROLES]).exists()
    used = person.has_usable_password() or person.identities.exists()
    if not is_awaited(person) or privileged or used:
        raise IdentityUnknownError
    links_end(person=person)
    return _insert(person, vouched, SYSTEM, "invited", now)


def _made(email: str, vouched: Vouched) -> User:
    name = vouched.claims.get("name")
    readable = "".join(c for c in name if c.isprintable())[:_LONGEST_NAME] if isinstance(name, str) else ""
    try:
        return person_create(
            email=email, name=readable or email.partition("@")[0], password=None, roles=(), actor=SYSTEM
        )
    except PersonRefusedError as exc:  # somebody was entered meanwhile
        raise IdentityUnknownError from exc


def _insert(user: User, vouched: Vouched, actor: Actor, how: str, now: datetime) -> Identity:
    try:
        with transaction.atomic():
            identity: Identity = Identity.objects.create(
                user=user,
                name=settings.OIDC_NAME[:64],
                confirmed=True,
                issuer=vouched.issuer,
                subject=vouched.subject,
                email=verified_email(vouched.claims)[:254],
                linked_at=now,
                vouched_at=now,
                asked_at=now,
            )
    except IntegrityError as exc:
        raise IdentityTakenError from exc
    record_bound(
        user=user,
        kind=AuthenticatorKind.IDENTITY_PROVIDER,
        authenticator=identity.persistent_id,
        name=identity.name,
        facts={"issuer": identity.issuer, "how": how},
        now=now,
    )
    audit_record(
        action=Action.IDENTITY_LINKED,
        actor=actor,
        now=now,
        subject=("person", str(user.pk)),
        detail={"identity": identity.pk, "issuer": identity.issuer, "how": how},
    )
    return identity


def _bring_up_to_date(identity: Identity, vouched: Vouched, now: datetime) -> None:
    identity.last_sign_in_at = identity.vouched_at = identity.asked_at = now
    identity.gone_at, identity.trouble = None, ""
    # Elsewhere a refresh token ends with the session there; its end would say nothing about the person.
    if asks_offline_access() and vouched.refresh_token:
        context = identity.refresh_token_context()
        identity.sealed_refresh_token = sealing.kek_current().seal(
            vouched.refresh_token.encode(), context=context
        )
    identity.save()
    if vouched.sid:
        ProviderSession.objects.update_or_create(
            identity=identity, sid=vouched.sid, defaults={"opened_at": now}
        )


def _assurance(user: User, vouched: Vouched) -> AAL:
    custodian = user.may(Permission.KEY_OPERATE) or user.groups.filter(name=Role.KEY_CUSTODIAN).exists()
    return assurance_from_claims(
        acr=vouched.claims.get("acr"),
        amr=vouched.claims.get("amr"),
        rules=CreditRules(acr=frozenset(settings.OIDC_AAL2_ACR), amr=frozenset(settings.OIDC_AAL2_AMR)),
        needs_security_key=custodian and policy_current().custodian_security_key,
    )
