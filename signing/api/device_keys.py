"""`POST /device/v1/keys`: a device registers the key to which its tokens are encrypted.

Open to whoever knows a device's id, so the app's profile has to allow it (off by default), the first key
wins, and an address registers a bounded number a minute.
"""

from typing import Any

from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.parsers import BoundedJSONParser
from accounts.services.client_address import address_of
from releaseconsole.kernel import clock
from signing.api.serializers import DeviceKeyIn, RecipientOut
from signing.services import device_recipient_register, registration_wait


class DeviceKeys(APIView):
    """Registering a device's key."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [BoundedJSONParser]
    http_method_names = ["post"]
    schema = None

    def post(self, request: Request, **_: Any) -> Response:
        """Register it; the same one again is no error.

        Raises:
            Throttled: Too many from this address.
        """
        if wait := registration_wait(address_of(request)):
            raise Throttled(wait)
        asked = DeviceKeyIn(data=request.data)
        asked.is_valid(raise_exception=True)
        row = device_recipient_register(**asked.validated_data, now=clock.now())
        return Response(RecipientOut(row).data, headers={"Cache-Control": "no-store"})
