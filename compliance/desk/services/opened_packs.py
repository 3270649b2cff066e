"""Opening finished packs to the external auditors of an audit, one by one, and shutting them again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.models import AuditorEngagement, StepUp, User
from compliance.desk.errors import PackOpeningError
from compliance.desk.models import AuditEngagement, Export, OpenedPack
from compliance.desk.models.exports import ExportState
from compliance.desk.selectors.opened_packs import readers_of
from compliance.desk.services.requiring import confirmation_use, right_require
from compliance.ledger.domain.events import Action
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock


def pack_open_operation(
    *, audit: AuditEngagement, export: Export, user: User, readers: Collection[AuditorEngagement]
) -> Operation:
    """Name what is confirmed: that this officer lets exactly these have personal values in this pack."""
    facts = {
        "audit": audit.pk,
        "export": str(export.pk),
        "sha256": export.sha256,
        "person": user.pk,
        "readers": sorted(access.pk for access in readers),
    }
    return Operation("compliance:audit:open_pack", facts)


def pack_open(
    *,
    audit: AuditEngagement,
    export: Export,
    user: User,
    seen: Collection[int] | None = None,
    personal: bool = False,
    step_up: StepUp | None = None,
) -> OpenedPack:
    """Let the external auditors whom an audit names now take a pack, as long as they're engaged.

    Whom it names later needs another opening, which takes the place of this one.

    Args:
        audit: Whose auditors.
        export: The pack.
        user: The officer.
        seen: Engagements of the auditors whom they saw named; None: whoever is named.
        personal: That it's opened with the personal values that are in it.
        step_up: Their confirmation; what holds personal values takes one.

    Raises:
        PermissionDeniedError: They are no compliance officer.
        PackOpeningError: It isn't ready, nobody would read it, or all who would do already; others
            than were seen are named by now; the audit is closed; or nobody spoke of personal values.
        StepUpRequiredError: It holds personal values, and the confirmation isn't of exactly this.
    """
    now = clock.now()
    with transaction.atomic():
        right_require(user, Permission.PRIVACY_MANAGE)
        audit = AuditEngagement.objects.select_for_update(of=("self",)).get(pk=audit.pk)
        export = Export.objects.get(pk=export.pk)
        if audit.closed_at is not None or export.state != ExportState.READY:
            raise PackOpeningError("A pack that is ready is opened to the auditors of an open audit.")
        readers = readers_of(audit.accesses.all(), now=now)
        if seen is not None and {access.pk for access in readers} != set(seen):
            raise PackOpeningError("Other auditors are named by now. Look who they are.")
        _place_make(audit, export, readers, user, now)
        if export.personal:
            if not personal:
                raise PackOpeningError("It holds personal values: say that it's opened with them.")
            operation = pack_open_operation(audit=audit, export=export, user=user, readers=readers)
            confirmation_use(step_up=step_up, user=user, operation=operation)
        opening = OpenedPack.objects.create(
            audit=audit, export=export, personal=export.personal, opened_by=user, opened_at=now
        )
        opening.readers.set(readers)
        audit_record(
            action=Action.AUDIT_PACK_OPENED,
            actor=user.actor,
            now=now,
            subject=("audit", str(audit.pk)),
            detail={
                "export": str(export.pk),
                "sha256": export.sha256,
                "personal": export.personal,
                "engagements": sorted(each.pk for each in readers),
            },
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
        right_require(user, Permission.PRIVACY_MANAGE)
        _shut(opening, user, now)


def _place_make(
    audit: AuditEngagement,
    export: Export,
    readers: Collection[AuditorEngagement],
    user: User,
    now: datetime,
) -> None:
    """Shut what is open of a pack to some of them only.

    Raises:
        PackOpeningError: Nobody would read it, or all of them can already.
    """
    if not readers:
        raise PackOpeningError("Nobody would see it: the audit names no auditor who is engaged for reports.")
    standing = audit.opened_packs.filter(export=export, ended_at=None).first()
    if standing is not None:
        if {access.pk for access in readers} <= set(standing.readers.values_list("pk", flat=True)):
            raise PackOpeningError("It's open to them already.")
        _shut(standing, user, now)


def _shut(opening: OpenedPack, user: User, now: datetime) -> None:
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
