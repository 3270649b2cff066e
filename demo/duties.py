"""What the demo's officer answers for: incidents, drills, the quarter's review of access, an audit.

Each is made once, by the console's own services. Needs Django to be set up.
"""

from datetime import date, datetime, timedelta
from typing import Final

from accounts.models import User
from compliance.desk.models import (
    AuditDelivery,
    AuditEngagement,
    Drill,
    Export,
    Incident,
    RecertificationCampaign,
)
from compliance.desk.models.drills import DrillKind, DrillResult
from compliance.desk.models.engagements import AskedState, Framework
from compliance.desk.models.exports import ExportState
from compliance.desk.models.incidents import IncidentKind
from compliance.desk.models.recertification import Decision
from compliance.desk.services.drills import DrillAccount, drill_record
from compliance.desk.services.engagements import (
    AuditTerms,
    asked_add,
    asked_answer,
    asked_settle,
    audit_accesses_set,
    audit_open,
    pack_deliver,
    sample_order,
)
from compliance.desk.services.incidents import (
    Account,
    Known,
    incident_close,
    incident_continue,
    incident_record,
    notice_settle,
)
from compliance.desk.services.opened_packs import pack_open
from compliance.desk.services.recertification import campaign_open, lines_decide
from compliance.ledger.domain.events import Action
from demo.confirming import user_of
from demo.record import Record
from releaseconsole.kernel import clock

_FIRM: Final = "Calder Audit"


def duties_ensure(record: Record) -> None:
    """Make what isn't there yet."""
    officer, now = user_of(record, "compliance_officer"), clock.now()
    if not Incident.objects.exists():
        _tablet_lost(officer, now)
        _outage_over(officer, now)
    if not Drill.objects.exists():
        _drills_record(officer, now)
    if not RecertificationCampaign.objects.exists():
        _review_begin(record, officer)
    if not AuditEngagement.objects.exists():
        _audit_begin(record, officer, now.date())


def duties_finish(record: Record) -> None:
    """Give the auditor the pack of the officer's export, once the worker has made it, and open a report."""
    audit = AuditEngagement.objects.first()
    export = Export.objects.filter(state=ExportState.READY, report=None).order_by("ordered_at").first()
    if audit is None or export is None or AuditDelivery.objects.exists():
        return
    officer = user_of(record, "compliance_officer")
    line = audit.requests.get(number=2)
    asked_answer(line=line, answer="Each release of the quarter, with its proofs.", export=export, by=officer)
    pack_deliver(audit=audit, export=export, holder=_FIRM, note="By their own upload page.", by=officer)
    report = Export.objects.filter(state=ExportState.READY, personal=False).exclude(report=None).first()
    if report is not None:
        pack_open(audit=audit, export=report, user=officer)


def _tablet_lost(officer: User, now: datetime) -> None:
    """An incident that runs: health data may be concerned, and of some notices nobody has decided yet."""
    incident = incident_record(
        account=Account(
            kind=IncidentKind.LOSS,
            what="A tablet of ward 4 is gone, with the clinic's app signed in.",
            noticed_at=now - timedelta(days=3, hours=2),
            noticed_by="The ward's lead nurse",
            began_at=now - timedelta(days=4),
        ),
        known=Known(personal=True, phi=True, affected=14),
        recorder=officer,
    )
    incident_continue(
        incident=incident,
        what="The tablet was locked from afar, and its session ended.",
        at=now - timedelta(days=3),
        recorder=officer,
    )
    notice = incident.notices.order_by("due_on").first()
    if notice is not None:
        today = now.date()
        notice_settle(notice=notice, sent_on=today, note="By letter to all fourteen.", settler=officer)


def _outage_over(officer: User, now: datetime) -> None:
    incident = incident_record(
        account=Account(
            kind=IncidentKind.AVAILABILITY,
            what="No phone got an update for two hours: the disk of the bundles was full.",
            noticed_at=now - timedelta(days=20),
            noticed_by="An alert of the operators",
            began_at=now - timedelta(days=20, hours=1),
        ),
        known=Known(personal=False, phi=False, affected=0),
        recorder=officer,
    )
    incident_close(
        incident=incident, lessons="The alert comes at four fifths now, and old bundles go.", closer=officer
    )


def _drills_record(officer: User, now: datetime) -> None:
    began = now - timedelta(days=35, hours=4)
    for account in (
        DrillAccount(
            kind=DrillKind.RESTORE_DRILL,
            what="Last night's backup, on the spare machine in the other building.",
            began_at=began,
            ended_at=began + timedelta(minutes=52),
            result=DrillResult.WORKED,
            backup_at=began - timedelta(hours=9),
            next_due_on=now.date() + timedelta(days=55),
        ),
        DrillAccount(
            kind=DrillKind.KEYS,
            what="The clinic's release key was replaced as if it were known to others.",
            began_at=began - timedelta(days=90),
            ended_at=began - timedelta(days=90) + timedelta(hours=2),
            result=DrillResult.PARTLY,
            found="The second custodian couldn't be reached; a third one is to be named.",
            next_due_on=now.date() - timedelta(days=5),
        ),
    ):
        drill_record(account=account, recorder=officer)


def _review_begin(record: Record, officer: User) -> None:
    """Half of the review of access is done, and one grant is to be taken."""
    campaign = campaign_open(opener=officer)
    for role, decision, reason in (
        ("release_manager", Decision.KEEP, ""),
        ("approver", Decision.KEEP, ""),
        ("key_custodian", Decision.KEEP, ""),
        ("app_developer", Decision.REVOKE, "Rosa is back since Monday."),
    ):
        person = user_of(record, role)
        lines = campaign.lines.filter(person=person)
        if decision is Decision.REVOKE:
            lines = lines.filter(kind="grant")
        decisions = {line.pk: decision.value for line in lines}
        lines_decide(campaign=campaign, person=person, decisions=decisions, reason=reason, decider=officer)


def _audit_begin(record: Record, officer: User, today: date) -> None:
    """The auditor has asked five things; a sample of releases is drawn by the log's next root."""
    audit = audit_open(
        terms=AuditTerms(
            title=f"{_FIRM}: yearly audit",
            framework=Framework.HIPAA,
            period_from=date(today.year, 1, 1),
            period_to=date(today.year, 12, 31),
        ),
        opener=officer,
    )
    auditor = user_of(record, "external_auditor")
    audit_accesses_set(audit=audit, accesses=list(auditor.engagements.all()), by=officer)
    lines = [
        asked_add(audit=audit, asked=asked, due_on=today + timedelta(days=days), by=officer)
        for asked, days in (
            ("Who may approve releases, and since when?", 5),
            ("All releases of this quarter, with their approvals.", 10),
            ("The last restore drill, and what it found.", -2),
            ("Agreements with whoever hosts the console.", 4),
            ("The plan of the building's fire doors.", 20),
        )
    ]
    asked_answer(line=lines[0], answer="The page of access, as of today.", export=None, by=officer)
    asked_settle(line=lines[0], state=AskedState.ACCEPTED, by=officer)
    asked_answer(line=lines[3], answer="In the register of business associates.", export=None, by=officer)
    asked_settle(line=lines[4], state=AskedState.WITHDRAWN, by=officer)
    sample_order(audit=audit, action=Action.RELEASE_PUBLISHED, app_id="", wanted=5, by=officer)
