"""Whom the console speaks to: issuers of foreign tokens, webhooks, the mail server."""

from django.core.exceptions import ImproperlyConfigured

from releaseconsole import environment as env
from releaseconsole.settings.place import VAR_DIR, public

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
    "EMAIL_FROM", f"Release Console <console@{public.hostname}>", "Sender of the console's letters."
)
