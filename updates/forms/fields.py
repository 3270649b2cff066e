"""What several forms are made of."""

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
