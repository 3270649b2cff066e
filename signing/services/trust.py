"""Keeping each app's delegation and trust bundle in step with its keys.

Level-triggered like the keys themselves: `chain_ensure` may run at any time, as often as one likes, and signs
only what differs from what should be there, or has grown old. The delegation comes first, since a bundle is
worth something only if its signer is named.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import SYSTEM, Action, Actor
from signing.domain.cryptoperiod import KeyRules
from signing.domain.lifecycle import PUBLISHED_STATES, KeyPurpose, KeyState
from signing.domain.trust_content import DelegationContent, PublishedKey, TrustContent
from signing.domain.trust_documents import DELEGATION, MOST_REVOKED, TRUST
from signing.errors import KeyUnavailableError
from signing.models import DocumentType, SigningKey, TrustDocument
from signing.selectors.keys import active_key
from signing.selectors.trust import (
    OFFLINE,
    current_document,
    delegated_kids,
    delegation_wanted,
    is_delegation_due,
    public_jwk,
    root_key,
)
from signing.services.key_rows import keys_lock
from signing.services.rules import key_rules
from signing.services.trust_documents import document_issue, document_keep, document_version

# A bundle lives a day: four chances to sign the next one before it is over.
TRUST_REFRESH: Final = timedelta(hours=6)
_TOKEN_PURPOSES: Final = (KeyPurpose.RELEASE_TOKEN, KeyPurpose.BACKEND_TOKEN)
_STATES: Final = {
    KeyState.ACTIVE: "current",
    KeyState.PREPUBLISHED: "next",
    KeyState.VERIFY_ONLY: "previous",
}


def chain_ensure(*, app_id: str, now: datetime, actor: Actor = SYSTEM) -> None:
    """Sign what is due of an app's delegation and bundle.

    Raises:
        KeyUnavailableError: No bundle can be signed now.
    """
    if _delegation_due(app_id, now) is None:
        trust_ensure(app_id=app_id, now=now, actor=actor)
        return
    # Both or neither: under a delegation that doesn't name the bundle's signer, devices would get no answer.
    with transaction.atomic():
        for purpose in (KeyPurpose.ROOT, KeyPurpose.TRUST):  # both first: the key set's row is locked last
            keys_lock(purpose, app_id)
        delegation_ensure(app_id=app_id, now=now, actor=actor)
        trust_ensure(app_id=app_id, now=now, actor=actor)


def delegation_ensure(*, app_id: str, now: datetime, actor: Actor = SYSTEM) -> TrustDocument | None:
    """Sign the app's delegation if that is due and the root is online; returns the new one, if any.

    With an offline root nothing happens: `trust_standing` says that a ceremony is due.

    Raises:
        KeyUnavailableError: The root can't be used.
    """
    if _delegation_due(app_id, now) is None:  # nearly always; without a lock
        return None
    with transaction.atomic():
        keys_lock(KeyPurpose.ROOT, app_id)
        due = _delegation_due(app_id, now)
        return None if due is None else _delegation_sign(*due, actor=actor, now=now)


def _delegation_due(app_id: str, now: datetime) -> tuple[SigningKey, DelegationContent] | None:
    """Return the online root and what it has to sign; None if nothing, or if the root is offline."""
    root, wanted = root_key(app_id), delegation_wanted(app_id)
    if root is None or wanted is None or root.backend == OFFLINE:
        return None
    current = current_document(app_id, DocumentType.DELEGATION)
    return (root, wanted) if is_delegation_due(current, wanted, now) else None


def _delegation_sign(
    root: SigningKey, wanted: DelegationContent, *, actor: Actor, now: datetime
) -> TrustDocument:
    version = document_version(wanted.app_id, DocumentType.DELEGATION, now)
    claims = wanted.claims(version=version, issued=int(now.timestamp()))
    return document_keep(
        DocumentType.DELEGATION,
        claims,
        signed=document_issue(root, kind=DELEGATION, claims=claims, now=now),
        signer_kid=root.key_id,
        content_sha256=wanted.sha256(),
        action=Action.DELEGATION_SIGNED,
        actor=actor,
        now=now,
    )


def trust_ensure(*, app_id: str, now: datetime, actor: Actor = SYSTEM) -> TrustDocument | None:
    """Sign the app's trust bundle if it is missing, void, old, or says something else than it should.

    Raises:
        KeyUnavailableError: It can't be signed now.
    """
    if _is_current(app_id, now):  # nearly always; without a lock
        return None
    with transaction.atomic():
        keys_lock(KeyPurpose.TRUST, app_id)
        return None if _is_current(app_id, now) else trust_sign(app_id=app_id, now=now, actor=actor)


def _is_current(app_id: str, now: datetime) -> bool:
    content = trust_content(app_id, _trust_signer(app_id, now))
    current = current_document(app_id, DocumentType.TRUST)
    if current is None or current.is_void or now >= current.signed_at + TRUST_REFRESH:
        return False
    return current.content_sha256 == content.sha256()


@transaction.atomic
def trust_sign(*, app_id: str, now: datetime, actor: Actor = SYSTEM) -> TrustDocument:
    """Sign the app's trust bundle anew.

    Raises:
        KeyUnavailableError: There's no trust key that a delegation in force names, or it can't be used.
    """
    keys_lock(KeyPurpose.TRUST, app_id)
    signer = _trust_signer(app_id, now)
    content = trust_content(app_id, signer)
    if signer.key_id in content.revoked:
        raise KeyUnavailableError(f"Trust key {signer.key_id} was revoked.")
    version = document_version(app_id, DocumentType.TRUST, now)
    claims = content.claims(version=version, issued=int(now.timestamp()))
    return document_keep(
        DocumentType.TRUST,
        claims,
        signed=document_issue(signer, kind=TRUST, claims=claims, now=now),
        signer_kid=signer.key_id,
        content_sha256=content.sha256(),
        action=Action.TRUST_SIGNED,
        actor=actor,
        now=now,
    )


def _trust_signer(app_id: str, now: datetime) -> SigningKey:
    signer = active_key(purpose=KeyPurpose.TRUST, app_id=app_id)
    delegation = current_document(app_id, DocumentType.DELEGATION)
    if delegation is None or delegation.expires_at <= now or signer.key_id not in delegated_kids(app_id):
        raise KeyUnavailableError(f"No delegation in force names trust key {signer.key_id} of {app_id}.")
    return signer


def trust_content(app_id: str, signer: SigningKey) -> TrustContent:
    """Say what the app's trust bundle should say by now."""
    return TrustContent(
        issuer=settings.PUBLIC_URL,
        app_id=app_id,
        signer_kid=signer.key_id,
        keys=_published_keys(app_id),
        revoked=_revoked_kids(app_id),
        refresh_seconds=settings.CLIENT_REFRESH_SECONDS,
    )


