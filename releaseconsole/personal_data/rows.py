"""Personal data in tables: which rows are somebody's, what of them they are given, how they go."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from releaseconsole.personal_data.holders import DataClass, Found, Kept, Row
from releaseconsole.personal_data.subjects import Identifier, Scoped, Subject
from releaseconsole.personal_data.tables import field_label, rows_of, table_name

Where = Callable[[Subject], Q | None]


def scoped(ids: Iterable[Scoped], *, app: str = "app_id", field: str = "device_id") -> Q | None:
    """Return the condition for ids that mean something within their app only; None: there are none."""
    by_app: dict[str, list[str]] = {}
    for each in ids:
        by_app.setdefault(each.app_id, []).append(each.id)
    found: Q | None = None
    for app_id, theirs in by_app.items():
        one = Q(**{app: app_id, f"{field}__in": theirs})
        found = one if found is None else found | one
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        model: The table.
        personal: Its fields that say something about a person.
        where: Which rows are somebody's; None: they can have none.
        shown: The fields that they're given; none: all personal ones.
        blanks: What the fields become in place of the row's deletion; none: the row goes.
    """

    model: type[Model]
    personal: tuple[str, ...]
    where: Where
    shown: tuple[str, ...] = ()
    blanks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Its name in the database."""
        return table_name(self.model)

    def rows(self, subject: Subject) -> QuerySet[Model]:
        """Return somebody's rows; of those that are only blanked, the ones with something left in them."""
        condition, manager = self.where(subject), rows_of(self.model)
        if condition is None:
            return manager.none()
        found = manager.filter(condition)
        return found.exclude(Q(**self.blanks)) if self.blanks else found

    def erase(self, subject: Subject) -> int:
        """Delete or blank them; returns how many. Deleting says nothing of what cascades: that's declared."""
        rows = self.rows(subject)
        if self.blanks:
            return rows.update(**self.blanks)
        count = rows.count()
        rows.delete()
        return count


@dataclass(frozen=True)
class RowsHolder:
    """A holder whose data are rows of tables.

    Attributes:
        name: As the protocol says, and so on.
        eraser: What the floor does in place of deleting the rows, such as its own service.
        keeper: What stays, and why.
        relation: What else is known of somebody by these rows.
        people: Whom something is held of.
        also: Fields that it answers for without finding them by itself, as `app.Model.field`.
    """

    name: str
    data_class: DataClass
    holds: str
    retention: str
    tables: Sequence[Table]
    eraser: Callable[[Subject], None] | None = None
    keeper: Callable[[Subject], Sequence[Kept]] | None = None
    relation: Callable[[Subject], Subject] | None = None
    people: Callable[[], Iterable[tuple[Identifier, Subject]]] | None = None
    also: Sequence[str] = ()

    @property
    def fields(self) -> Sequence[str]:
        """The fields of all its tables."""
        own = [field_label(table.model, name) for table in self.tables for name in table.personal]
        return [*own, *self.also]

    def find(self, subject: Subject, /) -> Found:
        """Count the rows."""
        return Found({table.place: table.rows(subject).count() for table in self.tables})

    def export(self, subject: Subject, /) -> Iterator[Row]:
        """Give the rows.

        Yields:
            One at a time, in the order of their keys.
        """
        for table in self.tables:
            shown = table.shown or table.personal
            for values in table.rows(subject).order_by("pk").values(*shown).iterator():
                yield Row(table.place, values)

    def erase(self, subject: Subject, request: str, /) -> Found:  # noqa: ARG002 (rows name no request)
        """Erase the rows in one transaction."""
        with transaction.atomic():
            before = self.find(subject)
            if self.eraser is not None:
                self.eraser(subject)
            else:
                for table in self.tables:
                    table.erase(subject)
            after = self.find(subject)
        return Found({place: count - after.counts[place] for place, count in before.counts.items()})

    def kept(self, subject: Subject, /) -> Sequence[Kept]:
        """Say what stays of what was found; nothing, unless the floor says so."""
        return [] if self.keeper is None else [each for each in self.keeper(subject) if each.count]

    def related(self, subject: Subject, /) -> Subject:
        """Ask the floor."""
        return Subject() if self.relation is None else self.relation(subject)

    def everybody(self) -> Iterable[tuple[Identifier, Subject]]:
        """Ask the floor."""
        return () if self.people is None else self.people()
