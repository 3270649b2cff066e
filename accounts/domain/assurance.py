"""How sure the console is of who is there (NIST SP 800-63B-4): levels, and what earns them.

The rules are here as data and functions; sessions and step-ups ask them, and decide nothing themselves.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class AAL(IntEnum):
    """Authenticator assurance level (NIST SP 800-63B-4, section 2)."""

    ONE = 1
    TWO = 2
    THREE = 3


class AuthenticatorKind(StrEnum):
    """What somebody proved themselves with, beside a password."""

    TOTP = "totp"
    SECURITY_KEY = "security_key"
    RECOVERY_CODE = "recovery_code"
    IDENTITY_PROVIDER = "identity_provider"


@dataclass(frozen=True, slots=True)
class Assurance:
    """What a session knows of its own beginning.

    Attributes:
        kind: Of the authenticator.
        authenticator: Its id, as django-otp names it.
        proved_at: When both factors were proved last.
        user_verified: The authenticator itself checked a PIN or a finger.
        device_bound: Its private key can't leave it (no synced passkey).
    """

    kind: AuthenticatorKind
    authenticator: str
    proved_at: datetime
    user_verified: bool = False
    device_bound: bool = False

    @property
    def aal(self) -> AAL:
        """Level that these facts earn: three needs a verified person and a key that can't be copied."""
        if self.kind is AuthenticatorKind.SECURITY_KEY and self.user_verified and self.device_bound:
            return AAL.THREE
        return AAL.TWO

    @property
    def may_step_up(self) -> bool:
        """Whether operations can be confirmed here: not on a recovery code, which may have been found."""
        return self.kind is not AuthenticatorKind.RECOVERY_CODE
