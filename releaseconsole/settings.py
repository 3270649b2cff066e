"""Django's settings: one file, every deployment difference an environment variable (see environment.py)."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import available_timezones

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accounts.domain.provider_document import address_is_safe
from accounts.domain.single_sign_on import role_groups_parse
from releaseconsole import environment as env

BASE_DIR: Final = Path(__file__).resolve().parent.parent
VAR_DIR = Path(
    env.text("CONSOLE_VAR_DIR", str(BASE_DIR / "var"), "Where the console keeps what it makes.")
).resolve()

VERSION: Final[str] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

# --- who and where -----------------------------------------------------------------------------------
DEBUG = env.boolean("DEBUG", default=False, meaning="Django's debug pages. Never in production.")
CONSOLE_DEMO = env.boolean("CONSOLE_DEMO", default=False, meaning="Allow `make demo` outside DEBUG.")
HOST = env.text("HOST", "127.0.0.1", "Address the embedded server listens on.")
PORT = env.integer("PORT", 8000, "Port the embedded server listens on.", least=1)
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    f"http://localhost:{PORT}",
    "URL under which people and devices reach the console; also `iss`.",
).rstrip("/")
_public = urlsplit(PUBLIC_URL)
if _public.scheme not in {"http", "https"} or not _public.hostname or _public.query or _public.fragment:
    raise ImproperlyConfigured(f"PUBLIC_URL must be an http(s) URL without query; it is {PUBLIC_URL!r}.")
PUBLIC_IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = sorted(
    {_public.hostname, "localhost", "127.0.0.1", "[::1]"}
    | set(env.words("ALLOWED_HOSTS", "", "Further host names the console answers to, separated by commas."))
)
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]


def _origin(url: SplitResult) -> str:
    """Spell an origin as browsers do: lower case, without the scheme's own port."""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    own = {"https": 443, "http": 80}[url.scheme]
    return f"{url.scheme}://{host}" if url.port in {None, own} else f"{url.scheme}://{host}:{url.port}"


def days_parse(days: list[str]) -> frozenset[date]:
    """Read dates.

    Raises:
        ImproperlyConfigured: One isn't written as 2026-12-25.
    """
    try:
        return frozenset(map(date.fromisoformat, days))
    except ValueError as exc:
        raise ImproperlyConfigured(f"PRIVACY_HOLIDAYS takes days as 2026-12-25: {exc}.") from exc


def _secret_key() -> str:
    given = env.text("SECRET_KEY", "", "Django's signing secret; made in var/ when empty.")
    if given:
        return given
    path = VAR_DIR / "secret_key"
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


SECRET_KEY = _secret_key()
KEK_FILE = Path(env.text("KEK_FILE", str(VAR_DIR / "kek"), "File with the key-encryption key, mode 0600."))
# KEK_FILE is a variable of its own: its file's mode is looked at, which NAME_FILE wouldn't do.
KEK = env.text(
    "KEK", "", "The key-encryption key itself (32 bytes, base64url), instead of KEK_FILE.", from_file=False
)
KEK_PROVIDER = env.text(
    "KEK_PROVIDER", "file", "Where the KEK lives: `file`, `pkcs11:<label>` or `awskms:<key id or alias>`."
)
KEK_PREVIOUS_FILES = [
    Path(name)
    for name in env.words("KEK_PREVIOUS_FILES", "", "Files of earlier KEKs that still open, mode 0600.")
]
KEK_PREVIOUS_PROVIDERS = env.words(
    "KEK_PREVIOUS_PROVIDERS", "", "Earlier KEKs in an HSM or KMS that still open, as in KEK_PROVIDER."
)

REQUIRE_FIPS = env.boolean(
    "REQUIRE_FIPS",
    default=False,
    meaning="Start only where both OpenSSL libraries are seen to run a FIPS provider (docs/modules.md).",
)

