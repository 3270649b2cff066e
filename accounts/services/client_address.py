"""The client's address, for counting and for the list of sessions."""

from django.conf import settings
from django.http import HttpRequest

from accounts.domain.addresses import client_address


def address_of(request: HttpRequest) -> str:
    """Return the client's address, as the outermost of one's own proxies saw it."""
    return client_address(
        peer=str(request.META.get("REMOTE_ADDR", "")),
        forwarded_for=request.headers.get("X-Forwarded-For", ""),
        proxies=settings.TRUSTED_PROXIES,
    )
