"""Shapes of what goes in and out; rules are the services' business."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from updates.domain.release_state import ReleaseState
from updates.domain.rollout import BASIS_POINTS
from updates.models import Bundle, Release

_ROLLOUT_HELP = "Share of devices in basis points: 10000 is all of them."


class BundleOut(serializers.ModelSerializer[Bundle]):
    """A bundle."""

    sha256 = serializers.CharField(source="archive_id", help_text="SHA-256 of the zip, in hex.")
    size = serializers.IntegerField(source="archive.size", help_text="Bytes of the zip.")

    class Meta:
        model = Bundle
        fields = [
            "version",
            "sha256",
            "size",
            "file_count",
            "unpacked_size",
            "manifest_sha256",
            "uploaded_at",
        ]
        read_only_fields = fields


class ReleaseOut(serializers.ModelSerializer[Release]):
    """A release."""

    version = serializers.CharField(source="bundle.version")
    channel = serializers.CharField(source="channel.name")
    bundle_sha256 = serializers.CharField(source="bundle.archive_id")
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in ReleaseState])

    class Meta:
        model = Release
        fields = [
            "release_seq",
            "version",
            "channel",
            "bundle_sha256",
            "state",
            "rollout_bps",
            "native_min",
            "native_max",
            "notes",
            "published_at",
            "ended_at",
        ]
        read_only_fields = fields


class RollbackOut(serializers.Serializer[Any]):
    """What a rollback did."""

    channel = serializers.CharField(source="channel.name")
    decision_seq = serializers.IntegerField(source="channel.decision_seq")
    rolled_back = ReleaseOut(many=True)
    now_live = ReleaseOut(allow_null=True, help_text="The full release served now.")
    serves_builtin = serializers.BooleanField(help_text="The bundle in the store's build is served now.")


@extend_schema_field(OpenApiTypes.BINARY)
class ZipField(serializers.FileField):
    """A file that is sent; REST framework describes it by the URL under which it would be read."""


class BundleIn(serializers.Serializer[Any]):
    """An upload."""

    version = serializers.CharField(max_length=64, help_text="Semantic version, for example 1.4.2.")
    file = ZipField(allow_empty_file=True, help_text="The zip.")


class ReleaseIn(serializers.Serializer[Any]):
    """A publication."""

    version = serializers.CharField(max_length=64, help_text="Version of an uploaded bundle.")
    rollout_bps = serializers.IntegerField(
        min_value=0, max_value=BASIS_POINTS, default=BASIS_POINTS, help_text=_ROLLOUT_HELP
    )
    native_min = serializers.CharField(max_length=32, default="", allow_blank=True)
    native_max = serializers.CharField(max_length=32, default="", allow_blank=True)
    notes = serializers.CharField(max_length=4000, default="", allow_blank=True)


class RolloutIn(serializers.Serializer[Any]):
    """A new share for a live release."""

    rollout_bps = serializers.IntegerField(min_value=0, max_value=BASIS_POINTS, help_text=_ROLLOUT_HELP)


class RollbackIn(serializers.Serializer[Any]):
    """Where to go back to."""

    to = serializers.CharField(
        max_length=64,
        required=False,
        allow_null=True,
        help_text="A version, or `builtin`; leave it out for what was served before.",
    )
