"""What has to exist before the console runs: var/, its secrets, the schema, static files, console keys.

Every step leaves alone what is there already, so `manage.py bootstrap` may run at each start and on each
node.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from accounts.services.setup import setup_is_open, setup_link_issue
from releaseconsole.kernel import clock, randomness, sealing
from signing.services import console_keys_ensure
from signing.services.kek import kek_install_configured, kek_is_there
from updates.services import receipts_take

_SECRET_KEY_BYTES: Final = 50
# Longer than any upload takes, also one that another process is receiving.
_UPLOAD_SECONDS: Final = 24 * 3600


def bootstrap(*, say: Callable[[str], None]) -> None:
    """Bring the console into a state in which it can run; `say` tells what was made."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    settings.VAR_DIR.chmod(0o700)
    settings.REDIS_SOCKET.parent.mkdir(mode=0o700, exist_ok=True)
    uploads_tidy()
    _secret_key_ensure(settings.VAR_DIR / "secret_key", say)
    _kek_ensure(settings.KEK_FILE, say)
    call_command("migrate", interactive=False, verbosity=0)
    console_keys_ensure(now=clock.now())
    # Before the web starts: what went live before there were receipts is served without a gap.
    receipts_take()
    call_command("collectstatic", interactive=False, verbosity=0)


def setup_url_issue() -> str | None:
    """Make a one-time set-up link while nobody has been set up; a link made before stops working."""
    if not setup_is_open():
        return None
    return f"{settings.PUBLIC_URL}/setup/{setup_link_issue(now=clock.now())}/"


def uploads_tidy() -> None:
    """Remove what processes were receiving when they were killed; all others remove their own."""
    for path in settings.UPLOAD_DIR.iterdir():
        if path.is_file() and clock.epoch_seconds() - path.stat().st_mtime > _UPLOAD_SECONDS:
            path.unlink(missing_ok=True)


def _secret_key_ensure(path: Path, say: Callable[[str], None]) -> None:
    if _has_secret_key():
        return
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(randomness.token_urlsafe(_SECRET_KEY_BYTES) + "\n", encoding="ascii")
    # This process read its settings before the file was there.
    settings.SECRET_KEY = path.read_text(encoding="ascii").strip()
    say(f"Made Django's secret key: {path}")


def _has_secret_key() -> bool:
    try:
        return bool(settings.SECRET_KEY)
    except ImproperlyConfigured:  # how Django says that it's empty
        return False


def _kek_ensure(path: Path, say: Callable[[str], None]) -> None:
    if kek_is_there():
        return
    sealing.kek_create(path)
    kek_install_configured()
    say(f"Made the key-encryption key: {path}. Back it up apart from the database: without it nothing opens.")
