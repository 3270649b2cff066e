"""Packs that an officer opens to external auditors: those alone, while they're engaged, each copy noted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.domain.engagements import Report
from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import AuditorEngagement, User
from compliance.desk.errors import PackOpeningError
from compliance.desk.models import AuditEngagement, Export, ExportCopy, OpenedPack
from compliance.desk.models.engagements import Framework
from compliance.desk.services.engagements import AuditTerms, audit_accesses_set, audit_close, audit_open
from compliance.desk.services.export_making import exports_make
from compliance.desk.services.exports import export_download_record
from compliance.desk.services.opened_packs import pack_open, pack_open_operation, pack_shut
from compliance.ledger.domain.events import Action
from releaseconsole.kernel import clock
from tests.support.actors import actor_made, engaged
from tests.support.confirming import confirmed
from tests.support.exporting import ordered, wish_of
from tests.support.log import last
from tests.support.operator import hidden
from tests.support.people import code_of, signed_in
from tests.support.reporting import report_made

OPENED = "/console/compliance/opened/"
AUDITS = "/console/compliance/audits/"


@pytest.fixture(autouse=True)
def export_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.EXPORT_DIR = tmp_path / "exports"


@pytest.fixture
def visitor(db: None) -> User:
    auditor = actor_made("visitor")
    auditor.groups.add(Group.objects.get(name="external_auditor"))
    return auditor


@pytest.fixture
def access(visitor: User) -> AuditorEngagement:
    return engaged(visitor, Report.FINISHED_REPORTS)


@pytest.fixture
def audit(orla: User, access: AuditorEngagement) -> AuditEngagement:
    today = clock.now().date()
    audit = audit_open(terms=AuditTerms("Firm & Co", Framework.HIPAA, today, today), opener=orla)
    audit_accesses_set(audit=audit, accesses=[access], by=orla)
    return audit


@pytest.fixture
def export(orla: User) -> Export:
    return report_made(orla, "R9").export


def tried(client: Client, export: Export) -> tuple[int, int]:
    """What the auditor gets: the page, and the pack."""
    address = f"{OPENED}{export.pk}/"
    return client.get(address).status_code, client.get(f"{address}pack.zip").status_code


def test_an_auditor_takes_what_an_officer_opened_and_nothing_else(
    orla: User, visitor: User, audit: AuditEngagement, export: Export
) -> None:
    other, officer, outside = report_made(orla, "R10").export, signed_in(orla), signed_in(visitor)
    assert tried(outside, export) == (404, 404)
    listed = officer.get(f"{AUDITS}{audit.pk}/opened/").content.decode()
    assert str(export.pk)[:8] in listed
    assert "Open to visitor until" in listed
    address = f"{AUDITS}{audit.pk}/opened/{export.pk}/"
    assert "Other auditors are named by now." in officer.post(address).content.decode()
    seen = hidden(officer.get(address).content.decode())
    done = officer.post(address, seen, follow=True).content.decode()
    assert "It&#x27;s open to them, as long as they&#x27;re engaged." in done
    assert last(Action.AUDIT_PACK_OPENED).detail["sha256"] == export.sha256
    page = outside.get(OPENED).content.decode()
    assert "R9 Failed sign-ins and denied actions" in page
    assert "R10" not in page
    assert export.reason not in outside.get(f"{OPENED}{export.pk}/").content.decode()
    taken: Any = outside.get(f"{OPENED}{export.pk}/pack.zip")
    assert len(b"".join(taken.streaming_content)) == export.size
    copy, event = ExportCopy.objects.get(), last(Action.EXPORT_DOWNLOADED)
    assert (copy.export, copy.by) == (export, visitor)
    assert (event.actor_id, event.detail["audits"]) == (str(visitor.pk), [audit.pk])
    assert "visitor, " in officer.get(f"{AUDITS}{audit.pk}/").content.decode()
    assert tried(outside, other) == (404, 404)
    elsewhere = ("exports/", f"exports/{export.pk}/pack.zip", "reports/", "requests/")
    assert {outside.get(f"/console/compliance/{path}").status_code for path in elsewhere} == {403}


def test_in_the_side_bar_only_who_is_engaged_for_reports_finds_them(visitor: User, audra: User) -> None:
    assert OPENED not in signed_in(audra).get("/console/").content.decode()
    engaged(visitor, Report.KEYS_OVERVIEW)
    assert OPENED not in signed_in(visitor).get("/console/").content.decode()
    engaged(visitor, Report.FINISHED_REPORTS)
    assert OPENED in signed_in(visitor).get("/console/").content.decode()


def role_taken(visitor: User, _audit: AuditEngagement, _orla: User) -> None:
    visitor.groups.clear()


def engagement_ended(visitor: User, _audit: AuditEngagement, _orla: User) -> None:
    visitor.engagements.update(ended_at=clock.now())


def engaged_for_something_else(visitor: User, _audit: AuditEngagement, _orla: User) -> None:
    visitor.engagements.update(reports=[Report.AUDIT_LOG.value])


def named_no_more(_visitor: User, audit: AuditEngagement, orla: User) -> None:
    audit_accesses_set(audit=audit, accesses=[], by=orla)


def audit_closed(_visitor: User, audit: AuditEngagement, orla: User) -> None:
    audit_close(audit=audit, outcome="Clean.", by=orla)


def shut(_visitor: User, audit: AuditEngagement, orla: User) -> None:
    signed_in(orla).post(f"{AUDITS}{audit.pk}/opened/{audit.opened_packs.get().export_id}/shut/")
    assert last(Action.AUDIT_PACK_SHUT).actor_id == str(orla.pk)


def personal_past_the_service(_visitor: User, audit: AuditEngagement, _orla: User) -> None:
    Export.objects.filter(openings__audit=audit).update(personal=True)


@pytest.mark.parametrize(
    "end",
    [
        role_taken,
        engagement_ended,
        engaged_for_something_else,
        named_no_more,
        audit_closed,
        shut,
        personal_past_the_service,
    ],
)
def test_access_ends_with(
    end: Callable[[User, AuditEngagement, User], None],
    orla: User,
    visitor: User,
    audit: AuditEngagement,
) -> None:
    export = ordered(orla, wish_of())
    opened_past_the_service(audit, export, orla)
    client = signed_in(visitor)
    assert client.get(f"{OPENED}{export.pk}/").status_code == 200
    end(visitor, audit, orla)
    assert tried(client, export) == (404, 404)
    assert "No report is open to you" in client.get(OPENED).content.decode()
    with pytest.raises(PermissionDeniedError):
        export_download_record(export=export, user=visitor, resumed=False)


def test_access_ends_by_the_clock(
    orla: User, visitor: User, access: AuditorEngagement, audit: AuditEngagement
) -> None:
    export = ordered(orla, wish_of())
    opened_past_the_service(audit, export, orla)
    for moment, status in ((timedelta(seconds=-1), 200), (timedelta(0), 404)):
        with time_machine.travel(access.ends_at + moment, tick=False):
            assert signed_in(visitor).get(f"{OPENED}{export.pk}/").status_code == status


def opened_past_the_service(audit: AuditEngagement, export: Export, by: User) -> None:
    """A pack that is open, without the time that making one takes."""
    opening = OpenedPack(audit=audit, export=export, personal=False, opened_by=by, opened_at=clock.now())
    opening.save()
    opening.readers.set(audit.accesses.all())


def test_personal_values_are_opened_only_by_who_says_so_and_confirms(
    orla: User, visitor: User, audit: AuditEngagement
) -> None:
    export = report_made(orla, "R1", personal=True).export
    with pytest.raises(PackOpeningError, match="say that it's opened with them"):
        pack_open(audit=audit, export=export, user=orla)
    with pytest.raises(StepUpRequiredError):
        pack_open(audit=audit, export=export, user=orla, personal=True)
    address, officer = f"{AUDITS}{audit.pk}/opened/{export.pk}/", signed_in(orla)
    fields = hidden(officer.get(address).content.decode()) | {"code": code_of(orla)}
    assert "This field is required." in officer.post(address, fields).content.decode()
    fields["code"] = code_of(orla)
    assert officer.post(address, {**fields, "personal": "on"}).status_code == 302
    assert OpenedPack.objects.get().personal
    # Who else takes personal values confirms that too.
    outside, pack = signed_in(visitor), f"{OPENED}{export.pk}/pack.zip"
    assert outside.get(pack).status_code == 302
    proof = hidden(outside.get(f"{OPENED}{export.pk}/").content.decode())["digest"]
    assert not ExportCopy.objects.exists()
    assert outside.post(pack, {"digest": proof, "code": code_of(visitor)}).status_code == 200
    assert ExportCopy.objects.get().by == visitor


def test_what_cannot_be_opened_is_refused(
    orla: User, audra: User, audit: AuditEngagement, export: Export
) -> None:
    with pytest.raises(PermissionDeniedError):
        pack_open(audit=audit, export=export, user=audra)
    with pytest.raises(PackOpeningError, match="that is ready"):
        pack_open(audit=audit, export=ordered(orla, wish_of()), user=orla)
    opening = pack_open(audit=audit, export=export, user=orla)
    with pytest.raises(PackOpeningError, match="already"):
        pack_open(audit=audit, export=export, user=orla)
    with pytest.raises(PermissionDeniedError):
        pack_shut(opening=opening, user=audra)
    for broken in ({"ended_at": clock.now()}, {"ended_by": orla}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpenedPack.objects.update(**broken)
    opening.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        opening.save(force_insert=True)
    pack_shut(opening=OpenedPack.objects.get(), user=orla)
    with pytest.raises(PackOpeningError, match="any more"):
        pack_shut(opening=OpenedPack.objects.get(), user=orla)
    audit_close(audit=audit, outcome="Clean.", by=orla)
    with pytest.raises(PackOpeningError, match="open audit"):
        pack_open(audit=audit, export=export, user=orla)


def test_whom_an_audit_names_later_needs_another_opening(
    orla: User, visitor: User, access: AuditorEngagement, audit: AuditEngagement
) -> None:
    """Whoever names auditors would decide who gets personal values that an officer opened to others."""
    export = ordered(orla, wish_of(), personal=True)
    exports_make()
    export.refresh_from_db()

    def opens(readers: list[AuditorEngagement]) -> OpenedPack:
        operation = pack_open_operation(audit=audit, export=export, user=orla, readers=readers)
        return pack_open(
            audit=audit, export=export, user=orla, personal=True, step_up=confirmed(orla, operation)
        )

    first = opens([access])
    late = actor_made("late")
    late.groups.add(Group.objects.get(name="external_auditor"))
    later = engaged(late, Report.FINISHED_REPORTS)
    audit_accesses_set(audit=audit, accesses=[access, later], by=orla)
    assert tried(signed_in(late), export)[0] == 404
    assert signed_in(visitor).get(f"{OPENED}{export.pk}/").status_code == 200
    assert str(export.pk)[:8] in signed_in(orla).get(f"{AUDITS}{audit.pk}/opened/").content.decode()
    with pytest.raises(StepUpRequiredError):
        opens([access])
    second = opens([access, later])
    assert last(Action.AUDIT_PACK_OPENED).detail["engagements"] == [access.pk, later.pk]
    first.refresh_from_db()
    assert (first.ended_by, second.ended_at) == (orla, None)
    assert signed_in(late).get(f"{OPENED}{export.pk}/").status_code == 200


def test_another_confirmation_opens_nothing_personal(
    orla: User, access: AuditorEngagement, audit: AuditEngagement
) -> None:
    export = ordered(orla, wish_of(), personal=True)
    exports_make()
    export.refresh_from_db()
    other = audit_open(
        terms=AuditTerms("Another", Framework.CCPA, audit.period_from, audit.period_to), opener=orla
    )
    step_up = confirmed(orla, pack_open_operation(audit=other, export=export, user=orla, readers=[access]))
    with pytest.raises(StepUpRequiredError):
        pack_open(audit=audit, export=export, user=orla, personal=True, step_up=step_up)
