"""The OpenID provider that people may sign in with."""

from django.core.exceptions import ImproperlyConfigured

from accounts.domain.provider_document import address_is_safe
from accounts.domain.single_sign_on import role_groups_parse
from releaseconsole import environment as env

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
