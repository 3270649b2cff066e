"""What people type about bundles."""

from django import forms

from updates.forms.reviewing import PackagesField


class BundleForm(forms.Form):
    """An upload."""

    version = forms.CharField(
        label="Version",
        max_length=64,
        help_text="Semantic version, for example 1.4.2. A version is never reused for other content.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "decimal"}),
    )
    file = forms.FileField(
        label="Zip file",
        help_text="Your built web folder, zipped, with index.html at the root or in its single top folder.",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    native_packages = PackagesField(
        label="Native plugins it was built against",
        required=False,
        help_text="Where the zip has no native-packages.json: a line for each, such as "
        "“@capacitor/camera 6.0.2”, or JSON. Builds that lack one aren't offered this bundle.",
    )
