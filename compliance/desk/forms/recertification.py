"""What reviewers of access choose and type."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from compliance.desk.models.recertification import Decision, RecertificationLine
from compliance.desk.services.recertification import LONGEST_NOTE, LONGEST_REASON

_CHOICES: Final = (
    (Decision.OPEN.value, "Not decided"),
    (Decision.KEEP.value, "Keep"),
    (Decision.REVOKE.value, "Revoke"),
)


class DecisionsForm(forms.Form):
    """Keep or revoke, for each thing that one person holds."""

    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where something is to be revoked. Administrators are told it.",
    )

    def __init__(self, *args: Any, lines: Sequence[RecertificationLine], **kwargs: Any) -> None:
        """Offer a choice for each line that isn't done yet."""
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            if line.carried_out_at is None:
                choice = forms.ChoiceField(
                    label="Decision", choices=_CHOICES, required=False, initial=line.decision
                )
                choice.unmarked = True  # type: ignore[attr-defined]  # read by the template
                self.fields[self._name(line)] = choice

    def rows(self) -> list[tuple[RecertificationLine, forms.BoundField | None]]:
        """Each line with its choice; without one where it's done."""
        return [
            (line, self[self._name(line)] if line.carried_out_at is None else None) for line in self.lines
        ]

    def decisions(self) -> dict[int, str]:
        """What was chosen, by line."""
        chosen: dict[str, Any] = self.cleaned_data
        return {line.pk: chosen[self._name(line)] for line in self.lines if self._name(line) in chosen}

    @staticmethod
    def _name(line: RecertificationLine) -> str:
        return f"line-{line.pk}"


class CampaignCloseForm(forms.Form):
    """What there is to say at the end."""

    note = forms.CharField(
        label="What did the review find?",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
