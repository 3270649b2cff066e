"""Shapes of what goes in and out; rules are the services' business."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from updates.models import App, Bundle, Channel


class AppOut(serializers.ModelSerializer[App]):
    """An app."""

    platforms = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = App
        fields = ["app_id", "name", "platforms", "created_at"]
        read_only_fields = fields


class ChannelOut(serializers.ModelSerializer[Channel]):
    """A channel."""

    platforms = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Channel
        fields = ["name", "public", "self_assignable", "platforms", "serves_builtin", "decision_seq"]
        read_only_fields = fields


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


@extend_schema_field(OpenApiTypes.BINARY)
class ZipField(serializers.FileField):
    """A file that is sent; REST framework describes it by the URL under which it would be read."""


class BundleIn(serializers.Serializer[Any]):
    """An upload."""

    version = serializers.CharField(max_length=64, help_text="Semantic version, for example 1.4.2.")
    file = ZipField(allow_empty_file=True, help_text="The zip.")
