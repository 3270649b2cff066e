"""`POST /api/v1/trusted-publishing/exchange`: a CI's own token for a short-lived API token."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.errors import LengthRequiredError
from accounts.api.parsers import BoundedJSONParser
from accounts.api.schema import operation
from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from accounts.services.publisher_exchange import exchange_wait, publisher_exchange
from releaseconsole.kernel.jose.foreign import MAX_FOREIGN_LENGTH

_NO_STORE: Final = {"Cache-Control": "no-store"}


class ExchangeIn(serializers.Serializer[Any]):
    """What a job sends."""

    token = serializers.CharField(
        max_length=MAX_FOREIGN_LENGTH, help_text="The CI's OIDC token, with this console as its audience."
    )
    app_id = serializers.CharField(
        max_length=155, required=False, default="", help_text="Needed where a job may publish several apps."
    )


class ExchangeOut(serializers.Serializer[Any]):
    """What it gets."""

    token = serializers.CharField(help_text="An API token; shown here and never again.")
    expires_at = serializers.DateTimeField()
    app_id = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(
        child=serializers.CharField(), help_text="The only ones on which it publishes."
    )


class PublisherExchange(APIView):
    """Exchanging a token; open to everybody, since the token is the credential."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [BoundedJSONParser]
    http_method_names = ["post"]

    @extend_schema(auth=[])
    @operation("publisher_exchange", ok={201: ExchangeOut}, request=ExchangeIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Exchange a GitHub Actions or GitLab CI/CD token for an API token that lives for 15 minutes.

        Raises:
            Throttled: Too many from this address.
            LengthRequiredError: The body comes in chunks.
        """
        if wait := exchange_wait(address=network_of(address_of(request))):
            raise Throttled(wait)
        if "Transfer-Encoding" in request.headers:
            raise LengthRequiredError
        asked = ExchangeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        token, plain = publisher_exchange(**asked.validated_data)
        answer = {
            "token": plain,
            "expires_at": token.expires_at,
            "app_id": token.app_id,
            "permissions": token.permissions,
            "channels": token.channels,
        }
        return Response(ExchangeOut(answer).data, status=201, headers=_NO_STORE)
