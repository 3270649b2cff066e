"""API tokens: issued and shown once, recognised by hash, revoked at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.domain.api_token_format import (
    SECRET_BYTES,
    SHOWN_CHARACTERS,
    api_token_hash,
    api_token_is_spelled_right,
    api_token_spell,
)
from accounts.domain.roles import TOKEN_PERMISSIONS, Permission
from accounts.errors import APITokenError, APITokenTermsError, PermissionDeniedError
from accounts.models import APIToken, TrustedPublisher, User
from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness

LONGEST_LIFE: Final = timedelta(days=366)
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


def api_token_issue(
    *,
    name: str,
    app_id: str,
    permissions: Iterable[Permission],
    expires_at: datetime,
    created_by: User,
    actor: Actor,
) -> tuple[APIToken, str]:
    """Issue a token and return it with its plain text, which is never seen again.

    Raises:
        APITokenTermsError: No name, no permission, one that tokens or their issuer can't have, or a life
            that is over already or longer than a year.
    """
    now = clock.now()
    granted = sorted(Permission(permission) for permission in permissions)
    _terms_check(name, granted, expires_at - now, created_by, app_id)
    with transaction.atomic():
        token, plain = api_token_create(
            name=name.strip(),
            app_id=app_id,
            permissions=granted,
            created_by=created_by,
            now=now,
            expires_at=expires_at,
        )
        audit_record(
            action=Action.API_TOKEN_ISSUED,
            actor=actor,
            now=now,
            app_id=app_id,
            subject=("api_token", str(token.pk)),
            detail={"permissions": token.permissions, "expires_at": expires_at.isoformat()},
        )
    return token, plain


def api_token_create(
    *,
    name: str,
    app_id: str,
    permissions: Iterable[Permission],
    created_by: User,
    now: datetime,
    expires_at: datetime,
    publisher: TrustedPublisher | None = None,
) -> tuple[APIToken, str]:
    """Make the row and its plain text, for a service that has checked the terms and records why."""
    plain = api_token_spell(randomness.token_bytes(SECRET_BYTES))
    token = APIToken.objects.create(
        name=name,
        prefix=plain[:SHOWN_CHARACTERS],
        secret_sha256=api_token_hash(plain),
        app_id=app_id,
        permissions=[permission.value for permission in permissions],
        channels=publisher.channels if publisher else [],
        publisher=publisher,
        created_by=created_by,
        created_at=now,
        expires_at=expires_at,
    )
    return token, plain


def api_token_authenticate(*, plain: str) -> APIToken:
    """Find the token that this text is, and note its use.

    Raises:
        APITokenError: Unknown, expired or revoked, or its issuer may not sign in any more; which of these
            is nobody's business.
    """
    now = clock.now()
    if not api_token_is_spelled_right(plain):
        raise APITokenError
    known = APIToken.objects.filter(secret_sha256=api_token_hash(plain), created_by__is_active=True)
    token = known.select_related("created_by").first()
    if token is None or not token.is_usable(now):
        raise APITokenError
    # At most once a minute: a busy pipeline mustn't turn each of its reads into a write.
    if token.last_used_at is None or token.last_used_at < now - _USE_NOTED_EVERY:
        APIToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def api_token_require(*, token: APIToken, permission: Permission, app_id: str, channel: str = "") -> None:
    """Make sure that a token carries a permission on an app, or a channel of it; a denial is recorded.

    Whoever lost a role, or a grant on the app, has lost it for the tokens that they issued too.

    Raises:
        PermissionDeniedError: It doesn't, or its issuer doesn't have the permission any more.
    """
    issuer = token.created_by
    if token.may(permission, app_id, channel) and issuer.may(permission, app_id=app_id, channel=channel):
        return
    audit_record(
        action=Action.ACCESS_DENIED,
        actor=token.actor,
        now=clock.now(),
        outcome=Outcome.DENIED,
        app_id=token.app_id,
        # Another app is the caller's word, whatever it may spell.
        subject=("app", token.app_id) if app_id == token.app_id else ("", ""),
        detail={
            "permission": permission.value,
            **({} if app_id == token.app_id else {"asked_app": app_id[:200]}),
        },
    )
    raise PermissionDeniedError(f"This API token doesn't carry the permission {permission.value}.")


def api_token_revoke(*, token: APIToken, actor: Actor) -> APIToken:
    """Take a token's rights away at once and for good; a second time changes nothing."""
    now = clock.now()
    with transaction.atomic():
        token = APIToken.objects.select_for_update().get(pk=token.pk)
        if token.revoked_at is not None:
            return token
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit_record(
            action=Action.API_TOKEN_REVOKED,
            actor=actor,
            now=now,
            app_id=token.app_id,
            subject=("api_token", str(token.pk)),
        )
    return token


def api_tokens_end(*, user: User, actor: Actor, now: datetime) -> None:
    """Revoke all that somebody issued, inside the caller's transaction: they are let in anew, or gone."""
    for token in APIToken.objects.select_for_update().filter(created_by=user, revoked_at=None):
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        audit_record(
            action=Action.API_TOKEN_REVOKED,
            actor=actor,
            now=now,
            app_id=token.app_id,
            subject=("api_token", str(token.pk)),
        )


def _terms_check(
    name: str, permissions: list[Permission], life: timedelta, created_by: User, app_id: str
) -> None:
    if not name.strip():
        raise APITokenTermsError("Give the token a name by which its machine is known.")
    if not permissions:
        raise APITokenTermsError("Choose at least one permission.")
    for permission in permissions:
        if permission not in TOKEN_PERMISSIONS:
            raise APITokenTermsError(f"No API token can carry the permission {permission.value}.")
        # Else a token would be a way to more than one's own rights.
        if not created_by.may(permission, app_id=app_id):
            raise APITokenTermsError(f"You can't pass on {permission.value}: you don't have it yourself.")
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise APITokenTermsError(f"A token lives at least a moment and at most {LONGEST_LIFE.days} days.")
