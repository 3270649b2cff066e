"""Proofs of who is there, for one operation."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from accounts.domain.operations import Operation
from accounts.forms.fields import CodeField, new_password_field, password_field
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

_LONGEST_ASSERTION: Final = 16 * 1024


class AssertionField(forms.CharField):
    """What a security key signed, as the page's script fills it in; it never comes back into a page."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=_LONGEST_ASSERTION, widget=forms.HiddenInput)

    def clean(self, value: Any) -> dict[str, Any] | None:
        """Read the JSON object; nothing is none.

        Raises:
            ValidationError: It's something else.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            return object_parse(text.encode(), what="an assertion")
        except TokenRefusedError as exc:
            raise forms.ValidationError("The browser sent something that isn't an assertion.") from exc


class ProofForm(forms.Form):
    """A fresh code, or what a security key signed instead; neither when the script asks for a challenge."""

    code = CodeField(required=False)
    assertion = AssertionField()

    def clean(self) -> dict[str, Any] | None:
        """See that there is a proof."""
        cleaned = super().clean() or self.cleaned_data
        empty = not cleaned.get("code") and not cleaned.get("assertion")
        if empty and not self.errors and "begin" not in self.data:
            self.add_error("code", "Enter a code, or confirm with a security key.")
        return cleaned


class StepUpForm(ProofForm):
    """A proof, and the digest of the operation as it was shown when the proof was asked for.

    `bound_to` is the digest of what this page shows; what the page before it showed comes back in `digest`.
    """

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, operation: Operation) -> None:
        super().__init__(data)
        self.bound_to = operation.digest()


class FullProofForm(StepUpForm):
    """Both factors, for one operation on what one signs in with.

    Who has no password, because an identity provider vouches for them, isn't asked for one: that they were
    there just now stands in for it (`accounts.views.full_proof`).
    """

    password = password_field("current-password", label="Current password")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, operation: Operation, has_password: bool = True
    ) -> None:
        super().__init__(data, operation=operation)
        if not has_password:
            del self.fields["password"]


class PasswordChangeForm(FullProofForm):
    """Both factors anew, and the password to be."""

    new_password = new_password_field()


class PasswordProofForm(forms.Form):
    """The first factor alone: the recovery code that opened the session just before is the second one."""

    password = password_field("current-password")
