"""The pages of reports, as the officer uses them."""

import pytest

from accounts.models import User
from compliance.desk.models import ReportReview, ReportRun
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.reports.reviewing import review_operation
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from tests.support.exporting import REASON, happened
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in
from tests.support.reporting import report_made

REPORTS = "/console/compliance/reports/"
pytestmark = pytest.mark.django_db


def test_an_officer_previews_orders_and_signs_off(orla: User, rita: User) -> None:
    happened(3, user=orla, action=Action.ACCESS_DENIED)
    client = signed_in(orla)
    assert "Who may do what on this console" in client.get(REPORTS).content.decode()
    address = f"{REPORTS}who-has-access/?period=everything&sample=2"
    shown = client.get(address).content.decode()
    assert f"person {rita.pk}" in shown
    assert rita.email not in shown
    assert "This console runs with the preset" in shown
    ordered = client.post(address, {"reason": REASON}, follow=True)
    assert "It waits for the worker." in ordered.content.decode()
    exports_make()
    run = ReportRun.objects.get()
    page = f"{REPORTS}made/{run.pk}/"
    assert "Nobody has reviewed it." in client.get(page).content.decode()
    digest = hidden(client.get(f"{page}review/").content.decode())["digest"]
    fields = {"verdict": "signed_off", "note": "Each grant looked at", "digest": digest}
    done = client.post(f"{page}review/", {**fields, "code": code_of(orla)}, follow=True).content.decode()
    assert "Your review is on record." in done
    assert "who ordered it too" in done
    assert "Review it" not in done
    review = ReportReview.objects.get()
    assert review.sha256 == run.export.sha256
    event = AuditEvent.objects.get(action=Action.REPORT_REVIEWED.value)
    assert (event.detail["verdict"], event.detail["note"]) == ("signed_off", "Each grant looked at")


def test_a_review_takes_a_confirmation_of_this_very_pack(orla: User) -> None:
    run = report_made(orla, "R9")
    page = f"{REPORTS}made/{run.pk}/review/"
    fields = {"verdict": "signed_off", "note": "Nothing", "code": code_of(orla)}
    other = review_operation(run=report_made(orla, "R9"), user=orla).digest()
    signed_in(orla).post(page, {**fields, "digest": other})
    assert not ReportReview.objects.exists()


def test_an_auditor_reads_and_does_not_sign_off(orla: User, audra: User) -> None:
    run = report_made(orla, "R9")
    client = signed_in(audra)
    assert "Review it" not in client.get(f"{REPORTS}made/{run.pk}/").content.decode()
    assert client.get(f"{REPORTS}made/{run.pk}/review/").status_code == 403


def test_names_take_a_confirmation(orla: User) -> None:
    address = f"{REPORTS}who-has-access/?period=everything&personal=on"
    client = signed_in(orla)
    client.post(address, {"reason": REASON})
    assert not ReportRun.objects.exists()
    digest = hidden(client.get(address).content.decode())["digest"]
    client.post(address, {"reason": REASON, "digest": digest, "code": code_of(orla)})
    assert ReportRun.objects.get().export.personal


def test_a_report_that_is_not_there_is_not_found(orla: User) -> None:
    assert signed_in(orla).get(f"{REPORTS}horoscope/").status_code == 404
