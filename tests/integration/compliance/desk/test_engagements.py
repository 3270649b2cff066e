"""Audits: asked, answered, sampled by a root that nobody could foresee, given packs, closed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.domain.engagements import Report
from accounts.models import AuditorEngagement, Letter, User
from compliance.desk.domain.sampling import Population, sample_draw, sample_seed
from compliance.desk.errors import AuditStateError, AuditWordsError, ExportStateError
from compliance.desk.models import AuditEngagement, AuditorRequest, AuditSample
from compliance.desk.models.engagements import AskedState, Framework
from compliance.desk.selectors.draws import audit_draws_before
from compliance.desk.services.engagements import (
    AuditTerms,
    asked_add,
    asked_answer,
    asked_remind,
    asked_settle,
    audit_accesses_set,
    audit_close,
    audit_open,
    pack_deliver,
    sample_order,
    samples_draw,
)
from compliance.desk.services.export_making import exports_make
from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditCheckpoint
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged
from tests.support.exporting import ordered, wish_of
from tests.support.log import event_made, last, place_of
from tests.support.people import signed_in

AUDITS = "/console/compliance/audits/"


@pytest.fixture
def audit(orla: User) -> AuditEngagement:
    today = clock.now().date()
    terms = AuditTerms("Firm & Co", Framework.HIPAA, today - timedelta(days=90), today)
    return audit_open(terms=terms, opener=orla)


def ask(audit: AuditEngagement, by: User) -> AuditorRequest:
    return asked_add(audit=audit, asked="All releases of Q3", due_on=clock.now().date(), by=by)


def test_a_request_list_is_worked_through(orla: User, audit: AuditEngagement) -> None:
    line = ask(audit, orla)
    asked_remind()
    asked_remind()
    assert Letter.objects.filter(subject="What auditors asked for is due").count() == 1
    with pytest.raises(AuditStateError, match="neither accepted"):
        audit_close(audit=audit, outcome="Clean.", by=orla)
    asked_answer(line=line, answer="See the pack.", export=None, by=orla)
    with pytest.raises(AuditStateError, match="isn't open"):
        asked_answer(line=line, answer="Again.", export=None, by=orla)
    asked_settle(line=line, state=AskedState.OPEN, by=orla)
    asked_answer(line=line, answer="See both.", export=None, by=orla)
    asked_settle(line=line, state=AskedState.ACCEPTED, by=orla)
    with pytest.raises(AuditStateError, match="can't become"):
        asked_settle(line=line, state=AskedState.OPEN, by=orla)
    audit_close(audit=audit, outcome="No exceptions.", by=orla)
    assert last(Action.AUDIT_CLOSED).actor_id == str(orla.pk)
    with pytest.raises(AuditStateError, match="closed"):
        ask(audit, orla)


def test_a_sample_is_drawn_by_a_root_after_the_order(orla: User, audit: AuditEngagement) -> None:
    inside = [place_of(event_made(action=Action.RELEASE_HALTED, app_id="com.a")) for _ in range(4)]
    event_made(action=Action.RELEASE_HALTED, app_id="com.b")
    event_made(action=Action.RELEASE_HALTED, app_id="com.a", at=clock.now() - timedelta(days=200))
    sample = sample_order(audit=audit, action=Action.RELEASE_HALTED, app_id="com.a", wanted=2, by=orla)
    event_made(action=Action.RELEASE_HALTED, app_id="com.a")  # too late to be drawn
    assert samples_draw() == 0
    sample.refresh_from_db()
    order = place_of(sample.order)
    assert sample.checkpoint is not None
    assert sample.checkpoint == AuditCheckpoint.objects.filter(size__gt=order).order_by("size")[0]
    assert sample.population == len(inside)
    action, _, begins, ends, before = sample.words.split()
    population = Population(action, "com.a", begins, ends, int(before))
    seed = sample_seed(
        origin=sample.checkpoint.origin,
        size=sample.checkpoint.size,
        root=bytes(sample.checkpoint.root),
        population=population,
    )
    assert (int(before), sample.seed) == (order, seed.hex())
    assert sample.sequences == sample_draw(seed=seed, sequences=inside, count=2)
    with pytest.raises(AuditStateError, match="a choice"):
        sample_order(audit=audit, action=Action.RELEASE_HALTED, app_id="com.a", wanted=9, by=orla)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditSample.objects.filter(pk=sample.pk).update(seed="")


def test_a_draw_in_another_audit_is_counted(orla: User, audit: AuditEngagement) -> None:
    shifted = audit_open(
        terms=AuditTerms(
            "Other firm", Framework.CCPA, audit.period_from + timedelta(days=1), audit.period_to
        ),
        opener=orla,
    )
    first = sample_order(audit=audit, action=Action.RELEASE_HALTED, app_id="com.a", wanted=2, by=orla)
    others = sample_order(audit=shifted, action=Action.RELEASE_HALTED, app_id="com.b", wanted=2, by=orla)
    again = sample_order(audit=shifted, action=Action.RELEASE_HALTED, app_id="", wanted=2, by=orla)
    assert audit_draws_before(first) == audit_draws_before(others) == []
    assert audit_draws_before(again) == [first, others]
    samples_draw()
    page = signed_in(orla).get(f"{AUDITS}{shifted.pk}/").content.decode()
    assert "number 3 of these entries" in page


@pytest.mark.parametrize("wanted", [0, 501])
def test_so_many_are_not_drawn(orla: User, audit: AuditEngagement, wanted: int) -> None:
    with pytest.raises(AuditWordsError):
        sample_order(audit=audit, action=Action.RELEASE_HALTED, app_id="", wanted=wanted, by=orla)


def test_a_period_ends_after_it_began(orla: User, audit: AuditEngagement) -> None:
    today = clock.now().date()
    with pytest.raises(AuditWordsError):
        audit_open(terms=AuditTerms("A firm", Framework.CCPA, today, today - timedelta(days=1)), opener=orla)
    for broken in ({"period_to": today - timedelta(days=99)}, {"outcome": "x"}, {"title": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEngagement.objects.update(**broken)


def test_an_external_auditor_sees_the_audits_that_name_them(orla: User, audit: AuditEngagement) -> None:
    visitor = actor_made("visitor")
    access = engaged(visitor, Report.AUDIT_LOG)
    visitor.groups.add(Group.objects.get(name="external_auditor"))
    page = f"{AUDITS}{audit.pk}/"
    outside = signed_in(visitor)
    assert (outside.get(AUDITS).status_code, outside.get(page).status_code) == (200, 404)
    audit_accesses_set(audit=audit, accesses=[access], by=orla)
    assert "Firm &amp; Co" in outside.get(AUDITS).content.decode()
    assert "Add a request" not in outside.get(page).content.decode()
    assert page in outside.get("/console/").content.decode().partition("Your audits")[2]
    assert "What you were given reaches less far" in outside.get("/console/compliance/phi/").content.decode()
    later = clock.now() + timedelta(days=1)
    AuditorEngagement.objects.update(ended_at=clock.now())
    another = engaged(visitor, Report.AUDIT_LOG)  # a new one opens no audit of the old one
    assert another.terms.ends_at > later
    assert signed_in(visitor).get(page).status_code == 404


def test_a_pack_that_was_given_is_in_both_registers(
    orla: User, audit: AuditEngagement, settings: LazySettings, tmp_path: Path
) -> None:
    settings.EXPORT_DIR = tmp_path
    waiting = ordered(orla, wish_of())
    with pytest.raises(ExportStateError):
        pack_deliver(audit=audit, export=waiting, holder="Firm & Co", note="", by=orla)
    exports_make()
    waiting.refresh_from_db()
    delivery = pack_deliver(audit=audit, export=waiting, holder="Firm & Co", note="By hand", by=orla)
    assert (delivery.copy.holder, delivery.copy.export) == ("Firm & Co", waiting)
    assert last(Action.AUDIT_PACK_DELIVERED).detail["sha256"] == waiting.sha256
    line = asked_answer(line=ask(audit, orla), answer="In the pack.", export=waiting, by=orla)
    assert line.export == waiting
    page = signed_in(orla).get(f"{AUDITS}{audit.pk}/").content.decode()
    assert page.count(f"/console/compliance/exports/{waiting.pk}/") == 2


def test_the_pages_lead_through_an_audit(orla: User) -> None:
    officer = signed_in(orla)
    told: dict[str, Any] = {
        "title": "Firm & Co",
        "framework": "hipaa",
        "period_from": "2026-01-01",
        "period_to": "2026-12-31",
    }
    assert "Firm &amp; Co" in officer.post(f"{AUDITS}new/", told, follow=True).content.decode()
    one = f"{AUDITS}{AuditEngagement.objects.get().pk}/"
    officer.post(f"{one}requests/", {"asked": "All releases", "due_on": "2026-12-01"})
    officer.post(f"{one}requests/1/", {"answer": "In the pack."})
    officer.post(f"{one}requests/1/", {"state": "accepted"})
    officer.post(f"{one}samples/", {"action": "compliance:audit:open", "wanted": "3"})
    samples_draw()  # in a test nothing is committed, so nothing happens on commit
    page = officer.get(one).content.decode()
    assert "1 of 1 entries" in page
    assert all(words in page for words in ("All releases", "In the pack.", "accepted"))
    access = engaged(actor_made("visitor"), Report.AUDIT_LOG)
    named = officer.post(f"{one}auditors/", {"accesses": [str(access.pk)]}, follow=True)
    assert "visitor, until" in named.content.decode()
    assert "checked" in officer.get(f"{one}auditors/").content.decode()
    closed = officer.post(f"{one}close/", {"outcome": "Clean."}, follow=True).content.decode()
    assert "The audit is closed." in closed
