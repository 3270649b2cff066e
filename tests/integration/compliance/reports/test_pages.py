"""The pages of reports, as the officer uses them."""

import pytest
from django.contrib.auth.models import Group

from accounts.domain.roles import Role
from accounts.models import User
from compliance.desk.domain.reports.cadence import Cadence
from compliance.desk.domain.reports.catalogue import REPORTS as REPORTS_BY_ID
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.errors import OwnReportError
from compliance.desk.models import ReportReview, ReportRun
from compliance.desk.models.reports import Verdict
from compliance.desk.selectors.reports.signing_off import is_only_signer
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.reports.reviewing import report_review, review_operation
from compliance.desk.services.reports.scheduling import report_schedule
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.actors import actor_made
from tests.support.confirming import confirmed
from tests.support.exporting import REASON, happened
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in
from tests.support.reporting import ALL_TIME, report_made

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
    assert "ordered and signed by the same person" in done
    assert "Review it" not in done
    review = ReportReview.objects.get()
    assert review.sha256 == run.export.sha256
    event = AuditEvent.objects.get(action=Action.REPORT_REVIEWED.value)
    told = [event.detail[name] for name in ("verdict", "note", "same_person")]
    assert told == ["signed_off", "Each grant looked at", True]


def test_who_ordered_a_report_leaves_it_to_another_officer(orla: User) -> None:
    another = actor_made("otis")
    another.groups.add(Group.objects.get(name=Role.COMPLIANCE_OFFICER.value))
    run = report_made(orla, "R9")
    assert is_only_signer(orla)  # who was invited and never came counts for nothing
    User.objects.filter(pk=another.pk).update(last_login=clock.now())

    def signed(by: User, run: ReportRun) -> ReportReview:
        step_up = confirmed(by, review_operation(run=run, user=by))
        return report_review(run=run, verdict=Verdict.SIGNED_OFF, note="All", user=by, step_up=step_up)

    with pytest.raises(OwnReportError):
        signed(orla, run)
    page = f"{REPORTS}made/{run.pk}/"
    told = "".join(signed_in(orla).get(f"{page}{each}").content.decode() for each in ("", "review/"))
    assert ("another one than you" in told, "Put it on record" in told) == (True, False)
    assert signed(another, run).event.detail["same_person"] is False
    by_itself = report_made(orla, "R9")
    by_itself.schedule = report_schedule(
        wish=ReportWish(REPORTS_BY_ID["R9"], ALL_TIME), cadence=Cadence.WEEKLY, user=orla
    )
    by_itself.save()
    assert signed(orla, by_itself).event.detail["same_person"] is False


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
