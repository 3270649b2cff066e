"""What people agreed to, app by app, as an officer reads it: counts, and the latest records."""

from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Q

from updates.models import App, ConsentRecord

SHOWN: Final = 50
_STANDS: Final = Q(withdrawn_at=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many agreed to one text, how many of them no longer do, and how many of those by a signal."""

    text_version: str
    stands: int
    withdrawn: int
    by_signal: int


@dataclass(frozen=True, slots=True)
class AppConsents:
    """One app: its policies, and what testers and devices agreed to, newest text first."""

    app: App
    testers: list[Standing] = field(default_factory=list)
    devices: list[Standing] = field(default_factory=list)


def consents_by_app() -> list[AppConsents]:
    """Read all apps, by name."""
    found = {app.pk: AppConsents(app) for app in App.objects.order_by("name")}
    for of_testers in (True, False):
        records = ConsentRecord.objects.filter(tester__isnull=not of_testers).order_by("-text_version")
        counted = records.values("app_id", "text_version").annotate(
            stands=Count("pk", filter=_STANDS),
            withdrawn=Count("pk", filter=~_STANDS),
            by_signal=Count("pk", filter=Q(withdrawn_by="signal")),
        )
        for row in counted:
            one = found[row["app_id"]]
            standing = Standing(row["text_version"], row["stands"], row["withdrawn"], row["by_signal"])
            (one.testers if of_testers else one.devices).append(standing)
    return list(found.values())


def consents_latest() -> list[ConsentRecord]:
    """Read those that were given last."""
    return list(ConsentRecord.objects.select_related("app")[:SHOWN])
