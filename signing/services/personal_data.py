"""What this floor holds of people: the keys that devices register for what is encrypted to them."""

from typing import Final

from django.db.models import Q

from releaseconsole.personal_data import (
    DataClass,
    Found,
    Kept,
    RowsHolder,
    Subject,
    Table,
    field_label,
    holder_register,
    scoped,
    table_name,
)
from releaseconsole.redis_link import redis_client
from signing.backends.device_keys import DeviceKeys
from signing.models import ClaimDefinition, RecipientKey
from signing.services.recipients import recipients_follow

_CACHED: Final = "rc:recipients:*"


def signing_holders_register() -> None:
    """Declare them all."""
    holder_register(_RecipientsHolder.made())


class _RecipientsHolder(RowsHolder):
    """Rows, and their copy in Redis."""

    @classmethod
    def made(cls) -> "_RecipientsHolder":
        return cls(
            name="devices' encryption keys",
            data_class=DataClass.DEVICE,
            holds="Public keys of devices, to which tokens with delicate data are encrypted; also in Redis. "
            "The fixed value of a custom claim is the same for all devices.",
            retention="Until the device registers another one, or for good once it's removed.",
            tables=(
                Table(
                    RecipientKey,
                    ("device_id", "kid", "jwk", "registered_by"),
                    _of_devices,
                    ("profile", "device_id", "kid", "algorithm", "registered_at", "removed_at"),
                ),
            ),
            eraser=_recipients_erase,
            keeper=_recipients_keep,
            also=(field_label(ClaimDefinition, "fixed_value"),),
        )

    def find(self, subject: Subject, /) -> Found:
        """Count rows and what Redis holds."""
        cached = 0
        for app_id in sorted({device.app_id for device in subject.devices}):
            theirs = {device.id for device in subject.devices if device.app_id == app_id}
            cached += len(theirs & DeviceKeys(redis_client()).device_ids(app_id))
        return Found({**super().find(subject).counts, _CACHED: cached})


def _of_devices(subject: Subject) -> Q | None:
    return scoped(subject.devices, app="profile")


def _still_needed() -> Q:
    """Without its key a device of an app that encrypts gets no update at all."""
    encrypts = Q(profile__handles_phi=True) | Q(profile__encrypts_personal=True)
    return Q(removed_at=None) & encrypts


def _recipients_erase(subject: Subject) -> None:
    condition = _of_devices(subject)
    if condition is None:
        return
    gone = RecipientKey.objects.filter(condition).exclude(_still_needed())
    apps = set(gone.values_list("profile", "device_id"))
    gone.delete()
    for app_id, device_id in apps:
        recipients_follow(app_id, device_id)


def _recipients_keep(subject: Subject) -> list[Kept]:
    condition = _of_devices(subject)
    count = 0 if condition is None else RecipientKey.objects.filter(condition & _still_needed()).count()
    why = "The app encrypts what it sends; without this key the device would get no updates."
    until = "the device registers another key, or the app stops encrypting"
    return [
        Kept(place, count, "1798.105(d)(1)", why, until, in_clear=True)
        for place in (table_name(RecipientKey), _CACHED)
    ]
