"""Which of a person's authenticators can go, and who keeps what: the rules, told from facts alone."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from accounts.domain.assurance import AuthenticatorKind

# Codes on paper are for the day on which the rest is lost; alone they'd leave somebody who can't confirm.
FULL_KINDS: Final = frozenset({AuthenticatorKind.TOTP, AuthenticatorKind.SECURITY_KEY})


@dataclass(frozen=True, slots=True)
class Held:
    """One authenticator of a person.

    Attributes:
        id: As django-otp names it.
        kind: Of the authenticator.
        is_usable: Whether it's taken at all; a security key that may have been copied isn't.
    """

    id: str
    kind: AuthenticatorKind
    is_usable: bool = True


def removal_refusal(held: Collection[Held], *, removed: str, keeps_security_key: bool) -> str:
    """Say why an authenticator can't be removed; empty when it can.

    Args:
        held: All of the person's authenticators.
        removed: Id of the one to be removed.
        keeps_security_key: Whether policy wants this person to hold a security key.
    """
    gone = next((each for each in held if each.id == removed), None)
    if gone is None or gone.kind not in FULL_KINDS:
        return "There is no such authenticator."
    left = [each for each in held if each.id != removed and each.kind in FULL_KINDS and each.is_usable]
    if not left:
        return "It's your last one: add another one first, or you couldn't sign in any more."
    was_key = gone.kind is AuthenticatorKind.SECURITY_KEY
    if was_key and keeps_security_key and all(each.kind is not gone.kind for each in left):
        return "It's your last security key, and who operates signing keys holds one: add another one first."
    return ""
