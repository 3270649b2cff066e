"""The identity provider: does it answer as it must, and does it still vouch for whom it brought in."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError

from accounts.errors import ProviderError
from accounts.models import Identity
from accounts.services.provider import asks_offline_access, provider_document, single_sign_on_is_configured
from releaseconsole.doctor.findings import Finding, ok, problem, warning
from releaseconsole.kernel import clock

_SUBJECT: Final = "single sign-on"
_TOO_LONG: Final = timedelta(hours=48)


def single_sign_on_examine() -> list[Finding]:
    """Reach for the provider, and look for how long it hasn't been heard; nothing where there is none."""
    if not single_sign_on_is_configured():
        return []
    try:
        provider_document()
    except ProviderError as exc:
        remedy = (
            "Look at OIDC_ISSUER and ISSUER_PRIVATE_HOSTS, and at the way there (docs/single-sign-on.md)."
        )
        return [problem(_SUBJECT, f"The provider can't be used: {exc.reason}.", remedy), *_unheard()]
    return [ok(_SUBJECT, f"{settings.OIDC_ISSUER} answers."), *_unheard(), *_unasked()]


def _unheard() -> list[Finding]:
    """Say whom the provider hasn't vouched for in two days, although it was asked."""
    since = clock.now() - _TOO_LONG
    try:
        late = Identity.objects.filter(
            issuer=settings.OIDC_ISSUER, gone_at=None, user__is_active=True, vouched_at__lt=since
        ).exclude(sealed_refresh_token="")
        count, trouble = late.count(), late.exclude(trouble="").values_list("trouble", flat=True).first()
    except DatabaseError:
        return []  # said already
    if not count:
        return []
    said = f"For {count} of its people nobody could be asked for two days: {trouble or 'the worker is idle'}."
    return [warning(_SUBJECT, said, "Until it answers, who left isn't noticed. Look at the worker's log.")]


def _unasked() -> list[Finding]:
    if asks_offline_access():
        return []
    said = "OIDC_SCOPES lacks offline_access: who left is noticed at their next sign-in, not daily."
    return [warning(_SUBJECT, said, "Add it, if the provider knows it (docs/single-sign-on.md).")]
