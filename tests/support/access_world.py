"""What the table of access is asked about: apps, channels, keys and people, by their names in routes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.domain.api_token_format import api_token_hash, api_token_spell
from accounts.domain.approvals import ReviewReason
from accounts.domain.engagements import Report
from accounts.domain.operations import Operation
from accounts.domain.policy import CUSTODIAN_APPOINT, SHUTOFF_LIFT
from accounts.domain.publishers import PublisherKind
from accounts.domain.roles import CONSOLE_TOKEN_PERMISSIONS, TOKEN_PERMISSIONS, Permission, Role
from accounts.models import APIToken, ApprovalRequest, ReviewTask, RoleGroup, TrustedPublisher, User
from accounts.services.approvals import approval_request
from accounts.services.policy import policy_change_operation
from accounts.services.reviews import review_open
from compliance.desk.domain.export_filter import ExportFilter, Period
from compliance.desk.domain.modules.history import ProcessRole
from compliance.desk.domain.reports.cadence import Cadence
from compliance.desk.domain.reports.catalogue import REPORTS
from compliance.desk.domain.reports.order import ReportWish
from compliance.desk.models import (
    BusinessAssociate,
    Export,
    ModuleEvidence,
    OpenedPack,
    ReportRun,
    ReportSchedule,
)
from compliance.desk.models.engagements import Framework
from compliance.desk.models.incidents import IncidentKind
from compliance.desk.services.downstream import providers_tell
from compliance.desk.services.engagements import AuditTerms, asked_add, audit_open
from compliance.desk.services.exports import export_order
from compliance.desk.services.handling import subject_of
from compliance.desk.services.incidents import Account, Known, incident_record
from compliance.desk.services.modules.keeping import evidence_keep
from compliance.desk.services.phi.associates import AssociateTerms, associate_add
from compliance.desk.services.recertification import campaign_open
from compliance.desk.services.reports.ordering import report_order
from compliance.desk.services.reports.scheduling import report_schedule
from compliance.desk.services.requests.recording import Doer
from compliance.ledger.domain.events import SYSTEM
from compliance.ledger.models import HoldScope, LegalHold
from compliance.ledger.services.holds import HoldTerms, hold_place
from releaseconsole.kernel import clock, randomness
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from signing.domain.ceremony import CeremonyKind
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services.recipients import recipient_register
from tests.support.actors import (
    EXTERNAL,
    actor_made,
    actors_made,
    engaged,
    granted,
)
from tests.support.approving import two_people
from tests.support.beta import group_made, invited
from tests.support.confirming import confirmed
from tests.support.privacy import asked, provider_made
from tests.support.shipping import app_made, build_made, channel_made, released
from updates.models import App, Channel, Device, Release
from updates.services.webhooks import webhook_add, webhook_test

APP: Final = "com.example.clinic"
OTHER_APP: Final = "com.example.other"
CHANNEL: Final = "beta"
OTHER_CHANNEL: Final = "production"
DEVICE: Final = "8f0f2f4e-0000-4000-8000-000000000001"
NOTHING: Final = UUID("8f0f2f4e-0000-4000-8000-00000000000f")


@dataclass(frozen=True, slots=True)
class World:
    """What there is to be reached, by the names that routes have for it."""

    people: dict[str, User]
    named: dict[str, str]
    objects: dict[str, int]

    def address(self, route: str, **instead: str) -> str:
        named = self.named | instead
        if "/publishers/" in route:
            named["kind"] = PublisherKind.GITHUB.value
        for model, pk in self.objects.items():
            if f"/{model}/" in route:
                named["object_id"] = str(pk)
        return "/" + re.sub(r"<\w+:(\w+)>", lambda match: named[match[1]], route)


def world_made() -> World:
    """Two apps with a channel of one's own and a public one, a release on each, and somebody to change."""
    seqs = releases_made()
    people = actors_made(APP, CHANNEL)
    subject, visitor = actor_made("subject"), actor_made("visitor")
    two_people(SHUTOFF_LIFT, CUSTODIAN_APPOINT)
    another = actor_made("another administrator")
    another.groups.add(RoleGroup.objects.get(name=Role.ADMINISTRATOR.value))
    User.objects.update(last_login=clock.now())  # all of them have been here
    newcomer = User.objects.create_user("newcomer@example.com", None, name="newcomer")
    visitor.groups.add(RoleGroup.objects.get(name=EXTERNAL))
    officer = people["compliance_officer"]
    named = {
        **app_named(seqs),
        **app_things_made(people[Role.RELEASE_MANAGER.value]),
        "person_id": str(subject.pk),
        "newcomer_id": str(newcomer.pk),
        **access_made(subject, visitor, another),
        **testers_made(),
        **passed_on(officer),
        **desk_made(officer, people[EXTERNAL]),
    }
    role = RoleGroup.objects.get(name=Role.AUDITOR.value)
    objects = {"user": subject.pk, "rolegroup": role.pk}
    return World(people, named, objects)


