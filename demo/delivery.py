"""What waits, runs or rests at the demo's team: sign-offs, a freeze, a schedule, native builds, a webhook.

Each is made once, by the console's own services. Needs Django to be set up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.domain.roles import Role
from accounts.models import User
from demo.console_api import ConsoleAPI
from demo.phone import Phone
from demo.record import Record
from demo.story import APPS
from demo.team import PLATFORMS, release_manager
from releaseconsole.kernel import clock
from updates.domain.freezes import Freeze
from updates.domain.release_terms import Terms
from updates.domain.sign_off_rules import Requirement
from updates.models import App, Channel, ChannelFreeze, DeviceOverride, NativeBuild, Release
from updates.models import WebhookEndpoint as Webhook
from updates.selectors.publish_checks import findings_of
from updates.services import (
    freeze_add,
    native_build_register,
    release_change,
    release_draft,
    release_submit,
    sign_offs_require,
)
from updates.services.overrides import override_set
from updates.services.webhooks import webhook_add, webhook_test

CLINIC: Final = "com.example.clinic"
PHARMACY: Final = "com.example.pharmacy"
ZONE: Final = "Europe/Berlin"
# No phone of a tester, and none that asks for a channel.
FORCED_PHONE: Final = 7
_PLUGINS: Final = {
    "@capacitor/app": "7.1.0",
    "@capacitor/preferences": "7.0.2",
    "@capgo/capacitor-updater": "8.51.23",
}
_HEALTH: Final = {"@capacitor-community/health": "6.1.0"}
_VITALS: Final = {
    "native-packages.json": '{"@capacitor-community/health": "6.1.0", "@capacitor/app": "7.1.0", '
    '"@capacitor/preferences": "7.0.2", "@capgo/capacitor-updater": "8.51.23"}',
    "js/vitals.js": 'import { Health } from "@capacitor-community/health";\n'
    'export const pulse = () => Health.read("heartRate");\n',
}
_SOURCE_MAP: Final = {"js/app.js.map": '{"version":3,"sources":["../src/app.ts"],"names":[],"mappings":""}'}
_VITALS_NOTES: Final = """\
The pulse of a patient, **on the first page**.

- Taken from the phone's own health data, with the patient's consent.
- Nothing leaves the phone before they send it.

