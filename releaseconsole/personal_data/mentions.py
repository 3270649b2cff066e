"""Texts that people typed, in which somebody may be named: found by reading, and taken out of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from releaseconsole.personal_data.holders import DataClass, Found, Kept, Row
from releaseconsole.personal_data.subjects import Identifier, Subject
from releaseconsole.personal_data.tables import field_label, field_length, rows_of, table_name

ERASED: Final = "[erased]"


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

    def rows(self, needles: Sequence[str]) -> QuerySet[Model]:
        """Return the rows whose text holds one of these, whatever its case."""
        manager = rows_of(self.model)
        if not needles:
            return manager.none()
        found = Q()
        for needle in needles:
            found |= Q(_as_text__icontains=needle)
        return manager.annotate(_as_text=Cast(self.field, TextField())).filter(found)


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
        needles = subject.needles()
        return Found({column.place: column.rows(needles).count() for column in self.columns})

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
        needles = subject.needles()
        pattern = re.compile("|".join(map(re.escape, needles)), re.IGNORECASE) if needles else None
        changed = {column.place: 0 for column in self.columns}
        with transaction.atomic():
            for column in self.columns:
                if pattern is not None and not column.is_bound:
                    changed[column.place] = _rewrite(column, needles, pattern)
        return Found(changed)

    def kept(self, subject: Subject, /) -> Sequence[Kept]:
        """Say which texts can't be rewritten, because people signed a digest of them."""
        needles = subject.needles()
        counts = {column.place: column.rows(needles).count() for column in self.columns if column.is_bound}
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


def _rewrite(column: Column, needles: Sequence[str], pattern: re.Pattern[str]) -> int:
    longest = field_length(column.model, column.field)
    changed = 0
    for pk, value in column.rows(needles).values_list("pk", column.field):
        rows_of(column.model).filter(pk=pk).update(**{column.field: _without(value, pattern, longest)})
        changed += 1
    return changed


def _without(value: Any, pattern: re.Pattern[str], longest: int | None) -> Any:
    if isinstance(value, str):
        return pattern.sub(ERASED, value)[:longest]
    if isinstance(value, dict):
        return {
            pattern.sub(ERASED, str(name)): _without(inner, pattern, longest) for name, inner in value.items()
        }
    return [_without(inner, pattern, longest) for inner in value] if isinstance(value, list) else value
