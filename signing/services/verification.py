"""Verifying tokens for an app's own back end: the verdict, and on request its being good once only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from compliance.ledger.domain.events import Action, Actor, Outcome
from compliance.ledger.domain.phi_rules import PHI_RULE_OBJECT, PHIRule
from compliance.ledger.services import audit_record
from releaseconsole.kernel.jose.headers import header_parse
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH, Expected, token_verify
from signing.domain.backend_token import BACKEND_TOKEN
from signing.domain.lifecycle import KeyPurpose
from signing.domain.release_token import RELEASE_TOKEN
from signing.errors import KeyUnavailableError, PHITokenInClearError, TokenRefusedError
from signing.models import SigningKey, TokenProfile
from signing.selectors import stored_public_key, verification_keys, verifying_rows
from signing.services.loading import private_key_open
from signing.services.replay import token_consume
from signing.services.usage import key_verifications

_DOTS_OF_JWS: Final = 2


@dataclass(frozen=True, slots=True)
class TokenQuestion:
    """What a back end wants to know about a token.

    Attributes:
        token: As it came, untrusted.
        consume: Use it up: it is good this once.
        subject: Whom it must be about; None: anybody.
        nonce: What it must echo; None: not asked.
    """

    token: str
    consume: bool = False
    subject: str | None = None
    nonce: str | None = None


def token_judge(*, app_id: str, question: TokenQuestion, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that is good for this app, now.

    Raises:
        PHITokenInClearError: The app handles PHI, and a token that anybody can read was sent here.
        TokenRefusedError: Anything is wrong with it; `reason` is for the log only.
        TokenExpiredError: Nothing is wrong with it except that its time is over.
        TokenReplayedError: It was to be used up, and was before.
        ReplayStoreError: It was to be used up, and whether it was before can't be found out.
        KeyUnavailableError: A key to verify with is damaged or can't be opened.
    """
    _phi_check(app_id, question.token, actor, now)
    kid, typ = _header_of(question.token)
    accepted = _ACCEPTED.get(typ)
    if accepted is None:
        raise TokenRefusedError("header: typ isn't one that is verified for back ends")
    kind, keys_of = accepted
    claims = token_verify(
        question.token,
        kind=kind,
        keys=keys_of(app_id=app_id),
        expected=Expected(issuer=settings.PUBLIC_URL, audience=app_id, subject=question.subject),
        now=int(now.timestamp()),
    )
    if question.nonce is not None and claims.get("nonce") != question.nonce:
        raise TokenRefusedError("claim nonce: not the one expected")
    if question.consume:
        token_consume(kind=kind, claims=claims, now=now)
    key_verifications(kid).note()
    return claims


def _phi_check(app_id: str, token: str, actor: Actor, now: datetime) -> None:
    """Refuse a token in clear for an app with PHI before anything of it is read.

    What it carries may be PHI that should never have left its envelope: the public keys verify it where it
    is read, and here it would only be one more copy.

    Raises:
        PHITokenInClearError: It is one.
    """
    is_jws = token.count(".") == _DOTS_OF_JWS
    if not is_jws or not TokenProfile.objects.filter(pk=app_id, handles_phi=True).exists():
        return
    with transaction.atomic():
        audit_record(
            action=Action.TOKEN_REFUSED,
            actor=actor,
            now=now,
            outcome=Outcome.DENIED,
            app_id=app_id,
            subject=(PHI_RULE_OBJECT, PHIRule.JWS.value),
            detail={"rule": PHITokenInClearError.code},
        )
    raise PHITokenInClearError


def _header_of(token: str) -> tuple[str, str]:
    # The header picks the kind among ours and nothing else; the kind's own verifier reads it again.
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenRefusedError(f"token: {len(token)} characters")
    header = header_parse(token.partition(".")[0])
    return header.kid, header.typ


def _backend_keys(*, app_id: str) -> dict[str, VerificationKey]:
    rows = verifying_rows(purpose=KeyPurpose.BACKEND_TOKEN, app_id=app_id)
    # A secret that was destroyed verifies nothing any more, and must not keep the others from it.
    usable = [row for row in rows if row.public_jwk is not None or row.private_destroyed_at is None]
    return {row.key_id: _backend_key(row) for row in usable}


def _backend_key(row: SigningKey) -> VerificationKey:
    if row.public_jwk is not None:
        return stored_public_key(row)
    secret = private_key_open(row)
    if not isinstance(secret, HS256Key):
        raise KeyUnavailableError(f"Key {row.key_id} isn't an HMAC key, and has no public half.")
    return secret.verification_key(row.key_id)


_Keys = Callable[..., Mapping[str, VerificationKey]]
# Each with its own keys: no key verifies two kinds. Downloads are this server's own business, and what is
# encrypted was opened by its reader before it could come here.
_ACCEPTED: Final[Mapping[str, tuple[TokenKind, _Keys]]] = {
    RELEASE_TOKEN.typ: (RELEASE_TOKEN, verification_keys),
    BACKEND_TOKEN.typ: (BACKEND_TOKEN, _backend_keys),
}
