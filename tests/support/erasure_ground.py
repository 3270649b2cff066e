"""What is prepared and asked inside of the console's own settings, for the proof that somebody is erased.

It's a process beside a console (`erasure_proof`): each line that it reads is a list, what to do and with
what; each line that it writes is what came of it.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django

APP: Final = "com.example.clinic"
EMAIL: Final = "teresa.quill@erasable.example"
NAME: Final = "Teresa Quillfeather"
PHONE: Final = "e5a0b1e0-7e57-4e57-a000-0000000dead1"
TABLET: Final = "e5a0b1e0-7e57-4e57-a000-0000000dead2"
CUSTOM: Final = "patient-zz-918273"
SAID: Final = "the purple unicorn dosage is unreadable"
HERS: Final = (EMAIL, NAME, PHONE, TABLET, CUSTOM, SAID)
_EVENTS_EACH: Final = 5
_AT_ONCE: Final = 5000


def other(number: int) -> str:
    """The id of another device."""
    return f"0ther000-0000-4000-8000-{number:012}"


def fill(devices: int) -> dict[str, Any]:
    """An app with releases, its devices with events, other testers, an audit log; and somebody among them."""
    from tests.support.beta import beta_made, enrolled, group_made, invited, joins
    from tests.support.shipping import released
    from updates.models import Channel

    beta = beta_made()
    beta.app.custom_id_policy = "allowed"
    beta.app.save()
    released(Channel.objects.get(app=beta.app, name="production"), "1.0.0")
    released(beta, "2.0.0")
    _devices_write(beta.app, devices)
    group = group_made(beta)
    for number in range(max(5, min(devices // 50, 200))):
        tester = joins(invited(group, f"other{number}@example.com").link, name=f"Other {number}").tester
        enrolled(tester, other(number))
    hers = joins(invited(group, EMAIL).link, name=NAME).tester
    enrolled(hers, PHONE)
    enrolled(hers, TABLET)
    _tablet_write(beta.app)
    _texts_write(hers, beta)
    return {"devices": devices, "tester": hers.pk}


def _devices_write(app: Any, devices: int) -> None:
    from releaseconsole.kernel import clock
    from updates.models import Device, DeviceEvent

    now = clock.now()
    for start in range(0, devices, _AT_ONCE):
        some = [other(number) for number in range(start, min(start + _AT_ONCE, devices))]
        Device.objects.bulk_create(
            Device(app=app, device_id=each, platform="android", first_seen_at=now, last_seen_at=now)
            for each in some
        )
        DeviceEvent.objects.bulk_create(
            DeviceEvent(
                app=app,
                dedupe_key=f"{each}-{number}",
                device_id=each,
                action="set",
                happened_at=now - timedelta(minutes=number),
                received_at=now,
            )
            for each in some
            for number in range(_EVENTS_EACH)
        )


def _tablet_write(app: Any) -> None:
    """Her other device is hers by her user name, which is proved: a code that it joined by proves nothing."""
    from releaseconsole.kernel import clock
    from updates.models import Device

    now = clock.now()
    Device.objects.create(
        app=app, device_id=TABLET, custom_id=CUSTOM, platform="ios", first_seen_at=now, last_seen_at=now
    )


def _texts_write(hers: Any, beta: Any) -> None:
    """Texts that name her, where people and machines leave them."""
    from django.db import transaction

    from accounts.models import User
    from accounts.services.mail import letter_write_outside
    from compliance.ledger.domain.events import SYSTEM, Action
    from compliance.ledger.services import audit_record
    from releaseconsole.kernel import clock
    from tests.support.exporting import ordered, wish_of
    from updates.models import IdempotencyRecord
    from updates.services.overrides import override_set
    from updates.services.testers.feedback import feedback_send

    feedback_send(tester=hers, version="2.0.0", text=SAID)
    override_set(
        app=beta.app,
        device_id=TABLET,
        to=beta,
        until=clock.now() + timedelta(days=1),
        reason=f"asked for by {EMAIL}",
        actor=SYSTEM,
        person=None,
    )
    with transaction.atomic():
        for number in range(200):
            whom = EMAIL if number % 20 == 0 else f"other{number}@example.com"
            audit_record(
                action=Action.APP_CHANGED,
                actor=SYSTEM,
                now=clock.now(),
                app_id=APP,
                detail={"note": f"{whom} rang", "device_id": PHONE if number % 20 == 0 else other(number)},
            )
        letter_write_outside(
            address=EMAIL, template="tester_confirm", context={"app": beta.app, "link": "https://x.test/"}
        )
    IdempotencyRecord.objects.create(
        app=beta.app,
        key_sha256="a" * 64,
        request_sha256="b" * 64,
        status=201,
        body=json.dumps({"email": EMAIL}),
        created_at=clock.now(),
    )
    ordered(User.objects.get(), wish_of(), personal=True)


def packs() -> dict[str, Any]:
    """Which packs of the audit log are there."""
    from compliance.desk.models import Export

    return {"states": sorted(Export.objects.values_list("state", flat=True))}


def backup(path: str) -> dict[str, Any]:
    """Write the database to a file, as an operator does."""
    from tests.support.backups import backup_make

    backup_make(Path(path))
    return {"bytes": Path(path).stat().st_size}


def restore(path: str) -> dict[str, Any]:
    """Put it back."""
    from tests.support.backups import backup_restore

    backup_restore(Path(path))
    return {}


def held(*_: str) -> dict[str, Any]:
    """What the tables have of her devices, and of all others."""
    from compliance.desk.models import ErasureRun
    from updates.models import Device, DeviceEvent, Tester

    hers = [PHONE, TABLET]
    return {
        "hers": Device.objects.filter(device_id__in=hers).count()
        + DeviceEvent.objects.filter(device_id__in=hers).count()
        + Tester.objects.filter(email=EMAIL).count(),
        "devices": Device.objects.exclude(device_id__in=hers).count(),
        "events": DeviceEvent.objects.exclude(device_id__in=hers).count(),
        "runs": [[run.state, run.error] for run in ErasureRun.objects.all()],
    }


def tasks(*names: str) -> dict[str, Any]:
    """Run tasks of the schedule now, here."""
    from releaseconsole.celery import app

    app.loader.import_default_modules()
    for name in names:
        app.tasks[name]()
    return {}


def redis_heaps() -> Iterator[tuple[str, bytes]]:
    """Every key in Redis with its value, whatever the files compress.

    Yields:
        A heap for each key.
    """
    from releaseconsole.redis_link import redis_client

    client: Any = redis_client()
    readers: dict[bytes, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"hash": client.hgetall,
        b"stream": client.xrange,
    }
    for key in client.scan_iter(count=1000):
        kind = client.type(key)
        if kind in readers:
            yield f"redis {key.decode(errors='replace')}", key + b" " + repr(readers[kind](key)).encode()


def redis_holds(*_: str) -> dict[str, Any]:
    """Where in Redis something of hers is."""
    found = [
        f"{needle} in {name}" for name, heap in redis_heaps() for needle in HERS if needle.encode() in heap
    ]
    return {"found": sorted(found)}


_WHAT: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "fill": lambda devices: fill(int(devices)),
    "packs": packs,
    "backup": backup,
    "restore": restore,
    "held": held,
    "tasks": tasks,
    "redis": redis_holds,
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    django.setup()
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(_WHAT[what](*arguments)), flush=True)