def releases_made() -> dict[str, int]:
    """Two apps with a device and releases; returns the numbers of the second one's releases, by channel."""
    seqs = {}
    for app_id in (OTHER_APP, APP):
        app = app_made(app_id)
        for name in (OTHER_CHANNEL, CHANNEL):
            channel = channel_made(app, name, public=name == OTHER_CHANNEL)
            seqs[name] = released(channel, "1.0.0").release_seq
        now = clock.now()
        Device.objects.create(
            app=app, device_id=DEVICE, first_seen_at=now, last_seen_at=now, channel_name=OTHER_CHANNEL
        )
    return seqs


def app_named(seqs: Mapping[str, int]) -> dict[str, str]:
    """What addresses name of the app and its releases, and words that nothing has to be made for."""
    return {
        "app_id": APP,
        "owner": APP,
        "channel_name": CHANNEL,
        "channel": CHANNEL,
        "release_seq": str(seqs[CHANNEL]),
        "event": str(Release.objects.get(app=APP, release_seq=seqs[CHANNEL]).live_event),
        "other_release_seq": str(seqs[OTHER_CHANNEL]),
        "version": "1.0.0",
        "other": "1.0.0",
        "freeze_id": "1",
        "device_id": DEVICE,
        "operation": "suspend",
        "kind": CeremonyKind.DELEGATION.value,
        "name": "ward",
        "role": Role.AUDITOR.value,
        "session_id": str(NOTHING),
        "sequence": "0",
        "step": "deny",
        "letter": "acknowledge",
        "report": "register",
        "slug": "who-has-access",
        "component": "3",
        "library": "cryptography",
        "watched": "text",
        "key": "fips-140-3",
    }


def app_things_made(manager: User) -> dict[str, str]:
    """A token, a build, keys and a webhook of the app."""
    token, _ = token_of(manager)
    back_end = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)
    recipient_register(app_id=APP, device_id="", jwk=back_end.public_jwk(), actor=SYSTEM, now=clock.now())
    key = SigningKey.objects.get(app_id=APP, purpose=KeyPurpose.RELEASE_TOKEN, state=KeyState.ACTIVE)
    webhook, _ = webhook_add(
        app=App.objects.get(pk=APP),
        url="https://hooks.example.com/",
        description="",
        events=[],
        actor=SYSTEM,
        person=None,
    )
    return {
        "build_id": str(build_made(APP).pk),
        "token_id": str(token.pk),
        "key_id": str(key.pk),
        "webhook_id": str(webhook.pk),
        "delivery_id": str(webhook_test(endpoint=webhook, actor=SYSTEM).pk),
    }


def access_made(subject: User, visitor: User, another: User) -> dict[str, str]:
    """A grant, an engagement and an authenticator; what waits for a second person, and for a review."""
    authenticator = subject.totp_authenticators.get()
    return {
        "grant_id": str(granted(subject, Permission.APP_VIEW, APP).pk),
        "engagement_id": str(engaged(visitor, Report.AUDIT_LOG).pk),
        "model": authenticator.persistent_id.rpartition("/")[0],
        "pk": str(authenticator.pk),
        "request_id": str(weakening_asked(another).pk),
        "review_id": str(reviewed_later(another).pk),
        "publisher_id": str(publisher_made(another).pk),
    }


def desk_made(officer: User, external: User) -> dict[str, str]:
    """One of each that the desk's pages are about."""
    return {
        "export_id": pack_opened(officer, external),
        "run_id": str(report_ordered(officer).pk),
        "schedule_id": str(report_repeated(officer).pk),
        "hold_id": str(hold_made().pk),
        "campaign_id": str(campaign_open().pk),
        **audit_made(officer),
        **incident_made(officer),
        "sha256": evidence_made().sha256,
        "associate_id": str(associate_made(officer).pk),
    }


def evidence_made() -> ModuleEvidence:
    evidence_keep(role=ProcessRole.WORKER, now=clock.now())
    return ModuleEvidence.objects.get()


def associate_made(by: User) -> BusinessAssociate:
    terms = AssociateTerms("Hosting Ltd", "Hosts the console.", clock.now().date())
    return associate_add(terms=terms, user=by, now=clock.now())


