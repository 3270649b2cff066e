"""What people type about channels and their members."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms

from updates.domain.channel_rules import GuardAction, UpdatePolicy
from updates.domain.channel_settings import ChannelChanges
from updates.forms.fields import PLATFORMS, exact
from updates.forms.groups import GroupedForm
from updates.models import App, Channel

_POLICIES: Final = [
    (UpdatePolicy.NONE.value, "none: every version may follow every other"),
    (UpdatePolicy.MAJOR.value, "major: another major version needs the store"),
    (UpdatePolicy.MINOR.value, "minor: another minor version needs the store, too"),
    (UpdatePolicy.PATCH.value, "patch: any other version needs the store"),
]
_GUARD_ACTIONS: Final = [
    (GuardAction.NONE.value, "nothing"),
    (GuardAction.NOTIFY.value, "tell us"),
    (GuardAction.HALT.value, "halt it: nobody else is offered it"),
    (GuardAction.ROLL_BACK.value, "roll it back"),
]
_PER_PERCENT: Final = 100
# Settings that people type otherwise than they are kept.
_FIELDS: Final = {"guard_failure_bps": "guard_failure_percent"}
_PLATFORM_NAMES: Final[dict[str, str]] = dict(PLATFORMS)


class ChannelForm(forms.Form):
    """A new channel: what can't be left for later."""

    name = forms.CharField(
        label="Name",
        max_length=64,
        help_text="Lower-case letters, digits, dot, dash and underscore; for example production.",
        widget=exact(),
    )
    platforms = forms.MultipleChoiceField(label="Platforms", choices=[], widget=forms.CheckboxSelectMultiple)
    public = forms.BooleanField(
        label="Public",
        required=False,
        help_text="Devices that ask for no channel get this one. One public channel per platform. "
        "One that is neither public nor self-assignable reaches only the devices you add on its page.",
    )
    self_assignable = forms.BooleanField(
        label="Self-assignable",
        required=False,
        help_text="Any device may switch to this channel by its name, from inside the app.",
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_platforms(self, app)


class ChannelSettingsForm(GroupedForm):
    """All that may be set of a channel."""

    groups_of_fields = (
        ("Who gets it", "", ("platforms", "public", "self_assignable")),
        (
            "Which builds",
            "By what the device says of itself.",
            ("allow_production", "allow_development", "allow_emulator"),
        ),
        (
            "Native versions",
            "A live update changes the web part only. What needs a new native part comes from the store.",
            ("native_min", "native_max", "store_update_required", "update_policy", "blocks_under_native"),
        ),
        (
            "Guard",
            "It watches what devices report of a new release, and acts once the failures can't be chance.",
            ("guard_action", "guard_failure_percent", "guard_min_devices", "guard_window_minutes"),
        ),
        ("Files", "", ("retention_days",)),
    )

    platforms = forms.MultipleChoiceField(label="Platforms", choices=[], widget=forms.CheckboxSelectMultiple)
    public = forms.BooleanField(
        label="Public",
        required=False,
        help_text="Devices that ask for no channel get this one. One public channel per platform.",
    )
    self_assignable = forms.BooleanField(
        label="Self-assignable",
        required=False,
        help_text="Any device may switch to this channel by its name, from inside the app.",
    )
    allow_production = forms.BooleanField(label="Builds from a store", required=False)
    allow_development = forms.BooleanField(
        label="Development builds",
        required=False,
        help_text="Debug builds and those that a developer installed; on iOS, TestFlight's too.",
    )
    allow_emulator = forms.BooleanField(label="Emulators and simulators", required=False)
    native_min = forms.CharField(
        label="Least native version", required=False, max_length=32, widget=exact(), help_text="Empty: any."
    )
    native_max = forms.CharField(
        label="Greatest native version",
        required=False,
        max_length=32,
        widget=exact(),
        help_text="Empty: any.",
    )
    store_update_required = forms.BooleanField(
        label="Tell older builds to update in the store",
        required=False,
        help_text="Devices below the least native version learn that the store has what they need.",
    )
    update_policy = forms.ChoiceField(
        label="Needs an update from the store",
        choices=_POLICIES,
        help_text="How far a bundle may be from the native version before the store comes first.",
    )
    blocks_under_native = forms.BooleanField(
        label="Offer no bundle older than the native version",
        required=False,
        help_text="Whoever has just updated in the store keeps what came with it.",
    )
    guard_action = forms.ChoiceField(label="When a release fails too often", choices=_GUARD_ACTIONS)
    guard_failure_percent = forms.DecimalField(
        label="Too often, in percent", min_value=0, max_value=100, decimal_places=2
    )
    guard_min_devices = forms.IntegerField(
        label="Least number of devices", min_value=1, help_text="Fewer say nothing."
    )
    guard_window_minutes = forms.IntegerField(label="Looks back, in minutes", min_value=1)
    retention_days = forms.IntegerField(
        label="Keep files of old releases, in days",
        required=False,
        min_value=1,
        help_text="Empty: for ever. What is on a channel, planned, or next to roll back to is always kept.",
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": _as_set(channel)})
        _offer_platforms(self, channel.app)
        if channel.preview_of:
            del self.fields["public"], self.fields["self_assignable"]

    def told(self, difference: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, str, str]]:
        """Say in words what would change: a label, and both values."""
        return [
            (str(self.fields[_FIELDS.get(name, name)].label), _words(name, before), _words(name, after))
            for name, (before, after) in difference.items()
        ]

    def changes(self) -> ChannelChanges:
        """What was typed, by the names of settings."""
        typed = dict(self.cleaned_data)
        typed["guard_failure_bps"] = int(typed.pop("guard_failure_percent") * _PER_PERCENT)
        return cast("ChannelChanges", typed)


class MemberForm(forms.Form):
    """A device that belongs to a channel."""

    device_id = forms.CharField(label="Device id", max_length=64, widget=exact())


def _words(name: str, value: Any) -> str:
    """Write a setting's value as people read it."""
    if name in _FIELDS:
        return f"{value / _PER_PERCENT:g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(_PLATFORM_NAMES[each] for each in value)
    return str(value) if value not in {"", None} else "none"


def _as_set(channel: Channel) -> dict[str, Any]:
    names = (name for name in ChannelSettingsForm.base_fields if name != "guard_failure_percent")
    percent = f"{channel.guard_failure_bps / _PER_PERCENT:g}"
    return {name: getattr(channel, name) for name in names} | {"guard_failure_percent": percent}


def _offer_platforms(form: forms.Form, app: App) -> None:
    field = form.fields["platforms"]
    offered = [choice for choice in PLATFORMS if choice[0] in app.platforms]
    field.choices = offered  # type: ignore[attr-defined]  # a MultipleChoiceField, as declared above
    field.initial = [value for value, _ in offered]
