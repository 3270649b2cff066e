"""What the console is put together of."""

from releaseconsole.settings.place import BASE_DIR

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
