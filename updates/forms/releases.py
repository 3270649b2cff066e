"""What people type about releases that are on a channel, and about rollbacks."""

from collections.abc import Iterable
from typing import Any

from django import forms

from updates.domain.publish_checks import Finding
from updates.domain.release_terms import MAX_REASON


class RolloutForm(forms.Form):
    """A new share for a live release."""

    rollout_percent = forms.DecimalField(
        label="Rollout in percent", min_value=0, max_value=100, decimal_places=2
    )

    def rollout_bps(self) -> int:
        """The rollout in basis points."""
        return int(self.cleaned_data["rollout_percent"] * 100)


class ReasonForm(forms.Form):
    """Why something is done; may stay empty."""

    reason = forms.CharField(label="Why", required=False, max_length=MAX_REASON)


class AnswerField(forms.CharField):
    """An answer to a finding: it may come later, but it isn't optional, so it isn't marked so."""

    unmarked = True


class AnswersForm(forms.Form):
    """Why each finding is fine; one box each."""

    def __init__(self, *args: Any, findings: Iterable[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for finding in findings:
            self.fields[finding.key] = AnswerField(
                label=f"{finding.words} ({finding.path})" if finding.path else finding.words,
                required=False,
                max_length=MAX_REASON,
                initial=finding.answer,
                help_text="Why is that fine?",
            )

    def answers(self) -> dict[str, str]:
        """What was answered, by the finding's key."""
        return {key: answer for key, answer in self.cleaned_data.items() if answer}


class RollbackForm(forms.Form):
    """Where to go back to; empty is the previous full release. What was shown must be what is."""

    to = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    only = forms.IntegerField(required=False, widget=forms.HiddenInput)
    decision_seq = forms.IntegerField(widget=forms.HiddenInput)
    withdraw = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=MAX_REASON)
