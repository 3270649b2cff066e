"""Following the audit log by number, while others write to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from compliance.ledger.selectors import events as selectors
from compliance.ledger.selectors import events_settled
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock

PATIENCE = 60  # of a test whose other half has died


def record() -> int:
    with transaction.atomic():
        return audit_record(action=Action.SETUP_LINK_ISSUED, actor=SYSTEM, now=clock.now()).number


@contextmanager
def writing() -> Iterator[Callable[[], int]]:
    """Somebody else writes an event and doesn't commit until told to; gives its number then."""
    written, go, numbers = Event(), Event(), []

    def write() -> None:
        with transaction.atomic():
            numbers.append(record())
            written.set()
            go.wait(PATIENCE)
        connections.close_all()

    thread = Thread(target=write)
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


def test_what_is_committed_is_settled(db: None) -> None:
    assert events_settled() == 0
    number = record()
    assert events_settled() == number


@pytest.mark.django_db(transaction=True)
def test_a_lower_number_that_is_committed_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    monkeypatch.setattr(selectors, "_LOOKS", 1)
    record()
    with writing() as commit:
        higher = record()
        assert AuditEvent.objects.latest("number").number == higher
        assert events_settled() is None
        lower = commit()
    assert lower < higher
    assert events_settled() == higher


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_began_later_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy console somebody writes at every moment; only those of the first look are waited for."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    number = record()
    looks = iter([{"3/7", "4/2"}, {"4/2", "5/1"}, {"5/1", "6/1"}])
    monkeypatch.setattr(selectors, "_writers", lambda: next(looks))
    assert events_settled() == number
