"""What people type about exports. The filter is in the address, so that it can be kept and handed on.

Its fields have the names that searching the log has, so a search's address leads to an export of the same.
"""

import re
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from accounts.forms import ONE_LINE
from accounts.models import User
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_periods import PRESET_WORDS, Preset, period_of
from compliance.desk.domain.log_search import SOURCES, actor_read
from compliance.desk.forms.choices import object_choices
from compliance.ledger.domain.events import Action, ActorKind, Outcome
from compliance.ledger.domain.phrases import phrase
from compliance.ledger.selectors import actors_found

_KINDS: Final = "|".join(kind.value.replace("_", "[_ ]") for kind in ActorKind)
_ACTOR: Final = re.compile(rf"({_KINDS})(?: +(\S+))?")
# Testers are known by number only.
_CALLED: Final = frozenset(ActorKind) - {ActorKind.TESTER}
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


class ExportFilterForm(forms.Form):
    """Which entries, and how much of them."""

    period = forms.TypedChoiceField(
        label="Period",
        coerce=Preset,
        choices=[(preset.value, words) for preset, words in PRESET_WORDS.items()],
    )
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
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
        """Take the address's query; without one, offer this month.

        The address of a search has no period: there, days count, and none are the whole log.
        """
        given: dict[str, Any] | None = {"period": Preset.DAYS.value, **data.dict()} if data else None
        super().__init__(given, initial={"period": Preset.MONTH.value})
        self.fields["about"].choices = object_choices(str(self.data.get("about", "")))  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def period_fields(self) -> list[forms.BoundField]:
        """When."""
        return [self[name] for name in ("period", "since", "until")]

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """Who did what, to what, and how it ended."""
        return [self[name] for name in ("what", "who", "app", "about", "id", "outcome")]

    def clean(self) -> dict[str, Any]:
        """Read who, and refuse a period that ends before it begins."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("since"), given.get("until")
        if first and last and last < first:
            self.add_error("until", "The period ends before it begins.")
        elif (first or last) and given.get("period", Preset.DAYS) is not Preset.DAYS:
            self.add_error("period", "You chose days as well. Take “From and to these days”, or empty them.")
        if given.get("who"):
            given["actor"] = self._actor(given["who"])
        return given

    def _actor(self, who: str) -> tuple[str, str]:
        if found := _ACTOR.fullmatch(who.strip()):
            return found[1].replace(" ", "_"), found[2] or ""
        people = User.objects.filter(Q(name__iexact=who) | Q(email__iexact=who))[:2]
        exact = [each for each in [actor_read(who)] if each] or [person.actor for person in people]
        actors = exact or actors_found(who, kinds=_CALLED, most=2)
        if len(actors) != 1:
            self.add_error(
                "who", "Nobody here, or more than one, is called that. Write it as the log has it."
            )
            return "", ""
        return actors[0].kind.value, actors[0].id

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
