"""`POST /device/v1/privacy`: a device asks what is held of it, to have it corrected or deleted, or opts out.

Open to anybody, as the public form is: what comes without proof waits for an officer, and is answered alike
whether there is such a device or not. With the name of its registered key a device is given a challenge, and
its request is recorded once it sent back what it read there.
"""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.parsers import BoundedJSONParser
from accounts.domain.addresses import network_of
from accounts.services.client_address import address_of
from accounts.services.privacy_signal import gpc_signalled
from compliance.desk.domain.request_states import Kind, Scope
from compliance.desk.models import PrivacyRequest
from compliance.desk.services.requests.devices import (
    DeviceWish,
    device_request_challenge,
    device_request_receive,
)
from signing.services import CHALLENGE_SECONDS
from updates.domain.names import DEVICE_ID
from updates.errors import TooManyAttemptsError
from updates.services.testers import Attempt, attempt_count

_THUMBPRINT_LENGTH: Final = 43


class PrivacyRequestIn(serializers.Serializer[Any]):
    """What the device asks for."""

    app_id = serializers.CharField(max_length=155)
    device_id = serializers.RegexField(
        rf"\A(?:{DEVICE_ID.pattern})\Z",
        error_messages={"invalid": "1 to 64 lower-case letters, digits, dots, colons and dashes."},
    )
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    scope = serializers.ChoiceField(
        choices=[Scope.CATEGORIES.value, Scope.SPECIFIC.value], required=False, default=Scope.NONE.value
    )
    email = serializers.EmailField(max_length=254, required=False, default="")
    statement = serializers.CharField(max_length=4000, required=False, default="")
    kid = serializers.CharField(max_length=_THUMBPRINT_LENGTH, required=False, default="")
    proof = serializers.CharField(max_length=64, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """See what the public form sees to as well, and that a proof names its key.

        Raises:
            ValidationError: Something is missing.
        """
        kind = Kind(attrs["kind"])
        missing = {}
        if (kind is Kind.KNOW) != bool(attrs["scope"]):
            missing["scope"] = "Say it to know, and for nothing else."
        if not kind.is_opt_out and not attrs["email"]:
            missing["email"] = "Give an address, so that there can be an answer."
        if attrs["proof"] and not attrs["kid"]:
            missing["kid"] = "Name the key that the proof is about."
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class DevicePrivacy(APIView):
    """Privacy requests of devices."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [BoundedJSONParser]
    http_method_names = ["post"]
    schema = None

    def post(self, request: Request, **_: Any) -> Response:
        """Record a request, or ask for proof first.

        Raises:
            Throttled: Too many from this network, or from everybody without a proof.
        """
        try:
            attempt_count(Attempt.FORM, network_of(address_of(request)))
        except TooManyAttemptsError as error:
            raise Throttled(error.seconds) from error
        asked = PrivacyRequestIn(data=request.data)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        opened = said.pop("proof")
        said |= {"kind": Kind(said["kind"]), "scope": Scope(said["scope"])}
        wish = DeviceWish(**said, signals_gpc=gpc_signalled(request.headers))
        challenge = None if opened else device_request_challenge(wish)
        if challenge is not None:
            return _answer(200, {"challenge": challenge, "expires_in": CHALLENGE_SECONDS})
        try:
            received = device_request_receive(wish=wish, opened=opened)
        except TooManyAttemptsError as error:
            raise Throttled(error.seconds) from error
        return _answer(201, _recorded(received))


def _recorded(received: PrivacyRequest) -> dict[str, Any]:
    return {
        "reference": received.reference,
        "kind": received.kind,
        "received_on": received.received_on.isoformat(),
        "acknowledged_by": received.ack_due and received.ack_due.isoformat(),
        "answered_by": received.due.isoformat(),
        "identity": received.verification,
    }


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(body, status=status, headers={"Cache-Control": "no-store"})
