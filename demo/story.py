"""What has happened at the demo's team before one looks: two apps, their channels, and their releases."""

from dataclasses import dataclass
from typing import Final, NamedTuple

ALL: Final = 10_000


class Channel(NamedTuple):
    """A channel to be; a channel that is neither public nor self-assignable takes members only."""

    name: str
    public: bool
    self_assignable: bool


class Publish(NamedTuple):
    """Upload a version if it isn't there, and make it live."""

    channel: str
    version: str
    notes: str
    rollout_bps: int = ALL
    plan: tuple[dict[str, int], ...] = ()


class Visit(NamedTuple):
    """Every phone wakes once; told only while the chapter before it is news."""


class RollBack(NamedTuple):
    """Take a version back."""

    channel: str
    version: str


Chapter = Publish | Visit | RollBack


@dataclass(frozen=True)
class App:
    """An app to be; `failures` says how phones fare with a version that is out of the ordinary."""

    name: str
    native_version: str
    channels: tuple[Channel, ...]
    chapters: tuple[Chapter, ...]
    failures: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    share_of_fleet: float = 1.0


# By steps that take days, so that whoever looks finds it on its way.
_BY_STEPS: Final = (
    {"bps": 2500, "soak_minutes": 1440, "min_success_bps": 9500, "min_devices": 20},
    {"bps": 5000, "soak_minutes": 1440, "min_success_bps": 9700, "min_devices": 50},
    {"bps": ALL},
)

_CHANNELS: Final = (
    Channel("production", public=True, self_assignable=False),
    Channel("beta", public=False, self_assignable=False),
    Channel("staging", public=False, self_assignable=True),
)

APPS: Final = {
    "com.example.clinic": App(
        name="Clinic",
        native_version="3.0.0",
        channels=_CHANNELS,
        chapters=(
            Publish("production", "3.1.0", "Appointments can be asked for in the app."),
            Publish("beta", "3.2.0-beta.1", "The new calendar, for our testers."),
            Publish("staging", "3.2.0-rc.1", "The new calendar, as it will be."),
            Visit(),
            Publish("production", "3.2.0", "The new calendar."),
            Visit(),
            RollBack("production", "3.2.0"),
            Visit(),
            Publish(
                "production", "3.2.1", "The new calendar, which now starts on older phones.", 2500, _BY_STEPS
            ),
        ),
        failures=(("3.2.0", (("update_fail", 2600), ("download_fail", 200))),),
        share_of_fleet=0.75,
    ),
    "com.example.pharmacy": App(
        name="Pharmacy",
        native_version="1.0.0",
        channels=_CHANNELS,
        chapters=(
            Publish("production", "1.3.0", "Prescriptions can be ordered again."),
            Visit(),
            Publish("production", "1.4.0", "Opening hours on the first page."),
            Publish("staging", "1.5.0-rc.1", "Reminders."),
        ),
        share_of_fleet=0.25,
    ),
}
# This many of an app's phones belong to testers.
BETA_PHONES: Final = 6
