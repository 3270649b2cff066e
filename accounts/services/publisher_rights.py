"""What holds when a publisher is registered, and again each time one of its jobs comes."""

from django.conf import settings

from accounts.domain.publishers import WELL_KNOWN_ISSUERS, PublisherKind, PublisherTerms
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import User


def publishing_issuers() -> dict[str, PublisherKind]:
    """Return the issuers whose tokens are looked at, each with the kind of CI that it is."""
    own = (entry.partition("=") for entry in settings.TRUSTED_PUBLISHING_ISSUERS)
    return WELL_KNOWN_ISSUERS | {url: PublisherKind(kind) for kind, _, url in own}


def publisher_rights_check(*, user: User, app_id: str, terms: PublisherTerms) -> None:
    """Make sure that somebody may hand out what a publisher's tokens carry, now as when they registered it.

    Raises:
        PermissionDeniedError: They may not; or not any more.
    """
    needed = [(permission, "") for permission in (Permission.API_TOKEN_MANAGE, *terms.permissions)]
    needed += [(Permission.RELEASE_PUBLISH, channel) for channel in terms.channels]
    for permission, channel in needed:
        if not user.is_active or not user.may(permission, app_id=app_id, channel=channel):
            raise PermissionDeniedError(f"You can't pass on {permission.value}: you don't have it yourself.")
