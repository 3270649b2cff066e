"""In which apps something is held of somebody: what a legal hold on an app asks."""

from collections.abc import Collection

from releaseconsole.personal_data import Scoped, rows_of, scoped
from updates.models import ChannelMember, Device, DeviceEvent, InstallOutcome, Tester, TesterDevice


def apps_holding(*, devices: Collection[Scoped], testers: Collection[int]) -> set[str]:
    """Return the apps that have one of these devices, or one of these testers, given by number."""
    found = set(Tester.objects.filter(pk__in=testers).values_list("app_id", flat=True))
    condition = scoped(devices)
    if condition is not None:
        for model in (Device, TesterDevice, ChannelMember, DeviceEvent, InstallOutcome):
            found |= set(
                rows_of(model).filter(condition).order_by().values_list("app_id", flat=True).distinct()
            )
    return found