[What the clinics were told](https://clinic.example/news/vitals)
"""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A release to be; `answer` says why whatever the checks find is fine."""

    channel: str
    version: str
    terms: Terms
    files: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    is_submitted: bool = True


def delivery_ensure(record: Record, apis: Mapping[str, ConsoleAPI]) -> None:
    """Make what isn't there yet."""
    manager = release_manager(record)
    clinic, pharmacy = App.objects.get(pk=CLINIC), App.objects.get(pk=PHARMACY)
    _webhook_ensure(clinic, manager)
    _native_builds_ensure(clinic, manager)
    _sign_offs_ensure(clinic, manager)
    _awaiting_ensure(clinic, manager, apis[CLINIC])
    _freezes_ensure(clinic, manager)
    _override_ensure(clinic, manager)
    _scheduled_ensure(pharmacy, manager, apis[PHARMACY])
    _draft_ensure(pharmacy, manager, apis[PHARMACY])


def _webhook_ensure(app: App, manager: User) -> None:
    """The team's chat is told; nobody answers at its address, so its log shows how messages are retried."""
    if Webhook.objects.filter(app=app).exists():
        return
    endpoint, _ = webhook_add(
        app=app,
        url="https://chat.clinic.example/hooks/releases",
        description="Chat of the release team",
        events=(),
        actor=manager.actor,
        person=manager,
    )
    webhook_test(endpoint=endpoint, actor=manager.actor)


def _native_builds_ensure(app: App, manager: User) -> None:
    """Of what is in the stores, only the newest build for iOS has the plugin for health data."""
    if NativeBuild.objects.filter(app=app).exists():
        return
    for platform in PLATFORMS:
        native_build_register(
            app=app,
            platform=platform,
            version=APPS[CLINIC].native_version,
            build_number="300",
            plugins=_PLUGINS,
            actor=manager.actor,
        )
    native_build_register(
        app=app,
        platform="ios",
        version="3.1.0",
        build_number="311",
        plugins=_PLUGINS | _HEALTH,
        actor=manager.actor,
    )


def _sign_offs_ensure(app: App, manager: User) -> None:
    """From now on, an approver signs what goes to everybody."""
    channel = Channel.objects.get(app=app, name="production")
    if not channel.sign_off_requirements.exists():
        sign_offs_require(
            channel=channel, requirements=[Requirement(Role.APPROVER.value, 1)], actor=manager.actor
        )


def _awaiting_ensure(app: App, manager: User, api: ConsoleAPI) -> None:
    steps = [
        {"bps": 100, "soak_minutes": 240, "min_success_bps": 9700, "min_devices": 20},
        {"bps": 1000, "soak_minutes": 1440, "min_success_bps": 9700, "min_devices": 100},
        {"bps": 5000, "soak_minutes": 1440},
        {"bps": 10_000},
    ]
    terms: Terms = {
        "notes": _VITALS_NOTES,
        "reason": "The cardiology wards asked for it.",
        "rollout_bps": 100,
        "plan": steps,
        "spread_minutes": 60,
    }
    answer = "Phones with an older build get it with their next update from the store."
    wanted = _Wanted("production", "3.3.0", terms, files=_VITALS, answer=answer)
    _release_ensure(app, wanted, manager, api)


def _scheduled_ensure(app: App, manager: User, api: ConsoleAPI) -> None:
    zone = ZoneInfo(ZONE)
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(zone).date()
    at = datetime.combine(tomorrow, time(6), zone).astimezone(UTC)
    terms: Terms = {"notes": "Reminders.", "scheduled_at": at, "scheduled_zone": ZONE}
    _release_ensure(app, _Wanted("production", "1.5.0", terms), manager, api)


def _draft_ensure(app: App, manager: User, api: ConsoleAPI) -> None:
    """A draft that isn't submitted: its check wants an answer."""
    terms: Terms = {"notes": "Reminders, for our testers."}
    wanted = _Wanted("beta", "1.5.0-beta.1", terms, files=_SOURCE_MAP, is_submitted=False)
    _release_ensure(app, wanted, manager, api)


def _release_ensure(app: App, wanted: _Wanted, manager: User, api: ConsoleAPI) -> None:
    channel = Channel.objects.get(app=app, name=wanted.channel)
    if Release.objects.filter(channel=channel, bundle__version=wanted.version).exists():
        return
    api.upload(wanted.version, wanted.files)
    with transaction.atomic():
        release = release_draft(
            channel=channel, version=wanted.version, actor=manager.actor, author=manager, **wanted.terms
        )
        if wanted.answer:
            answers = {finding.key: wanted.answer for finding in findings_of(release)}
            release = release_change(
                release=release, actor=manager.actor, changer=manager, check_answers=answers
            )
        if wanted.is_submitted:
            release = release_submit(release=release, actor=manager.actor, submitter=manager)
    print(f"{app.pk}: {wanted.version} is {release.state} on {wanted.channel}")


def _freezes_ensure(app: App, manager: User) -> None:
    """Nothing goes live in the nights before Sundays, nor in ten days that come in three weeks."""
    channel = Channel.objects.get(app=app, name="production")
    if ChannelFreeze.objects.filter(channel=channel).exists():
        return
    zone = ZoneInfo(ZONE)
    today = clock.now().astimezone(zone).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    holidays = today + timedelta(weeks=3)
    for begins, lasts, weekly, reason in (
        (datetime.combine(saturday, time(22), zone), timedelta(hours=8), True, "The clinics' backups run."),
        (datetime.combine(holidays, time(0), zone), timedelta(days=10), False, "Nobody is there to help."),
    ):
        freeze = Freeze(begins.astimezone(UTC), (begins + lasts).astimezone(UTC), weekly, ZONE, reason)
        freeze_add(channel=channel, freeze=freeze, actor=manager.actor)


def _override_ensure(app: App, manager: User) -> None:
    """The release manager's own phone gets the release candidates for a week."""
    if DeviceOverride.objects.filter(app=app).exists():
        return
    override_set(
        app=app,
        device_id=Phone(app.pk, FORCED_PHONE, APPS[app.pk].native_version).device_id,
        to=Channel.objects.get(app=app, name="staging"),
        until=clock.now() + timedelta(days=7),
        reason="Rosa's own phone, to try the calendar.",
        actor=manager.actor,
        person=manager,
    )
