"""What is ordered when a report is: in facts for the log and the manifest, as entries, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from compliance.desk.domain.export_filter import ExportFilter, Period
from compliance.desk.domain.reports.declaration import Basis, FilterKind, ReportKind, Row
from compliance.desk.domain.reports.sampling import SAMPLE_AT_MOST

NOT_ASKED_FOR: Final = "not asked for by the filter"
_FILTER_WORDS: Final = {
    FilterKind.APP: "the app",
    FilterKind.PERSON: "the person",
    FilterKind.OUTCOME: "how it ended",
    FilterKind.STANDING: "how it stands",
}


@dataclass(frozen=True, slots=True)
class ReportWish:
    """A report as somebody wants it.

    Attributes:
        kind: Which.
        period: Of what it looks at.
        filters: Values by kind of filter.
        sample: How many rows are looked at more closely.
    """

    kind: ReportKind
    period: Period
    filters: Mapping[str, str] = field(default_factory=dict)
    sample: int = 0

    def __post_init__(self) -> None:
        """Refuse what the report doesn't offer.

        Raises:
            ValueError: It can't be narrowed by that, or not so many rows are chosen.
        """
        if self.filters.keys() - set(self.kind.filters) or not 0 <= self.sample <= SAMPLE_AT_MOST:
            raise ValueError("a report is narrowed by what it declares")

    def facts(self) -> dict[str, Any]:
        """Say which report is ordered; period and reason are those of its export."""
        return report_facts(self.kind.id, filters=self.filters, sample=self.sample)

    def entries(self) -> ExportFilter:
        """Say which entries of the log are in its pack.

        A filter narrows entries only where they are the rows: what led to a state has other actors and
        places.
        """
        values = {"action": sorted(action.value for action in self.kind.actions)}
        if self.kind.basis is Basis.ENTRIES:
            if app := self.filters.get(FilterKind.APP):
                values["app"] = [app]
            if person := self.filters.get(FilterKind.PERSON):
                values |= {"actor.kind": ["person"], "actor.id": [person]}
            if outcome := self.filters.get(FilterKind.OUTCOME):
                values["outcome"] = [outcome]
        return ExportFilter(self.period, values)

    def words(self) -> str:
        """Say by what it's narrowed."""
        return filters_words(self.filters)


def report_facts(kind: str, *, filters: Mapping[str, str], sample: int) -> dict[str, Any]:
    """Say which report is ordered, as the order's entry in the log and the manifest have it."""
    return {"id": kind, "filters": dict(filters), "sample": sample}


def filters_words(filters: Mapping[str, str]) -> str:
    """Say by what a report is narrowed."""
    told = [f"{_FILTER_WORDS[FilterKind(name)]} is “{value}”" for name, value in sorted(filters.items())]
    return f"Only rows of which {' and '.join(told)}." if told else "Every row."


def is_asked_for(filters: Mapping[str, str], row: Row) -> bool:
    """Whether a row of a state is one that was asked for."""
    said = {
        FilterKind.APP: row.app,
        FilterKind.PERSON: row.person,
        FilterKind.STANDING: row.standing,
    }
    return all(said[FilterKind(name)] == wanted for name, wanted in filters.items() if wanted)
