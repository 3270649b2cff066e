"""Devices aren't offered again what failed on them, until somebody lets them try again.

The database says which those are; the gateway reads a copy in Redis (backends/failures.py). The copy follows
each commit, and `failures_reconcile` mends it wherever it was lost or a process died on the way.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction
from django.db.models import Q

from compliance.ledger.domain.events import Action, Actor
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from updates.backends.failures import (
    FailedVersion,
    failures_among,
    failures_drop,
    failures_listed,
    failures_mark,
    failures_put,
    failures_sizes,
    failures_walk,
)
from updates.errors import NothingToAllowError
from updates.models import App, InstallOutcome, Release
from updates.selectors.failures import (
    devices_blocked,
    devices_blocked_walk,
    failures_counted,
    outcomes_blocking,
)
from updates.services.decision_table import decision_table_touch

_PER_LOCK: Final = 1000


def release_failures_allow(*, release: Release, device_id: str = "", actor: Actor) -> int:
    """Let devices that a release failed on try it again: one, or all that were on its channel.

    Returns:
        How many.

    Raises:
        NothingToAllowError: None of them is kept from it.
    """
    failed_version = FailedVersion(release.app_id, release.bundle.version)
    only = {"channel_name": release.channel.name} | ({"device_id": device_id} if device_id else {})
    return _allow(failed_version, only, subject=("release", str(release.release_seq)), actor=actor)


def device_failure_allow(*, app: App, device_id: str, version: str, actor: Actor) -> int:
    """Let one device try a version again, whatever channel it failed on.

    Raises:
        NothingToAllowError: It isn't kept from it.
    """
    only = {"device_id": device_id}
    return _allow(FailedVersion(app.pk, version), only, subject=("bundle", version), actor=actor)


def failures_follow(
    changed: Mapping[FailedVersion, Collection[str]], *, begun: Collection[FailedVersion]
) -> None:
    """Make the decisions follow what a transaction wrote; called last in it.

    Args:
        changed: Devices of each version that it failed on, or on which it runs after all.
        begun: Versions that hadn't failed anywhere before: only from now on is anybody asked about them.
    """
    if begun:
        decision_table_touch()
    for failed_version, device_ids in changed.items():
        _copy_on_commit(failed_version, device_ids, begins=failed_version in begun)


def outcomes_delete(of_devices: Q) -> None:
    """Delete what became of versions on devices; the gateway's copy in Redis names devices, and follows."""
    outcomes = InstallOutcome.objects.filter(of_devices)
    moved: defaultdict[FailedVersion, set[str]] = defaultdict(set)
    for app_id, version, device_id in outcomes.values_list("app_id", "version", "device_id"):
        moved[FailedVersion(app_id, version)].add(device_id)
    outcomes.delete()
    failures_follow(moved, begun=())


def failures_reconcile() -> int:
    """Make Redis say the same as the database.

    Sizes tell whether they differ: each change of a device is copied under its lock, so that only a lost copy
    can make a difference, which changes the size.

    Returns:
        How many versions differed.
    """
    truth = failures_counted()
    gone = failures_listed() - truth.keys()
    failures_drop(gone)
    sizes = failures_sizes(truth)
    differing = [version for version, devices in truth.items() if sizes[version] != devices]
    for failed_version in differing:
        _mend(failed_version)
    return len(differing) + len(gone)


def _allow(
    failed_version: FailedVersion, only: dict[str, str], *, subject: tuple[str, str], actor: Actor
) -> int:
    now = clock.now()
    with transaction.atomic():
        kept = outcomes_blocking(failed_version).filter(**only).select_for_update(no_key=True)
        devices = dict(kept.values_list("pk", "device_id"))
        if not devices:
            raise NothingToAllowError
        InstallOutcome.objects.filter(pk__in=devices).update(allowed_at=now)
        failures_follow({failed_version: devices.values()}, begun=())
        audit_record(
            action=Action.DEVICE_FAILURE_ALLOWED,
            actor=actor,
            now=now,
            app_id=failed_version.app_id,
            subject=subject,
            # How many, not which: ids of devices are erased with them, this record stays.
            detail={"version": failed_version.version, "devices": len(devices)},
        )
    return len(devices)


def _copy_on_commit(failed_version: FailedVersion, device_ids: Collection[str], *, begins: bool) -> None:
    """Copy in a transaction of its own; should Redis be away, `failures_reconcile` comes by soon."""
    transaction.on_commit(lambda: _copy(failed_version, device_ids, begins=begins), robust=True)


def _copy(failed_version: FailedVersion, device_ids: Collection[str], *, begins: bool = False) -> None:
    """Say in Redis what the database says of these devices.

    Their rows stay locked meanwhile, so that of two changes at once the later one is also copied last.
    """
    ids = sorted(device_ids)
    for start in range(0, len(ids), _PER_LOCK):
        some = ids[start : start + _PER_LOCK]
        with transaction.atomic():
            rows = InstallOutcome.objects.filter(
                app=failed_version.app_id, version=failed_version.version, device_id__in=some
            )
            list(rows.order_by("device_id").select_for_update(no_key=True).values_list("pk"))
            failed = devices_blocked(failed_version, some)
            failures_put(
                failed_version, failed=failed, cleared=set(some) - failed, begins=begins and not start
            )


def _mend(failed_version: FailedVersion) -> None:
    for device_ids in devices_blocked_walk(failed_version):
        if missing := set(device_ids) - failures_among(failed_version, device_ids):
            _copy(failed_version, missing)
    for device_ids in failures_walk(failed_version):
        if excess := set(device_ids) - devices_blocked(failed_version, device_ids):
            _copy(failed_version, excess)
    failures_mark(failed_version)
