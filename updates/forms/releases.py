"""What people type about releases and rollbacks."""

from typing import Any

from django import forms

from updates.models import App, Bundle


class PublishForm(forms.Form):
    """A release on a channel."""

    version = forms.ChoiceField(label="Bundle", choices=[])
    rollout_percent = forms.DecimalField(
        label="Rollout",
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=100,
        help_text="Share of devices that are offered it, in percent. Raise it later as you watch.",
    )
    native_min = forms.CharField(
        label="Least native version",
        max_length=32,
        required=False,
        help_text="Leave empty for any store build.",
    )
    native_max = forms.CharField(label="Greatest native version", max_length=32, required=False)
    notes = forms.CharField(
        label="Notes", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, app: App, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bundles = Bundle.objects.filter(app=app).order_by("-uploaded_at")[:100]
        field = self.fields["version"]
        field.choices = [(bundle.version, bundle.version) for bundle in bundles]  # type: ignore[attr-defined]  # a ChoiceField

    def rollout_bps(self) -> int:
        """The rollout in basis points."""
        return int(self.cleaned_data["rollout_percent"] * 100)


class RolloutForm(forms.Form):
    """A new share for a live release."""

    rollout_percent = forms.DecimalField(
        label="Rollout in percent", min_value=0, max_value=100, decimal_places=2
    )

    def rollout_bps(self) -> int:
        """The rollout in basis points."""
        return int(self.cleaned_data["rollout_percent"] * 100)


class RollbackForm(forms.Form):
    """Where to go back to; empty is the previous full release."""

    to = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    decision_seq = forms.IntegerField(widget=forms.HiddenInput)
