"""Many writers, two sequencers: every event gets one place, in one order, under one root."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Final

import pytest
from django.db import DatabaseError, connection, connections, transaction
from pymerkle import InmemoryTree

from compliance.ledger.domain.events import Action, Actor, ActorKind
from compliance.ledger.models import AuditEvent, AuditLeaf, AuditPending, AuditTile
from compliance.ledger.services import audit_record, sequencing
from compliance.ledger.services.checkpoints import checkpoint_take
from compliance.ledger.services.sequencing import events_sequence
from compliance.ledger.services.verification import log_verify
from releaseconsole.kernel import clock
from tests.support.at_once import at_once

PATIENCE: Final = 120  # of a test whose other half has died
WRITERS: Final = 32
EACH: Final = 200

pytestmark = pytest.mark.django_db(transaction=True)
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")


def record(actor_id: str = "1") -> AuditEvent:
    with transaction.atomic():
        return audit_record(
            action=Action.APP_CHANGED,
            actor=Actor(ActorKind.PERSON, actor_id),
            now=clock.now(),
            detail={"n": 1, "note": actor_id},
        )


def write(writer: int, count: int) -> None:
    for _ in range(count):
        record(str(writer))


def independent_root() -> bytes:
    """The root as somebody else's code computes it, over the stored headers in the order of their places."""
    tree = InmemoryTree(algorithm="sha256")
    headers = dict(AuditEvent.objects.values_list("number", "header"))
    for number in AuditLeaf.objects.order_by("sequence").values_list("number", flat=True):
        tree.append_entry(bytes(headers[number]))
    return bytes(tree.get_root())


def everything_has_its_place(count: int) -> None:
    leaves = list(AuditLeaf.objects.order_by("sequence").values_list("sequence", "number"))
    assert [sequence for sequence, _ in leaves] == list(range(count))
    assert {number for _, number in leaves} == set(AuditEvent.objects.values_list("number", flat=True))
    assert len({number for _, number in leaves}) == count
    assert not AuditPending.objects.exists()
    checkpoint = checkpoint_take(now=clock.now())
    assert checkpoint is not None
    assert (checkpoint.size, bytes(checkpoint.root)) == (count, independent_root())
    report = log_verify(now=clock.now())
    assert (report.verdict, report.findings, report.entries) == ("holds", [], count)


@contextmanager
def sequencers(count: int) -> Iterator[list[int]]:
    """Sequencers that go on until the block ends; gives what each took."""
    over, taken = Event(), [0] * count

    def run(which: int) -> None:
        while not over.is_set():
            taken[which] += events_sequence()
        connections.close_all()

    threads = [Thread(target=partial(run, which)) for which in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield taken
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)


@postgresql_only
def test_32_writers_and_two_sequencers_make_one_log() -> None:
    with sequencers(2) as taken:
        at_once([partial(write, writer, EACH) for writer in range(WRITERS)])
    events_sequence()
    assert all(taken), "One of the two never came to its turn."
    everything_has_its_place(WRITERS * EACH)


def test_writers_of_sqlite_make_one_log_too() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own test.")
    at_once([partial(write, writer, 80) for writer in range(4)])
    everything_has_its_place(320)


@contextmanager
def writing() -> Iterator[Callable[[], int]]:
    """Somebody else writes an event and doesn't commit until told to; gives its number then."""
    written, go, numbers = Event(), Event(), []

    def act() -> None:
        with transaction.atomic():
            numbers.append(record().number)
            written.set()
            go.wait(PATIENCE)
        connections.close_all()

    thread = Thread(target=act)
    thread.start()
    written.wait(PATIENCE)

    def commit() -> int:
        go.set()
        thread.join(PATIENCE)
        return numbers[0]

    try:
        yield commit
    finally:
        commit()


@postgresql_only
def test_an_event_that_is_committed_late_gets_a_later_place() -> None:
    with writing() as commit:
        higher = record().number
        assert events_sequence() == 1
        lower = commit()
    assert lower < higher
    assert events_sequence() == 1
    places = dict(AuditLeaf.objects.values_list("number", "sequence"))
    assert places == {higher: 0, lower: 1}
    everything_has_its_place(2)


@postgresql_only
def test_a_transaction_that_is_rolled_back_leaves_no_hole() -> None:
    record()
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    record()
    assert events_sequence() == 2
    everything_has_its_place(2)


@postgresql_only
@pytest.mark.parametrize("same", ["place", "event"])
def test_a_second_sequencer_without_the_lock_is_refused(same: str) -> None:
    first, second = record(), record()
    events_sequence()
    leaf = {"place": (1, 999_999), "event": (2, first.number)}[same]
    assert AuditLeaf.objects.get(sequence=1).number == second.number
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_auditleaf (sequence, number, leaf_hash) VALUES (%s, %s, '\\x00')", leaf
        )
    everything_has_its_place(2)


@postgresql_only
def test_a_sequencer_that_dies_midway_has_done_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1, 300)

    def die(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sequencing, "tile_root", die)
        with pytest.raises(KeyboardInterrupt):
            events_sequence()
    assert (AuditLeaf.objects.count(), AuditTile.objects.count(), AuditPending.objects.count()) == (0, 0, 300)
    assert events_sequence() == 300
    everything_has_its_place(300)


@postgresql_only
def test_a_sequencer_whose_connection_is_cut_has_done_nothing() -> None:
    write(1, 10)
    taken, go = Event(), Event()
    pids: list[int] = []

    def sequence() -> None:
        try:
            with transaction.atomic():
                events_sequence()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    pids.append(cursor.fetchone()[0])
                taken.set()
                go.wait(PATIENCE)
                AuditLeaf.objects.exists()
        except DatabaseError:
            pass
        finally:
            connections.close_all()

    thread = Thread(target=sequence)
    thread.start()
    taken.wait(PATIENCE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 60000)", pids)
    go.set()
    thread.join(PATIENCE)
    assert (AuditLeaf.objects.count(), AuditPending.objects.count()) == (0, 10)
    assert events_sequence() == 10
    everything_has_its_place(10)
