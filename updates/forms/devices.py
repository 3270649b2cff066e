"""What people type about single devices."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from updates.domain.overrides import LONGEST_OVERRIDE, LONGEST_REASON
from updates.models import App, Channel, Release
from updates.selectors.apps import channels_of
from updates.selectors.devices import releases_forceable

_CHANNEL: Final = "channel/"
_RELEASE: Final = "release/"


class OverrideForm(forms.Form):
    """What a device is forced to, until when and why."""

    to = forms.ChoiceField(label="What it gets", choices=[])
    last_day = forms.DateField(
        label="Through",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=f"To the end of that day in your time zone; at most {LONGEST_OVERRIDE.days} days.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        help_text="Whoever looks at this device reads it. It needs no names.",
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._channels: dict[str, Channel] = {
            f"{_CHANNEL}{channel.name}": channel for channel in channels_of(app=app)
        }
        self._releases: dict[str, Release] = {
            f"{_RELEASE}{release.release_seq}": release for release in releases_forceable(app=app)
        }
        field = self.fields["to"]
        field.choices = self._choices()  # type: ignore[attr-defined]  # a ChoiceField, as declared above

    def _choices(self) -> list[tuple[str, str | list[tuple[str, str]]]]:
        channels = [(value, channel.name) for value, channel in self._channels.items()]
        releases = [
            (value, f"{release.bundle.version} on {release.channel.name} (release #{release.release_seq})")
            for value, release in self._releases.items()
        ]
        groups = [
            ("A channel, and whatever it serves", channels),
            ("One release, and nothing newer", releases),
        ]
        return [("", "Choose"), *((words, choices) for words, choices in groups if choices)]

    def target(self) -> Channel | Release:
        """Return what was chosen."""
        chosen = self.cleaned_data["to"]
        return self._channels[chosen] if chosen in self._channels else self._releases[chosen]

    def until(self) -> datetime:
        """Return the end of the last day where the viewer is."""
        return timezone.make_aware(
            datetime.combine(self.cleaned_data["last_day"] + timedelta(days=1), time.min)
        )


class AllowForm(forms.Form):
    """Which device is let try a failed version again; empty is all of a release."""

    device_id = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class AllowVersionForm(forms.Form):
    """Which failed version a device is let try again."""

    version = forms.CharField(max_length=64, widget=forms.HiddenInput)
