"""What people type about tokens of machines that follow the audit log."""

from typing import Any

from django import forms

from accounts.forms import ONE_LINE


class FeedTokenForm(forms.Form):
    """A machine's right to read the audit log."""

    name = forms.CharField(
        label="Name", max_length=80, validators=[ONE_LINE], help_text="Which machine reads with it."
    )
    personal = forms.BooleanField(
        label="Personal values and free text too",
        required=False,
        help_text="Reasons, names, addresses: what rests beside the log and can be erased here. Where a"
        " machine has copied it to, it has to be erased by others. It takes a confirmation.",
    )
    days = forms.IntegerField(label="Valid for days", min_value=1, max_value=365, initial=90)

    def __init__(self, data: Any, *, offers_personal: bool) -> None:
        """Offer personal values to who may export them."""
        super().__init__(data)
        if not offers_personal:
            del self.fields["personal"]
