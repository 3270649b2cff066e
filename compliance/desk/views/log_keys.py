"""What verifies the log without the console: its public keys, and the script that takes them."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from textwrap import wrap
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.domain.roles import Permission
from accounts.views.pages import ConsoleRequest, console_page
from compliance.ledger.backends.signer import CheckpointKey, signer_current
from compliance.ledger.errors import LedgerError
from compliance.ledger.models import AuditEpoch

_LINE: Final = 64


@console_page(Permission.AUDIT_VIEW)
def log_keys(request: ConsoleRequest) -> HttpResponse:
    """All public keys that ever signed the log, as PEM with a word about each."""
    try:
        text = keys_written()
    except LedgerError as error:
        messages.error(request, error.message)
        return redirect("desk:log")
    return _file(text, name="audit-log-keys.pem", kind="application/x-pem-file")


@console_page(Permission.AUDIT_VIEW)
def log_verifier(request: ConsoleRequest) -> HttpResponse:  # noqa: ARG001 (every page takes it)
    """The script that verifies the proof of an entry."""
    text = (settings.BASE_DIR / "offline" / "verify_entry.py").read_text()
    return _file(text, name="verify_entry.py", kind="text/x-python")


def keys_written() -> str:
    """Write all public keys that ever signed the log.

    Raises:
        LedgerError: They can't be read now.
    """
    keys = signer_current().keys()
    epochs = AuditEpoch.objects.values_list("origin", flat=True)
    lines = [*(f"# Log: {origin}" for origin in epochs), *(line for key in keys for line in _written(key))]
    return "\n".join(lines) + "\n"


def _written(key: CheckpointKey) -> Iterator[str]:
    yield ""
    yield f"# Key {key.kid}"
    yield f"# SHA-256 {hashlib.sha256(key.spki).hexdigest()}"
    yield f"# signs from {_time(key.begins_at)}{f' to {_time(key.ends_at)}' if key.ends_at else ''}"
    if key.revoked_at:
        yield f"# REVOKED {_time(key.revoked_at)}: what only it signed, from then on, proves nothing"
    yield "-----BEGIN PUBLIC KEY-----"
    yield from wrap(base64.b64encode(key.spki).decode(), _LINE)
    yield "-----END PUBLIC KEY-----"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _file(text: str, *, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers)
