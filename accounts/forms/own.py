"""What people change of their own sign-in."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.forms.fields import CodeField, name_field


class NewTOTPForm(forms.Form):
    """A generator's name, and the code that proves that the phone has the seed."""

    name = name_field()
    new_code = CodeField()

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["new_code"].label = "Code that the new app shows"


class AuthenticatorNameForm(forms.Form):
    """A new name for an authenticator."""

    name = name_field()
