"""`POST /device/v1/enroll`: a device joins a beta by the code that its tester typed into the app.

Open to whoever has a code; so an address has a bounded number of tries a minute, and what was wrong with a
code isn't told.
"""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.parsers import BoundedJSONParser
from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from updates.errors import TooManyAttemptsError
from updates.services.testers import Attempt, attempt_count, device_enroll


class EnrolmentIn(serializers.Serializer[Any]):
    """What the device says of itself, and the code."""

    app_id = serializers.CharField(max_length=155)
    device_id = serializers.CharField(max_length=64)
    platform = serializers.CharField(max_length=16)
    code = serializers.CharField(max_length=64)


class DeviceEnrolment(APIView):
    """Joining a beta with a device."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [BoundedJSONParser]
    http_method_names = ["post"]
    schema = None

    def post(self, request: Request, **_: Any) -> Response:
        """Join, and say which channel the device is on from now.

        Raises:
            Throttled: Too many from this address.
        """
        try:
            attempt_count(Attempt.CODE, network_of(address_of(request)))
        except TooManyAttemptsError as error:
            raise Throttled(error.seconds) from error
        asked = EnrolmentIn(data=request.data)
        asked.is_valid(raise_exception=True)
        enrolment = device_enroll(**asked.validated_data)
        return Response({"channel": enrolment.channel.name}, headers={"Cache-Control": "no-store"})
