"""What people do with exports: order, cancel, have made again, download, note who else holds a copy."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError
from accounts.models import StepUp, User
from compliance.desk.backends.export_files import pack_path, pack_remove, packs_stored
from compliance.desk.domain.export_filter import ExportFilter
from compliance.desk.domain.export_manifest import manifest_facts
from compliance.desk.errors import ExportStateError
from compliance.desk.models import Export, ExportCopy
from compliance.desk.models.exports import CopyKind, ExportState
from compliance.desk.selectors.exports import download_confirms, downloads_of
from compliance.desk.selectors.opened_packs import packs_open_to
from compliance.desk.services.requiring import confirmation_use, right_require
from compliance.ledger.domain.events import SYSTEM, Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock, randomness

# Parts of one download that come later than that are another one.
_RESUMED_WITHIN: Final = timedelta(hours=24)


def export_operation(
    *, wish: ExportFilter, personal: bool, user: User, report: Mapping[str, Any] | None = None
) -> Operation:
    """Name what is confirmed: that this person takes these entries, with what is personal in them."""
    facts = manifest_facts(wish, personal=personal, reason="", report=report)
    return Operation("compliance:export:order", {**facts, "person": user.pk})


def export_download_operation(*, export: Export, user: User) -> Operation:
    """Name what is confirmed: that this person takes this file, with what is personal in it."""
    facts = {"export": str(export.pk), "sha256": export.sha256, "person": user.pk}
    return Operation("compliance:export:download", facts)


def export_order(
    *,
    wish: ExportFilter,
    personal: bool,
    reason: str,
    user: User,
    step_up: StepUp | None = None,
    report: Mapping[str, Any] | None = None,
) -> Export:
    """Order an export; the worker makes it.

    Args:
        wish: Which entries.
        personal: With the personal values and free text that still exist.
        reason: Why, for the register, the log and the pack.
        user: Who orders it.
        step_up: Their confirmation, without which nothing personal is exported.
        report: Which report is made of it, as the log and the manifest say it; None: none is.

    Raises:
        PermissionDeniedError: They may not export the log.
        StepUpRequiredError: What is personal needs a confirmation of exactly this.
        ValueError: There's no reason.
    """
    now, export_id = clock.now(), randomness.uuid4()
    if not reason.strip():
        raise ValueError("an export has a reason")
    with transaction.atomic():
        right_require(user, Permission.AUDIT_EXPORT)
        if personal:
            operation = export_operation(wish=wish, personal=True, user=user, report=report)
            confirmation_use(step_up=step_up, user=user, operation=operation)
        order = audit_record(
            action=Action.EXPORT_ORDERED,
            actor=user.actor,
            now=now,
            subject=("export", str(export_id)),
            detail=manifest_facts(wish, personal=personal, reason=reason, report=report),
        )
        return Export.objects.create(
            id=export_id,
            ordered_by=user,
            ordered_at=now,
            order=order,
            reason=reason,
            period_from=wish.period.begins_at,
            period_before=wish.period.ends_at,
            zone=wish.period.zone,
            values={name: list(wanted) for name, wanted in wish.values.items()},
            personal=personal,
        )


def export_cancel(*, export: Export, user: User) -> None:
    """Stop an export that isn't ready yet; a process that makes it notices within seconds.

    Raises:
        ExportStateError: It's over already.
    """
    now = clock.now()
    with transaction.atomic():
        right_require(user, Permission.AUDIT_EXPORT)
        waiting = Export.objects.filter(pk=export.pk, state__in=[ExportState.ORDERED, ExportState.RUNNING])
        if not waiting.update(state=ExportState.CANCELLED, claim=None):
            raise ExportStateError("It's ready or over already.")
        _record(Action.EXPORT_CANCELLED, export, user, now)


def export_retry(*, export: Export, user: User) -> None:
    """Have an export made again that failed or was cancelled, up to the log's state of then.

    Raises:
        ExportStateError: It neither failed nor was cancelled.
    """
    now = clock.now()
    with transaction.atomic():
        right_require(user, Permission.AUDIT_EXPORT)
        over = [ExportState.FAILED, ExportState.CANCELLED]
        given_up = Export.objects.filter(pk=export.pk, state__in=over)
        if not given_up.update(state=ExportState.ORDERED, failure="", attempts=0, alive_at=None):
            raise ExportStateError("It neither failed nor was cancelled.")
        _record(Action.EXPORT_RETRIED, export, user, now)


def export_download_record(
    *, export: Export, user: User, resumed: bool, step_up: StepUp | None = None
) -> None:
    """Note that somebody takes a copy, before its first byte leaves.

    Each that begins with the first byte is one. A later part is one as well, unless they began to take this
    very file a while ago.

    Args:
        export: Which.
        user: Who.
        resumed: Whether they ask for a later part of a copy of which they have the beginning.
        step_up: Their confirmation, where it takes one (`download_confirms`).

    Raises:
        PermissionDeniedError: They may neither export the log, nor is it open to them as external auditors.
        ExportStateError: There's nothing to download.
        StepUpRequiredError: It holds personal values that somebody else ordered, and they have none yet.
    """
    now = clock.now()
    with transaction.atomic():
        audits = _may_take(export, user, now)
        current = Export.objects.get(pk=export.pk)
        if current.state != ExportState.READY or not pack_path(export.pk).exists():
            raise ExportStateError("There's no file of this export to download.")
        if resumed and downloads_of(current, user).filter(at__gte=now - _RESUMED_WITHIN).exists():
            return
        if download_confirms(current, user):
            operation = export_download_operation(export=current, user=user)
            confirmation_use(step_up=step_up, user=user, operation=operation)
        ExportCopy.objects.create(export=export, kind=CopyKind.DOWNLOAD, by=user, at=now)
        _record(Action.EXPORT_DOWNLOADED, export, user, now, **({"audits": audits} if audits else {}))


def export_hand_on(*, export: Export, user: User, holder: str, note: str) -> ExportCopy:
    """Note that somebody else was given a copy.

    Raises:
        ExportStateError: There never was a file to give away.
    """
    now = clock.now()
    with transaction.atomic():
        right_require(user, Permission.AUDIT_EXPORT)
        if Export.objects.get(pk=export.pk).state not in {ExportState.READY, ExportState.REMOVED}:
            raise ExportStateError("There is no file yet that could be handed on.")
        copy = ExportCopy.objects.create(
            export=export, kind=CopyKind.HANDED_ON, by=user, at=now, holder=holder, note=note
        )
        # Both are somebody's words about somebody: the log only commits to them.
        _record(Action.EXPORT_HANDED_ON, export, user, now, name=holder, note=note)
        return copy


def exports_remove() -> int:
    """Remove the files whose time is over, and those of no export that is ready; returns how many."""
    now, count = clock.now(), 0
    for export in Export.objects.filter(state=ExportState.READY, expires_at__lte=now):
        with transaction.atomic():
            count += _removed_note(export, SYSTEM, now)
    # After the commit: a file without a row is removed the next time, a row without its file would be a lie.
    # And files before rows: a pack that is finished between the two would have no row that keeps it.
    stored = packs_stored()
    for export_id in stored - _kept():
        pack_remove(export_id)
    return count


def export_remove(*, export: Export, user: User) -> None:
    """Remove the file of an export before its time.

    Raises:
        ExportStateError: There's no file.
    """
    now = clock.now()
    with transaction.atomic():
        right_require(user, Permission.AUDIT_EXPORT)
        if not _removed_note(export, user.actor, now):
            raise ExportStateError("There's no file of this export.")
    pack_remove(export.pk)


def export_forget(*, export: Export) -> None:
    """Remove the file of an export because somebody in it is erased; it can be ordered anew without them."""
    now = clock.now()
    with transaction.atomic():
        _removed_note(export, SYSTEM, now)
        transaction.on_commit(partial(pack_remove, export.pk))


def _removed_note(export: Export, actor: Actor, now: datetime) -> bool:
    """Put on record that the file of an export is gone; False: it had none any more."""
    ready = Export.objects.filter(pk=export.pk, state=ExportState.READY)
    if not ready.update(state=ExportState.REMOVED, removed_at=now):
        return False
    audit_record(
        action=Action.EXPORT_REMOVED,
        actor=actor,
        now=now,
        subject=("export", str(export.pk)),
        detail={"sha256": export.sha256},
    )
    return True


def _kept() -> set[UUID]:
    """List the exports whose file is needed; who died may have left it whole to one that waits again."""
    states = [ExportState.READY, ExportState.RUNNING, ExportState.ORDERED]
    return set(Export.objects.filter(state__in=states).values_list("pk", flat=True))


def _may_take(export: Export, user: User, now: datetime) -> list[int]:
    """Make sure that somebody may download a pack; names the audits by which an external auditor may.

    Raises:
        PermissionDeniedError: They may neither export the log, nor is this pack open to them.
    """
    person = User.objects.get(pk=user.pk)
    if person.is_active and person.may(Permission.AUDIT_EXPORT):
        return []
    openings = packs_open_to(person, now=now).filter(export=export)
    if not (audits := sorted({opening.audit_id for opening in openings})):
        raise PermissionDeniedError(Permission.AUDIT_EXPORT.value)
    return audits


def _record(action: Action, export: Export, user: User, now: datetime, **detail: Any) -> None:
    audit_record(action=action, actor=user.actor, now=now, subject=("export", str(export.pk)), detail=detail)
