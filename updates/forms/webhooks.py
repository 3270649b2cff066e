"""What people type about webhooks."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms

from accounts.forms import ONE_LINE
from updates.domain.webhooks.events import EVENTS
from updates.forms.fields import exact

# Fields by their family, the part of an event's name before the dot.
_FAMILIES: Final = tuple(dict.fromkeys(name.partition(".")[0] for name in EVENTS.values()))


class WebhookForm(forms.Form):
    """Where messages go, and about what."""

    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="Of https, at a host with a public address. Messages are posted there.",
        widget=exact(),
    )
    description = forms.CharField(
        label="What it's for",
        max_length=200,
        required=False,
        validators=[ONE_LINE],
        help_text="For your team.",
    )

    def __init__(self, *args: Any, events: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = set(events)
        for family in _FAMILIES:
            names = [name for name in EVENTS.values() if name.startswith(f"{family}.")]
            self.fields[family] = forms.MultipleChoiceField(
                label=family.capitalize(),
                choices=[(name, _words(name)) for name in names],
                required=False,
                initial=[name for name in names if name in chosen],
                widget=forms.CheckboxSelectMultiple,
            )

    def visible_fields(self) -> list[forms.BoundField]:
        """All but the families, which the page arranges by itself."""
        return [self["url"], self["description"]]

    def families(self) -> list[forms.BoundField]:
        """One field of choices for each family of events."""
        return [self[family] for family in _FAMILIES]

    def events(self) -> list[str]:
        """Names of the events that were chosen; none is all."""
        return [name for family in _FAMILIES for name in self.cleaned_data[family]]


class WebhookSecretForm(forms.Form):
    """Why a secret is changed."""

    has_leaked = forms.BooleanField(
        label="Somebody else may know the present one",
        required=False,
        help_text="It signs no more from now on, and messages fail until the receiver has the new one.",
    )


class WebhookSwitchForm(forms.Form):
    """On or off."""

    on = forms.BooleanField(required=False)


def _words(name: str) -> str:
    return name.partition(".")[2].replace("_", " ").capitalize()
