"""People: creating them, giving them roles, enrolling their authenticators."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.domain.assurance import AuthenticatorKind
from accounts.domain.roles import Role
from accounts.errors import PersonRefusedError
from accounts.models import TOTPAuthenticator, User
from accounts.services.authenticator_records import record_bound
from accounts.services.bootstrap import bootstrap_look
from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Identifier, suppression_current


def person_create(
    *, email: str, name: str, password: str | None, roles: Collection[Role], actor: Actor | None
) -> User:
    """Create a person with roles; they can sign in once an authenticator is enrolled.

    Args:
        email: How they sign in; unique whatever its case.
        name: How pages call them.
        password: Checked against the password policy; None is set by themselves, by an invite's link.
        roles: At least none; each is on the audit log by itself.
        actor: Who creates them; None is the person themselves (the first administrator).

    Raises:
        PersonRefusedError: The address is taken or not in ASCII, or the password isn't acceptable.
    """
    now = clock.now()
    if password is not None:
        _acceptable(password, User(email=email, name=name))
    with transaction.atomic():
        user = _insert(email=email, name=name, password=password)
        acting = actor or user.actor
        audit_record(action=Action.PERSON_CREATED, actor=acting, now=now, subject=("person", str(user.pk)))
        _come_back(user, acting, now)
        for role in sorted(roles):
            _role_grant(user, role, acting, now)
        if Role.KEY_CUSTODIAN in roles:
            bootstrap_look(now=now)
    return user


def totp_enrol(
    *, user: User, seed: bytes, name: str, actor: Actor, facts: Mapping[str, Any] | None = None
) -> TOTPAuthenticator:
    """Bind a TOTP generator whose possession was just proven; its seed rests sealed.

    `facts` go on the record of authenticators.
    """
    now = clock.now()
    with transaction.atomic():
        authenticator = TOTPAuthenticator(user=user, name=name, confirmed=True, created_at=now)
        authenticator.seed_set(seed)
        authenticator.save()
        record_bound(
            user=user,
            kind=AuthenticatorKind.TOTP,
            authenticator=authenticator.persistent_id,
            name=name,
            facts=facts or {},
            now=now,
        )
        audit_record(
            action=Action.AUTHENTICATOR_ADDED,
            actor=actor,
            now=now,
            subject=("person", str(user.pk)),
            detail={"kind": "totp", "authenticator": authenticator.pk},
        )
    return authenticator


def _acceptable(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as exc:
        raise PersonRefusedError(" ".join(exc.messages)) from exc


def _insert(*, email: str, name: str, password: str | None) -> User:
    if not email.isascii():
        raise PersonRefusedError("An e-mail address here has no letters beyond plain English ones (ASCII).")
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as exc:
        raise PersonRefusedError("Somebody has this e-mail address already.") from exc


def _come_back(user: User, actor: Actor, now: datetime) -> None:
    """Take an address off the list of who was erased, on record: a replay would erase them again."""
    if lifted := suppression_current().lift({Identifier.email(user.email)}):
        audit_record(
            action=Action.SUPPRESSION_LIFTED,
            actor=actor,
            now=now,
            subject=("person", str(user.pk)),
            detail={"identifiers": lifted},
        )


def _role_grant(user: User, role: Role, actor: Actor, now: datetime) -> None:
    user.groups.add(Group.objects.get(name=role.value))
    audit_record(
        action=Action.ROLE_GRANTED,
        actor=actor,
        now=now,
        subject=("person", str(user.pk)),
        detail={"role": role.value},
    )
