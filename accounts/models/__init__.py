"""People, their authenticators and step-ups, API tokens and the console's policy."""

from accounts.models.api_tokens import APIToken
from accounts.models.approvals import ApprovalRequest, ReviewTask
from accounts.models.authenticator_records import AuthenticatorRecord
from accounts.models.grants import AuditorEngagement, Grant
from accounts.models.identities import Identity, IdentityRole, LogoutNotice, ProviderSession
from accounts.models.links import PersonLink, ResetWish
from accounts.models.mail import Letter
from accounts.models.people import RoleGroup, User, UserManager
from accounts.models.policy import ConsolePolicy, TwoPersonRule
from accounts.models.publishers import TrustedPublisher
from accounts.models.recovery_codes import RecoveryCode, RecoveryCodeDevice
from accounts.models.sessions import ConsoleSession
from accounts.models.setup import SetupLink
from accounts.models.step_up import StepUp
from accounts.models.throttle import FailedAttempts
from accounts.models.totp import TOTPAuthenticator
from accounts.models.webauthn import SecurityKey, SecurityKeyAttestation

__all__ = [
    "APIToken",
    "ApprovalRequest",
    "AuditorEngagement",
    "AuthenticatorRecord",
    "ConsolePolicy",
    "ConsoleSession",
    "FailedAttempts",
    "Grant",
    "Identity",
    "IdentityRole",
    "Letter",
    "LogoutNotice",
    "PersonLink",
    "ProviderSession",
    "RecoveryCode",
    "RecoveryCodeDevice",
    "ResetWish",
    "ReviewTask",
    "RoleGroup",
    "SecurityKey",
    "SecurityKeyAttestation",
    "SetupLink",
    "StepUp",
    "TOTPAuthenticator",
    "TrustedPublisher",
    "TwoPersonRule",
    "User",
    "UserManager",
]
