"""What people type about exports. The filter is in the address, so that it can be kept and handed on.

Its fields have the names that searching the log has, so a search's address leads to an export of the same.
"""

import re
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts.forms import ONE_LINE
from accounts.models import User
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_periods import PRESET_WORDS, Preset, period_of
from compliance.ledger.domain.events import Action, ActorKind, Outcome
from compliance.ledger.domain.phrases import phrase

_KINDS: Final = "|".join(kind.value.replace("_", "[_ ]") for kind in ActorKind)
_ACTOR: Final = re.compile(rf"({_KINDS})(?: +(\S+))?")
_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


def _what() -> list[tuple[str, Any]]:
    """Offer each action, and all about one subject at once."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for action in Action:
        subject = action.value.rpartition(":")[0]
        title = subject.replace(":", ", ").replace("_", " ")
        group = groups.setdefault(title, [(subject, f"anything of {title}")])
        group.append((action.value, phrase(action.value, Outcome.DONE.value)))
    return [("", "Anything"), *((title.capitalize(), group) for title, group in groups.items())]


class ExportFilterForm(forms.Form):
    """Which entries, and how much of them."""

    period = forms.TypedChoiceField(
        label="Period",
        coerce=Preset,
        required=False,
        empty_value=None,
        choices=[(preset.value, words) for preset, words in PRESET_WORDS.items()],
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    what = forms.ChoiceField(label="What happened", required=False, choices=_what())
    who = forms.CharField(
        label="Who",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="A name or address here, or as the log has it: “person 5”, “system”.",
    )
    app = forms.CharField(label="App", required=False, max_length=155, widget=forms.TextInput(attrs=_PLAIN))
    about = forms.CharField(
        label="Kind of object",
        required=False,
        max_length=32,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="“release”, “person”, “signing_key”.",
    )
    id = forms.CharField(label="Its id", required=False, max_length=200, widget=forms.TextInput(attrs=_PLAIN))
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "Any"), *((outcome.value, outcome.value) for outcome in Outcome)],
    )
    personal = forms.BooleanField(
        label="With personal values and free text",
        required=False,
        help_text="Names, addresses, reasons and notes, as far as they still exist. It takes a confirmation."
        " Without them the pack proves as much: it holds their commitments.",
    )

    def __init__(self, data: Any) -> None:
        """Take the address's query; without one, offer this month."""
        super().__init__(data or None, initial={"period": Preset.MONTH.value})

    def clean(self) -> dict[str, Any]:
        """Read who, and refuse a period that ends before it begins."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("period") is None and "period" not in self.errors:  # the address of a search has none
            given["period"] = Preset.DAYS
        first, last = given.get("since"), given.get("until")
        if given.get("period") is Preset.DAYS and first and last and last < first:
            self.add_error("until", "The period ends before it begins.")
        if given.get("who"):
            given["actor"] = self._actor(given["who"])
        return given

    def _actor(self, who: str) -> tuple[str, str]:
        if found := _ACTOR.fullmatch(who.strip()):
            return found[1].replace(" ", "_"), found[2] or ""
        people = User.objects.filter(Q(name__iexact=who) | Q(email__iexact=who))[:2]
        if len(people) != 1:
            self.add_error(
                "who", "Nobody here, or more than one, is called that. Write it as the log has it."
            )
            return "", ""
        return people[0].actor.kind.value, people[0].actor.id

    def wish(self) -> ExportFilter:
        """Say which entries are asked for; of a form that is valid."""
        given = self.cleaned_data
        period = period_of(
            given["period"],
            today=timezone.localdate(),
            zone=timezone.get_current_timezone_name(),
            first=given["since"],
            last=given["until"],
        )
        kind, actor_id = given.get("actor", ("", ""))
        asked = {
            "outcome": given["outcome"],
            "actor.kind": kind,
            "actor.id": actor_id,
            "app": given["app"].strip(),
            "object.type": given["about"].strip(),
            "object.id": given["id"].strip(),
        }
        values = {name: [value] for name, value in asked.items() if value}
        if given["what"]:
            values["action"] = sorted(
                action.value
                for action in Action
                if action.value == given["what"] or action.value.startswith(f"{given['what']}:")
            )
        return ExportFilter(period, values)


class ExportOrderForm(forms.Form):
    """Why an export is needed."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="It stands in the register, in the pack and, as a commitment, on the audit log.",
    )


class CopyForm(forms.Form):
    """Who else was given a copy."""

    holder = forms.CharField(
        label="Who was given it",
        max_length=200,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=500,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="How, and for how long.",
    )
