"""What people search the audit log by; everything is in the address, so that a search can be kept."""

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone

from compliance.desk.domain.log_search import SOURCES, WIDEST_RANGE, LogSearch, actions_of, actor_read
from compliance.desk.forms.choices import object_choices
from compliance.ledger.domain.events import Actor, ActorKind, Outcome
from compliance.ledger.domain.phrases import phrase
from compliance.ledger.selectors import actors_found

_MOST_ACTORS: Final = 20
_OLDEST: Final = "oldest"
_FIRST_YEAR, _LAST_YEAR = 1971, 9999
_RANGE: Final = re.compile(r"\s*(\d{1,18})\s*(?:(?:-|\u2013|to)\s*(\d{1,18})\s*)?")


def _plain(placeholder: str, reference: str = "") -> forms.TextInput:
    """Make a box whose text no browser changes; `reference`: by which the page's script finds it."""
    attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
    attributes |= {"x-ref": reference} if reference else {}
    return forms.TextInput(attrs=attributes | {"placeholder": placeholder})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _actions() -> Iterator[tuple[str, Any]]:
    yield "", "Anything"
    for source, title in SOURCES.items():
        described = [(code, phrase(code, Outcome.DONE.value)) for code in actions_of(source)]
        described.sort(key=lambda each: each[1])
        yield title, [(source, f"anything of {title[0].lower()}{title[1:]}"), *described]


class LogSearchForm(forms.Form):
    """Who did what, to what, when, and how it ended."""

    # What is folded away until it's used.
    _FURTHER: ClassVar = ("about", "id", "app", "outcome", "entry")

    who = forms.CharField(
        label="Who",
        required=False,
        max_length=200,
        widget=_plain("Name, or person 5", reference="searchInput"),
    )
    what = forms.ChoiceField(label="Did what", required=False)
    since = forms.DateField(label="From", required=False, widget=_day())
    until = forms.DateField(label="To", required=False, widget=_day())
    about = forms.ChoiceField(label="To what", required=False)
    id = forms.CharField(label="Its id", required=False, max_length=200, widget=_plain("42, or 1.4.0"))
    app = forms.CharField(
        label="In the app", required=False, max_length=155, widget=_plain("com.example.app")
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "Any"), *((outcome.value, outcome.value) for outcome in Outcome)],
    )
    entry = forms.CharField(label="Entries", required=False, max_length=60, widget=_plain("120, or 100-200"))
    order = forms.ChoiceField(required=False, choices=[("", ""), (_OLDEST, "")], widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kinds: Collection[ActorKind]) -> None:
        """Take the address's query; `kinds`: whose names may be searched."""
        super().__init__(data)
        self._kinds = kinds
        self.actors: list[Actor] | None = None
        self.fields["what"].choices = list(_actions())  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["about"].choices = object_choices(str(self.data.get("about", "")))  # type: ignore[attr-defined]  # the same

    @property
    def near(self) -> list[forms.BoundField]:
        """Fields that are always there."""
        return [field for field in self.visible_fields() if field.name not in self._FURTHER]

    @property
    def further(self) -> list[forms.BoundField]:
        """Fields that are folded away."""
        return [field for field in self.visible_fields() if field.name in self._FURTHER]

    @property
    def uses_further(self) -> bool:
        """Whether one of those says something."""
        return any(self.data.get(name) or name in self.errors for name in self._FURTHER)

    def clean_who(self) -> str:
        """Find out whom it means.

        Raises:
            ValidationError: Too many.
        """
        text = str(self.cleaned_data["who"])
        if not text:
            return text
        exact = actor_read(text)
        self.actors = [exact] if exact else actors_found(text, kinds=self._kinds, most=_MOST_ACTORS + 1)
        if len(self.actors) > _MOST_ACTORS:
            self.actors = []
            raise forms.ValidationError(
                f"More than {_MOST_ACTORS} have that in their names: write more of it."
            )
        return text

    def clean_entry(self) -> tuple[int, int] | None:
        """Read an entry's number, or the first and last of a range.

        Raises:
            ValidationError: It's neither, or too wide.
        """
        text = str(self.cleaned_data["entry"])
        if not text:
            return None
        found = _RANGE.fullmatch(text) if text.isascii() or "\u2013" in text else None
        if found is None:
            raise forms.ValidationError("Write one number, or two with a dash between them.")
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last < first + WIDEST_RANGE:
            raise forms.ValidationError(f"From the lower to the higher one, {WIDEST_RANGE:,} at most.")
        return first, last

    def clean(self) -> dict[str, Any]:
        """Compare what belongs together."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("id") and not values.get("about"):
            self.add_error("about", "Say what has this id.")
        if values.get("about") and not values.get("id") and "id" not in self.errors:
            self.add_error("id", "Say which one.")
        since, until = values.get("since"), values.get("until")
        for name in ("since", "until"):
            if values.get(name) and not _FIRST_YEAR <= values[name].year < _LAST_YEAR:
                self.add_error(name, "There is no such day in this log.")
        if since and until and until < since:
            self.add_error("until", "This is before the first day.")
        return values

    def search(self) -> LogSearch:
        """Say what is looked for; only of a form without errors."""
        values = self.cleaned_data
        what = values["what"]
        return LogSearch(
            who=values["who"],
            actors=None if self.actors is None else tuple(self.actors),
            actions=actions_of(what) if what in SOURCES else tuple(filter(None, (what,))),
            object_type=values["about"],
            object_id=values["id"],
            app_id=values["app"],
            outcome=values["outcome"],
            since=_midnight(values["since"]),
            until=_midnight(values["until"] + timedelta(days=1)) if values["until"] else None,
            entries=values["entry"],
            oldest_first=values["order"] == _OLDEST,
        )


def _midnight(day: date | None) -> datetime | None:
    """Begin a day where the viewer's clock does."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
