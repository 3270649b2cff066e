"""Fields that several forms have."""

from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import RegexValidator

from accounts.domain.passwords import LONGEST
from accounts.domain.totp import DIGITS

# Names stand in subjects of letters, in lists and in logs.
ONE_LINE: Final = RegexValidator(
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z", "Leave out line ends and other control characters."
)
ASCII: Final = RegexValidator(r"^[\x00-\x7f]*\Z", "An address here has plain English letters only (ASCII).")


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


def password_field(autocomplete: str, help_text: str = "", label: str = "Password") -> forms.CharField:
    """Ask for a password; hashing a longer one would only keep the server busy."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


def email_field(autocomplete: str, *rules: RegexValidator, **attrs: str | bool) -> forms.EmailField:
    """Ask for an address."""
    attrs |= {"autocomplete": autocomplete, "spellcheck": "false"}
    return forms.EmailField(
        label="E-mail", max_length=254, validators=rules, widget=forms.EmailInput(attrs=attrs)
    )


def new_password_field(label: str = "New password") -> forms.CharField:
    """Ask for a password to be, and say what is acceptable."""
    return password_field("new-password", " ".join(password_validators_help_texts()), label)


def name_field() -> forms.CharField:
    """Ask for an authenticator's name."""
    return forms.CharField(
        label="Name",
        max_length=64,
        validators=[ONE_LINE],
        help_text="To tell it from others: “work phone”, “blue key”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
