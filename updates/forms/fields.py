"""What several forms are made of."""

import zoneinfo
from datetime import datetime

from django import forms

from updates.domain.platforms import Platform

PLATFORMS = [
    (Platform.ANDROID.value, "Android"),
    (Platform.IOS.value, "iOS"),
    (Platform.ELECTRON.value, "Electron"),
]


def exact() -> forms.TextInput:
    """Make a box whose text no browser changes."""
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"})


def zone_choices() -> list[tuple[str, str]]:
    """List the time zones that this machine knows, as people look for them."""
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class WallTimeField(forms.CharField):
    """A date with a time of day, as a clock on the wall shows it; in which zone is another field's to say."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def to_python(self, value: object) -> datetime | None:  # type: ignore[override]  # a CharField's is text
        """Read it as browsers send it.

        Raises:
            ValidationError: It's none.
        """
        text = str(value or "").strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as exc:
            raise forms.ValidationError("Give a date and a time.") from exc
        if moment.tzinfo is not None:
            raise forms.ValidationError("Give the time without a zone; the zone has its own field.")
        return moment
