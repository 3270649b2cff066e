"""The components of a cybersecurity audit lead to reports and pages that there are."""

from compliance.desk.domain.controls import PAGES
from compliance.desk.domain.cybersecurity import CAVEAT, COMPONENTS
from compliance.desk.domain.reports.catalogue import REPORTS


def test_there_are_eighteen_each_with_what_is_not_shown() -> None:
    assert list(COMPONENTS) == list(range(1, 19))
    assert all(component.limits and component.title for component in COMPONENTS.values())
    assert [COMPONENTS[number].section for number in (1, 18)] == [
        "11 CCR § 7123(c)(1)",
        "11 CCR § 7123(c)(18)",
    ]
    assert "confirm with counsel" in CAVEAT


def test_evidence_is_a_report_or_a_page_that_is_there() -> None:
    for component in COMPONENTS.values():
        assert set(component.reports) <= REPORTS.keys()
        assert set(component.pages) <= PAGES.keys()
