"""What people type about an app's settings."""

from typing import Any, Final

from django import forms

from updates.domain.attributes import Attribute
from updates.domain.custom_ids import CustomIdPolicy
from updates.domain.optional_telemetry import TelemetryPolicy
from updates.forms.fields import PLATFORMS
from updates.forms.groups import GroupedForm
from updates.models import App
from updates.selectors.app_settings import AppSettings, app_settings

_VALUES_OF: Final = ":"


class AppSettingsForm(GroupedForm):
    """All that may be set of an app."""

    groups_of_fields = (
        ("App", "", ("name", "platforms", "default_channel")),
        (
            "What is kept of devices",
            "Devices may tell more of themselves than an update needs. What isn't named here is dropped.",
            ("attributes", "custom_id_policy", "telemetry_policy", "telemetry_text_version"),
        ),
    )

    name = forms.CharField(label="Name", max_length=120, help_text="As your team calls it.")
    platforms = forms.MultipleChoiceField(
        label="Platforms", choices=PLATFORMS, widget=forms.CheckboxSelectMultiple
    )
    default_channel = forms.ChoiceField(
        label="Default channel",
        required=False,
        help_text="Where CI publishes when it names no channel. Which one devices get is for the channels "
        "to say: the public one of their platform.",
    )
    attributes = forms.CharField(
        label="Attributes",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": "tier: free, paid"}),
        help_text="One a line: a name, a colon, and the values that count. Releases can be for some of them. "
        "Nothing that names a person.",
    )
    custom_id_policy = forms.ChoiceField(
        label="Custom ids",
        choices=[
            (CustomIdPolicy.OFF, "Off: none is kept"),
            (CustomIdPolicy.HASHED, "Hashed: found by who knows the id, readable by nobody"),
            (CustomIdPolicy.ALLOWED, "Allowed: kept as they come"),
        ],
        widget=forms.RadioSelect,
        help_text="The id that your app gives a device (setCustomId). It may name a person: keep it only if "
        "you need to find devices by it. Any change erases what is kept; devices tell theirs again when "
        "they next ask.",
    )

    telemetry_policy = forms.ChoiceField(
        label="Details of reports",
        choices=[
            (TelemetryPolicy.OFF, "Off: none is kept"),
            (TelemetryPolicy.CONSENT, "By consent: of devices whose owner agreed"),
            (TelemetryPolicy.ON, "On: kept, unless the owner objects"),
        ],
        widget=forms.RadioSelect,
        help_text="Timings, messages and what a crash caught. Which version runs or failed is always kept: "
        "updates need it. Devices that signal Global Privacy Control count as objecting.",
    )
    telemetry_text_version = forms.CharField(
        label="Version of the text",
        required=False,
        max_length=16,
        help_text="By which your app asks its users for that, such as 2026-12. Its consents count for this "
        "version alone: with another one the app has to ask again.",
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _as_set(app_settings(app))})
        names = app.channels.filter(preview_of="").order_by("name").values_list("name", flat=True)
        field = self.fields["default_channel"]
        field.choices = [("", "none"), *((name, name) for name in names)]  # type: ignore[attr-defined]  # a ChoiceField

    def settings(self) -> AppSettings:
        """What was typed."""
        typed: dict[str, Any] = self.cleaned_data
        return AppSettings(
            name=typed["name"],
            platforms=tuple(typed["platforms"]),
            default_channel=typed["default_channel"],
            custom_id_policy=CustomIdPolicy(typed["custom_id_policy"]),
            telemetry_policy=TelemetryPolicy(typed["telemetry_policy"]),
            telemetry_text_version=typed["telemetry_text_version"].strip(),
            attributes=typed["attributes"],
        )

    def clean_attributes(self) -> tuple[Attribute, ...]:
        """Read the lines; what may be in them is for the service to say."""
        lines = str(self.cleaned_data["attributes"]).splitlines()
        return tuple(_attribute(line) for line in lines if line.strip())


def _attribute(line: str) -> Attribute:
    name, colon, values = line.partition(_VALUES_OF)
    if not colon:
        raise forms.ValidationError(f"After {name.strip()}, give a colon and its values.")
    return Attribute(name.strip(), tuple(value.strip() for value in values.split(",")))


def _as_set(settings: AppSettings) -> dict[str, Any]:
    lines = (f"{each.name}{_VALUES_OF} {', '.join(each.values)}" for each in settings.attributes)
    return {
        "name": settings.name,
        "platforms": settings.platforms,
        "default_channel": settings.default_channel,
        "custom_id_policy": settings.custom_id_policy,
        "telemetry_policy": settings.telemetry_policy,
        "telemetry_text_version": settings.telemetry_text_version,
        "attributes": "\n".join(lines),
    }
