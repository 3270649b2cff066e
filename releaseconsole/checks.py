"""System checks of how the console protects its secrets; `manage.py` makes them before most commands."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.exceptions import ImproperlyConfigured

from releaseconsole.environment import DECLARED
from releaseconsole.kernel.encoding import EncodingError, b64url_decode
from signing.services.kek import FILE_PROVIDER, kek_is_beside_the_database, kek_is_there


@register(Tags.security)
def kek_check(**_: Any) -> list[CheckMessage]:
    """Refuse a KEK that is kept where it protects nothing."""
    return list(_kek_messages()) if settings.KEK_PROVIDER == FILE_PROVIDER else []


@register(Tags.security, deploy=True)
def kek_deploy_check(**_: Any) -> list[CheckMessage]:
    """Look at what is fine on a laptop and isn't in production."""
    return list(_kek_deploy_messages())


def _kek_messages() -> Iterator[CheckMessage]:
    path = settings.KEK_FILE.resolve()
    if path.is_relative_to(settings.BASE_DIR) and not path.is_relative_to(settings.VAR_DIR):
        yield Error(
            f"The KEK file {path} lies among the source code.",
            hint="Move it out of the checkout, where no commit or image takes it along, and set KEK_FILE.",
            id="releaseconsole.E002",
        )
    if _kek_is_the_secret_key():
        yield Error(
            "The KEK is Django's SECRET_KEY, or made from it.",
            hint="Make one of its own: remove KEK and run manage.py bootstrap.",
            id="releaseconsole.E003",
        )
    if DECLARED["KEK"].default:
        yield Error(
            "A KEK is written in the settings module.",
            hint="Take it out, treat it as known to everybody, and follow docs/key-backends.md to change it.",
            id="releaseconsole.E004",
        )


def _kek_deploy_messages() -> Iterator[CheckMessage]:
    if not kek_is_there():
        yield Error(
            "There is no key-encryption key.",
            hint="Run manage.py bootstrap, or set KEK, KEK_FILE or KEK_PROVIDER.",
            id="releaseconsole.E001",
        )
    elif kek_is_beside_the_database():
        # Sound for one machine whose disk is guarded, so no warning; but nobody should learn it from a thief.
        yield Info(
            "InsecureLocalKEK: whoever copies var/ has the sealed keys and the KEK that opens them.",
            hint="Set KEK_FILE to another disk, or KEK_PROVIDER (docs/key-backends.md).",
            id="releaseconsole.I001",
        )


def _kek_is_the_secret_key() -> bool:
    try:
        secret = settings.SECRET_KEY
        text = settings.KEK or settings.KEK_FILE.read_text(encoding="ascii").strip()
        kek = b64url_decode(text)
    except (ImproperlyConfigured, OSError, EncodingError, ValueError):
        return False  # no such thing; what uses it says so
    raw = secret.encode()
    return text == secret or kek in {raw[:32], hashlib.sha256(raw).digest()}