# --- where private keys live --------------------------------------------------------------------------
_BACKENDS: Final = ("local", "pkcs11", "awskms")
KEY_BACKEND = env.choice(
    "KEY_BACKEND",
    "local",
    "Where root, trust and checkpoint keys are made: local, pkcs11 or awskms.",
    among=_BACKENDS,
)
KEY_BACKEND_TOKENS = env.choice(
    "KEY_BACKEND_TOKENS", "local", "Where keys of tokens are made (docs/adr/0007).", among=_BACKENDS
)
KEY_BACKEND_TIMEOUT = env.integer(
    "KEY_BACKEND_TIMEOUT", 5, "Seconds an HSM or KMS has for an answer; then the key is unavailable.", least=1
)
PKCS11_MODULE = env.text("PKCS11_MODULE", "", "Path of the HSM's PKCS#11 library.")
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "", "Label of the token in the HSM.")
PKCS11_PIN = env.text("PKCS11_PIN", "", "User PIN of the token.")
AWS_KMS_REGION = env.text("AWS_KMS_REGION", "", "AWS region of the KMS; credentials by AWS's own rules.")
AWS_KMS_ENDPOINT_URL = env.text("AWS_KMS_ENDPOINT_URL", "", "Another address of the KMS, such as a VPC's.")
SIGNATURE_SAMPLE = env.integer(
    "SIGNATURE_SAMPLE", 1024, "One in so many signatures of a local key is verified at once.", least=1
)

# --- the audit log ------------------------------------------------------------------------------------
LEDGER_WITNESS_FILE = Path(
    env.text(
        "LEDGER_WITNESS_FILE",
        str(VAR_DIR / "ledger" / "witness.json"),
        "File in which the signer of the audit log keeps what it signed last.",
    )
)
# The least values are what looking into an incident takes.
AUDIT_CONTENT_DAYS = env.integer(
    "AUDIT_CONTENT_DAYS", 731, "Days for which the audit log keeps what events tell.", least=90
)
AUDIT_CONTENT_PHI_DAYS = env.integer(
    "AUDIT_CONTENT_PHI_DAYS",
    2192,
    "The same for apps with PHI, and for what the log says of itself.",
    least=731,
)
AUDIT_DISCLOSURE_DAYS = env.integer(
    "AUDIT_DISCLOSURE_DAYS", 731, "Days for which it keeps personal values and free text.", least=30
)
LEDGER_ANCHOR_DIR = env.text(
    "LEDGER_ANCHOR_DIR", "", "Folder that gets a file of each checkpoint, best on another machine's disk."
)
LEDGER_ANCHOR_MAIL = env.boolean(
    "LEDGER_ANCHOR_MAIL", default=True, meaning="Mail each day's last checkpoint to compliance officers."
)
LEDGER_ANCHOR_S3 = env.text(
    "LEDGER_ANCHOR_S3", "", "`s3://bucket/prefix` with object lock that gets checkpoints every hour."
)
LEDGER_ANCHOR_S3_RETAIN_DAYS = env.integer(
    "LEDGER_ANCHOR_S3_RETAIN_DAYS", 2557, "Days for which nobody can delete them there.", least=1
)
LEDGER_ANCHOR_S3_REGION = env.text("LEDGER_ANCHOR_S3_REGION", "", "Region of the bucket.")
LEDGER_ANCHOR_S3_ENDPOINT_URL = env.text(
    "LEDGER_ANCHOR_S3_ENDPOINT_URL", "", "Another address of the object storage, such as MinIO's."
)

EXPORT_DIR = Path(
    env.text("EXPORT_DIR", str(VAR_DIR / "exports"), "Where export packs of the audit log are made and kept.")
)
EXPORT_KEEP_DAYS = env.integer(
    "EXPORT_KEEP_DAYS", 30, "Days after which the file of an export is removed.", least=1
)

PRIVACY_LIST_FILE = Path(
    env.text(
        "PRIVACY_LIST_FILE",
        str(VAR_DIR / "privacy" / "suppressed.json"),
        "File, outside the database and its backups, with the hashes of who was erased.",
    )
)

