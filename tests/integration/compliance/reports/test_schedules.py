"""Reports that are made by themselves: each period once, for who may see it, told by a link."""

from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine

from accounts.models import Letter, User
from compliance.desk.models import Export, ReportRun, ReportSchedule
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.reports.scheduling import reports_attend
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.people import signed_in

REPORTS = "/console/compliance/reports/"
pytestmark = pytest.mark.django_db


def scheduled(orla: User, cadence: str = "weekly") -> ReportSchedule:
    address = f"{REPORTS}who-has-access/schedule/?period=everything&sample=2"
    signed_in(orla).post(address, {"cadence": cadence})
    return ReportSchedule.objects.get()


def test_it_is_made_when_it_is_due_and_who_asked_gets_a_link_and_no_data(orla: User, rita: User) -> None:
    schedule = scheduled(orla)
    assert reports_attend() == 0
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert reports_attend() == 1
        assert reports_attend() == 0
        run = ReportRun.objects.get()
        assert (run.schedule, run.export.personal, run.sample) == (schedule, False, 2)
        period = run.export.wish.period
        assert period.begins_at is not None
        assert period.ends_at == period.begins_at + timedelta(days=7)
        exports_make()
        reports_attend()
        reports_attend()
    letter = Letter.objects.get(subject="Report R1 waits for your review")
    assert letter.person == orla
    assert f"reports/made/{run.pk}/" in letter.body
    assert rita.email not in letter.body


def test_each_period_is_made_though_the_worker_was_away(orla: User) -> None:
    scheduled(orla)
    with time_machine.travel(clock.now() + timedelta(days=22), tick=False):
        assert reports_attend() == 3
    begun = sorted(each.period_from for each in Export.objects.all() if each.period_from)
    assert [after - before for before, after in pairwise(begun)] == [timedelta(days=7)] * 2


def test_it_ends_when_who_asked_may_not_see_it_any_more(orla: User) -> None:
    schedule = scheduled(orla)
    orla.groups.clear()
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert reports_attend() == 0
    schedule.refresh_from_db()
    assert schedule.ended_why == "Who asked for it may not export the log any more."
    assert AuditEvent.objects.filter(action=Action.REPORT_UNSCHEDULED.value).exists()
    assert not ReportRun.objects.exists()


def test_it_can_be_ended_once(orla: User) -> None:
    schedule, client = scheduled(orla), signed_in(orla)
    address = f"{REPORTS}schedules/{schedule.pk}/end/"
    assert "What was made stays." in client.post(address, follow=True).content.decode()
    assert "It&#x27;s over already." in client.post(address, follow=True).content.decode()
