"""Shapes of what goes in and out; rules are the services' business."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from updates.domain.native_plugins import TEXT_MAX
from updates.domain.platforms import Platform
from updates.domain.publish_checks import findings_answered
from updates.models import Bundle, NativeBuild


class FindingOut(serializers.Serializer[Any]):
    """What was found in a bundle, beside what is refused."""

    key = serializers.CharField(help_text="Under which `check_answers` of a release says why it's fine.")
    code = serializers.CharField(help_text="What kind it is; stable.")
    words = serializers.CharField(help_text="What it is, for people.")
    path = serializers.CharField(help_text="In which file; empty: it's about the whole.")


class BundleOut(serializers.ModelSerializer[Bundle]):
    """A bundle."""

    sha256 = serializers.CharField(source="archive_id", help_text="SHA-256 of the zip, in hex.")
    size = serializers.IntegerField(source="archive.size", help_text="Bytes of the zip.")
    native_packages = serializers.DictField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Native plugins it was built against, as `{name: version}`; null: nobody said.",
    )
    findings = serializers.SerializerMethodField()

    class Meta:
        model = Bundle
        fields = [
            "version",
            "sha256",
            "size",
            "file_count",
            "unpacked_size",
            "manifest_sha256",
            "native_packages",
            "native_fingerprint",
            "findings",
            "uploaded_at",
        ]
        read_only_fields = fields

    @extend_schema_field(FindingOut(many=True))
    def get_findings(self, bundle: Bundle) -> list[dict[str, Any]]:
        """Say what was found."""
        found = findings_answered(bundle.findings, {})
        return [dict(FindingOut(finding).data) for finding in found]


class NativeBuildOut(serializers.ModelSerializer[NativeBuild]):
    """A native build."""

    plugins = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = NativeBuild
        fields = ["platform", "version", "build_number", "plugins", "fingerprint", "registered_at"]
        read_only_fields = fields


@extend_schema_field(OpenApiTypes.BINARY)
class ZipField(serializers.FileField):
    """A file that is sent; REST framework describes it by the URL under which it would be read."""


class BundleIn(serializers.Serializer[Any]):
    """An upload."""

    version = serializers.CharField(max_length=64, help_text="Semantic version, for example 1.4.2.")
    file = ZipField(allow_empty_file=True, help_text="The zip.")
    native_packages = serializers.CharField(
        max_length=TEXT_MAX,
        required=False,
        default="",
        allow_blank=True,
        trim_whitespace=True,
        help_text='Native plugins it was built against, as JSON: `{"@capacitor/camera": "6.0.2"}`. Leave it '
        "out where the zip has a `native-packages.json`.",
    )


class NativeBuildIn(serializers.Serializer[Any]):
    """A native build to be registered."""

    platform = serializers.ChoiceField(choices=[(each.value, each.value) for each in Platform])
    version = serializers.CharField(max_length=32, help_text="Native version, as devices report it.")
    build_number = serializers.CharField(max_length=32, default="", allow_blank=True)
    plugins = serializers.DictField(
        child=serializers.CharField(max_length=32),
        help_text="The native plugins in it, as `{name: version}`.",
    )
