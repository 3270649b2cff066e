"""Opening finished packs to the external auditors of an audit, one by one, and shutting them again."""

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError, StepUpRequiredError
from accounts.models import StepUp, User
from accounts.services.step_up import step_up_use
from compliance.desk.errors import PackOpeningError
from compliance.desk.models import AuditEngagement, Export, OpenedPack
from compliance.desk.models.exports import ExportState
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def pack_open_operation(*, audit: AuditEngagement, export: Export, user: User) -> Operation:
    """Name what is confirmed: that this officer lets these auditors have personal values in this pack."""
    facts = {"audit": audit.pk, "export": str(export.pk), "sha256": export.sha256, "person": user.pk}
    return Operation("compliance:audit:open_pack", facts)


def pack_open(
    *,
    audit: AuditEngagement,
    export: Export,
    user: User,
    personal: bool = False,
    step_up: StepUp | None = None,
) -> OpenedPack:
    """Let the external auditors whom an audit names take a pack, as long as they're engaged.

    Args:
        audit: Whose auditors.
        export: The pack.
        user: The officer.
        personal: That it's opened with the personal values that are in it.
        step_up: Their confirmation; what holds personal values takes one.

    Raises:
        PermissionDeniedError: They are no compliance officer.
        PackOpeningError: It isn't ready or is open, the audit is closed, or nobody spoke of personal values.
        StepUpRequiredError: It holds personal values, and the confirmation isn't of exactly this.
    """
    now = clock.now()
    with transaction.atomic():
        _officer(user)
        audit = AuditEngagement.objects.select_for_update(of=("self",)).get(pk=audit.pk)
        export = Export.objects.get(pk=export.pk)
        if audit.closed_at is not None or export.state != ExportState.READY:
            raise PackOpeningError("A pack that is ready is opened to the auditors of an open audit.")
        if audit.opened_packs.filter(export=export, ended_at=None).exists():
            raise PackOpeningError("It's open to them already.")
        if export.personal:
            if not personal:
                raise PackOpeningError("It holds personal values: say that it's opened with them.")
            if step_up is None or step_up.user_id != user.pk:
                raise StepUpRequiredError
            step_up_use(step_up=step_up, operation=pack_open_operation(audit=audit, export=export, user=user))
        opening = OpenedPack.objects.create(
            audit=audit, export=export, personal=export.personal, opened_by=user, opened_at=now
        )
        audit_record(
            action=Action.AUDIT_PACK_OPENED,
            actor=user.actor,
            now=now,
            subject=("audit", str(audit.pk)),
            detail={"export": str(export.pk), "sha256": export.sha256, "personal": export.personal},
        )
    return opening


def pack_shut(*, opening: OpenedPack, user: User) -> None:
    """Take a pack back from an audit's auditors; what they took, they have.

    Raises:
        PermissionDeniedError: They are no compliance officer.
        PackOpeningError: It isn't open.
    """
    now = clock.now()
    with transaction.atomic():
        _officer(user)
        running = OpenedPack.objects.filter(pk=opening.pk, ended_at=None)
        if not running.update(ended_at=now, ended_by=user):
            raise PackOpeningError("It isn't open any more.")
        audit_record(
            action=Action.AUDIT_PACK_SHUT,
            actor=user.actor,
            now=now,
            subject=("audit", str(opening.audit_id)),
            detail={"export": str(opening.export_id)},
        )


def _officer(user: User) -> None:
    person = User.objects.get(pk=user.pk)
    if not person.is_active or not person.may(Permission.PRIVACY_MANAGE):
        raise PermissionDeniedError(Permission.PRIVACY_MANAGE.value)
