"""Sixteen reconcilers at the same moment make one rotation, and so do some of which half are killed."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection

from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import randomness
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services.reconcile import owner_reconcile
from tests.integration.signing.conftest import CLINIC
from tests.support.at_once import at_once

OWNER = KeyOwner(KeyPurpose.RELEASE_TOKEN, CLINIC, Algorithm.ES256)
PERIOD = timedelta(days=30)
ROOT = Path(__file__).parents[3]
WORKERS = 16
ROUNDS = 20


def keys() -> list[SigningKey]:
    return list(SigningKey.objects.filter(app_id=CLINIC, purpose=KeyPurpose.RELEASE_TOKEN).order_by("epoch"))


def times(action: Action) -> int:
    return AuditEvent.objects.filter(action=action, app_id=CLINIC).count()


def assert_rotations(rotations: int) -> None:
    """Each key was made, published and activated once; one signs, one waits, none was lost or made twice."""
    rows = keys()
    assert [row.epoch for row in rows] == list(range(1, rotations + 3))
    assert rows[-2].state == KeyState.ACTIVE
    assert rows[-1].state == KeyState.PREPUBLISHED
    assert {row.state for row in rows[:-2]} <= {KeyState.VERIFY_ONLY, KeyState.RETIRED}
    assert times(Action.KEY_ACTIVATED) - 1 == times(Action.KEY_DEACTIVATED) == rotations
    assert times(Action.KEY_CREATED) == times(Action.KEY_PUBLISHED) == rotations + 2
    # Never two at a time: each began to sign at the moment at which the one before it ended.
    for before, after in itertools.pairwise(rows[:-1]):
        assert before.deactivated_at == after.activated_at


@pytest.mark.django_db(transaction=True)
def test_sixteen_concurrent_reconcilers_for_twenty_rounds_make_exactly_twenty_rotations(
    now: datetime,
) -> None:
    # SQLite has one writer at a time: there it's the waiting that is tried, and four try it as well.
    workers = WORKERS if connection.vendor == "postgresql" else 4
    for round_ in range(ROUNDS + 1):
        at_once([partial(owner_reconcile, OWNER, now=now + round_ * PERIOD)] * workers)
        assert_rotations(round_)


@pytest.mark.django_db(transaction=True)
def test_reconcilers_whose_clocks_differ_rotate_once(now: datetime) -> None:
    """Some find the rotation due when others don't yet; nobody takes it back, nobody takes it twice."""
    owner_reconcile(OWNER, now=now)
    moments = [now + PERIOD + timedelta(seconds=seconds) for seconds in (-60, -1, 0, 1, 30, 60)]
    at_once([partial(owner_reconcile, OWNER, now=moment) for moment in moments])
    assert_rotations(1)


# --- with kills ---------------------------------------------------------------------------------------


def database_url() -> str:
    """The test database, as the settings of another process read it."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{of['NAME']}"
    # The wheel's server listens on a socket, whose directory no host of a URL can spell.
    where = {"host": of["HOST"], "port": of["PORT"], **of["OPTIONS"]}
    query = urlencode({name: value for name, value in where.items() if name in {"host", "port"} and value})
    return f"postgresql://{of['USER']}:{of['PASSWORD']}@/{of['NAME']}?{query}"


@contextmanager
def reconcilers(number: int, moments: list[datetime]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that are ready to reconcile; whatever happens, none is left behind."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "PUBLIC_URL": django_settings.PUBLIC_URL}
    command = [sys.executable, "-m", "tests.support.reconciling", CLINIC, *map(datetime.isoformat, moments)]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        for _ in range(number)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _go(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


KILLED_ROUNDS = 12


def _kill_while_it_works(process: subprocess.Popen[bytes]) -> None:
    """After a drawn number of rounds that it says it has done: so in the middle of one of the next."""
    assert process.stdout is not None
    for _ in range(randomness.token_bytes(1)[0] % KILLED_ROUNDS):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_reconcilers_that_are_killed_leave_exactly_as_many_rotations(now: datetime) -> None:
    """Six processes go through the same rounds; four are killed on the way, two come through."""
    moments = [now + round_ * PERIOD for round_ in range(KILLED_ROUNDS + 1)]
    with reconcilers(6, moments) as started:
        for process in started:
            _go(process)
        for process in started[:4]:
            _kill_while_it_works(process)
        assert [process.wait() for process in started[:4]] == [-signal.SIGKILL] * 4
        for process in started[4:]:
            process.communicate()
            assert process.returncode == 0
    owner_reconcile(OWNER, now=moments[-1])
    assert_rotations(KILLED_ROUNDS)


@pytest.mark.django_db(transaction=True)
def test_when_all_are_killed_one_calm_run_completes_what_they_began(now: datetime) -> None:
    """The one that comes next finds whatever they left, at the last moment that any of them reached."""
    moments = [now + round_ * PERIOD for round_ in range(KILLED_ROUNDS + 1)]
    with reconcilers(4, moments) as started:
        for process in started:
            _go(process)
        for process in started:
            _kill_while_it_works(process)
        assert {process.wait() for process in started} == {-signal.SIGKILL}
    reached = max((row.activated_at for row in keys() if row.activated_at), default=now)
    owner_reconcile(OWNER, now=reached)
    assert_rotations(moments.index(reached))
