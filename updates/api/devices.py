"""`apps/{app_id}/devices/{device_id}/override`: what a device is forced to."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.scope import AppView
from updates.domain.overrides import LONGEST_OVERRIDE, LONGEST_REASON
from updates.errors import NotForcedError
from updates.models import Channel, Release
from updates.selectors.apps import channel_get
from updates.selectors.devices import override_of
from updates.selectors.releases import release_of_app
from updates.services.overrides import override_end, override_set


class OverrideOut(serializers.Serializer[Any]):
    """What a device is forced to: a channel, or one release."""

    device_id = serializers.CharField()
    channel = serializers.CharField(source="channel.name", default=None, allow_null=True)
    release_seq = serializers.IntegerField(source="release.release_seq", default=None, allow_null=True)
    until = serializers.DateTimeField()
    reason = serializers.CharField()


class OverrideIn(serializers.Serializer[Any]):
    """What to force a device to: a channel or a release, not both."""

    channel = serializers.CharField(max_length=64, required=False, help_text="A channel's name.")
    release_seq = serializers.IntegerField(min_value=1, required=False, help_text="A release's number.")
    until = serializers.DateTimeField(help_text=f"At most {LONGEST_OVERRIDE.days} days from now.")
    reason = serializers.CharField(max_length=LONGEST_REASON)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Make sure that it's one of the two.

        Raises:
            ValidationError: It's both or neither.
        """
        if ("channel" in attrs) == ("release_seq" in attrs):
            raise serializers.ValidationError("Name a channel or a release.")
        return attrs


class DeviceOverrideDetail(AppView):
    """What one device is forced to."""

    serializer_class = OverrideOut
    http_method_names = ["get", "head", "put", "delete"]
    permissions = {
        "GET": Permission.APP_VIEW,
        "PUT": Permission.TESTER_MANAGE,
        "DELETE": Permission.TESTER_MANAGE,
    }

    @operation("device_override_read", ok={200: OverrideOut})
    def get(self, _request: Request, device_id: str, **_: Any) -> Response:
        """Read what a device is forced to.

        Raises:
            NotForcedError: It isn't forced to anything.
        """
        override = override_of(app=self.app, device_id=device_id)
        if override is None:
            raise NotForcedError
        return Response(OverrideOut(override).data)

    @operation("device_override_set", ok={200: OverrideOut}, request=OverrideIn)
    def put(self, request: Request, device_id: str, **_: Any) -> Response:
        """Force a device to a channel or a release until a time, in place of what it was forced to."""
        asked, token = self.cleaned(request, OverrideIn), token_of(request)
        override = override_set(
            app=self.app,
            device_id=device_id,
            to=self._target(asked),
            until=asked["until"],
            reason=asked["reason"],
            actor=token.actor,
            person=token.created_by,
        )
        return Response(OverrideOut(override).data)

    @operation("device_override_end", ok={204: None})
    def delete(self, request: Request, device_id: str, **_: Any) -> Response:
        """Let a device get again what it would get by itself."""
        override_end(app=self.app, device_id=device_id, actor=token_of(request).actor)
        return Response(status=204)

    def _target(self, asked: dict[str, Any]) -> Channel | Release:
        if "channel" in asked:
            return channel_get(app=self.app, name=asked["channel"])
        return release_of_app(app=self.app, release_seq=asked["release_seq"])
