"""Shapes of what people type to get in; rules are checked by the services."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator

from accounts.domain.operations import Operation
from accounts.domain.passwords import LONGEST
from accounts.domain.presets import Preset
from accounts.domain.roles import Role
from accounts.domain.totp import DIGITS
from accounts.models import User


class CodeField(forms.CharField):
    """A one-time code; spaces, as authenticator apps show them, don't matter."""

    def __init__(self, *, autofocus: bool = False, **kwargs: Any) -> None:
        attrs: dict[str, str | bool] = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "spellcheck": "false",
        }
        if autofocus:
            attrs["autofocus"] = True
        super().__init__(
            label="One-time code",
            max_length=16,
            widget=forms.TextInput(attrs=attrs),
            validators=[RegexValidator(rf"^[0-9]{{{DIGITS}}}\Z", f"A code has {DIGITS} digits.")],
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Drop the spaces."""
        return "".join(str(super().to_python(value)).split())


def _password_field(autocomplete: str, help_text: str = "", label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


def _email_field(autocomplete: str, **attrs: str | bool) -> forms.EmailField:
    attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}
    return forms.EmailField(label="E-mail", max_length=254, widget=forms.EmailInput(attrs=attrs))


def _new_password_field(label: str = "New password") -> forms.CharField:
    return _password_field("new-password", " ".join(password_validators_help_texts()), label)


class SignInForm(forms.Form):
    """The first factor."""

    email = _email_field("username", autofocus=True)
    password = _password_field("current-password")


class CodeForm(forms.Form):
    """The second factor, as a one-time code."""

    code = CodeField(autofocus=True)


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = _email_field("username", autofocus=True)


class NewPasswordForm(forms.Form):
    """A password chosen by the link of a letter."""

    password = _new_password_field()


class PasswordChangeForm(forms.Form):
    """Both factors anew, and the password to be."""

    new_password = _new_password_field()
    password = _password_field("current-password", label="Present password")
    code = CodeField()


class SetupForm(forms.Form):
    """The first administrator, the preset, and the proof that their authenticator works."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = _email_field("username")
    password = _new_password_field("Password")
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


class PersonForm(forms.Form):
    """A new person."""

    name = forms.CharField(
        label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = _email_field("off")
    roles = forms.TypedMultipleChoiceField(
        label="Roles",
        coerce=Role,
        choices=[(role.value, role.value.replace("_", " ").capitalize()) for role in Role],
        widget=forms.CheckboxSelectMultiple,
    )


class StepUpForm(forms.Form):
    """A fresh code, and the digest of the operation as it was shown when the code was asked for.

    `bound_to` is the digest of what this page shows; what the page before it showed comes back in `digest`.
    """

    code = CodeField()
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, operation: Operation) -> None:
        super().__init__(data)
        self.bound_to = operation.digest()
