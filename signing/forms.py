"""Shapes of what people confirm and hand in on pages of keys; rules are checked by the services."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms

from accounts.domain.operations import Operation
from accounts.forms import ProofForm, StepUpForm
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.claim_class import ClaimClass, ClaimType
from signing.domain.claim_values import claim_name_check
from signing.domain.key_words import DEVICE_ALGORITHMS, KID_SHOWN
from signing.domain.profile import ClaimValue
from signing.errors import ClaimNameError

# A 4096-bit RSA key takes 3,300 characters.
_LONGEST_PEM: Final = 16_000
_LONGEST_JWK: Final = 4_000
_LONGEST_CEREMONY: Final = 64 * 1024


class KeyOperationForm(StepUpForm):
    """A proof and, where nothing leads back, the beginning of the key's id: who types it has looked."""

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


class KeyImportForm(ProofForm):
    """A private key, and the proof that confirms its import."""

    pem = forms.CharField(
        label="Private key (PEM, PKCS #8, not encrypted)",
        max_length=_LONGEST_PEM,
        widget=SecretTextarea(
            attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


class RootForm(ProofForm):
    """The public half of an offline root, and the proof that confirms its registration."""

    jwk = forms.JSONField(
        label="The root's public key (the .jwk.json file of its machine)",
        max_length=_LONGEST_JWK,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_jwk(self) -> dict[str, str]:
        """Take an object of texts.

        Raises:
            ValidationError: It's something else.
        """
        jwk = self.cleaned_data["jwk"]
        if not isinstance(jwk, dict) or not all(isinstance(value, str) for value in jwk.values()):
            raise forms.ValidationError("A public key is a JSON object of texts.")
        return jwk


class CeremonyForm(ProofForm):
    """What an offline root signed, and the proof that confirms its import.

    Pasted, not uploaded: the console takes files from who may upload bundles only.
    """

    signed = forms.CharField(
        label="The signed file, as text",
        max_length=_LONGEST_CEREMONY,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )


class ProfileForm(forms.Form):
    """How an app's tokens are signed and handled."""

    algorithm = forms.ChoiceField(
        label="Release tokens are signed with",
        choices=[(each.value, each.value) for each in DEVICE_ALGORITHMS],
        widget=forms.RadioSelect,
    )
    issues_backend_tokens = forms.BooleanField(
        label="Issue tokens for the app's own back end", required=False
    )
    backend_algorithm = forms.ChoiceField(
        label="Back-end tokens are signed with",
        choices=[(each.value, each.value) for each in Algorithm],
        help_text="HS256 needs a secret that your back end holds; whoever has it can also sign.",
    )
    handles_phi = forms.BooleanField(
        label="Handles health data (PHI)",
        required=False,
        help_text="A claim that nobody has classified is then taken for health data.",
    )
    encrypts_personal = forms.BooleanField(label="Encrypt personal claims, always", required=False)
    devices_may_register = forms.BooleanField(label="Devices may register an encryption key", required=False)


class ClaimForm(forms.Form):
    """A claim of the app's own."""

    name = forms.CharField(
        max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    claim_class = forms.ChoiceField(
        label="Class",
        required=False,
        choices=[("", "not classified yet"), *((each.value, each.value) for each in ClaimClass)],
    )
    claim_type = forms.ChoiceField(label="Type", choices=[(each.value, each.value) for each in ClaimType])
    fixed_value = forms.CharField(
        label="One value for every token",
        required=False,
        max_length=256,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Empty: whoever asks for a token passes one. A flag is true or false.",
    )

    def clean_name(self) -> str:
        """Refuse at once what the service would refuse after the code.

        Raises:
            ValidationError: No claim can be called this.
        """
        try:
            return claim_name_check(str(self.cleaned_data["name"]))
        except ClaimNameError as exc:
            raise forms.ValidationError(exc.message) from exc

    def clean(self) -> dict[str, Any]:
        """Read the fixed value as its type."""
        cleaned = super().clean() or self.cleaned_data
        if "claim_type" not in cleaned:
            return cleaned
        text = str(cleaned.get("fixed_value") or "")
        try:
            value = _FIXED[ClaimType(cleaned["claim_type"])](text) if text else None
        except (KeyError, ValueError):
            self.add_error("fixed_value", "It's no value of this type.")
            return cleaned
        chosen = cleaned.get("claim_class")
        if value is not None and chosen == ClaimClass.PERSONAL:
            self.add_error("fixed_value", "A personal claim can't have one value for everybody.")
        return {
            "name": cleaned.get("name", ""),
            "claim_class": ClaimClass(chosen) if chosen else None,
            "claim_type": ClaimType(cleaned["claim_type"]),
            "fixed_value": value,
        }


_FLAGS: Final = {"true": True, "false": False}
_FIXED: Final[Mapping[ClaimType, Callable[[str], ClaimValue]]] = {
    ClaimType.TEXT: str,
    ClaimType.WHOLE: int,
    ClaimType.FLAG: lambda text: _FLAGS[text.strip().lower()],
}
