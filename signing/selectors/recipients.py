"""Which apps encrypt what they send to devices of somebody."""

from collections.abc import Collection

from releaseconsole.personal_data import Scoped, scoped
from signing.models import RecipientKey


def apps_encrypting_to(devices: Collection[Scoped]) -> set[str]:
    """Return the apps that keep a key of one of these devices, also one that was removed."""
    condition = scoped(devices, app="profile")
    if condition is None:
        return set()
    return set(RecipientKey.objects.filter(condition).values_list("profile_id", flat=True))
