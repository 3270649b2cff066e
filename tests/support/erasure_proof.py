"""The proof that somebody is gone from a console at work: erased, searched, restored, erased again.

Everything is done as it's done in life: a real console with its worker and its Redis, a public form, an
officer's clicks and codes, phones that go on talking meanwhile. Bytes are searched by this file alone, which
knows nothing of what the console declares.
"""

import io
import json
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx

from releaseconsole.kernel import clock
from releaseconsole.supervisor.parent_death import die_with_parent
from tests.simulator.capgo import CapgoDevice
from tests.support.console import ROOT, RunningConsole, wait_until
from tests.support.erasure_ground import APP, CUSTOM, EMAIL, HERS, NAME, PHONE, other
from tests.support.operator import Operator, boxes, hidden
from tests.support.secret_search import leaks_in

REQUESTS: Final = "/console/compliance/requests/"
_PHONES_EACH: Final = 25
_FORGOTTEN_WITHIN: Final = 5
_NEEDLES: Final = {needle: needle.encode() for needle in HERS}


class HerPhone(CapgoDevice):
    """Hers, whose app says what it calls her."""

    def info(self) -> dict[str, Any]:
        return super().info() | {"custom_id": CUSTOM}


@dataclass
class Phones:
    """Phones that check and report until they're told to stop; what they were told is counted."""

    base_url: str
    checks: int = 0
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _hers_stop: threading.Event = field(default_factory=threading.Event)
    _count: threading.Lock = field(default_factory=threading.Lock)

    def talk(self, first: int) -> None:
        """Be some of the others."""
        with httpx.Client(base_url=self.base_url, timeout=60) as http:
            devices = [CapgoDevice(http, APP, device_id=other(first + each)) for each in range(_PHONES_EACH)]
            self._say(devices, self._stop)

    def talk_as_her(self) -> None:
        """Be hers."""
        with httpx.Client(base_url=self.base_url, timeout=60) as http:
            self._say([HerPhone(http, APP, device_id=PHONE)], self._hers_stop)

    def _say(self, devices: list[CapgoDevice], stop: threading.Event) -> None:
        at = 1_764_158_400_000
        while not stop.is_set():
            for device in devices:
                at += 1
                try:
                    device.check()
                    device.report("set", version="1.0.0", at=at)
                except (AssertionError, httpx.HTTPError) as failed:
                    self.failures.append(repr(failed))
                with self._count:
                    self.checks += 1
                if stop.is_set():
                    return

    def silence_hers(self) -> None:
        """Let hers say nothing any more."""
        self._hers_stop.set()

    def stop(self) -> None:
        """Let all of them be quiet."""
        self._hers_stop.set()
        self._stop.set()


@contextmanager
def phones_talking(base_url: str, crowds: int) -> Iterator[Phones]:
    """Have crowds of phones talk beside hers."""
    phones = Phones(base_url)
    threads = [threading.Thread(target=phones.talk, args=(each * _PHONES_EACH,)) for each in range(crowds)]
    threads.append(threading.Thread(target=phones.talk_as_her))
    for thread in threads:
        thread.start()
    try:
        yield phones
    finally:
        phones.stop()
        for thread in threads:
            thread.join()


