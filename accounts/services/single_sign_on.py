"""Signing in at the identity provider: out with a question, back with an answer to exactly that question."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.conf import settings

from accounts.domain.provider_claims import Asked, name_read
from accounts.domain.throttling import Source
from accounts.errors import SingleSignOnError
from accounts.services.provider import (
    Tokens,
    authorization_address,
    code_exchange,
    provider_document,
    userinfo,
)
from accounts.services.provider_tokens import id_token_verify
from accounts.services.throttle import failure_has_room
from compliance.ledger.domain.events import ANONYMOUS, Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness

# Long enough for a second factor at the provider; then the question is forgotten.
_JOURNEY_SECONDS: Final = 600
_SECRET_BYTES: Final = 32  # RFC 7636, section 4.1
# A link is made by somebody who proves themselves there now, not by who left a browser open.
_LINK_MAX_AGE: Final = 300
# What the console may need and the ID token may leave to the userinfo endpoint.
_ADDRESS_CLAIM: Final = "email"


class Purpose(StrEnum):
    """What somebody goes to the provider for."""

    SIGN_IN = "sign_in"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to the provider and back; kept in the browser's session on the server, and used once.

    Attributes:
        purpose: What for; an answer to the one is none to the other.
        state: Binds the answer to this browser.
        nonce: Binds the ID token to this question.
        verifier: Binds the code to this console (PKCE).
        began: Seconds since 1970.
        max_age: What was asked about the proof's age.
        next: Where to go on, inside the console.
        person: Who wants the link; 0 when signing in.
    """

    purpose: Purpose
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    began: int
    max_age: int
    next: str = ""
    person: int = 0


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, and how.

    Attributes:
        issuer: The provider.
        subject: Its name for them: the only one that counts.
        claims: Of the ID token, completed by the userinfo endpoint's.
        sid: Its session; may be empty.
        refresh_token: For asking again; may be empty.
    """

    issuer: str
    subject: str
    claims: Mapping[str, Any]
    sid: str
    refresh_token: str = field(repr=False)


def journey_begin(*, purpose: Purpose, next_address: str = "", person: int = 0) -> tuple[Journey, str]:
    """Make up a question, and the address that asks it.

    Raises:
        ProviderUnavailableError: There is no provider, or it doesn't answer.
    """
    journey = Journey(
        purpose=purpose,
        state=randomness.token_urlsafe(_SECRET_BYTES),
        nonce=randomness.token_urlsafe(_SECRET_BYTES),
        verifier=randomness.token_urlsafe(_SECRET_BYTES),
        began=int(clock.epoch_seconds()),
        max_age=_max_age(purpose),
        next=next_address,
        person=person,
    )
    extra = {"max_age": str(journey.max_age)} if journey.max_age else {}
    if settings.OIDC_AAL2_ACR:
        extra["acr_values"] = " ".join(settings.OIDC_AAL2_ACR)  # a wish; the answer's acr is what counts
    if purpose is Purpose.LINK:
        extra["prompt"] = "login"
    address = authorization_address(
        state=journey.state, nonce=journey.nonce, verifier=journey.verifier, extra=extra
    )
    return journey, address


def journey_finish(*, journey: Journey, answer: Mapping[str, str]) -> Vouched:
    """Take the provider's answer: check it, exchange its code, verify what comes out.

    Args:
        journey: This browser's question, which nobody can answer a second time.
        answer: The query that the browser came back with, untrusted.

    Raises:
        SingleSignOnError: It isn't the answer to this question, or not a good one.
        GrantWithdrawnError: The code isn't good.
        ProviderUnavailableError: The provider doesn't answer as it must.
    """
    _answer_check(journey, answer)
    tokens = code_exchange(code=answer["code"], verifier=journey.verifier)
    claims = id_token_verify(tokens=tokens, asked=Asked(nonce=journey.nonce, max_age=journey.max_age))
    subject = name_read(claims, "sub")
    return Vouched(
        issuer=settings.OIDC_ISSUER,
        subject=subject,
        claims={**_told_elsewhere(claims, tokens, subject), **claims},
        sid=name_read(claims, "sid") if "sid" in claims else "",
        refresh_token=tokens.refresh_token,
    )


def _max_age(purpose: Purpose) -> int:
    longest: int = settings.OIDC_MAX_AGE
    return min(longest, _LINK_MAX_AGE) if purpose is Purpose.LINK else longest


def _answer_check(journey: Journey, answer: Mapping[str, str]) -> None:
    state = answer.get("state", "")
    if not hmac.compare_digest(state.encode(), journey.state.encode()):
        raise SingleSignOnError("answer: not to this browser's question")
    if not 0 <= clock.epoch_seconds() - journey.began <= _JOURNEY_SECONDS:
        raise SingleSignOnError("answer: too late")
    # RFC 9207: another provider's answer, mixed up with this one's, would carry a code to the wrong place.
    document = provider_document()
    issuer = answer.get("iss", document.issuer if not document.names_itself else "")
    if issuer != document.issuer:
        raise SingleSignOnError("answer: iss isn't the provider that was asked")
    if "error" in answer:
        raise SingleSignOnError(f"answer: {answer['error'][:60]!r}")
    if not answer.get("code"):
        raise SingleSignOnError("answer: no code")


def _told_elsewhere(claims: Mapping[str, Any], tokens: Tokens, subject: str) -> Mapping[str, Any]:
    """Ask the userinfo endpoint for what the ID token leaves out, if it's wanted."""
    wanted = {_ADDRESS_CLAIM} | ({settings.OIDC_GROUPS_CLAIM} if settings.OIDC_ROLE_GROUPS else set())
    if wanted <= claims.keys() or not tokens.access_token:
        return {}
    told = userinfo(access_token=tokens.access_token, subject=subject)
    # Only what is wanted: how somebody proved themselves (acr, amr) the signed token says, or nothing does.
    # And whether an address is verified is said about the address beside it.
    if _ADDRESS_CLAIM in claims:
        wanted -= {_ADDRESS_CLAIM}
    else:
        wanted |= {"email_verified"}
    return {name: told[name] for name in (*wanted, "name") if name in told}


def refusal_record(*, code: str, source: Source) -> None:
    """Put on record that somebody came from the provider, or didn't get there, and isn't in."""
    if not failure_has_room(source=source):
        return
    audit_record(
        action=Action.SIGN_IN_REFUSED,
        actor=ANONYMOUS,
        now=clock.now(),
        outcome=Outcome.DENIED,
        detail={"factor": "identity_provider", "code": code},
    )
