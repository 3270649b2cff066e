"""Devices and their tokens: lives, rotations, limits."""

from django.core.exceptions import ImproperlyConfigured

from releaseconsole import environment as env

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