# --- privacy requests ---------------------------------------------------------------------------------
PRIVACY_TIME_ZONE = env.text(
    "PRIVACY_TIME_ZONE", "UTC", "Zone of the operator, whose midnight ends a day of a statutory deadline."
)
PRIVACY_HOLIDAYS = days_parse(
    env.words(
        "PRIVACY_HOLIDAYS",
        "",
        "Days that are no business days beside weekends: 2026-12-25, …; none is safest.",
    )
)
PRIVACY_OPERATOR = env.text(
    "PRIVACY_OPERATOR",
    str(_public.hostname),
    "Who answers privacy requests, as letters and the form name it.",
)
if PRIVACY_TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"PRIVACY_TIME_ZONE is no time zone: {PRIVACY_TIME_ZONE!r}.")

# --- parts --------------------------------------------------------------------------------------------
ROOT_URLCONF = "releaseconsole.urls"
WSGI_APPLICATION = "releaseconsole.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "releaseconsole.apps.ReleaseConsoleConfig",
    "unfold.apps.BasicAppConfig",  # its default one would put its own site in place of ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "releaseconsole.apps.ReleaseConsoleAdminConfig",
    "csp",
    "django_otp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "compliance.ledger.apps.LedgerConfig",
    "accounts.apps.AccountsConfig",
    "django_otp_webauthn",  # after accounts: its models refer to our person
    "signing.apps.SigningConfig",
    "updates.apps.UpdatesConfig",
    "compliance.desk.apps.DeskConfig",
]
MIDDLEWARE = [
    "updates.views.beta.frame.BetaHeadersMiddleware",  # first: it has the last word
    "releaseconsole.permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "releaseconsole.nul_refusal.NULRefusalMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "releaseconsole.viewer_zone.ViewerZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.views.session_watch.SessionWatchMiddleware",
    "accounts.views.recovery_watch.RecoverySessionMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

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


def _every(seconds: float, task: str, *, expires: float | None = None) -> dict[str, Any]:
    """Ask the worker every so often; what waits for longer than that is asked for again anyway."""
    return {"task": task, "schedule": seconds, "options": {"expires": expires or seconds}}


CELERY_BEAT_SCHEDULE = {
    "updates-drain-telemetry": _every(1, "updates.tasks.telemetry_drain", expires=5),
    "updates-expire-telemetry": _every(86_400, "updates.tasks.telemetry_expire"),
    "updates-forget-devices": _every(86_400, "updates.tasks.devices_forget"),
    "updates-expire-consents": _every(86_400, "updates.tasks.consents_expire"),
    "updates-publish-scheduled": _every(10, "updates.tasks.scheduled_publish"),
    "updates-take-receipts": _every(10, "updates.tasks.receipts_take"),
    "updates-step-rollouts": _every(10, "updates.tasks.rollouts_step"),
    "updates-watch-releases": _every(10, "updates.tasks.guard_watch"),
    "updates-reconcile-failures": _every(30, "updates.tasks.failures_reconcile", expires=30),
    "updates-forget-overrides": _every(3600, "updates.tasks.overrides_forget"),
    "updates-expire-previews": _every(60, "updates.tasks.previews_expire"),
    "updates-make-webhook-messages": _every(5, "updates.tasks.webhook_messages_make"),
    "updates-send-webhooks": _every(5, "updates.tasks.webhooks_send"),
    "updates-forget-webhook-messages": _every(86_400, "updates.tasks.webhook_messages_forget"),
    "updates-retain-bundles": _every(86_400, "updates.tasks.bundles_retain"),
    "signing-reconcile-keys": _every(60, "signing.tasks.reconcile_keys"),
    "accounts-send-letters": _every(10, "accounts.tasks.letters_send"),
    "updates-settle-tester-groups": _every(60, "updates.tasks.tester_groups_settle"),
    "updates-erase-testers": _every(600, "updates.tasks.testers_erase"),
    "updates-tell-testers": _every(60, "updates.tasks.tester_versions_tell"),
    "accounts-expire-approvals": _every(60, "accounts.tasks.approvals_expire"),
    "accounts-check-identities": _every(3600, "accounts.tasks.identities_check"),
    "accounts-answer-resets": _every(10, "accounts.tasks.resets_answer"),
    "accounts-expire-sessions": _every(600, "accounts.tasks.sessions_expire"),
    "accounts-forget-attempts": _every(3600, "accounts.tasks.attempts_forget"),
    "accounts-api-token-notices": _every(3600, "accounts.tasks.api_token_notices"),
    "ledger-sequence-events": _every(2, "ledger.tasks.events_sequence"),
    "ledger-take-checkpoint": _every(60, "ledger.tasks.checkpoint_take"),
    "desk-remind-of-requests": _every(3600, "desk.tasks.requests_remind"),
    "desk-run-erasures": _every(30, "desk.tasks.erasures_run"),
    "desk-forget-leftovers": _every(900, "desk.tasks.leftovers_forget"),
    "desk-purge-requests": _every(86_400, "desk.tasks.requests_purge"),
    "ledger-lay-anchors": _every(60, "ledger.tasks.anchors_lay"),
    "ledger-compare-anchors": _every(86_400, "ledger.tasks.anchors_compare"),
    "ledger-expire-content": _every(86_400, "ledger.tasks.content_expire"),
    "desk-make-exports": _every(3, "desk.tasks.exports_make", expires=10),
    "desk-attend-to-reports": _every(60, "desk.tasks.reports_attend"),
    "desk-remove-exports": _every(3600, "desk.tasks.exports_remove"),
    "desk-tend-duties": _every(3600, "desk.tasks.duties_tend"),
    "desk-measure-phi": _every(86_400, "desk.tasks.phi_measure"),
    # Kept once a day; asked for more often, so that a day isn't missed and a change is seen.
    "desk-measure-modules": _every(3600, "desk.tasks.modules_measure"),
    "ledger-verify": _every(86_400, "ledger.tasks.log_verify"),
    "signing-drain-key-usage": _every(10, "signing.tasks.key_usage_drain"),
}

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

# --- devices and tokens -------------------------------------------------------------------------------
TOKEN_LIFETIME = env.integer(
    "TOKEN_LIFETIME", 900, "Life of release and download tokens, in seconds; at most 900.", least=30
)
if TOKEN_LIFETIME > 900:  # noqa: PLR2004 (promise 1 of the design)
    raise ImproperlyConfigured("TOKEN_LIFETIME can't be more than 900 seconds.")
JWKS_MAX_AGE = env.integer("JWKS_MAX_AGE", 300, "Seconds for which clients may cache the JWKS.", least=1)
CLIENT_REFRESH_SECONDS = env.integer(
    "CLIENT_REFRESH_SECONDS",
    3600,
    "How often the slowest client looks for new keys; a key waits as long before it signs.",
    least=60,
)
if CLIENT_REFRESH_SECONDS > 86_400:  # noqa: PLR2004 (a trust bundle's life)
    raise ImproperlyConfigured("CLIENT_REFRESH_SECONDS can't be more than 86400: a trust bundle lives a day.")
CLOCK_SKEW_SECONDS = env.integer(
    "CLOCK_SKEW_SECONDS", 60, "How far the clocks of servers and clients may be apart.", least=0
)
SIGNER_CACHE_SECONDS = env.integer(
    "SIGNER_CACHE_SECONDS",
    5,
    "Within how many seconds every process hears of a change of keys.",
    least=1,
)
KEY_PERIOD_DAYS = env.integer("KEY_PERIOD_DAYS", 30, "Days after which a token key is rotated.", least=1)
KEY_GRACE_DAYS = env.integer(
    "KEY_GRACE_DAYS", 7, "Days after which a key that nothing rotated stops signing.", least=1
)
TRUST_KEY_PERIOD_DAYS = env.integer(
    "TRUST_KEY_PERIOD_DAYS", 300, "Days after which an app's online trust key is rotated.", least=1
)
if TRUST_KEY_PERIOD_DAYS + KEY_GRACE_DAYS > 366:  # noqa: PLR2004 (a delegation's longest life)
    raise ImproperlyConfigured("TRUST_KEY_PERIOD_DAYS and KEY_GRACE_DAYS can be 366 days at most, together.")
CHECKPOINT_KEY_PERIOD_DAYS = env.integer(
    "CHECKPOINT_KEY_PERIOD_DAYS",
    365,
    "Days after which the key that signs the audit log's checkpoints is rotated.",
    least=1,
)
DEVICE_KEYS_PER_MINUTE = env.integer(
    "DEVICE_KEYS_PER_MINUTE", 60, "Encryption keys that devices at one address register a minute.", least=1
)
BETA_ATTEMPTS_PER_MINUTE = env.integer(
    "BETA_ATTEMPTS_PER_MINUTE",
    30,
    "Join codes, and forms of beta pages, that one address sends a minute.",
    least=1,
)
BETA_PAGES_PER_MINUTE = env.integer(
    "BETA_PAGES_PER_MINUTE", 600, "Beta pages that one address opens a minute.", least=1
)
TELEMETRY_EVENT_DAYS = env.integer(
    "TELEMETRY_EVENT_DAYS", 90, "Days for which events that devices reported are kept.", least=31
)
DEVICE_KEEP_DAYS = env.integer(
    "DEVICE_KEEP_DAYS", 365, "Days for which a device is kept that isn't heard of any more.", least=90
)
CONSENT_KEEP_DAYS = env.integer(
    "CONSENT_KEEP_DAYS", 730, "Days for which a consent that ended is kept, to prove it.", least=30
)
EVENT_STREAM_MAX_LENGTH = env.integer(
    "EVENT_STREAM_MAX_LENGTH",
    5_000_000,
    "Most device events kept undrained (about 290 bytes each).",
    least=1000,
)
WEB_WORKERS = env.integer("WEB_WORKERS", 2, "Web processes.", least=1)
WEB_THREADS = env.integer("WEB_THREADS", 16, "Threads in each web process (docs/adr/0006).", least=1)

# --- people -------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.services.passwords.PasswordPolicy"}]
LOGIN_URL = "/console/login/"
LOGIN_REDIRECT_URL = "/console/"
SESSION_IDLE_MINUTES = env.integer(
    "SESSION_IDLE_MINUTES", 60, "Minutes without activity after which a session ends.", least=1
)
SESSION_HOURS = env.integer("SESSION_HOURS", 24, "Hours after which both factors are asked again.", least=1)
CUSTODIAN_IDLE_MINUTES = env.integer(
    "CUSTODIAN_IDLE_MINUTES", 15, "The same minutes for who may operate keys.", least=1
)
CUSTODIAN_SESSION_HOURS = env.integer(
    "CUSTODIAN_SESSION_HOURS", 12, "The same hours for who may operate keys.", least=1
)
if SESSION_HOURS > 24 or CUSTODIAN_SESSION_HOURS > 12:  # noqa: PLR2004 (NIST SP 800-63B-4: AAL2, AAL3)
    raise ImproperlyConfigured("SESSION_HOURS is 24 at most, CUSTODIAN_SESSION_HOURS 12.")
SESSION_COOKIE_AGE = (SESSION_HOURS + 1) * 3600  # a little longer, so that the sign-in page can say why
SESSION_ENGINE = "accounts.backends.session_store"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie but the session's
OTP_TOTP_ISSUER = "Release Console"
# Relying party (WebAuthn): keys are bound to this host, and nothing that another origin asked for is taken.
OTP_WEBAUTHN_RP_ID = _public.hostname
OTP_WEBAUTHN_RP_NAME = "Release Console"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [_origin(_public)]
OTP_WEBAUTHN_CREDENTIAL_MODEL = "accounts.SecurityKey"
OTP_WEBAUTHN_ATTESTATION_MODEL = "accounts.SecurityKeyAttestation"
OTP_WEBAUTHN_HELPER_CLASS = "accounts.services.security_key_ceremony.Ceremony"
OTP_WEBAUTHN_SUPPORTED_COSE_ALGORITHMS = [-7, -8, -257]  # ES256, EdDSA, RS256 (Windows Hello)
OTP_WEBAUTHN_TIMEOUT_SECONDS = 300
# Browsers refuse security keys where the origin isn't secure; the console runs there all the same, on codes.
SILENCED_SYSTEM_CHECKS = [] if PUBLIC_IS_HTTPS else ["otp_webauthn.E031"]
SECURITY_KEY_AAGUIDS = [
    aaguid.lower()
    for aaguid in env.words(
        "SECURITY_KEY_AAGUIDS",
        "",
        "Models of security keys (AAGUIDs) that key custodians may use; empty is any.",
    )
]
TRUSTED_PROXIES = env.integer(
    "TRUSTED_PROXIES", 0, "Proxies of your own in front, each of which appends to X-Forwarded-For.", least=0
)
STEP_UP_SECONDS = env.integer(
    "STEP_UP_SECONDS",
    300,
    "Seconds for which a confirmation with a code is good; at most 300.",
    least=30,
)
if STEP_UP_SECONDS > 300:  # noqa: PLR2004 (a confirmation is of the moment)
    raise ImproperlyConfigured("STEP_UP_SECONDS can't be more than 300 seconds.")
APPROVAL_HOURS = env.integer(
    "APPROVAL_HOURS", 24, "Hours for which a request waits for a second person; at most 24.", least=1
)
if APPROVAL_HOURS > 24:  # noqa: PLR2004 (what was asked for yesterday may be wrong today)
    raise ImproperlyConfigured("APPROVAL_HOURS can't be more than 24.")

# --- single sign-on -------------------------------------------------------------------------------------
OIDC_ISSUER = env.text(
    "OIDC_ISSUER", "", "Address (`iss`) of the OpenID provider that people may sign in with; empty: none."
)
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "", "The console's client id at the provider.")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "", "Its client secret there.")
OIDC_KEY_HOSTS = env.words(
    "OIDC_KEY_HOSTS", "", "Other hosts, with port, that its keys may be at, such as www.googleapis.com:443."
)
OIDC_NAME = env.text("OIDC_NAME", "single sign-on", "What the provider is called on the sign-in page.")
OIDC_SCOPES = env.text(
    "OIDC_SCOPES",
    "openid email profile offline_access",
    "What is asked of the provider; without `offline_access` nobody is looked after daily.",
)
OIDC_MAX_AGE = env.integer(
    "OIDC_MAX_AGE",
    43_200,
    "Seconds since somebody proved themselves to the provider, at most; 0: the provider doesn't tell.",
)
OIDC_AAL2_ACR = env.words("OIDC_AAL2_ACR", "", "Values of `acr` that count as two factors.")
OIDC_AAL2_AMR = env.words("OIDC_AAL2_AMR", "", "Values of `amr` that count, such as mfa, hwk, otp.")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups", "The claim with a person's groups.")
OIDC_PRIVILEGED_GROUPS = env.boolean(
    "OIDC_PRIVILEGED_GROUPS",
    default=False,
    meaning="Let groups give the roles administrator and key_custodian too.",
)
_role_groups = env.words("OIDC_ROLE_GROUPS", "", "Roles that groups give: `group=role`, between commas.")
try:
    OIDC_ROLE_GROUPS = role_groups_parse(_role_groups, privileged=OIDC_PRIVILEGED_GROUPS)
