"""Issuing tokens for an app's own back end, and handing it the keys to verify them with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.domain.phi_rules import PHI_RULE_OBJECT, PHIRule
from compliance.ledger.services import audit_record
from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.encryption import nested_encrypt, secret_key_encrypt
from releaseconsole.kernel.jose.encryption_keys import RecipientKey
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.signing import TokenSigner, token_sign_checked
from signing.domain.backend_token import BACKEND_TOKEN, backend_claims, life_asked_check, subject_check
from signing.domain.ext_claims import ext_claims_check
from signing.domain.lifecycle import PUBLISHED_STATES, KeyPurpose
from signing.domain.phi_tokens import PHI_BACKEND_TOKEN
from signing.domain.profile import Audience, ClaimValue, Profile
from signing.errors import KeyUnavailableError, PHIEncryptionRequiredError, SigningError
from signing.models import SigningKey, TokenProfile
from signing.selectors import (
    active_key,
    backend_recipient,
    profile_rules,
    stored_public_key,
)
from signing.services.loading import private_key_open
from signing.services.profile_rows import profile_lock
from signing.services.rules import signs_until_epoch
from signing.services.usage import key_issues

# Of the JWE in which a secret travels; no token has it.
HAND_OUT_TYP: Final = "backend-key+jwe"


@dataclass(frozen=True, slots=True)
class TokenWish:
    """What a back end asks for; all of it untrusted.

    Attributes:
        subject: Whom or what the token is about.
        claims: Custom claims, beside the profile's fixed ones.
        consent: That the person consented to the personal ones.
        encrypt: To the key that the back end registered.
        lifetime: Seconds; None: as long as tokens live here.
    """

    subject: str
    claims: Mapping[str, object]
    consent: bool = False
    encrypt: bool = False
    lifetime: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token with what its holder has to know about it; `kid` is the key that signed it."""

    token: str
    expires_at: datetime
    kid: str


def backend_token_issue(*, app_id: str, wish: TokenWish, actor: Actor, now: datetime) -> IssuedToken:
    """Issue a token for an app's own back end. A claim that needs encryption is never encrypted unasked.

    Raises:
        NotFoundError: There's no such app.
        KeyUnavailableError: The profile has no tokens of this kind, or no key can sign one now.
        RecipientUnknownError: It was to be encrypted, and the back end has registered no key.
        SigningError: A claim, the subject or the lifetime isn't acceptable (`ext_claims_check`).
    """
    with transaction.atomic():
        # Held until the token is issued: a claim that becomes PHI meanwhile does so before or after, and
        # never between being checked and being signed.
        rules = profile_rules(_issuing_profile(app_id))
        ext = _allowed(rules, wish)
        if not isinstance(ext, SigningError):
            return _issue(app_id, wish, rules, ext, actor=actor, now=now)
        # Which rule, and nothing of what was asked: a name that nobody defined may be anything.
        is_phi = isinstance(ext, PHIEncryptionRequiredError)
        audit_record(
            action=Action.TOKEN_REFUSED,
            actor=actor,
            now=now,
            outcome=Outcome.DENIED,
            app_id=app_id,
            subject=(PHI_RULE_OBJECT, PHIRule.PLAINTEXT.value) if is_phi else ("", ""),
            detail={"rule": ext.code},
        )
    raise ext  # raised only now: inside it would take the record with it


