"""Access that ends because the provider says so: by its logout, or by its answer when it's asked again.

Only its own words count. A provider that can't be reached, or that refuses the console itself, has said
nothing about anybody: it's asked again an hour later, and `manage.py doctor` tells for how long that goes on.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.domain.provider_claims import LoggedOut
from accounts.domain.roles import Permission
from accounts.domain.session_limits import SessionEnd
from accounts.errors import GrantWithdrawnError, ProviderError, SingleSignOnError
from accounts.models import Identity, LogoutNotice, ProviderSession, User
from accounts.selectors.administrators import administrators_able
from accounts.selectors.entitled import people_entitled
from accounts.services.identities import has_own_sign_in
from accounts.services.identity_roles import identity_roles_follow
from accounts.services.links import links_end
from accounts.services.mail import letter_write
from accounts.services.provider import tokens_refresh, userinfo
from accounts.services.provider_tokens import logout_token_verify
from accounts.services.sessions import sessions_end
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, sealing

_log = logging.getLogger(__name__)
_ASK_EVERY: Final = timedelta(hours=24)
_ASK_AGAIN: Final = timedelta(minutes=50)  # less than the hour between two runs
_ASK_PAUSE: Final = timedelta(minutes=1)  # nobody makes the console ask all the time
_AT_ONCE: Final = 200
_KEPT: Final = timedelta(days=30)


def provider_logout(*, token: str) -> None:
    """End the sessions of whom the provider logged out; a good token that names nobody here does nothing.

    All of the person's sessions end, not only the one of the token's `sid`: more is never less safe.

    Raises:
        SingleSignOnError: The token isn't good, or was taken before.
        ProviderUnavailableError: The provider's keys can't be had; it tries again.
    """
    told = logout_token_verify(token=token)
    now = clock.now()
    with transaction.atomic():
        _notice_take(told, now)
        for identity in Identity.objects.filter(_named(told), issuer=settings.OIDC_ISSUER).select_related(
            "user"
        ):
            sessions_end(user=identity.user, why=SessionEnd.ENDED_BY_PROVIDER, actor=SYSTEM)
            identity.provider_sessions.all().delete()


def identities_check(*, at_once: int = _AT_ONCE) -> int:
    """Ask the provider about everybody whom it hasn't vouched for in a day; return how many were asked."""
    now = clock.now()
    LogoutNotice.objects.filter(taken_at__lt=now - _KEPT).delete()
    ProviderSession.objects.filter(opened_at__lt=now - _KEPT).delete()
    due = Identity.objects.filter(
        _due(now), issuer=settings.OIDC_ISSUER, gone_at=None, user__is_active=True
    ).exclude(sealed_refresh_token="")
    return sum(
        identity_check(identity_pk=pk)
        for pk in due.order_by("asked_at").values_list("pk", flat=True)[:at_once]
    )


def identities_ask(*, user: User) -> None:
    """Ask the provider about somebody who comes in by their own password, before they are in.

    If it can't be asked they come in: that says nothing about them.
    """
    due = Identity.objects.filter(
        user=user, issuer=settings.OIDC_ISSUER, gone_at=None, asked_at__lte=clock.now() - _ASK_PAUSE
    ).exclude(sealed_refresh_token="")
    for pk in due.values_list("pk", flat=True):
        identity_check(identity_pk=pk)


def identity_check(*, identity_pk: int) -> bool:
    """Ask the provider whether it still knows somebody, and act on the answer.

    Nothing is locked while it's asked. Whoever moves `asked_at` asks: a refresh token that is replaced with
    each use would be lost by a second one who asks.

    Returns:
        Whether it was asked; somebody else may just have.
    """
    now = clock.now()
    identity = Identity.objects.get(pk=identity_pk)
    asked = Identity.objects.filter(pk=identity_pk, asked_at=identity.asked_at).update(asked_at=now)
    if not asked or identity.asked_at == now:
        return False
    try:
        _ask(identity, now)
    except GrantWithdrawnError:
        identity_gone(identity_pk=identity_pk)
    except ProviderError as exc:
        _log.warning(
            "The identity provider couldn't be asked about identity %s: %s.", identity_pk, exc.reason
        )
        Identity.objects.filter(pk=identity_pk).update(trouble=exc.reason[:200])
    return True


