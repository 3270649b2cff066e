"""What legal holds cover of what devices and testers left: by app, by tester, by who decided."""

from collections.abc import Collection
from typing import Final

from django.db.models import Exists, Model, OuterRef, Q

from compliance.ledger.domain.events import ActorKind
from compliance.ledger.models import HoldScope, LegalHold
from compliance.ledger.selectors.holds import holds_standing
from releaseconsole.personal_data import Scoped, rows_of, scoped
from signing.selectors import apps_encrypting_to
from updates.models import (
    ChannelMember,
    ConsentRecord,
    Device,
    DeviceEvent,
    DeviceOverride,
    InstallOutcome,
    Tester,
    TesterDevice,
)

_OF_DEVICES: Final = (
    Device,
    TesterDevice,
    ChannelMember,
    DeviceEvent,
    InstallOutcome,
    ConsentRecord,
    DeviceOverride,
)
# What a person did to a device is forcing it.
_OF_OVERRIDES: Final = {ActorKind.PERSON.value: "created_by", "device_override": "pk"}
# A number that no database could hold is no row's.
_LONGEST_NUMBER: Final = 18


def apps_holding(*, devices: Collection[Scoped], testers: Collection[int]) -> set[str]:
    """Return the apps that have one of these devices, or one of these testers, given by number."""
    found = set(Tester.objects.filter(pk__in=testers).values_list("app_id", flat=True))
    condition = scoped(devices)
    if condition is not None:
        for model in _OF_DEVICES:
            found |= set(
                rows_of(model).filter(condition).order_by().values_list("app_id", flat=True).distinct()
            )
        found |= apps_encrypting_to(devices)
    return found


def testers_of(devices: Collection[Scoped]) -> set[int]:
    """Return who has, or had, one of these devices in a beta: what is kept of it is of them all."""
    condition = scoped(devices)
    if condition is None:
        return set()
    return set(TesterDevice.objects.filter(condition).values_list("tester", flat=True))


def rows_held(model: type[Model]) -> dict[int, Q]:
    """Say by number of each hold that stands which rows of devices it keeps, if it can keep any.

    Ask within the transaction that deletes, under `erasing_lock`: none is placed meanwhile.
    """
    found = {hold.pk: _kept_by(hold, model) for hold in holds_standing()}
    return {pk: condition for pk, condition in found.items() if condition is not None}


def _kept_by(hold: LegalHold, model: type[Model]) -> Q | None:
    if hold.scope == HoldScope.EVERYTHING:
        return Q(pk__isnull=False)
    if hold.scope == HoldScope.APP or hold.object_type == "app":
        return Q(app=hold.app_id or hold.object_id)
    number = hold.object_id
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER):
        return None
    if hold.object_type == ActorKind.TESTER.value:
        return _of_tester(int(number), model)
    field = _OF_OVERRIDES.get(hold.object_type) if model is DeviceOverride else None
    return Q(**{field: int(number)}) if field else None


def _of_tester(number: int, model: type[Model]) -> Q:
    """Match what there is of the devices that they have or had."""
    had = TesterDevice.objects.filter(
        tester=number, app_id=OuterRef("app_id"), device_id=OuterRef("device_id")
    )
    theirs = Q(Exists(had))
    return theirs | Q(tester=number) if model is ConsentRecord else theirs