except ValueError as exc:
    raise ImproperlyConfigured(f"OIDC_ROLE_GROUPS: {exc}.") from exc
OIDC_ALLOWED_DOMAINS = env.words(
    "OIDC_ALLOWED_DOMAINS", "", "Domains whose addresses may be taken from the provider."
)
OIDC_JIT = env.boolean(
    "OIDC_JIT", default=False, meaning="Make an account for whoever comes from an allowed domain."
)
if OIDC_JIT and not OIDC_ALLOWED_DOMAINS:
    raise ImproperlyConfigured("OIDC_JIT needs OIDC_ALLOWED_DOMAINS: else anybody at the provider comes in.")
if OIDC_ISSUER and "openid" not in OIDC_SCOPES.split():
    raise ImproperlyConfigured("OIDC_SCOPES must have openid: without it there is no ID token.")
if OIDC_ISSUER and not (address_is_safe(OIDC_ISSUER) and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "OIDC_ISSUER must be an https address, and needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET."
    )


# --- issuers of foreign tokens ------------------------------------------------------------------------
ISSUER_PRIVATE_HOSTS = env.words(
    "ISSUER_PRIVATE_HOSTS", "", "Hosts of token issuers that may have a private address, by name."
)
TRUSTED_PUBLISHING_ISSUERS = env.words(
    "TRUSTED_PUBLISHING_ISSUERS",
    "",
    "Issuers of CI tokens beside GitHub's and GitLab's own: `gitlab=https://gitlab.example.com`, …",
)
for _issuer in TRUSTED_PUBLISHING_ISSUERS:
    if not _issuer.startswith(("github=http", "gitlab=http")):
        raise ImproperlyConfigured(
            f"TRUSTED_PUBLISHING_ISSUERS takes github=… and gitlab=…; one is {_issuer!r}."
        )
