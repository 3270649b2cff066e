"""What officers type about components of a cybersecurity audit."""

from django import forms

from compliance.desk.domain.cybersecurity import Standing
from compliance.desk.models.components import SAID
from compliance.desk.services.components import LONGEST_REASON


class ComponentForm(forms.Form):
    """How a component stands."""

    standing = forms.TypedChoiceField(
        label="How does it stand?",
        coerce=Standing,
        choices=[(value, words.capitalize()) for value, words in SAID],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why, or where else the evidence is",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Report, section and page of it. Reports have it beside your number: name nobody else.",
    )
