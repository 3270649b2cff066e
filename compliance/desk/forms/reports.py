"""What people type about reports: period and filter, which are in the address; why; a verdict."""

from typing import Any, Final

from django import forms
from django.http import QueryDict

from accounts.forms import ONE_LINE
from compliance.desk.domain.reports.cadence import CADENCE_WORDS, Cadence
from compliance.desk.domain.reports.declaration import FilterKind, ReportKind
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.domain.reports.sampling import SAMPLE_AT_MOST
from compliance.desk.forms.periods import UNKNOWN_ACTOR, PeriodForm, actor_typed
from compliance.desk.models.reports import Verdict
from compliance.ledger.domain.events import ActorKind, Outcome
from updates.models import App

_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
# By kind of filter, the field that asks for it.
_FIELDS: Final = {
    FilterKind.APP: "app",
    FilterKind.PERSON: "who",
    FilterKind.OUTCOME: "outcome",
    FilterKind.STANDING: "standing",
}


class ReportFilterForm(PeriodForm):
    """Which part of a report, and how much of it."""

    app = forms.ChoiceField(label="App", required=False)
    who = forms.CharField(
        label="Person",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="Name, address or “person 5”.",
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "Any"), *((outcome.value, outcome.value) for outcome in Outcome)],
    )
    standing = forms.ChoiceField(label="How it stands", required=False)
    sample = forms.IntegerField(
        label="Rows in the sample",
        required=False,
        min_value=0,
        max_value=SAMPLE_AT_MOST,
        help_text="How many rows are looked at more closely. The root of the log chooses them.",
    )
    personal = forms.BooleanField(
        label="With names and other personal values",
        required=False,
        help_text="It takes a confirmation. Without them people stand by number.",
    )

    def __init__(self, data: QueryDict, *, kind: ReportKind) -> None:
        """Take the address's query, and of the fields those by which the report can be narrowed."""
        super().__init__(data)
        self._kind: Final = kind
        for each, name in _FIELDS.items():
            if each not in kind.filters:
                del self.fields[name]
        if "app" in self.fields:
            apps = App.objects.order_by("pk").values_list("pk", flat=True)
            self.fields["app"].choices = [("", "All"), *((app, app) for app in apps)]  # type: ignore[attr-defined]  # a ChoiceField
        if "standing" in self.fields:
            self.fields["standing"].choices = [("", "Any"), *kind.standings]  # type: ignore[attr-defined]  # a ChoiceField
        if not kind.withheld:
            del self.fields["personal"]

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        """By what it's narrowed, and the sample."""
        return [self[name] for name in (*_FIELDS.values(), "sample") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Read who; a report is about people of the console."""
        given = super().clean()
        if given.get("who"):
            actor = actor_typed(given["who"])
            if actor is None or actor.kind is not ActorKind.PERSON:
                self.add_error("who", UNKNOWN_ACTOR)
            else:
                given["person"] = actor.id
        return given

    def wish(self) -> ReportWish:
        """Say which report it is; of a form that is valid."""
        asked = {kind.value: self.cleaned_data.get(kind.value, "") for kind in FilterKind}
        filters = {name: value for name, value in asked.items() if value}
        return ReportWish(self._kind, self.period_wished(), filters, self.cleaned_data.get("sample") or 0)

    @property
    def is_personal(self) -> bool:
        """Whether personal values are asked for."""
        return bool(self.cleaned_data.get("personal"))


class ReviewForm(forms.Form):
    """What an officer says of a report."""

    verdict = forms.ChoiceField(label="Result", choices=Verdict.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="What you looked at and found",
        max_length=1000,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="It stands in the register and, as a commitment, on the audit log.",
    )


class ScheduleForm(forms.Form):
    """How often a report is made by itself."""

    cadence = forms.TypedChoiceField(
        label="Make it by itself",
        coerce=Cadence,
        choices=[(each.value, words) for each, words in CADENCE_WORDS.items()],
    )
