"""Reports of the register: the stored deadline on every later day, and figures that add up."""

import csv
import io

import pytest

from accounts.models import User
from compliance.desk.domain.denials import Basis
from compliance.desk.domain.reports.privacy import REQUEST_REGISTER
from compliance.desk.models import PrivacyRequest
from compliance.desk.selectors.reports.privacy import request_rows
from compliance.desk.services.requests import request_complete, request_deny, request_extend
from compliance.desk.services.requests.posting import letters_post
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.people import signed_in
from tests.support.privacy import BY_HAND, NOBODY, asked, day, verified
from tests.support.reporting import ALL_TIME
from tests.support.shipping import recorded

pytestmark = pytest.mark.django_db

REPORTS = "/console/compliance/requests/reports/"


def rows(user: User, report: str = "register", year: int = 2026) -> list[dict[str, str]]:
    answer = signed_in(user).get(f"{REPORTS}{report}/", {"year": year})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("number", [0, 1, 30, 44, 45, 46, 89, 90, 91, 300])
def test_the_exported_deadline_is_the_stored_one_on_every_later_day(
    number: int, request_of_day_0: PrivacyRequest, orla: User
) -> None:
    with day(number):
        (row,) = rows(orla)
        page = signed_in(orla).get(f"/console/compliance/requests/{request_of_day_0.reference}/")
    assert (row["deadline"], row["answer by"], row["acknowledge by"]) == (
        "2026-04-16",
        "2026-04-16",
        "2026-03-16",
    )
    assert "16 April 2026" in page.content.decode()


@pytest.mark.parametrize("number", [45, 46, 89, 90, 91, 300])
def test_so_is_an_extended_one(number: int, request_of_day_0: PrivacyRequest, orla: User) -> None:
    with day(45):
        request_extend(request=request_of_day_0, reason="Many came at once.", by=NOBODY)
    with day(number):
        (row,) = rows(orla)
    assert (row["answer by"], row["deadline"]) == ("2026-04-16", "2026-05-31")


def test_a_row_says_how_it_ended_and_nothing_of_who_asked(orla: User) -> None:
    with day(0):
        request = asked()
    with day(46):
        request_deny(request=request, bases=[Basis.LEGAL], explanation="=Tax law", by=NOBODY)
        (row,) = rows(orla)
    assert (row["days"], row["late"], row["outcome"]) == ("46", "yes", "denied")
    assert row["sections of denial"] == "Cal. Civ. Code § 1798.105(d)(8)"
    assert row["explanation"] == "'=Tax law"
    assert "Petra" not in "".join(row.values())
    assert (row["answer delivered"], row["answer left at"]) == ("waits to be sent by e-mail", "")
    with day(47):
        letters_post()
        (row,) = rows(orla)
        (cells,) = request_rows(clock.now(), ALL_TIME)
    report = dict(zip((column.name for column in REQUEST_REGISTER.columns), cells.cells, strict=True))
    assert (row["answered on"], row["answer left at"]) == ("2026-04-17", "2026-04-18T12:00:00+00:00")
    assert row["answer delivered"] == report["delivered"] == "sent by e-mail"
    assert (report["answered_on"], report["left_at"]) == ("2026-04-17", "2026-04-18 12:00:00")


def test_yearly_figures_on_page_and_as_file(orla: User) -> None:
    with day(0):
        requests = [asked() for _ in range(3)]
    with day(10):
        request_complete(request=verified(requests[0]), by=NOBODY, otherwise=BY_HAND)
    with day(20):
        request_deny(request=requests[1], bases=[Basis.NO_DATA], explanation="Nothing held.", by=NOBODY)
        delete, *others = rows(orla, "metrics")
        page = signed_in(orla).get("/console/compliance/requests/figures/", {"year": "2026"})
    assert (delete["received"], delete["complied with"], delete["denied"], delete["running"]) == (
        "3",
        "1",
        "1",
        "1",
    )
    assert (delete["median days"], delete["mean days"]) == ("15.0", "15.0")
    assert all(line["received"] == "0" for line in others)
    assert page.context["figures"][0].received == 3
    assert "confirm with counsel" in page.content.decode()


def test_taking_a_report_is_on_the_log(request_of_day_0: PrivacyRequest, audra: User) -> None:
    with day(1):
        rows(audra)
    (event,) = recorded(Action.PRIVACY_REGISTER_TAKEN)
    assert (event.object_id, event.detail["rows"]) == ("register", 1)


def test_zero_requests_are_a_result(orla: User) -> None:
    assert rows(orla, year=2025) == []
    assert [line["received"] for line in rows(orla, "metrics", 2025)] == ["0"] * 5


@pytest.mark.parametrize("year", ["", "99999", "-1", "٢٠٢٦", "1' OR 1=1"])
def test_a_year_that_is_none_is_this_one(year: str, orla: User) -> None:
    with day(0):
        page = signed_in(orla).get("/console/compliance/requests/figures/", {"year": year})
    assert page.context["year"] == 2026


def test_an_administrator_reads_the_register_and_takes_none_out(ada: User) -> None:
    client = signed_in(ada)
    assert client.get("/console/compliance/requests/figures/").status_code == 200
    assert client.get(f"{REPORTS}register/").status_code == 403
