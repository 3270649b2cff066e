"""An export of 250,000 entries: all of them, in constant memory, and a pack that verifies.

`make export-large` runs it on a database of its own. The log is written in bulk, with real events; one export
covers a tenth of it and one all, each in a process of its own, so that their memory can be compared.
`ENTRIES` says how many.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
ENTRIES: Final = int(os.environ.get("ENTRIES", "250000"))
_AT_ONCE: Final = 5000
# What ten times the entries may take more than a tenth of them: buffers, not rows.
MOST_MORE_BYTES: Final = 48 * 1024 * 1024
VERIFIER_MOST_BYTES: Final = 96 * 1024 * 1024


def main() -> None:
    """Fill a log, export a tenth and all of it, verify both, and compare."""
    with tempfile.TemporaryDirectory(prefix="rc-large-") as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
            "CONSOLE_VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/console.sqlite3",
            "SECRET_KEY": "a secret that exists in this measurement only " * 2,
            "KEK": "A" * 43,
            "DJANGO_SETTINGS_MODULE": "releaseconsole.settings",
            "ENTRIES": str(ENTRIES),
        }

        def step(*arguments: str) -> dict[str, Any]:
            command = [sys.executable, "-m", "bench.export_large", *arguments]
            done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
            told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            print(json.dumps(told))
            return told

        step("fill")
        small, large = step("export", "10"), step("export", "1")
        assert large["shown"] >= ENTRIES
        assert large["shown"] == large["lines"] == large["rows"]
        assert large["memory"] - small["memory"] < MOST_MORE_BYTES
        for each in (small, large):
            print(json.dumps(_verified(Path(each["pack"]), Path(folder) / "unpacked")))
    print("The pack is whole, verifies, and its making took no more memory than a tenth of it.")


def _verified(pack: Path, folder: Path) -> dict[str, Any]:
    target, before = folder / pack.stem, time.perf_counter()
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(target)
    verifier = [sys.executable, "-I", "-S", str(ROOT / "offline" / "verify_pack.py"), str(target)]
    child = os.posix_spawn(sys.executable, verifier, {"PATH": "/usr/bin:/bin"})
    _, status, usage = os.wait4(child, 0)
    assert status == 0
    assert usage.ru_maxrss * 1024 < VERIFIER_MOST_BYTES
    return {"seconds": round(time.perf_counter() - before, 1), "memory": usage.ru_maxrss * 1024}


def _set_up() -> None:
    import django

    django.setup()


def fill() -> dict[str, Any]:
    """Write the log in bulk, as `audit_record` would one by one."""
    _set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.db import transaction

    from compliance.ledger.selectors.tree import tree_size
    from compliance.ledger.services.sequencing import _tiles_complete
    from releaseconsole.kernel import clock
    from signing.services.keys import keys_reconcile
    from tests.support.people import person

    person("orla")
    keys_reconcile(now=clock.now())  # makes the key that signs checkpoints
    before, begun = time.perf_counter(), tree_size()
    for begin in range(0, ENTRIES, _AT_ONCE):
        with transaction.atomic():
            size = tree_size()
            _events_write(range(begin, min(begin + _AT_ONCE, ENTRIES)), size)
            _tiles_complete(size, tree_size())
    return {"entries": tree_size() - begun, "seconds": round(time.perf_counter() - before, 1)}


def _events_write(numbers: range, size: int) -> None:
    from compliance.ledger.domain.canonical import EventFacts, content_compose, header_compose
    from compliance.ledger.domain.events import Action, Actor, ActorKind
    from compliance.ledger.domain.merkle import leaf_hash
    from compliance.ledger.models import AuditContent, AuditDisclosure, AuditEvent, AuditLeaf
    from releaseconsole.kernel import clock, randomness

    last = AuditEvent.objects.order_by("-number").values_list("number", flat=True).first() or 0
    events, contents, disclosures, leaves = [], [], [], []
    now = clock.now()
    for place, number in enumerate(numbers):
        said = EventFacts(
            now + timedelta(microseconds=place),
            Action.DEVICE_OVERRIDDEN.value,
            "done",
            Actor(ActorKind.PERSON, "1"),
            "com.example.clinic",
            ("device", f"device-{number}"),
        )
        facts = {"channel": "beta", "number": number, "reason": f"ward {number % 97} asked for it"}
        content, committed = content_compose(facts, salt=lambda: randomness.token_urlsafe(16))
        header = header_compose(said, content, event_id=randomness.token_id())
        pk = last + 1 + place
        events.append(
            AuditEvent(
                number=pk,
                header=header,
                leaf_hash=leaf_hash(header),
                at=said.at,
                action=said.action,
                outcome=said.outcome,
                actor_kind="person",
                actor_id="1",
                app_id=said.app_id,
                object_type="device",
                object_id=said.subject[1],
            )
        )
        contents.append(AuditContent(event_id=pk, content=content))
        disclosures += [
            AuditDisclosure(event_id=pk, name=each.name, salt=each.salt, value=each.value)
            for each in committed
        ]
        leaves.append(AuditLeaf(sequence=size + place, number=pk, leaf_hash=leaf_hash(header)))
    AuditEvent.objects.bulk_create(events)
    AuditContent.objects.bulk_create(contents)
    AuditDisclosure.objects.bulk_create(disclosures)
    AuditLeaf.objects.bulk_create(leaves)


def export(part: int) -> dict[str, Any]:
    """Export one entry in `part`, of all that are covered; personal values included."""
    _set_up()
    from accounts.models import User
    from compliance.desk.backends.export_files import pack_path
    from compliance.ledger.models import AuditEvent, AuditLeaf
    from tests.support.exporting import made, wish_of

    ends_at = None
    if part > 1:
        number = AuditLeaf.objects.get(sequence=ENTRIES // part).number
        ends_at = AuditEvent.objects.get(number=number).at
    before = time.perf_counter()
    done = made(User.objects.get(email="orla@example.com"), wish_of(ends_at=ends_at), personal=True)
    assert done.state == "ready", done.failure
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    seconds = round(time.perf_counter() - before, 1)
    pack = pack_path(done.pk)
    with zipfile.ZipFile(pack) as archive:
        lines = sum(1 for _ in archive.open("events.jsonl"))
        rows = sum(1 for _ in archive.open("events.csv")) - 1
    return {
        "shown": done.counts["shown"],
        "lines": lines,
        "rows": rows,
        "bytes": done.size,
        "memory": memory,
        "seconds": seconds,
        "pack": str(pack),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            main()
        case ["fill"]:
            print(json.dumps(fill()))
        case ["export", part]:
            print(json.dumps(export(int(part))))
