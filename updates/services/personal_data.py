"""What this floor holds of people: testers, devices and what devices report (docs/personal-data.md).

Who is erased here was named by an officer's request; `testers.leaving` is what testers do by themselves.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from django.db.models import Q

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.personal_data import (
    DataClass,
    Identifier,
    IdentifierKind,
    MentionsHolder,
    RowsHolder,
    Scoped,
    Subject,
    Table,
    holder_register,
    needles_of,
    rows_naming,
    rows_of,
    scoped,
)
from updates.models import (
    App,
    Bundle,
    Channel,
    ChannelFreeze,
    ChannelMember,
    Device,
    DeviceEvent,
    DeviceOverride,
    IdempotencyRecord,
    InstallOutcome,
    JoinCode,
    Release,
    SignOff,
    StorePresence,
    Tester,
    TesterDevice,
    TesterFeedback,
    TesterGroup,
    TesterInvite,
    WebhookDelivery,
    WebhookEndpoint,
)
from updates.selectors.custom_ids import custom_ids_hashed
from updates.services.decisions import channel_served_changed
from updates.services.failures import outcomes_delete
from updates.services.locks import channel_lock
from updates.services.overrides import override_end
from updates.services.personal_consents import consents_holder
from updates.services.personal_transient import PassingTelemetry
from updates.services.testers.leaving import tester_erase

_DEVICE_TOLD: Final = (
    "app_id",
    "device_id",
    "custom_id",
    "attributes",
    "platform",
    "version",
    "native_version",
    "plugin_version",
    "os_version",
    "channel_name",
    "is_emulator",
    "is_production",
    "first_seen_at",
    "last_seen_at",
)


def updates_holders_register() -> None:
    """Declare them all."""
    for holder in (
        _devices(),
        _telemetry(),
        consents_holder(),
        _words_of_devices(),
        _answers(),
        _texts(),
        PassingTelemetry(),
        _testers(),
    ):
        holder_register(holder)


def _of_devices(subject: Subject) -> Q | None:
    return scoped(subject.devices)


def _of_tester(subject: Subject, *, key: str = "tester") -> Q | None:
    return Q(**{f"{key}__in": subject.tester_ids}) if subject.tester_ids else None


def _of_tester_or_left(subject: Subject) -> Q | None:
    """Their devices; also where somebody else had the same one before."""
    theirs, devices = _of_tester(subject), scoped(subject.devices)
    if devices is None:
        return theirs
    before = devices & Q(left_at__isnull=False)
    return before if theirs is None else theirs | before


def _devices() -> RowsHolder:
    return RowsHolder(
        name="devices",
        data_class=DataClass.DEVICE,
        holds="Installations as they last reported themselves, channels they were put on by hand, and what "
        "they are forced to.",
        retention="For DEVICE_KEEP_DAYS after it was last heard of; an override for 90 days at most; both "
        "longer under a legal hold. A channel that somebody chose until it's taken back.",
        tables=(
            Table(Device, ("device_id", "custom_id"), _of_devices, _DEVICE_TOLD),
            Table(
                ChannelMember,
                ("device_id",),
                _of_devices,
                ("app_id", "device_id", "channel__name", "added_at"),
            ),
            Table(
                DeviceOverride,
                ("device_id",),
                _of_devices,
                ("app_id", "device_id", "channel__name", "release", "until", "reason", "created_at"),
            ),
        ),
        eraser=_devices_erase,
        relation=_devices_related,
        people=_devices_everybody,
    )


def _devices_erase(subject: Subject) -> None:
    condition = scoped(subject.devices)
    if condition is None:
        return
    for override in DeviceOverride.objects.filter(condition).select_related("app"):
        override_end(app=override.app, device_id=override.device_id, actor=SYSTEM)
    members = ChannelMember.objects.filter(condition).select_related("channel")
    channels = {member.channel for member in members}
    members.delete()
    for channel in sorted(channels, key=lambda each: each.pk):
        channel_served_changed(channel_lock(channel))
    Device.objects.filter(condition).delete()


def _devices_related(subject: Subject) -> Subject:
    """Find the devices of a custom id, and never a custom id by a device: any app can claim any name."""
    # Where they are hashed, an id is found by its hash, and stays erased by it.
    called = {Scoped(*each) for each in custom_ids_hashed(subject.custom_ids)}
    by_custom_id = scoped(subject.custom_ids | called, field="custom_id")
    named = [] if by_custom_id is None else Device.objects.filter(by_custom_id)
    return Subject(
        devices=frozenset(Scoped(row.app_id, row.device_id) for row in named),
        custom_ids=frozenset(called),
    )


def _devices_everybody() -> Iterator[tuple[Identifier, Subject]]:
    rows = Device.objects.values_list("app_id", "device_id", "custom_id")
    for app_id, device_id, custom_id in rows.iterator():
        yield _device_known(app_id, device_id)
        if custom_id:
            subject = Subject(custom_ids=frozenset({Scoped(app_id, custom_id)}))
            yield Identifier.custom_id(app_id, custom_id), subject
    for model in (ChannelMember, DeviceOverride):
        for app_id, device_id in rows_of(model).values_list("app_id", "device_id").iterator():
            yield _device_known(app_id, device_id)


def _device_known(app_id: str, device_id: str) -> tuple[Identifier, Subject]:
    return Identifier.device(app_id, device_id), Subject(devices=frozenset({Scoped(app_id, device_id)}))


def _telemetry() -> RowsHolder:
    return RowsHolder(
        name="device telemetry",
        data_class=DataClass.TELEMETRY,
        holds="Events that devices reported, and which version failed or runs on which of them.",
        retention="Events for TELEMETRY_EVENT_DAYS; outcomes with the device; longer under a legal hold. "
        "Hourly counts name none.",
        tables=(
            Table(
                DeviceEvent,
                ("device_id", "dedupe_key"),
                _of_devices,
                (
                    "app_id",
                    "device_id",
                    "action",
                    "version",
                    "old_version",
                    "channel_name",
                    "platform",
                    "detail",
                    "happened_at",
                    "received_at",
                ),
            ),
            Table(
                InstallOutcome,
                ("device_id",),
                _of_devices,
                ("app_id", "device_id", "version", "channel_name", "outcome", "reason", "decided_at"),
            ),
        ),
        eraser=_telemetry_erase,
        people=_telemetry_everybody,
    )


def _telemetry_erase(subject: Subject) -> None:
    condition = scoped(subject.devices)
    if condition is None:
        return
    DeviceEvent.objects.filter(condition).delete()
    outcomes_delete(condition)


def _telemetry_everybody() -> Iterator[tuple[Identifier, Subject]]:
    for model in (DeviceEvent, InstallOutcome):
        rows = rows_of(model).order_by().values_list("app_id", "device_id").distinct()
        for app_id, device_id in rows.iterator():
            yield _device_known(app_id, device_id)


def _testers() -> RowsHolder:
    """Erased by the service that testers' own page calls, which takes them out of their betas first."""
    return RowsHolder(
        name="testers",
        data_class=DataClass.CONTACT,
        holds="Beta testers: name, address, consent, invites, join codes, devices and what they wrote.",
        retention="Until they ask for deletion or the team removes them.",
        tables=(
            Table(
                Tester,
                ("name", "email", "secret_sha256"),
                partial(_of_tester, key="pk"),
                (
                    "app_id",
                    "name",
                    "email",
                    "accepted_at",
                    "consent_version",
                    "left_at",
                    "created_at",
                ),
            ),
            Table(TesterInvite, ("secret_sha256",), _of_tester, ("group__name", "sent_at", "opened_at")),
            Table(JoinCode, ("code_sha256",), _of_tester, ("channel__name", "expires_at", "used_at")),
            Table(
                TesterDevice,
                ("device_id",),
                _of_tester_or_left,
                ("app_id", "device_id", "platform", "enrolled_at", "left_at"),
            ),
            Table(TesterFeedback, (), _of_tester, ("version", "text", "at")),
        ),
        eraser=_testers_erase,
        relation=_testers_related,
        people=_testers_everybody,
    )


