"""People: how they prove themselves, and for how long that is good."""

from django.core.exceptions import ImproperlyConfigured

from releaseconsole import environment as env
from releaseconsole.settings.place import PUBLIC_IS_HTTPS, origin, public

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
OTP_WEBAUTHN_RP_ID = public.hostname
OTP_WEBAUTHN_RP_NAME = "Release Console"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [origin(public)]
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
