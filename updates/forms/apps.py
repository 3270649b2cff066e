"""What people type about apps."""

from django import forms

from updates.forms.fields import PLATFORMS


class AppForm(forms.Form):
    """A new app."""

    app_id = forms.CharField(
        label="App id",
        max_length=155,
        help_text="The appId of capacitor.config, for example com.example.clinic. It can't be changed later.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    name = forms.CharField(label="Name", max_length=120, help_text="As your team calls it.")
    platforms = forms.MultipleChoiceField(
        label="Platforms", choices=PLATFORMS, widget=forms.CheckboxSelectMultiple, initial=["android", "ios"]
    )