def _testers_erase(subject: Subject) -> None:
    for tester in Tester.objects.filter(pk__in=subject.tester_ids).order_by("app_id", "pk"):
        tester_erase(tester=tester, actor=SYSTEM)
    left = scoped(subject.devices)
    if left is not None:
        TesterDevice.objects.filter(left, left_at__isnull=False).delete()


def _testers_related(subject: Subject) -> Subject:
    """Find somebody's testers by address, and what those are known by.

    Not by device: a phone that changed hands would bring its new owner's data with it. Nor their devices: a
    code let those in, which proves nothing of a device whose id somebody only knows.
    """
    rows = Tester.objects.filter(Q(pk__in=subject.tester_ids) | Q(email__in=[*map(_lower, subject.emails)]))
    testers = list(rows)
    return Subject(
        tester_ids=frozenset(tester.pk for tester in testers),
        emails=frozenset(tester.email for tester in testers if tester.email),
        names=frozenset(tester.name for tester in testers if tester.name),
        rows=frozenset(tester_row(tester) for tester in testers),
    )


def _lower(address: str) -> str:
    return address.strip().lower()


def tester_row(tester: Tester) -> str:
    """Name a tester's row across a restore, after which its number may be somebody else's."""
    return f"tester:{tester.pk}:{int(tester.created_at.timestamp() * 1_000_000)}"


def _testers_everybody() -> Iterator[tuple[Identifier, Subject]]:
    for tester in Tester.objects.iterator():
        subject = Subject(tester_ids=frozenset({tester.pk}))
        yield Identifier(IdentifierKind.ROW, tester_row(tester)), subject
        if tester.email:
            yield Identifier.email(tester.email), subject


def _of_answers(subject: Subject) -> Q | None:
    theirs = rows_naming(IdempotencyRecord, "body", needles_of(subject))
    return Q(pk__in=theirs) if theirs else None


def _answers() -> RowsHolder:
    return RowsHolder(
        name="repeatable API answers",
        data_class=DataClass.TRANSIENT,
        holds="Answers of the API that a repeated call gets again; one about a tester names them.",
        retention="With the app.",
        tables=(Table(IdempotencyRecord, ("body",), _of_answers, ("status", "created_at")),),
    )


def _words_of_devices() -> MentionsHolder:
    """Tell what others wrote, who may name somebody, too. Each one's own goes with their rows."""
    return MentionsHolder.of(
        "what devices wrote",
        ((DeviceEvent, ("detail",)), (Device, ("attributes",)), (TesterFeedback, ("text",))),
        retention="With the app.",
    )


def _texts() -> MentionsHolder:
    return MentionsHolder.of(
        "texts about apps and releases",
        (
            (App, ("shutoff_reason",)),
            (Channel, ("shutoff_reason",)),
            (ChannelFreeze, ("reason",)),
            (DeviceOverride, ("reason",)),
            (Bundle, ("withdrawn_reason",)),
            (Release, ("state_reason",)),
            (StorePresence, ("privacy_contact",)),
            (TesterGroup, ("name",)),
            (WebhookEndpoint, ("description",)),
            (WebhookDelivery, ("body", "last_error", "log")),
        ),
        bound=((Release, ("notes", "reason", "check_answers", "audience")), (SignOff, ("comment",))),
        retention="With the app or release; messages of webhooks for 30 days.",
    )
