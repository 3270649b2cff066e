"""Where data rest: the database, Redis, files."""

from pathlib import Path
from typing import Any

import dj_database_url

from releaseconsole import environment as env
from releaseconsole.settings.place import BASE_DIR, VAR_DIR

# --- database -----------------------------------------------------------------------------------------
_DATABASE_URL = env.text(
    "DATABASE_URL", f"sqlite:///{VAR_DIR / 'console.sqlite3'}", "PostgreSQL or SQLite, as a URL."
)


def _database(url: str) -> dict[str, Any]:
    """Read the URL; SQLite gets WAL, immediate transactions and patience (docs/adr/0003).

    With SQLite's deferred transactions more than half of the writes failed under a busy worker; with
    immediate ones and small worker batches none did.
    """
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    if parsed["ENGINE"].endswith("sqlite3"):
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            # What is deleted is overwritten, not only forgotten (docs/audit-log-retention.md).
            " PRAGMA secure_delete=ON;",
        }
    return parsed


DATABASES = {"default": _database(_DATABASE_URL)}

# --- Redis and Celery ---------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "", "Redis; empty lets `manage.py console` start a private one.")
REDIS_SOCKET = VAR_DIR / "redis" / "redis.sock"
EFFECTIVE_REDIS_URL = REDIS_URL or f"unix://{REDIS_SOCKET}"
CELERY_BROKER_URL = EFFECTIVE_REDIS_URL.replace("unix://", "redis+socket://")  # the same, as Celery spells it
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"

# --- files --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("console", BASE_DIR / "static")] + [
    (f"vendor/{name}", path)
    for name, path in (("alpinejs-csp", BASE_DIR / "node_modules" / "@alpinejs" / "csp" / "dist"),)
    if path.is_dir()
]
BUNDLE_DIR = Path(env.text("BUNDLE_DIR", str(VAR_DIR / "bundles"), "Where bundles are kept on disk."))
UPLOAD_DIR = VAR_DIR / "uploads"  # on the same disk as the bundles, so that an accepted one is only renamed
UPLOAD_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "bundles": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(BUNDLE_DIR)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Every upload goes to disk as it arrives: a bundle is never held in memory. (The API has its own handler.)
FILE_UPLOAD_HANDLERS = ["updates.views.uploads.FormUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(UPLOAD_DIR)
BUNDLE_MAX_BYTES = env.integer(
    "BUNDLE_MAX_BYTES", 200_000_000, "Largest bundle accepted, as uploaded.", least=1
)
BUNDLE_MAX_UNPACKED_BYTES = env.integer(
    "BUNDLE_MAX_UNPACKED_BYTES", 1_000_000_000, "Largest bundle accepted, unpacked.", least=1
)
BUNDLE_MAX_ENTRIES = env.integer("BUNDLE_MAX_ENTRIES", 20_000, "Most files in a bundle.", least=1)
