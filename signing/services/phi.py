"""What an app needs before it may say that it handles PHI, and who follows when it does.

The conditions are about this console (its address, its key-encryption key) and about the app's readers. They
are asked when the flag is set; the PHI register measures them again and says where one isn't met any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from compliance.ledger.domain.events import Actor
from signing.errors import PHIConditionsError
from signing.models import TokenProfile
from signing.selectors import recipients_of
from signing.services.kek import kek_is_beside_the_database, kek_is_there

# Called in the transaction in which an app's flag is set: with the app's id, who set it, and when.
PHIFollower = Callable[[str, Actor, datetime], None]


@dataclass(frozen=True, slots=True)
class PHICondition:
    """One thing that an app with PHI needs: whether it's there, and what to do where it isn't."""

    name: str
    is_met: bool
    remedy: str


_followers: Final[list[PHIFollower]] = []


def phi_follower_register(follower: PHIFollower) -> None:
    """Have a higher floor do its part when an app's flag is set; called from an app's `ready`."""
    if follower not in _followers:
        _followers.append(follower)


def phi_followers_tell(*, app_id: str, actor: Actor, now: datetime) -> None:
    """Let every floor do its part, in the caller's transaction."""
    for follower in _followers:
        follower(app_id, actor, now)


def phi_conditions(*, profile: TokenProfile, devices_may_register: bool | None = None) -> list[PHICondition]:
    """Look at what an app with PHI needs.

    Args:
        profile: The app's.
        devices_may_register: As it will be; None: as it is.
    """
    devices = profile.devices_may_register if devices_may_register is None else devices_may_register
    return [
        PHICondition(
            "a reader's encryption key",
            devices or recipients_of(app_id=profile.app_id).exists(),
            "Register the back end's encryption key, or let devices register theirs.",
        ),
        PHICondition(
            "a key-encryption key apart from the database",
            kek_is_there() and not kek_is_beside_the_database(),
            "Set KEK_FILE to another disk, or KEK_PROVIDER to an HSM or KMS: whoever copies the folder "
            "with the database has the key too.",
        ),
        PHICondition(
            "TLS under the public address",
            settings.PUBLIC_IS_HTTPS,
            "PUBLIC_URL has to begin with https.",
        ),
        PHICondition(
            "a proxy of yours that says what came by TLS",
            settings.TRUSTED_PROXIES > 0,
            "Set TRUSTED_PROXIES to the number of your proxies; without it nobody is believed about TLS.",
        ),
    ]


def phi_conditions_check(*, profile: TokenProfile, devices_may_register: bool | None = None) -> None:
    """Make sure that an app may be said to handle PHI.

    Raises:
        PHIConditionsError: Something is missing.
    """
    found = phi_conditions(profile=profile, devices_may_register=devices_may_register)
    if missing := [condition.remedy for condition in found if not condition.is_met]:
        raise PHIConditionsError(" ".join(missing))
