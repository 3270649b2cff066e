"""What people type to get in."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.domain.presets import Preset
from accounts.domain.recovery_codes import LONGEST_TYPED
from accounts.forms.fields import ASCII, ONE_LINE, CodeField, email_field, new_password_field, password_field
from accounts.models import User


class SignInForm(forms.Form):
    """The first factor."""

    email = email_field("username", autofocus=True)
    password = password_field("current-password")


class CodeForm(forms.Form):
    """The second factor, as a one-time code."""

    code = CodeField(autofocus=True)


class RecoveryCodeForm(forms.Form):
    """One of the codes on paper, however it's typed."""

    recovery_code = forms.CharField(
        label="Recovery code",
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = email_field("username", autofocus=True)


class NewPasswordForm(forms.Form):
    """A password chosen by the link of a letter."""

    password = new_password_field()


class SetupForm(forms.Form):
    """The first administrator, the preset, and the proof that their authenticator works."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field("username", ASCII)
    password = new_password_field("Password")
    preset = forms.TypedChoiceField(
        label="How strictly does the console start?",
        coerce=Preset,
        choices=[(preset.value, preset.value) for preset in Preset],
        initial=Preset.TEAM.value,
        widget=forms.RadioSelect,
    )
    code = CodeField()
    # Filled by a script from the browser; times are shown in it.
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean_time_zone(self) -> str:
        """Take a zone that exists, else UTC."""
        zone = str(self.cleaned_data["time_zone"])
        return zone if zone in zoneinfo.available_timezones() else "UTC"

    def clean(self) -> dict[str, Any] | None:
        """Say at the password what is wrong with it; the service checks again."""
        password = self.cleaned_data.get("password")
        if password is not None:
            person = User(email=self.cleaned_data.get("email", ""), name=self.cleaned_data.get("name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as exc:
                self.add_error("password", exc)
        return super().clean()
