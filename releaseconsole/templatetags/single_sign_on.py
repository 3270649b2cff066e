"""What pages in front of the console know of the identity provider."""

from django import template
from django.conf import settings

from accounts.services.provider import single_sign_on_is_configured

register = template.Library()


@register.simple_tag
def provider_name() -> str:
    """What the identity provider is called; empty where there is none."""
    return str(settings.OIDC_NAME) if single_sign_on_is_configured() else ""
