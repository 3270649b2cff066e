"""What people type about channels and their members."""

from typing import Any

from django import forms

from updates.forms.fields import PLATFORMS
from updates.models import App


class ChannelForm(forms.Form):
    """A new channel, or the settings of one (then without its name)."""

    name = forms.CharField(
        label="Name",
        max_length=64,
        help_text="Lower-case letters, digits, dot, dash and underscore; for example production.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
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

    def __init__(self, *args: Any, app: App, fixed_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["platforms"]
        offered = [choice for choice in PLATFORMS if choice[0] in app.platforms]
        field.choices = offered  # type: ignore[attr-defined]  # a MultipleChoiceField, as declared above
        field.initial = [value for value, _ in offered]
        if fixed_name:
            del self.fields["name"]


class MemberForm(forms.Form):
    """A device that belongs to a channel."""

    device_id = forms.CharField(
        label="Device id",
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
