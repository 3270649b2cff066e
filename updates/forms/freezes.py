"""What people type about freezes and shutoffs."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from updates.domain.freezes import Freeze
from updates.forms.fields import WallTimeField, zone_choices


class FreezeForm(forms.Form):
    """A time in which nothing goes live."""

    starts = WallTimeField(label="Begins")
    ends = WallTimeField(label="Ends")
    zone = forms.ChoiceField(label="Time zone", choices=zone_choices)
    repeats_weekly = forms.BooleanField(
        label="Every week",
        required=False,
        help_text="At the same time on the clock, also when the clocks change.",
    )
    reason = forms.CharField(label="Why?", max_length=200, help_text="Who wants to publish reads it.")

    def freeze(self) -> Freeze:
        """What was typed."""
        typed: dict[str, Any] = self.cleaned_data
        return Freeze(
            starts_at=_instant(typed["starts"], typed["zone"]),
            ends_at=_instant(typed["ends"], typed["zone"]),
            repeats_weekly=typed["repeats_weekly"],
            zone=typed["zone"],
            reason=typed["reason"],
        )


class ShutoffForm(forms.Form):
    """Why something is shut off."""

    reason = forms.CharField(label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def _instant(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone))
