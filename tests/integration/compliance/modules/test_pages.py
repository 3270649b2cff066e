"""The page of modules: what was measured, what officers record, and what of that isn't believed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from compliance.desk.domain.modules.libraries import Attempt
from compliance.desk.models import ModuleCertificate
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from signing.services import console_keys_ensure
from tests.support.log import last
from tests.support.people import signed_in

PAGE = "/console/compliance/modules/"
FORM = f"{PAGE}certificates/cryptography/"
TYPED = {
    "number": "4985",
    "module": "OpenSSL FIPS Provider",
    "version": "3.1.2",
    "standard": "140-3",
    "level": "1",
    "status": "active",
    "sunset_on": "2030-03-10",
    "environment": "Debian 12 on x86-64",
    "note": "",
}


@pytest.fixture
def officer(orla: User) -> Client:
    return signed_in(orla)


def typed(**instead: str) -> dict[str, str]:
    return TYPED | {"checked_on": f"{clock.now():%Y-%m-%d}"} | instead


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_console_as_it_comes_claims_nothing(audra: User) -> None:
    page = said(signed_in(audra).get(PAGE))
    assert "Not in FIPS mode" in page
    assert "OpenSSL Default Provider" in page
    assert "A secret, sealed under the KEK and opened: works" in page
    assert "fails" not in page
    assert "Record a certificate" not in page


def test_machines_read_the_same(audra: User) -> None:
    document = signed_in(audra).get(f"{PAGE}evidence/").json()
    assert (document["standing"], document["reasons"]) == ("plain", [])
    paths = {path["path"]: path for path in document["paths"]}
    assert paths["tokens_local"]["test"] == {
        "what": "A token, signed and verified",
        "approved": True,
        "worked": True,
        "said": "",
    }
    assert not paths["tokens_awskms"]["used"]
    tried = [each for library in document["libraries"] for each in library["attempts"]]
    assert all(each["worked"] for each in tried)


def test_a_certificate_without_its_module_makes_the_evidence_inconsistent(officer: Client) -> None:
    answer = officer.post(FORM, typed(), follow=True)
    page = said(answer)
    assert "The certificate is on record." in page
    assert "Inconsistent" in page
    assert "Certificate 4985 is on record, but the library doesn&#x27;t run as a FIPS module." in page
    event = last(Action.CERTIFICATE_RECORDED)
    assert (event.object_id, event.detail["number"], event.detail["standard"]) == (
        "cryptography",
        "4985",
        "140-3",
    )


def test_another_certificate_takes_its_place_and_the_first_stays_readable(officer: Client) -> None:
    officer.post(FORM, typed())
    officer.post(FORM, typed(number="5314", module="AWS-LC FIPS", version="3.0.0"))
    assert list(ModuleCertificate.objects.filter(superseded_at=None).values_list("number", flat=True)) == [
        "5314"
    ]
    assert "4985" in said(officer.get(FORM))


def test_a_certificate_is_taken_off_the_record_with_a_reason(officer: Client) -> None:
    officer.post(FORM, typed())
    assert "This field is required" in said(officer.post(f"{FORM}withdraw/", {"reason": ""}))
    officer.post(f"{FORM}withdraw/", {"reason": "It was the wrong module"})
    assert last(Action.CERTIFICATE_WITHDRAWN).detail["reason"] == "It was the wrong module"
    assert officer.get(f"{FORM}withdraw/").status_code == 404
    assert "Not in FIPS mode" in said(officer.get(PAGE))


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        pytest.param({"standard": "140-2"}, "is historical: look again at CMVP", id="active-140-2"),
        pytest.param({"version": "3.1.2 of Ada"}, "letters, digits, dots", id="version"),
        pytest.param({"number": "A1"}, "has digits only", id="number"),
        pytest.param({"checked_on": "2099-01-01"}, "still to come", id="tomorrow"),
    ],
)
def test_what_cannot_be_is_refused(officer: Client, instead: dict[str, str], words: str) -> None:
    assert words in said(officer.post(FORM, typed(**instead)))
    assert not ModuleCertificate.objects.exists()


def test_what_was_looked_up_long_ago_is_doubted(officer: Client) -> None:
    long_ago = (clock.now() - timedelta(days=91)).date()
    officer.post(FORM, typed(checked_on=long_ago.isoformat(), sunset_on="2026-01-01"))
    page = said(officer.get(PAGE))
    assert "Nobody has looked it up for 91 days" in page
    assert "Its sunset date, 1 January 2026, is over." in page


def test_the_database_too_keeps_an_active_140_2_certificate_out(orla: User) -> None:
    row = {"library": "python", "number": "4282", "version": "3.0.8", "level": 1, "status": "active"}
    with pytest.raises(IntegrityError, match="desk_certificate_140_2_is_history"), transaction.atomic():
        ModuleCertificate.objects.create(
            **row, standard="140-2", checked_on=date(2026, 9, 21), recorded_at=clock.now(), recorded_by=orla
        )


def test_a_path_that_fails_turns_the_page_red(audra: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Attempt(
        "A secret, sealed under the KEK and opened", is_approved=True, worked=False, said="no KEK"
    )
    monkeypatch.setattr(
        "compliance.desk.services.modules.evidence.path_test",
        lambda key: broken if key == "sealing_file" else replace(broken, worked=True),
    )
    page = said(signed_in(audra).get(PAGE))
    assert "Inconsistent" in page
    assert "fails: no KEK" in page


def test_a_library_without_a_module_has_no_form(officer: Client) -> None:
    assert officer.get(f"{PAGE}certificates/argon2/").status_code == 404


def test_algorithms_are_shown_with_their_dates_texts_and_live_keys(audra: User) -> None:
    console_keys_ensure(now=clock.now())
    page = said(signed_in(audra).get(f"{PAGE}transitions/"))
    assert "confirm each date with the text itself, or with counsel" in page
    assert "NIST SP 800-57 part 1, 5.6.3, table 4" in page
    assert "Revision 5, May 2020. Read 30 Nov 2026." in page
    assert '<td data-label="Live keys" class="rc-number">2</td>' in page  # HS256: one signs, one is next