def _revoked_kids(app_id: str) -> list[str]:
    rows = SigningKey.objects.filter(
        app_id=app_id,
        purpose__in=[*_TOKEN_PURPOSES, KeyPurpose.TRUST],
        revoked_at__isnull=False,
        public_jwk__isnull=False,
    ).order_by("-revoked_at")
    return sorted(row.key_id for row in rows[:MOST_REVOKED])


def _published_keys(app_id: str) -> list[PublishedKey]:
    # Keys of HMAC aren't published anywhere.
    rows = list(
        SigningKey.objects
        .filter(
            app_id=app_id,
            purpose__in=_TOKEN_PURPOSES,
            state__in=PUBLISHED_STATES,
            public_jwk__isnull=False,
        )
        .select_related("usage")
        .order_by("purpose", "-epoch")
    )
    return [_published_key(row, rows) for row in rows]


def _published_key(row: SigningKey, rows: Iterable[SigningKey]) -> PublishedKey:
    opens = row.published_at or row.created_at
    return PublishedKey(
        jwk=public_jwk(row),
        purpose=row.purpose,
        state=_STATES[KeyState(row.state)],
        # Not its activation: in an emergency it signs at once, before anybody has a new bundle.
        not_before=int(opens.timestamp()),
        not_after=ceil(_ends_at(row, rows, key_rules(KeyPurpose(row.purpose)), opens).timestamp()),
    )


def _ends_at(row: SigningKey, rows: Iterable[SigningKey], rules: KeyRules, opens: datetime) -> datetime:
    """Say when nothing that the key signed can be good any more, as far as that is planned."""
    starts = row.activated_at or _starts_at(row, rows, rules, opens)
    ends = rules.expires_at(starts)
    if row.state == KeyState.VERIFY_ONLY and row.deactivated_at is not None:
        usage = getattr(row, "usage", None)
        ends = rules.verifies_until(row.deactivated_at, usage.last_expires_at if usage else None)
    # Token keys always have an end; one without would be good at no time, rather than for ever.
    return ends or starts


def _starts_at(row: SigningKey, rows: Iterable[SigningKey], rules: KeyRules, opens: datetime) -> datetime:
    """Say when a key in waiting should begin to sign: when the active one's period is over."""
    active = next((r for r in rows if r.purpose == row.purpose and r.state == KeyState.ACTIVE), None)
    due = rules.rotation_due_at(active.activated_at) if active and active.activated_at else None
    return max(due or opens, rules.may_sign_from(opens))
