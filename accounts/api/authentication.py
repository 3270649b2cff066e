"""Who calls the management API: machines with an API token. People use the console's pages."""

from dataclasses import dataclass

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.models import APIToken
from accounts.services.api_tokens import api_token_authenticate

REALM = 'Bearer realm="Release Console API"'


@dataclass(frozen=True, slots=True)
class Machine:
    """The caller as REST framework wants one; what it may do is asked of `request.auth`, its token."""

    token: APIToken

    @property
    def is_authenticated(self) -> bool:
        """Always: without a valid token there is no `Machine`."""
        return True


class APITokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer rc_…` (RFC 6750, section 2.1); never in a URL, where logs would keep it."""

    def authenticate(self, request: Request) -> tuple[Machine, APIToken] | None:
        """Return the caller and its token; None lets the permission check ask for one."""
        scheme, _, credentials = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = api_token_authenticate(plain=credentials.decode("ascii", errors="replace").strip())
        return Machine(token), token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 (REST framework's signature)
        """What a 401 says in `WWW-Authenticate`."""
        return REALM


class APITokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped metaclass
    """How the OpenAPI document describes it."""

    target_class = APITokenAuthentication
    name = "APIToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 (its signature)
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "rc_…"}
