"""What compliance officers type about business associates and addressable decisions."""

from typing import Any

from django import forms

from compliance.desk.domain.phi.papers import SPECIFICATIONS, Decision
from compliance.desk.services.phi.associates import AssociateTerms
from compliance.desk.services.phi.decisions import DecisionTerms


def _day(label: str, *, required: bool = True) -> forms.DateField:
    # Browsers take no other spelling for what the field holds already.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class AssociateForm(forms.Form):
    """An associate as registered; the version that was looked at comes along."""

    name = forms.CharField(max_length=200)
    does = forms.CharField(
        label="What they do with health data",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="And for which apps.",
    )
    agreed_on = _day("Agreement made on", required=False)
    expires_on = _day("Agreement ends on", required=False)
    file_sha256 = forms.RegexField(
        label="SHA-256 of the signed agreement",
        regex=r"^[0-9a-f]{64}$",
        required=False,
        help_text="In hex. The file itself stays where you keep contracts.",
    )
    review_on = _day("Next review on")
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def terms(self) -> AssociateTerms:
        """What was typed."""
        typed: dict[str, Any] = {**self.cleaned_data}
        typed.pop("version")
        return AssociateTerms(**typed)


class AssociateEndForm(forms.Form):
    """Why somebody is an associate no more."""

    reason = forms.CharField(
        label="Why?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="And what became of the health data: returned, destroyed, or still protected there.",
    )


class DecisionForm(forms.Form):
    """A decision on an addressable specification."""

    specification = forms.ChoiceField(
        choices=[(section, f"{section} {words}") for section, words in SPECIFICATIONS.items()]
    )
    decision = forms.ChoiceField(
        label="Decided",
        choices=[(each.value, each.words.capitalize()) for each in Decision],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    alternative = forms.CharField(
        label="What is done instead",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    review_on = _day("Review on")

    def terms(self) -> DecisionTerms:
        """What was typed."""
        typed: dict[str, Any] = {**self.cleaned_data}
        return DecisionTerms(**typed | {"decision": Decision(typed["decision"])})
