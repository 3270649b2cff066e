"""A CI's token for an API token: verified, matched, used up, and answered with fifteen minutes of rights.

Whoever is refused hears one sentence whatever was wrong; the audit log has the reason, and claims that aren't
about a person. Strangers can't fill that log: of refusals of what no issuer here has signed, a bounded number
a minute is recorded, and the rest only logged.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from redis import RedisError

from accounts.backends.exchange_guard import ExchangeGuard
from accounts.domain.publisher_claims import claims_recorded, owner_id_of, publisher_choose, publisher_match
from accounts.errors import IssuerUnavailableError, PermissionDeniedError, PublisherRefusedError
from accounts.models import APIToken, TrustedPublisher
from accounts.services.api_tokens import api_token_create
from accounts.services.issuer_keys import TrustedIssuer, issuer_token_verify
from accounts.services.publisher_rights import publisher_rights_check, publishing_issuers
from compliance.ledger.domain.events import ANONYMOUS, Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.foreign import ForeignExpected, foreign_issuer_claimed
from releaseconsole.redis_link import redis_client

LIFE: Final = timedelta(minutes=15)
# GitHub's live for minutes; GitLab's as long as the job may take, and are made when it starts.
_LONGEST_AGE: Final = 3600
_LONGEST_LIFE: Final = 24 * 3600
_LEEWAY: Final = 30
_LONGEST_JTI: Final = 255
_RECORDED_A_MINUTE: Final = 60
_log = logging.getLogger(__name__)


def exchange_wait(*, address: str) -> int:
    """Return for how many seconds a caller at this address has to wait; 0: go ahead.

    Raises:
        IssuerUnavailableError: Redis doesn't answer, so nobody can count.
    """
    try:
        number, seconds_left = ExchangeGuard(redis_client()).count(address)
    except RedisError as exc:
        raise IssuerUnavailableError("Redis doesn't answer") from exc
    return seconds_left if number > settings.EXCHANGES_PER_MINUTE else 0


def publisher_exchange(*, token: str, app_id: str = "") -> tuple[APIToken, str]:
    """Exchange a CI's token for an API token, and return that with its plain text.

    Args:
        token: Of a CI's job, for this console as its audience; untrusted.
        app_id: Which app, for a job that publishes several; empty for the only one.

    Raises:
        PublisherRefusedError: It is no token of a publisher of an app; why is on record.
        IssuerUnavailableError: The issuer's keys can't be had, or Redis doesn't answer.
    """
    claims: dict[str, Any] = {}
    try:
        claims = _verified(token)
        publisher = _publisher_find(claims, app_id)
        _use_up(claims)
        return _admit(publisher, claims)
    except PublisherRefusedError as exc:
        _refusal_record(exc.reason, claims, app_id)
        raise


def _verified(token: str) -> dict[str, Any]:
    # Its issuer must be listed before anything is fetched.
    try:
        issuer = foreign_issuer_claimed(token)
        if issuer not in publishing_issuers():
            raise PublisherRefusedError("iss: not a listed issuer")
        expected = ForeignExpected(
            issuer=issuer,
            audience=settings.PUBLIC_URL,
            types=frozenset({"jwt"}),
            longest_age=_LONGEST_AGE,
            longest_life=_LONGEST_LIFE,
            leeway=_LEEWAY,
        )
        return issuer_token_verify(token=token, issuer=TrustedIssuer(url=issuer), expected=expected)
    except TokenRefusedError as exc:
        raise PublisherRefusedError(exc.reason) from exc


def _publisher_find(claims: Mapping[str, Any], app_id: str) -> TrustedPublisher:
    live = TrustedPublisher.objects.filter(issuer=claims["iss"], removed_at=None)
    if app_id:
        live = live.filter(app_id=app_id)
    # GitHub's name for it, or GitLab's: narrows the search, and is checked with the rest.
    path = claims.get("repository", claims.get("project_path"))
    owner, _, repository = path.rpartition("/") if isinstance(path, str) else ("", "", "")
    found = list(live.filter(owner__iexact=owner, repository__iexact=repository))
    chosen = publisher_choose(((row.terms, row) for row in found), claims)
    others = [row for row in found if row.app_id != chosen.app_id]
    if others and _any_fits(others, claims):
        raise PublisherRefusedError("a publisher of several apps, and app_id doesn't say which")
    return chosen


def _any_fits(rows: list[TrustedPublisher], claims: Mapping[str, Any]) -> bool:
    try:
        publisher_choose(((row.terms, row) for row in rows), claims)
    except PublisherRefusedError:
        return False
    return True


def _use_up(claims: Mapping[str, Any]) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise PublisherRefusedError("jti: missing")
    seconds = claims["exp"] + 2 * _LEEWAY - int(clock.epoch_seconds())
    try:
        is_first = ExchangeGuard(redis_client()).use_up(issuer=claims["iss"], jti=jti, seconds=seconds)
    except RedisError as exc:
        raise IssuerUnavailableError("Redis doesn't answer") from exc
    if not is_first:
        raise PublisherRefusedError("jti: used before")


def _admit(publisher: TrustedPublisher, claims: Mapping[str, Any]) -> tuple[APIToken, str]:
    now = clock.now()
    with transaction.atomic():
        # Anew under the lock: meanwhile it may be removed, or its owner pinned by another token.
        rows = TrustedPublisher.objects.select_for_update(of=("self",)).select_related("created_by")
        row = rows.filter(pk=publisher.pk, removed_at=None).first()
        if row is None:
            raise PublisherRefusedError("the publisher was removed")
        publisher_match(row.terms, claims)
        _registrar_check(row)
        row.owner_id = owner_id_of(row.terms.kind, claims)
        row.last_used_at = now
        row.save(update_fields=["owner_id", "last_used_at"])
        token, plain = api_token_create(
            name=f"{row.kind_words}: {row.terms.path}"[:80],
            app_id=row.app_id,
            permissions=row.terms.permissions,
            created_by=row.created_by,
            now=now,
            expires_at=now + LIFE,
            publisher=row,
        )
        _admission_record(row, token, claims, now)
    return token, plain


def _registrar_check(publisher: TrustedPublisher) -> None:
    try:
        publisher_rights_check(user=publisher.created_by, app_id=publisher.app_id, terms=publisher.terms)
    except PermissionDeniedError as exc:
        raise PublisherRefusedError("who registered the publisher may not do this any more") from exc


def _admission_record(
    publisher: TrustedPublisher, token: APIToken, claims: Mapping[str, Any], now: datetime
) -> None:
    audit_record(
        action=Action.PUBLISHER_ADMITTED,
        actor=token.actor,
        now=now,
        app_id=publisher.app_id,
        subject=("publisher", str(publisher.pk)),
        detail={**claims_recorded(claims), "permissions": token.permissions, "channels": token.channels},
    )


def _refusal_record(reason: str, claims: Mapping[str, Any], app_id: str) -> None:
    _log.warning("A CI's token was refused: %s.", reason)
    if not claims and not _may_record():
        return
    # The app is the caller's word: taken where there is a publisher whom the refusal may concern.
    is_known = TrustedPublisher.objects.filter(app_id=app_id).exists()
    audit_record(
        action=Action.PUBLISHER_REFUSED,
        actor=ANONYMOUS,
        now=clock.now(),
        outcome=Outcome.DENIED,
        app_id=app_id if is_known else "",
        subject=("app", app_id) if is_known else ("", ""),
        detail={
            **claims_recorded(claims),
            "reason": reason,
            **({} if is_known else {"asked_app": app_id[:155]}),
        },
    )


def _may_record() -> bool:
    try:
        number, _ = ExchangeGuard(redis_client()).count("unsigned-refusals")
    except RedisError:
        return False
    return number <= _RECORDED_A_MINUTE
