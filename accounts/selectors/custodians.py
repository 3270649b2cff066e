"""Key custodians, and what policy wants them to confirm with."""

from typing import Final

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.models import SecurityKey, User
from accounts.selectors.policy import policy_current

AUTHENTICATOR_ADD: Final = "accounts:authenticator:add"


def is_custodian(user: User) -> bool:
    """Whether somebody may operate signing keys."""
    return user.may(Permission.KEY_OPERATE)


def security_key_required(user: User, operation: Operation) -> bool:
    """Whether policy wants this person to confirm this operation with a device-bound key that verifies them.

    Who has none yet adds their first one with what they have: the highest level available to them
    (NIST SP 800-63B-4, section 4.1.2.1).
    """
    if not policy_current().custodian_security_key or not is_custodian(user):
        return False
    return operation.name != AUTHENTICATOR_ADD or _has_fit_key(user)


def _has_fit_key(user: User) -> bool:
    return SecurityKey.objects.filter(
        user=user, confirmed=True, backup_eligible=False, registered_verified=True
    ).exists()
