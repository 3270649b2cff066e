"""Shapes of what people confirm and hand in on pages of keys; rules are checked by the services."""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from django import forms

from accounts.domain.operations import Operation
from accounts.forms import CodeField, StepUpForm
from signing.domain.key_words import KID_SHOWN

# A 4096-bit RSA key takes 3,300 characters.
_LONGEST_PEM: Final = 16_000


class KeyOperationForm(StepUpForm):
    """A code and, where nothing leads back, the beginning of the key's id: who types it has looked."""

    kid = forms.CharField(
        max_length=KID_SHOWN,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "class": "rc-mono"}
        ),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, operation: Operation, kid: str | None
    ) -> None:
        """Ask for the beginning of `kid`, unless it's None."""
        super().__init__(data, operation=operation)
        self._begins = (kid or "")[:KID_SHOWN]
        if kid is None:
            del self.fields["kid"]
        else:
            self.fields["kid"].label = f"Type {self._begins}, the beginning of the key's id"

    def clean_kid(self) -> str:
        """Compare what was typed with the key.

        Raises:
            ValidationError: It's not the beginning of its id.
        """
        typed = str(self.cleaned_data["kid"])
        if not hmac.compare_digest(typed.encode(), self._begins.encode()):
            raise forms.ValidationError("That's not how this key's id begins.")
        return typed


class SecretTextarea(forms.Textarea):
    """A field whose content never comes back into a page."""

    def format_value(self, value: Any) -> str:  # noqa: ARG002 (whatever it is)
        """Show nothing."""
        return ""


class KeyImportForm(forms.Form):
    """A private key, and the code that confirms its import."""

    pem = forms.CharField(
        label="Private key (PEM, PKCS #8, not encrypted)",
        max_length=_LONGEST_PEM,
        widget=SecretTextarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )
    code = CodeField()
