"""People, their authenticators and step-ups, API tokens and the console's policy."""

from accounts.models.api_tokens import APIToken
from accounts.models.identities import Identity, IdentityRole, LogoutNotice, ProviderSession
from accounts.models.links import PersonLink, ResetWish
from accounts.models.mail import Letter
from accounts.models.people import RoleGroup, User, UserManager
from accounts.models.policy import ConsolePolicy
from accounts.models.sessions import ConsoleSession
from accounts.models.setup import SetupLink
from accounts.models.step_up import StepUp
from accounts.models.throttle import FailedAttempts
from accounts.models.totp import TOTPAuthenticator

__all__ = [
    "APIToken",
    "ConsolePolicy",
    "ConsoleSession",
    "FailedAttempts",
    "Identity",
    "IdentityRole",
    "Letter",
    "LogoutNotice",
    "PersonLink",
    "ProviderSession",
    "ResetWish",
    "RoleGroup",
    "SetupLink",
    "StepUp",
    "TOTPAuthenticator",
    "User",
    "UserManager",
]
