"""What people type about an app's places in the stores."""

from django import forms

from updates.domain.store_presence import StoreValues
from updates.forms.fields import exact


def _link(label: str, placeholder: str, help_text: str = "") -> forms.CharField:
    box = forms.URLInput(attrs={"placeholder": placeholder, "spellcheck": "false"})
    return forms.CharField(label=label, max_length=300, required=False, help_text=help_text, widget=box)


class StorePresenceForm(forms.Form):
    """Where an app is in the stores, and what phones need to open its links in it."""

    ios_team_id = forms.CharField(
        label="Apple team id",
        max_length=10,
        required=False,
        help_text="Ten characters, on Apple's Membership page.",
        widget=exact(),
    )
    ios_bundle_id = forms.CharField(label="iOS bundle id", max_length=155, required=False, widget=exact())
    app_store_url = _link("App Store", "https://apps.apple.com/app/id123456789")
    testflight_url = _link(
        "TestFlight",
        "https://testflight.apple.com/join/abcdef",
        "Where iPhones get a build that testers need.",
    )
    android_package = forms.CharField(label="Android package", max_length=155, required=False, widget=exact())
    android_fingerprints = forms.CharField(
        label="Fingerprints of Android's signing certificates",
        max_length=2000,
        required=False,
        help_text="SHA-256, one a line: of Play's key, and of your own where you ship beside Play.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "rc-mono"}),
    )
    play_url = _link("Google Play", "https://play.google.com/store/apps/details?id=com.example.clinic")
    url_scheme = forms.CharField(
        label="The app's own scheme",
        max_length=35,
        required=False,
        help_text="For phones on which the link alone doesn't open the app; for example clinic.",
        widget=exact(),
    )
    native_least = forms.CharField(
        label="Least native version for testers",
        max_length=32,
        required=False,
        help_text="Whoever has an older one is sent to the store first.",
        widget=exact(),
    )
    privacy_contact = forms.CharField(
        label="Whom testers ask about their data",
        max_length=200,
        required=False,
        help_text="A name or an address; it stands in the notice that testers agree to.",
    )
    privacy_url = _link("Privacy page", "https://example.com/privacy")

    def values(self) -> StoreValues:
        """What was typed."""
        typed = {**self.cleaned_data}
        typed["android_fingerprints"] = tuple(typed["android_fingerprints"].split())
        return StoreValues(**typed)

    @staticmethod
    def initial_of(values: StoreValues) -> dict[str, str]:
        """Write values as the form holds them."""
        names = StorePresenceForm.base_fields
        typed = {name: str(getattr(values, name)) for name in names if name != "android_fingerprints"}
        return typed | {"android_fingerprints": "\n".join(values.android_fingerprints)}