def backend_keys_hand_out(*, app_id: str, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return the keys that verify the app's back-end tokens, now and next.

    Public keys as JWKs. Secrets only encrypted to the back end's registered key, and on the audit log:
    whoever holds one can make tokens that every verifier believes.

    Raises:
        NotFoundError: There's no such app.
        KeyUnavailableError: A key is damaged or can't be opened.
        RecipientUnknownError: There's a secret, and the back end has registered no key.
    """
    with transaction.atomic():
        # Held until they are handed out: no secret goes to a key that a custodian has removed meanwhile.
        profile_lock(app_id=app_id)
        rows = SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN, app_id=app_id)
        published = list(rows.filter(state__in=PUBLISHED_STATES).order_by("-epoch"))
        handed_out = [row.key_id for row in published if row.public_jwk is None]
        recipient = backend_recipient(app_id=app_id) if handed_out else None
        keys = [_handed_out(row, recipient) for row in published]
        if recipient is not None:
            detail = {"kids": handed_out, "recipient": recipient.kid}
            action = Action.BACKEND_SECRET_HANDED_OUT
            audit_record(action=action, actor=actor, now=now, app_id=app_id, detail=detail)
    return keys


def _issuing_profile(app_id: str) -> TokenProfile:
    profile = profile_lock(app_id=app_id)
    if not profile.issues_backend_tokens:
        raise KeyUnavailableError(f"The token profile of {app_id} has no tokens for a back end.")
    return profile


def _allowed(rules: Profile, wish: TokenWish) -> dict[str, ClaimValue] | SigningError:
    """Return the claims that the token will carry, or what forbids them."""
    try:
        return ext_claims_check(
            rules, wish.claims, audience=Audience.BACKEND, encrypted=wish.encrypt, consent=wish.consent
        )
    except SigningError as exc:
        return exc


def _issue(
    app_id: str,
    wish: TokenWish,
    rules: Profile,
    ext: Mapping[str, ClaimValue],
    *,
    actor: Actor,
    now: datetime,
) -> IssuedToken:
    recipient = backend_recipient(app_id=app_id) if wish.encrypt else None
    most = settings.TOKEN_LIFETIME
    lifetime = most if wish.lifetime is None else life_asked_check(wish.lifetime, most=most)
    claims = backend_claims(
        issuer=settings.PUBLIC_URL,
        app_id=app_id,
        subject=subject_check(wish.subject),
        issued=int(now.timestamp()),
        lifetime=lifetime,
        jti=randomness.token_id(),
        ext=ext,
        padded=wish.encrypt,
    )
    kid, token = _sign(app_id, claims, recipient)
    detail = {"kid": kid, "encrypted": wish.encrypt, "claims": _classes(rules, ext)}
    audit_record(action=Action.TOKEN_ISSUED, actor=actor, now=now, app_id=app_id, detail=detail)
    return IssuedToken(token, datetime.fromtimestamp(claims["exp"], UTC), kid)


def _sign(app_id: str, claims: Mapping[str, Any], recipient: RecipientKey | None) -> tuple[str, str]:
    kind = BACKEND_TOKEN if recipient is None else PHI_BACKEND_TOKEN
    row = active_key(purpose=KeyPurpose.BACKEND_TOKEN, app_id=app_id)
    if claims["iat"] >= signs_until_epoch(row):
        raise KeyUnavailableError(f"Key {row.key_id} has come to its end, and nothing has rotated it.")
    key = private_key_open(row)
    signer = TokenSigner(kid=row.key_id, algorithm=key.algorithm, typ=kind.typ, sign=key.sign)
    token = token_sign_checked(signer, kind=kind, claims=claims)
    key_issues(row.key_id).note()
    if recipient is not None:
        token = nested_encrypt(token, typ=kind.typ, recipient=recipient)
    return row.key_id, token


def _handed_out(row: SigningKey, recipient: RecipientKey | None) -> dict[str, Any]:
    handed: dict[str, Any] = {"kid": row.key_id, "algorithm": row.algorithm, "state": row.state}
    if row.public_jwk is not None:
        stored_public_key(row)  # exactly the public members are in it, or this raises
        return handed | {"jwk": dict(row.public_jwk), "jwe": None}
    secret = private_key_open(row)
    if recipient is None or not isinstance(secret, HS256Key):
        raise KeyUnavailableError(f"The secret of key {row.key_id} can't be handed out.")
    sealed = secret_key_encrypt(secret.material(), kid=row.key_id, typ=HAND_OUT_TYP, recipient=recipient)
    return handed | {"jwk": None, "jwe": sealed}


def _classes(rules: Profile, ext: Mapping[str, ClaimValue]) -> dict[str, str]:
    """Name the claims with their classes: all that the audit log may know of them."""
    classes = {name: rules.claims[name].claim_class for name in sorted(ext)}
    return {name: found.value if found else "" for name, found in classes.items()}
