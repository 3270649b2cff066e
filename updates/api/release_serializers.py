"""Shapes of releases and rollbacks, in and out; rules are the services' business."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from updates.domain.release_state import ReleaseState
from updates.domain.release_terms import MAX_NOTES, MAX_REASON, MAX_SPREAD_MINUTES
from updates.domain.rollout import BASIS_POINTS
from updates.domain.rollout_plan import MAX_DEVICES, MAX_SOAK_MINUTES, MAX_STEPS
from updates.models import Release
from updates.selectors.receipts import receipt_of

_ROLLOUT_HELP: Final = "Share of devices in basis points: 10000 is all of them."
_PLAN_HELP: Final = "Steps to go through by itself; the first one's share is that of going live."


class StepShape(serializers.Serializer[Any]):
    """A step of a rollout: its share, and what has to be so before the next one is taken."""

    bps = serializers.IntegerField(min_value=1, max_value=BASIS_POINTS, help_text=_ROLLOUT_HELP)
    soak_minutes = serializers.IntegerField(min_value=0, max_value=MAX_SOAK_MINUTES, required=False)
    min_success_bps = serializers.IntegerField(min_value=0, max_value=BASIS_POINTS, required=False)
    min_devices = serializers.IntegerField(min_value=0, max_value=MAX_DEVICES, required=False)


class AudienceShape(serializers.Serializer[Any]):
    """Who a release is for: all conditions must hold, and who is always in needs none."""

    platforms = serializers.ListField(child=serializers.CharField(), required=False)
    os_min = serializers.CharField(max_length=32, required=False, allow_blank=True)
    native_builds = serializers.ListField(child=serializers.CharField(max_length=32), required=False)
    plugin_min = serializers.CharField(max_length=32, required=False, allow_blank=True)
    attributes = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    always = serializers.ListField(child=serializers.CharField(max_length=64), required=False)


class ReceiptOut(serializers.Serializer[Any]):
    """That the audit log holds what made a release live, under a signed checkpoint."""

    sequence = serializers.IntegerField(help_text="Place in the log of the event that made it live.")
    checkpoint_origin = serializers.CharField(source="origin", help_text="The log.")
    checkpoint_size = serializers.IntegerField(source="size", help_text="Entries under the checkpoint.")
    taken_at = serializers.DateTimeField()


class ReleaseOut(serializers.ModelSerializer[Release]):
    """A release."""

    version = serializers.CharField(source="bundle.version")
    channel = serializers.CharField(source="channel.name")
    bundle_sha256 = serializers.CharField(source="bundle.archive_id")
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in ReleaseState])
    plan = StepShape(many=True)
    audience = AudienceShape()
    receipt = serializers.SerializerMethodField(help_text="Null: no device is offered it.")

    @extend_schema_field(ReceiptOut(allow_null=True))
    def get_receipt(self, release: Release) -> Any:
        """The receipt of what made it live last."""
        receipt = receipt_of(release)
        return ReceiptOut(receipt).data if receipt else None

    class Meta:
        model = Release
        fields = [
            "release_seq",
            "version",
            "channel",
            "bundle_sha256",
            "state",
            "state_reason",
            "revision",
            "rollout_bps",
            "plan",
            "plan_step",
            "plan_stopped",
            "audience",
            "native_min",
            "native_max",
            "mandatory",
            "spread_minutes",
            "notes",
            "reason",
            "scheduled_at",
            "scheduled_zone",
            "created_at",
            "published_at",
            "ended_at",
            "receipt",
        ]
        read_only_fields = fields


class TermsIn(serializers.Serializer[Any]):
    """On which terms a release goes live; what is left out stays as it is, or is as if there were none."""

    rollout_bps = serializers.IntegerField(
        min_value=0, max_value=BASIS_POINTS, required=False, help_text=_ROLLOUT_HELP
    )
    plan = serializers.ListField(
        child=StepShape(), max_length=MAX_STEPS, required=False, help_text=_PLAN_HELP
    )
    audience = AudienceShape(required=False)
    native_min = serializers.CharField(max_length=32, required=False, allow_blank=True)
    native_max = serializers.CharField(max_length=32, required=False, allow_blank=True)
    native_override = serializers.BooleanField(
        required=False, help_text="Also for builds that lack a plugin; needs a sign-off."
    )
    mandatory = serializers.BooleanField(required=False, help_text="Devices are told to take it at once.")
    spread_minutes = serializers.IntegerField(min_value=0, max_value=MAX_SPREAD_MINUTES, required=False)
    notes = serializers.CharField(max_length=MAX_NOTES, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=MAX_REASON, required=False, allow_blank=True)
    check_answers = serializers.DictField(
        child=serializers.CharField(max_length=MAX_REASON),
        required=False,
        help_text="Why each finding is fine, by its key.",
    )
    scheduled_at = serializers.DateTimeField(required=False, allow_null=True)
    scheduled_zone = serializers.CharField(max_length=64, required=False, allow_blank=True)


class ReleaseIn(TermsIn):
    """A publication."""

    version = serializers.CharField(max_length=64, help_text="Version of an uploaded bundle.")
    draft = serializers.BooleanField(default=False, help_text="Only draft it: a person submits it.")


class ReleaseChangeIn(TermsIn):
    """What changes of a release; once it's published, only its share."""

    version = serializers.CharField(max_length=64, required=False)


class WhyIn(serializers.Serializer[Any]):
    """Why something is done."""

    reason = serializers.CharField(max_length=MAX_REASON, default="", allow_blank=True)


class PromotionIn(TermsIn):
    """A release of the same bundle on another channel."""

    channel = serializers.CharField(max_length=64, help_text="Where it goes live.")


class RollbackIn(WhyIn):
    """Where to go back to."""

    to = serializers.CharField(
        max_length=64,
        required=False,
        allow_null=True,
        help_text="A version, or `builtin`; leave it out for what was served before.",
    )
    withdraw = serializers.BooleanField(
        default=False, help_text="What is taken back is compromised: withdraw it from every channel."
    )


class RollbackOut(serializers.Serializer[Any]):
    """What a rollback did."""

    channel = serializers.CharField(source="channel.name")
    decision_seq = serializers.IntegerField(source="channel.decision_seq")
    rolled_back = ReleaseOut(many=True)
    now_live = ReleaseOut(allow_null=True, help_text="The full release served now.")
    serves_builtin = serializers.BooleanField(help_text="The bundle in the store's build is served now.")
