"""Which report serves a control."""

import pytest

from compliance.desk.domain.control_reports import reports_serving


@pytest.mark.parametrize(
    ("number", "report", "serves"),
    [
        pytest.param("AC-2", "R1", True, id="control"),
        pytest.param("SC-12, SC-13", "R2", True, id="one of several controls"),
        pytest.param("AC-2", "R2", False, id="another control"),
        pytest.param("AU-1", "R10", False, id="the beginning of a number"),
        pytest.param("164.312(d)", "R3", True, id="paragraph"),
        pytest.param("164.308(a)(4)", "R1", True, id="paragraph of the section named before"),
        pytest.param("164.312(e)", "R7", True, id="paragraph above"),
        pytest.param("164.308(b), 164.314", "R1", False, id="another paragraph"),
        pytest.param("7101", "R5", True, id="section of the regulations"),
        pytest.param("1798.105, 7022", "R12", True, id="statute and regulations"),
        pytest.param("1798.82", "R5", False, id="statute alone"),
    ],
)
def test_a_report_is_found_by_what_it_serves(number: str, report: str, *, serves: bool) -> None:
    assert (report in {kind.id for kind in reports_serving(number)}) is serves
