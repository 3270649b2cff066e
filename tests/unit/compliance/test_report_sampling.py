"""The sample of a report: the root chooses, and whoever has the root chooses the same."""

from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.declaration import Row
from compliance.desk.domain.reports.sampling import Sample, sample_rank


def chosen(root: bytes, *, rows: int, size: int, report: str = "R1") -> list[int]:
    sample = Sample(root=root, report=report, size=size)
    for place in range(1, rows + 1):
        sample.offer(place, Row((place,)))
    return [place for place, _ in sample.chosen()]


def test_the_rows_of_the_smallest_ranks_are_chosen() -> None:
    ranked = sorted(range(1, 301), key=lambda place: sample_rank(root=b"r" * 32, report="R1", place=place))
    assert chosen(b"r" * 32, rows=300, size=10) == sorted(ranked[:10])


def test_another_root_or_report_chooses_others() -> None:
    first = chosen(b"r" * 32, rows=300, size=10)
    assert first != chosen(b"s" * 32, rows=300, size=10)
    assert first != chosen(b"r" * 32, rows=300, size=10, report="R9")


def test_no_more_is_chosen_than_there_is() -> None:
    assert chosen(b"r" * 32, rows=3, size=10) == [1, 2, 3]
    assert chosen(b"r" * 32, rows=3, size=0) == []


def test_reports_are_known_by_one_id_and_one_address() -> None:
    assert len({kind.slug for kind in REPORTS.values()}) == len(REPORTS)
    assert all(kind.id == id_ for id_, kind in REPORTS.items())
