"""The key-encryption key: there, closed to others, and the one that the stored keys are sealed under."""

from django.conf import settings
from django.db import DatabaseError

from releaseconsole.doctor.findings import Finding, ok, problem, warning
from releaseconsole.kernel import sealing
from releaseconsole.kernel.sealed_holders import sealed_holders
from releaseconsole.kernel.sealing import SealingError
from signing.errors import SigningError
from signing.models import SigningKey
from signing.services import download_tokens
from signing.services.backend_health import backends_probe
from signing.services.kek import FILE_PROVIDER, kek_install_configured

_SUBJECT = "KEK"


def kek_examine() -> list[Finding]:
    """Read the KEK as a start would, then open a stored key with it."""
    try:
        kek_install_configured()
        kek_id = sealing.kek_current().kek_id
    except SealingError as exc:
        return [problem(_SUBJECT, exc.message, _read_remedy())]
    return [_opens_stored_keys(kek_id), *_earlier_keks(kek_id)]


def backends_examine() -> list[Finding]:
    """Reach for each HSM and KMS that holds keys or is to hold the next ones."""
    try:
        answers = backends_probe()
    except DatabaseError:
        return []  # said already
    return [
        problem(f"key backend {name}", trouble, "See docs/key-backends.md; until then its keys sign nothing.")
        if trouble
        else ok(f"key backend {name}", "It answers.")
        for name, trouble in answers.items()
    ]


def _earlier_keks(kek_id: str) -> list[Finding]:
    kek = sealing.kek_current()
    behind = []
    try:
        for holder in sealed_holders():
            counted = {found: count for found, count in holder.census().items() if found != kek_id}
            if earlier := sum(count for found, count in counted.items() if kek.opens(found)):
                behind.append(f"{earlier} {holder.name}")
    except (DatabaseError, SealingError):
        return []  # the one is said already, the other by whoever holds that KEK
    if not behind:
        return []
    said = f"Still sealed under an earlier KEK: {', '.join(behind)}."
    return [warning(_SUBJECT, said, "Run: manage.py rewrap_keys")]


def _opens_stored_keys(kek_id: str) -> Finding:
    try:
        if not SigningKey.objects.exists():
            return problem(_SUBJECT, "There is no stored key to open yet.", "Run: manage.py bootstrap")
        download_tokens()
    except DatabaseError as exc:
        return problem(_SUBJECT, f"The stored keys can't be read: {exc}", "Look at the database first.")
    except SigningError as exc:
        return problem(
            _SUBJECT, exc.message, "Put back the KEK that belongs to this database, from its own backup."
        )
    return ok(_SUBJECT, f"{kek_id} opens the stored keys, and nobody else can read it.")


def _read_remedy() -> str:
    if settings.KEK_PROVIDER != FILE_PROVIDER:
        return "Look at the HSM or KMS and its settings (docs/key-backends.md)."
    if settings.KEK:
        return "Set KEK to 32 bytes of unpadded base64url, or unset it and use KEK_FILE."
    return f"If it is new: manage.py bootstrap. If not: put its KEK back at {settings.KEK_FILE}, mode 0600."