EXCHANGES_PER_MINUTE = env.integer(
    "EXCHANGES_PER_MINUTE", 30, "CI tokens that one address exchanges a minute.", least=1
)

# --- webhooks -----------------------------------------------------------------------------------------
WEBHOOK_PRIVATE_HOSTS = env.words(
    "WEBHOOK_PRIVATE_HOSTS", "", "Hosts of webhooks that may have a private address, by name."
)

# --- mail ----------------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", "", "SMTP server; without one, letters are written to var/mail/.")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, "Port of the SMTP server.", least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "", "User at the SMTP server.")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "", "Password at the SMTP server.")
_email_tls = env.choice(
    "EMAIL_TLS", "starttls", "How the SMTP server is spoken to.", among=("starttls", "tls", "none")
)
EMAIL_USE_TLS, EMAIL_USE_SSL = _email_tls == "starttls", _email_tls == "tls"
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text(
    "EMAIL_FROM", f"Release Console <console@{_public.hostname}>", "Sender of the console's letters."
)

# --- headers ------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PUBLIC_IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PUBLIC_IS_HTTPS
SECURE_HSTS_PRELOAD = PUBLIC_IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = PUBLIC_IS_HTTPS
CSRF_COOKIE_SECURE = PUBLIC_IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if PUBLIC_IS_HTTPS else "sessionid"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known-browser" if PUBLIC_IS_HTTPS else "known-browser"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PUBLIC_IS_HTTPS else "csrftoken"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

# --- pages --------------------------------------------------------------------------------------------
UNFOLD = {"SITE_TITLE": "Release Console", "SITE_HEADER": "Release Console", "SITE_URL": None}

# --- language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "releaseconsole.formats"

# --- management API -----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.APITokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "accounts.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Release Console API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- logs ---------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"links": {"()": "releaseconsole.log_masking.LinkFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["links"]}},
    # Django's own handlers would write past the filter.
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
    "root": {
        "handlers": ["console"],
        "level": env.text("LOG_LEVEL", "INFO", "Least severity that is logged."),
    },
}