def identity_gone(*, identity_pk: int) -> None:
    """Take it that the provider doesn't stand by somebody any more.

    Their sessions end, and the roles of their groups go. Who has no sign-in of their own is deactivated: an
    administrator decides when they come back. Who has one keeps it, with the roles that were given by hand:
    somebody decided that. The last administrator isn't deactivated: nobody could let anybody in again, and
    without the provider's word they don't come in either. The other administrators get a letter.
    """
    now = clock.now()
    with transaction.atomic():
        identity = Identity.objects.select_for_update(of=("self",)).select_related("user").get(pk=identity_pk)
        if identity.gone_at is not None:
            return
        identity.gone_at, identity.sealed_refresh_token, identity.trouble = now, "", ""
        identity.save(update_fields=["gone_at", "sealed_refresh_token", "trouble"])
        identity_roles_follow(identity=identity, claims={}, now=now)
        identity.provider_sessions.all().delete()
        deactivated = _deactivate(identity.user)
        sessions_end(user=identity.user, why=SessionEnd.ENDED_BY_PROVIDER, actor=SYSTEM)
        audit_record(
            action=Action.PERSON_DEPROVISIONED,
            actor=SYSTEM,
            now=now,
            subject=("person", str(identity.user_id)),
            detail={"identity": identity.pk, "deactivated": deactivated},
        )
        _administrators_tell(identity, deactivated=deactivated)


def _ask(identity: Identity, now: datetime) -> None:
    token = sealing.kek_current().unseal(
        identity.sealed_refresh_token, context=identity.refresh_token_context()
    )
    tokens = tokens_refresh(refresh_token=token.decode())
    # First of all: with rotation the old one is worth nothing any more.
    if tokens.refresh_token:
        sealed = sealing.kek_current().seal(
            tokens.refresh_token.encode(), context=identity.refresh_token_context()
        )
        Identity.objects.filter(pk=identity.pk).update(sealed_refresh_token=sealed)
    claims = userinfo(access_token=tokens.access_token, subject=identity.subject)
    with transaction.atomic():
        Identity.objects.filter(pk=identity.pk).update(vouched_at=now, trouble="")
        # A userinfo endpoint may never tell groups: only what it does tell changes anything.
        if settings.OIDC_GROUPS_CLAIM in claims:
            identity_roles_follow(identity=identity, claims=claims, now=now)


def _due(now: datetime) -> Q:
    """Who was vouched for a day ago; while there is trouble, who wasn't asked within the hour."""
    return Q(vouched_at__lte=now - _ASK_EVERY, asked_at__lte=now - _ASK_AGAIN)


def _named(told: LoggedOut) -> Q:
    if told.subject:
        return Q(subject=told.subject)
    return Q(pk__in=ProviderSession.objects.filter(sid=told.sid).values("identity"))


def _notice_take(told: LoggedOut, now: datetime) -> None:
    try:
        with transaction.atomic():
            LogoutNotice.objects.create(issuer=settings.OIDC_ISSUER, jti=told.jti, taken_at=now)
    except IntegrityError as exc:
        raise SingleSignOnError("logout token: taken before") from exc


def _deactivate(user: User) -> bool:
    if has_own_sign_in(user) or not user.is_active or not administrators_able(but=user).exists():
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    links_end(person=user)
    return True


def _administrators_tell(identity: Identity, *, deactivated: bool) -> None:
    for administrator in people_entitled(Permission.PEOPLE_MANAGE, other_than=identity.user):
        letter_write(
            to=administrator,
            template="person_deprovisioned",
            context={"gone": identity.user, "name": settings.OIDC_NAME, "deactivated": deactivated},
        )
