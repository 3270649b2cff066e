"""What people type about who a release is for."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from releaseconsole.kernel.errors import ConsoleError
from updates.domain.audience import audience_check, audience_read, audience_write, values_allowed
from updates.forms.fields import PLATFORMS, exact
from updates.forms.groups import GroupedForm
from updates.models import App

# Between an attribute's name and its value in a box's value; neither can hold it.
_IS: Final = "\x1f"


class AudienceFields(GroupedForm):
    """Conditions on devices; `audience` of the cleaned data is them, as a release keeps it."""

    platforms = forms.MultipleChoiceField(
        label="Platforms", choices=[], required=False, widget=forms.CheckboxSelectMultiple
    )
    os_min = forms.CharField(
        label="Least version of the system", max_length=32, required=False, widget=exact()
    )
    native_builds = forms.CharField(
        label="Native versions, exactly",
        max_length=2000,
        required=False,
        help_text="Separated by commas.",
        widget=exact(),
    )
    plugin_min = forms.CharField(
        label="Least version of the updater plugin", max_length=32, required=False, widget=exact()
    )
    attributes = forms.MultipleChoiceField(
        label="Attributes", choices=[], required=False, widget=forms.CheckboxSelectMultiple
    )
    always = forms.CharField(
        label="Always in",
        max_length=70_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        help_text="Device ids, a line each: they get it whatever the share and the conditions are.",
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._app = app
        platforms = [choice for choice in PLATFORMS if choice[0] in app.platforms]
        self.fields["platforms"].choices = platforms  # type: ignore[attr-defined]  # a MultipleChoiceField
        listed = values_allowed(app.attributes)
        self.fields["attributes"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (f"{name}{_IS}{value}", f"{name}: {value}") for name in listed for value in sorted(listed[name])
        ]
        if not listed:
            del self.fields["attributes"]

    def clean(self) -> dict[str, Any]:
        """Make an audience of the boxes."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen: dict[str, list[str]] = {}
        for name, _, value in (one.partition(_IS) for one in cleaned.get("attributes", ())):
            chosen.setdefault(name, []).append(value)
        written = {
            "platforms": cleaned.get("platforms", []),
            "os_min": cleaned.get("os_min", ""),
            "native_builds": _parts(cleaned.get("native_builds", "").replace(",", "\n")),
            "plugin_min": cleaned.get("plugin_min", ""),
            "attributes": chosen,
            "always": _parts(cleaned.get("always", "")),
        }
        try:
            audience = audience_check(audience_read(written), allowed=self._app.attributes)
        except ConsoleError as error:
            self.add_error(None, error.message)
        else:
            cleaned["audience"] = audience_write(audience)
        return cleaned

    @staticmethod
    def typed(audience: Mapping[str, Any]) -> dict[str, Any]:
        """Say what the boxes show for an audience."""
        attributes = audience.get("attributes", {})
        return {
            "platforms": audience.get("platforms", []),
            "os_min": audience.get("os_min", ""),
            "native_builds": ", ".join(audience.get("native_builds", ())),
            "plugin_min": audience.get("plugin_min", ""),
            "attributes": [f"{name}{_IS}{value}" for name in attributes for value in attributes[name]],
            "always": "\n".join(audience.get("always", ())),
        }


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()]
