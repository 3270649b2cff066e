"""A console that may say of an app that it handles PHI: TLS, a proxy that tells of it, and a reader's key."""

from pytest_django import Settings

from signing.models import TokenProfile


def phi_allow(settings: Settings, app_id: str) -> None:
    """Meet what the flag needs. Tests have no KEK file beside the database."""
    settings.PUBLIC_IS_HTTPS, settings.TRUSTED_PROXIES = True, 1
    TokenProfile.objects.filter(pk=app_id).update(devices_may_register=True)
