"""Shapes of apps, channels and freezes; rules are the services' business."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from releaseconsole.kernel import clock
from updates.domain.channel_rules import GuardAction, UpdatePolicy
from updates.domain.channel_settings import SETTING_NAMES
from updates.domain.custom_ids import CustomIdPolicy
from updates.domain.optional_telemetry import TelemetryPolicy
from updates.models import App, Channel, ChannelFreeze
from updates.selectors.freezes import channel_frozen_until
from updates.selectors.sign_off_requirements import requirements_of


class AttributeOut(serializers.Serializer[Any]):
    """An attribute of devices that the app keeps."""

    name = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())


class AppOut(serializers.ModelSerializer[App]):
    """An app."""

    platforms = serializers.ListField(child=serializers.CharField())
    default_channel = serializers.CharField(
        source="default_channel.name",
        default=None,
        allow_null=True,
        help_text="Where CI publishes by default.",
    )
    attributes = AttributeOut(many=True)
    custom_id_policy = serializers.ChoiceField(
        choices=[each.value for each in CustomIdPolicy],
        help_text="What is kept of the ids that the app gives devices.",
    )

    telemetry_policy = serializers.ChoiceField(
        choices=[each.value for each in TelemetryPolicy],
        help_text="When the details of devices' reports are kept.",
    )
    telemetry_text_version = serializers.CharField(
        help_text="Of the text by which people agree to that; empty: none is set."
    )

    class Meta:
        model = App
        fields = [
            "app_id",
            "name",
            "platforms",
            "default_channel",
            "custom_id_policy",
            "telemetry_policy",
            "telemetry_text_version",
            "attributes",
            "shutoff_at",
            "created_at",
        ]
        read_only_fields = fields


class AppChangesIn(serializers.Serializer[Any]):
    """What may be changed of an app by machines; what isn't named stays as it is."""

    custom_id_policy = serializers.ChoiceField(
        choices=[each.value for each in CustomIdPolicy], required=False
    )
    telemetry_policy = serializers.ChoiceField(
        choices=[each.value for each in TelemetryPolicy], required=False
    )
    telemetry_text_version = serializers.CharField(
        max_length=16,
        allow_blank=True,
        required=False,
        help_text="With another one all have to be asked again.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """See that something is to be changed, by its type.

        Raises:
            ValidationError: Nothing is.
        """
        if not attrs:
            raise serializers.ValidationError("Name what is to be changed.")
        kinds = {"custom_id_policy": CustomIdPolicy, "telemetry_policy": TelemetryPolicy}
        return {name: kinds.get(name, str)(value) for name, value in attrs.items()}


class RequirementOut(serializers.Serializer[Any]):
    """Sign-offs that a release needs."""

    role = serializers.CharField(help_text="Empty: anyone who may sign off.")
    count = serializers.IntegerField()


class ChannelOut(serializers.ModelSerializer[Channel]):
    """A channel."""

    platforms = serializers.ListField(child=serializers.CharField())
    update_policy = serializers.ChoiceField(choices=[each.value for each in UpdatePolicy])
    guard_action = serializers.ChoiceField(choices=[each.value for each in GuardAction])
    sign_offs = serializers.SerializerMethodField()
    frozen_until = serializers.SerializerMethodField()

    class Meta:
        model = Channel
        fields = [
            "name",
            *SETTING_NAMES,
            "sign_offs",
            "paused_at",
            "shutoff_at",
            "frozen_until",
            "expires_at",
            "serves_builtin",
            "decision_seq",
        ]
        read_only_fields = fields

    @extend_schema_field(RequirementOut(many=True))
    def get_sign_offs(self, channel: Channel) -> list[dict[str, Any]]:
        """List what releases on it need."""
        return [{"role": each.role, "count": each.count} for each in requirements_of(channel)]

    def get_frozen_until(self, channel: Channel) -> datetime | None:
        """Say when it opens again; null: it's open."""
        return channel_frozen_until(channel, clock.now())


class ChannelChangesIn(serializers.Serializer[Any]):
    """Settings to be changed; what isn't named stays."""

    public = serializers.BooleanField(required=False)
    self_assignable = serializers.BooleanField(required=False)
    platforms = serializers.ListField(
        child=serializers.CharField(max_length=16), max_length=8, required=False
    )
    allow_emulator = serializers.BooleanField(required=False)
    allow_development = serializers.BooleanField(required=False)
    allow_production = serializers.BooleanField(required=False)
    native_min = serializers.CharField(max_length=32, allow_blank=True, required=False)
    native_max = serializers.CharField(max_length=32, allow_blank=True, required=False)
    update_policy = serializers.CharField(max_length=8, required=False)
    blocks_under_native = serializers.BooleanField(required=False)
    store_update_required = serializers.BooleanField(required=False)
    guard_action = serializers.CharField(max_length=12, required=False)
    guard_failure_bps = serializers.IntegerField(required=False)
    guard_min_devices = serializers.IntegerField(required=False)
    guard_window_minutes = serializers.IntegerField(required=False)
    retention_days = serializers.IntegerField(allow_null=True, required=False)


class ChannelIn(serializers.Serializer[Any]):
    """A new channel."""

    name = serializers.CharField(max_length=64)
    platforms = serializers.ListField(child=serializers.CharField(max_length=16), max_length=8)
    public = serializers.BooleanField(default=False)
    self_assignable = serializers.BooleanField(default=False)


class ShutoffIn(serializers.Serializer[Any]):
    """Why something is shut off."""

    reason = serializers.CharField(max_length=500)


class FreezeOut(serializers.ModelSerializer[ChannelFreeze]):
    """A time in which nothing goes live."""

    class Meta:
        model = ChannelFreeze
        fields = ["id", "starts_at", "ends_at", "repeats_weekly", "zone", "reason"]
        read_only_fields = fields


class FreezeIn(serializers.Serializer[Any]):
    """A time in which nothing is to go live."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    repeats_weekly = serializers.BooleanField(default=False)
    zone = serializers.CharField(
        max_length=64, default="UTC", help_text="In which a weekly freeze keeps its hour (IANA name)."
    )
    reason = serializers.CharField(max_length=200)
