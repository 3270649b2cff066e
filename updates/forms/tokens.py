"""What people type about API tokens."""

from typing import Any

from django import forms

from accounts.forms import ONE_LINE


class APITokenForm(forms.Form):
    """A machine's right to act on this app."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        validators=[ONE_LINE],
        help_text="Which machine or pipeline uses it.",
    )
    permissions = forms.MultipleChoiceField(label="It may", choices=[], widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="Valid for days", min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]  # a MultipleChoiceField
