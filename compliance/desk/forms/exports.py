"""What people type about exports. The filter is in the address, so that it can be kept and handed on.

Its fields have the names that searching the log has, so a search's address leads to an export of the same.
"""

from typing import Any, Final

from django import forms
from django.http import QueryDict

from accounts.forms import ONE_LINE
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.log_search import SOURCES
from compliance.desk.forms.choices import object_choices
from compliance.desk.forms.periods import UNKNOWN_ACTOR, PeriodForm, actor_typed
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.domain.phrases import phrase

_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


def _what() -> list[tuple[str, Any]]:
    """Offer each action, all about one subject at once, and all of a part of the console."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for action in Action:
        subject = action.value.rpartition(":")[0]
        title = subject.replace(":", ", ").replace("_", " ")
        group = groups.setdefault(title, [(subject, f"anything of {title}")])
        group.append((action.value, phrase(action.value, Outcome.DONE.value)))
    parts = [(source, f"anything of {title[0].lower()}{title[1:]}") for source, title in SOURCES.items()]
    subjects = ((title.capitalize(), group) for title, group in groups.items())
    return [("", "Anything"), ("A part of the console", parts), *subjects]


class ExportFilterForm(PeriodForm):
    """Which entries, and how much of them."""

    what = forms.ChoiceField(label="Did what", required=False, choices=_what())
    who = forms.CharField(
        label="Who",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="Name, address, “person 5” or “system”.",
    )
    app = forms.CharField(
        label="In the app", required=False, max_length=155, widget=forms.TextInput(attrs=_PLAIN)
    )
    about = forms.ChoiceField(label="To what", required=False)
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

    def __init__(self, data: QueryDict) -> None:
        """Take the address's query."""
        super().__init__(data)
        self.fields["about"].choices = object_choices(str(self.data.get("about", "")))  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """Who did what, to what, and how it ended."""
        return [self[name] for name in ("what", "who", "app", "about", "id", "outcome")]

    def clean(self) -> dict[str, Any]:
        """Read who."""
        given = super().clean()
        if given.get("who"):
            actor = actor_typed(given["who"])
            if actor is None:
                self.add_error("who", UNKNOWN_ACTOR)
            else:
                given["actor"] = actor.kind.value, actor.id
        return given

    def wish(self) -> ExportFilter:
        """Say which entries are asked for; of a form that is valid."""
        given = self.cleaned_data
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
        return ExportFilter(self.period_wished(), values)


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