def passed_on(by: User) -> dict[str, str]:
    """A request, and a notice of it to a provider."""
    request, provider = asked(), provider_made(by)
    (notice,) = providers_tell(request=request, subject=subject_of(request), by=Doer(by.actor, by))
    return {
        "reference": request.reference,
        "provider_id": str(provider.pk),
        "provider_notice_id": str(notice.pk),
    }


def export_ordered(by: User) -> Export:
    """An export of the whole log that waits."""
    wish = ExportFilter(Period(None, None, "UTC"))
    return export_order(wish=wish, personal=False, reason="The yearly audit", user=by)


def pack_opened(by: User, auditor: User) -> str:
    """Such an export, open to an external auditor; only one that is made could be by the front door."""
    export, day = export_ordered(by), clock.now().date()
    terms = AuditTerms("Another firm", Framework.HIPAA, period_from=day, period_to=day)
    audit = audit_open(terms=terms, opener=by)
    audit.accesses.set(auditor.engagements.all())
    opening = OpenedPack(audit=audit, export=export, personal=False, opened_by=by, opened_at=clock.now())
    opening.save()
    opening.readers.set(audit.accesses.all())
    return str(export.pk)


def report_ordered(by: User) -> ReportRun:
    """A report that waits."""
    return report_order(
        wish=ReportWish(REPORTS["R1"], Period(None, None, "UTC")),
        personal=False,
        reason="The yearly audit",
        user=by,
    )


def report_repeated(by: User) -> ReportSchedule:
    """A report that is made every month."""
    wish = ReportWish(REPORTS["R1"], Period(None, None, "UTC"))
    return report_schedule(wish=wish, cadence=Cadence.MONTHLY, user=by)


def testers_made() -> dict[str, str]:
    """A group on the channel, and somebody invited into it."""
    group = group_made(Channel.objects.get(app=APP, name=CHANNEL))
    invite = invited(group).invite
    return {
        "group_id": str(group.pk),
        "invite_id": str(invite.pk),
        "tester_id": str(invite.tester_id),
    }


def audit_made(by: User) -> dict[str, str]:
    """An audit that asks for something."""
    day = clock.now().date()
    terms = AuditTerms("A firm", Framework.HIPAA, period_from=day, period_to=day)
    audit = audit_open(terms=terms, opener=by)
    line = asked_add(audit=audit, asked="A list", due_on=day, by=by)
    return {"audit_id": str(audit.pk), "number": str(line.number)}


def incident_made(by: User) -> dict[str, str]:
    """An incident with a notice that is open."""
    account = Account(IncidentKind.LOSS, "A laptop is gone.", noticed_at=clock.now(), noticed_by="Rita")
    known = Known(personal=True, phi=False, affected=1)
    incident = incident_record(account=account, known=known, recorder=by)
    return {"incident_id": str(incident.pk), "notice_id": str(incident.notices.get().pk)}


def hold_made() -> LegalHold:
    """Everything is on hold."""
    return hold_place(terms=HoldTerms(HoldScope.EVERYTHING), reason="Case 12", actor=SYSTEM, now=clock.now())


def weakening_asked(by: User) -> ApprovalRequest:
    """A request that waits: to let one person lift a shutoff."""
    operation = policy_change_operation(two_people={CUSTODIAN_APPOINT}, custodian_security_key=False)
    return approval_request(operation=operation, reason="We are two.", step_up=confirmed(by, operation))


def reviewed_later(by: User) -> ReviewTask:
    """What somebody did alone, that nobody has looked at."""
    operation = Operation(CUSTODIAN_APPOINT, {"person": 0})
    return review_open(
        why=ReviewReason.BOOTSTRAP,
        step_up=confirmed(by, operation),
        operation=operation,
        reason="",
        now=clock.now(),
    )


def publisher_made(by: User) -> TrustedPublisher:
    """A job that may upload bundles of the app."""
    return TrustedPublisher.objects.create(
        app_id=APP,
        kind=PublisherKind.GITHUB.value,
        issuer="https://token.actions.githubusercontent.com",
        owner="example",
        repository="clinic",
        workflow="release.yml",
        created_by=by,
        created_at=clock.now(),
    )


def token_of(issuer: User, *, app_id: str = APP) -> tuple[APIToken, str]:
    """A token that carries everything such tokens can, by whoever; the console's where there's no app."""
    plain, now = api_token_spell(randomness.token_bytes(32)), clock.now()
    token = APIToken.objects.create(
        name="CI",
        prefix=plain[:9],
        secret_sha256=api_token_hash(plain),
        app_id=app_id,
        permissions=sorted(TOKEN_PERMISSIONS if app_id else CONSOLE_TOKEN_PERMISSIONS),
        created_by=issuer,
        created_at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    return token, plain
