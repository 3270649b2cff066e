"""Texts that people typed, in which somebody may be named: found by reading, and taken out of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, TextField
from django.db.models.functions import Cast

from releaseconsole.personal_data.holders import DataClass, Found, Kept, Row
from releaseconsole.personal_data.needles import Needles
from releaseconsole.personal_data.own_words import needles_of
from releaseconsole.personal_data.subjects import Identifier, Subject
from releaseconsole.personal_data.tables import app_column, field_label, field_length, rows_of, table_name

ERASED: Final = "[erased]"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may name somebody; `is_bound` where a digest binds it, so that it can't be rewritten."""

    model: type[Model]
    field: str
    is_bound: bool = False

    @property
    def place(self) -> str:
        """Table and column."""
        return f"{table_name(self.model)}.{self.field}"

    def naming(self, needles: Needles) -> list[Any]:
        """Return the keys of the rows whose text names somebody: by reading them all."""
        return rows_naming(self.model, self.field, needles)


def rows_naming(model: type[Model], field: str, needles: Needles) -> list[Any]:
    """Return the keys of a table's rows of which one column names somebody.

    The database reads, Python compares: it has to be done for both databases, and for all spellings, as it's
    done for files.
    """
    if not needles:
        return []
    app = app_column(model)
    asked = ["pk", "_as_text", *([app] if app else [])]
    rows = (
        rows_of(model).order_by().annotate(_as_text=Cast(field, TextField())).values_list(*asked).iterator()
    )
    found: list[Any] = []
    while some := list(islice(rows, _AT_ONCE)):
        # Most texts name nobody: many are looked through at once, and only where it may be, one by one.
        if needles.may_be_in("\n".join(text or "" for _, text, *_ in some).encode()):
            found += [
                pk for pk, text, *of_app in some if text and needles.within(*of_app or [None]).mentioned(text)
            ]
    return found


@dataclass(frozen=True)
class MentionsHolder:
    """A holder whose data are texts about something else that may name somebody."""

    name: str
    columns: Sequence[Column]
    retention: str
    holds: str = "Texts that people typed and that may name somebody: an address, a device, a custom id."
    data_class: DataClass = DataClass.FREE_TEXT

    @classmethod
    def of(
        cls,
        name: str,
        fields: Iterable[tuple[type[Model], Sequence[str]]],
        *,
        bound: Iterable[tuple[type[Model], Sequence[str]]] = (),
        retention: str,
    ) -> "MentionsHolder":
        """Declare columns by model."""
        free = [Column(model, field) for model, names in fields for field in names]
        tied = [Column(model, field, is_bound=True) for model, names in bound for field in names]
        return cls(name, [*free, *tied], retention)

    @property
    def fields(self) -> Sequence[str]:
        """The columns."""
        return [field_label(column.model, column.field) for column in self.columns]

    def find(self, subject: Subject, /) -> Found:
        """Count the texts that name them."""
        needles = needles_of(subject)
        return Found({column.place: len(column.naming(needles)) for column in self.columns})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Say where they are named; the texts are other people's.

        Yields:
            One row for each column with a text that names them.
        """
        for place, count in self.find(subject).counts.items():
            if count:
                yield Row(place, {"texts that name you": count})

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (texts name no request)
        """Put a mark in place of what names them."""
        needles = needles_of(subject)
        with transaction.atomic():
            return Found({
                column.place: 0 if column.is_bound else _rewrite(column, needles) for column in self.columns
            })

    def kept(self, subject: Subject, /) -> Sequence[Kept]:
        """Say which texts can't be rewritten, because people signed a digest of them."""
        needles = needles_of(subject)
        counts = {column.place: len(column.naming(needles)) for column in self.columns if column.is_bound}
        return [
            Kept(
                place,
                count,
                "1798.105(d)(2)",
                "What people signed off names them; a digest binds the text.",
                "the text is written anew",
                in_clear=True,
            )
            for place, count in counts.items()
            if count
        ]

    def related(self, subject: Subject, /) -> Subject:  # noqa: ARG002 (a text tells nothing surely)
        """Learn nothing from texts."""
        return Subject()

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Name nobody: texts are read for those whom others name."""
        return ()


def _rewrite(column: Column, needles: Needles) -> int:
    longest = field_length(column.model, column.field)
    theirs = column.naming(needles)
    for pk in theirs:
        row = rows_of(column.model).filter(pk=pk)
        value = row.values_list(column.field, flat=True).get()
        row.update(**{column.field: _without(value, needles, longest)})
    return len(theirs)


def _without(value: Any, needles: Needles, longest: int | None) -> Any:
    if isinstance(value, str):
        return needles.replaced(value, ERASED)[:longest]
    if isinstance(value, dict):
        return {
            # A number that has a name in JSON isn't looked for (`needles`): it's a size, a time, a key.
            needles.replaced(str(name), ERASED): inner
            if isinstance(inner, (int, float))
            else _without(inner, needles, longest)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without(inner, needles, longest) for inner in value]
    # A number in a list may be what an app calls its user.
    return ERASED if isinstance(value, (int, float)) and needles.mentioned(str(value)) else value