@dataclass
class Proof:
    """One console, its officer, and what was found."""

    console: RunningConsole
    officer: Operator
    folder: Path
    say: Callable[[str], None] = print

    def __post_init__(self) -> None:
        self._inside = subprocess.Popen(
            [sys.executable, "-m", "tests.support.erasure_ground"],
            cwd=ROOT,
            env=self.console.environment | {"DJANGO_SETTINGS_MODULE": "releaseconsole.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._inside.kill()
        self._inside.communicate()

    def ground(self, *arguments: str) -> dict[str, Any]:
        """Do something in the console's settings."""
        assert self._inside.stdin
        assert self._inside.stdout
        self._inside.stdin.write(json.dumps(arguments) + "\n")
        self._inside.stdin.flush()
        told: dict[str, Any] = json.loads(self._inside.stdout.readline())
        return told

    def run(self, *, devices: int, crowds: int) -> None:
        """Prove all of it."""
        self.officer.set_up(self.console.setup_url)
        begun = clock.monotonic()
        self.say(f"filled: {self.ground('fill', str(devices))}")
        wait_until(lambda: self.ground("packs")["states"] == ["ready"], "the pack of the audit log is made")
        with phones_talking(self.console.base_url, crowds) as phones:
            wait_until(lambda: self.ground("held")["hers"] >= 5, "her phones are known")
            reference = self.asked()
            self.officer.http.get(f"/console/apps/{APP}/devices/{PHONE}/")
            before = self.found()
            assert {each.partition(" in ")[0] for each in before} == set(HERS), before
            self.say(f"before: {len(before)} places hold something of hers")
            backup = self.folder / "backup"
            self.say(f"backup: {self.ground('backup', str(backup))}")
            self.erased(reference)
            self.say(f"erased, {clock.monotonic() - begun:.0f} s after the beginning")
            phones.silence_hers()
            self.gone("the erasure")
            self.still_updated()
            self.gone("her phone's update")
            assert not phones.failures, phones.failures[:3]
            self.say(f"phones meanwhile: {phones.checks} checks and reports, none refused")
        self.verified()
        self.answered(reference)
        self.gone("the answer")
        self.restored(backup)
        self.gone("the restored backup was replayed")
        self.verified()

    def asked(self) -> str:
        """By the public form; the officer acknowledges and verifies."""
        with httpx.Client(base_url=self.console.base_url, follow_redirects=True) as http:
            page = http.get("/privacy/")
            typed = {"kind": "delete", "name": NAME, "email": EMAIL, "app_id": APP, "custom_id": CUSTOM}
            answer = http.post(
                "/privacy/", data=hidden(page.text) | typed, headers={"Origin": self.console.base_url}
            )
        reference = str(re.findall(r"PR-[A-Z2-7]{8}", answer.text)[0])
        self.officer.submit(f"{REQUESTS}{reference}/acknowledge/")
        letters = self.console.var_dir / "mail"
        wait_until(
            lambda: any(reference in letter.read_text() for letter in letters.glob("*")),
            "the acknowledgement is out",
        )
        verify = f"{REQUESTS}{reference}/verify/"
        proved = boxes(self.officer.http.get(verify).text, "proved")
        self.officer.submit(verify, method="two_points", proved=proved)
        return reference

    def erased(self, reference: str) -> None:
        """By the officer's click and code; the worker does it."""
        path = f"{REQUESTS}{reference}/erasure/"
        origin = {"Origin": self.console.base_url}
        page = self.officer.http.get(path)
        page = self.officer.http.post(path, data=hidden(page.text) | {"act": "plan"}, headers=origin)
        sent = hidden(page.text) | {"code": self.officer.next_code()}
        begun = self.officer.http.post(path, data=sent, headers=origin)
        assert begun.history, re.findall(r"rc-alert-bad[^>]*>([^<]+)", begun.text)
        runs: list[list[str]] = []

        def over() -> bool:
            runs[:] = self.ground("held")["runs"]
            if runs and runs[0][1]:
                self.say(f"not yet: {runs[0][1]}")
            return bool(runs) and runs[0][0] != "running"

        wait_until(over, "the erasure is over")
        assert runs == [["done", ""]], runs

    def still_updated(self) -> None:
        """Her phone gets its update; what it says of that is dropped."""
        before = self.ground("held")
        with httpx.Client(base_url=self.console.base_url, timeout=60) as http:
            phone = HerPhone(http, APP, device_id=PHONE)
            assert phone.told() == "1.0.0"
            assert phone.update() == "1.0.0"
        wait_until(lambda: not self.ground("redis")["found"], "what her phone said is dropped")
        after = self.ground("held")
        assert (before["hers"], after["hers"]) == (0, 0)
        self.say("her phone got version 1.0.0, and nothing of it is kept")

    def answered(self, reference: str) -> None:
        """The officer closes the request; the letter to her is out then, and no more ours."""
        self.officer.submit(f"{REQUESTS}{reference}/complete/")
        letters = self.console.var_dir / "mail"
        wait_until(lambda: any(letters.glob("*")), "the answer is sent")
        for letter in letters.glob("*"):
            letter.unlink()

    def restored(self, backup: Path) -> None:
        """Stop, put the old database back, and do what docs/erasure.md says before anybody comes in."""
        self.console.stop()
        self.ground("restore", str(backup))
        assert self.ground("held")["hers"] >= 5
        restart = self.console.manage("audit_restart", "--reason", "restored", typed="")
        (wanted,) = re.findall(r"To go on, type: (restart at \d+)", restart.stdout)
        done = self.console.manage("audit_restart", "--reason", "restored", typed=f"{wanted}\n")
        assert done.returncode == 0, done.stderr
        replayed = self.console.manage("privacy_replay")
        assert replayed.returncode == 0, (replayed.stdout, replayed.stderr)
        self.say(f"replayed: {' / '.join(replayed.stdout.split(chr(10)))}")
        self.console.start()
        self.console.wait_until_ready()

    def verified(self) -> None:
        """The audit log holds, entry by entry."""
        done = self.console.manage("audit_verify")
        assert done.returncode == 0, (done.stdout, done.stderr)
        self.say(done.stdout.strip())

    def gone(self, after: str) -> None:
        """Nothing of hers is anywhere: what is on its way is dropped within seconds, files forget in time.

        A file that others write to at this moment is forgotten the next time.
        """
        wait_until(lambda: not self.ground("redis")["found"], "nothing of hers is on its way")
        found: list[str] = []
        for _ in range(_FORGOTTEN_WITHIN):
            self.ground("tasks", "desk.tasks.leftovers_forget")
            found = self.found()
            if not found:
                break
        assert not found, f"after {after}: {found}"
        self.say(f"after {after}: nothing of hers in {self.looked_at}")

    def found(self) -> list[str]:
        """What of hers is where, byte by byte."""
        count = size = 0
        found: set[str] = set()
        for where, heap in self.heaps():
            count, size = count + 1, size + len(heap)
            found |= set(leaks_in([(where, heap)], _NEEDLES))
            lower = heap.lower()
            found |= {f"{needle} in {where}" for needle in HERS if needle.lower().encode() in lower}
        self.looked_at = f"{count} files and dumps of {size / 1_000_000:.1f} MB"
        return sorted({*found, *self.ground("redis")["found"]})

    looked_at: str = ""

    def heaps(self) -> Iterator[tuple[str, bytes]]:
        """All that the console keeps: its whole folder with the database and Redis' files, and a dump.

        Yields:
            Each file by its name, and each file inside of an archive.
        """
        if "DATABASE_URL" in self.console.settings:
            dump = self.folder / "dump"
            self.ground("backup", str(dump))
            yield "dump", dump.read_bytes()
        pages = (
            self.console.var_dir / "static"
        )  # the console's own scripts and styles, as they were installed
        for path in sorted(self.console.var_dir.rglob("*")):
            if path.is_file() and pages not in path.parents:
                yield from _opened(str(path.relative_to(self.console.var_dir)), path)


def _opened(where: str, path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        heap = path.read_bytes()
    except FileNotFoundError:  # replaced in this moment, as Redis' files are
        return
    yield where, heap
    if zipfile.is_zipfile(io.BytesIO(heap)):
        with zipfile.ZipFile(io.BytesIO(heap)) as archive:
            for name in archive.namelist():
                yield f"{where}/{name}", archive.read(name)
