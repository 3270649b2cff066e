"""Legal holds: placed with a reason, lifted once with another, and otherwise neither changed nor deleted."""

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action, Actor, ActorKind
from compliance.ledger.errors import HoldRefusedError, LedgerError, LegalHoldError
from compliance.ledger.models import AuditCheckpoint, AuditLeaf, HoldScope, LegalHold
from compliance.ledger.selectors.holds import events_held, holds_all
from compliance.ledger.services.erasure import disclosures_erase
from compliance.ledger.services.holds import HoldTerms, hold_lift, hold_place
from releaseconsole.kernel import clock
from tests.support.at_once import at_once
from tests.support.log import event_made, last
from tests.support.people import person

EVERYTHING = HoldTerms(HoldScope.EVERYTHING)
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own statement")


def place(orla: User, terms: HoldTerms = EVERYTHING, reason: str = "Case 12") -> LegalHold:
    return hold_place(terms=terms, reason=reason, actor=orla.actor, now=clock.now())


def lift(hold: LegalHold, orla: User, reason: str = "Settled") -> LegalHold:
    return hold_lift(hold=hold, reason=reason, actor=orla.actor, now=clock.now())


def test_placing_and_lifting_are_on_record(orla: User) -> None:
    hold = place(orla, HoldTerms(HoldScope.PERSON, subject=("tester", "7")))
    placed = last(Action.HOLD_PLACED)
    assert (placed.actor_id, placed.object_type, placed.object_id) == (
        str(orla.pk),
        "legal_hold",
        str(hold.pk),
    )
    assert placed.detail == {"scope": "person", "about": ["tester", "7"], "reason": "Case 12"}
    assert b"Case 12" not in bytes(placed.content.content)
    lift(hold, orla)
    assert last(Action.HOLD_LIFTED).detail["reason"] == "Settled"
    (row,) = holds_all()
    assert (row.lifted_reason, row.lifted_by_name, row.placed_by_name) == ("Settled", orla.name, orla.name)


def test_lifting_is_under_a_signed_checkpoint_at_once(orla: User) -> None:
    hold = place(orla)
    lift(hold, orla)
    leaf = AuditLeaf.objects.get(number=last(Action.HOLD_LIFTED).pk)
    assert AuditCheckpoint.objects.order_by("-size")[0].size > leaf.sequence


def test_a_hold_is_lifted_once(orla: User) -> None:
    hold = lift(place(orla), orla)
    with pytest.raises(HoldRefusedError) as refused:
        lift(hold, orla)
    assert refused.value.code == "hold_refused"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_both_say_why(orla: User, reason: str) -> None:
    with pytest.raises(HoldRefusedError, match="Say why"):
        place(orla, reason=reason)
    hold = place(orla)
    with pytest.raises(HoldRefusedError, match="Say why"):
        lift(hold, orla, reason=reason)
    assert LegalHold.objects.get().lifted_at is None


@pytest.mark.parametrize(
    "terms",
    [
        HoldTerms(HoldScope.EVERYTHING, app_id="com.example.app"),
        HoldTerms(HoldScope.EVERYTHING, subject=("release", "1")),
        HoldTerms(HoldScope.APP),
        HoldTerms(HoldScope.APP, app_id="com.example.app", subject=("release", "1")),
        HoldTerms(HoldScope.PERSON, subject=("person", "")),
        HoldTerms(HoldScope.PERSON, subject=("release", "1")),
        HoldTerms(HoldScope.PERSON, app_id="com.example.app", subject=("person", "1")),
        HoldTerms(HoldScope.OBJECT, subject=("release", "")),
        HoldTerms(HoldScope.OBJECT, subject=("", "1")),
    ],
)
def test_a_hold_says_what_it_covers(orla: User, terms: HoldTerms) -> None:
    with pytest.raises(HoldRefusedError):
        place(orla, terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.create(
            scope=terms.scope,
            app_id=terms.app_id,
            object_type=terms.subject[0],
            object_id=terms.subject[1],
            reason="x",
            placed_by="1",
            placed_at=clock.now(),
        )


@pytest.mark.parametrize(
    ("terms", "covered"),
    [
        pytest.param(EVERYTHING, {"app", "did", "done", "release", "twin", "other"}, id="everything"),
        pytest.param(HoldTerms(HoldScope.APP, app_id="com.a"), {"app", "release"}, id="an app"),
        pytest.param(
            HoldTerms(HoldScope.PERSON, subject=("tester", "7")), {"did", "done"}, id="a tester, not person 7"
        ),
        pytest.param(
            HoldTerms(HoldScope.OBJECT, subject=("release", "4")),
            {"release", "twin"},
            id="a thing of any app",
        ),
        pytest.param(
            HoldTerms(HoldScope.OBJECT, app_id="com.a", subject=("release", "4")),
            {"release"},
            id="of one app",
        ),
    ],
)
def test_a_hold_covers_what_it_says(orla: User, terms: HoldTerms, covered: set[str]) -> None:
    made = {
        "app": event_made(app_id="com.a"),
        "did": event_made(actor=Actor(ActorKind.TESTER, "7")),
        "done": event_made(subject=("tester", "7")),
        "release": event_made(app_id="com.a", subject=("release", "4")),
        "twin": event_made(app_id="com.b", subject=("release", "4")),
        "other": event_made(actor=Actor(ActorKind.PERSON, "7")),
    }
    numbers = {event.pk: who for who, event in made.items()}
    assert events_held(list(numbers)) == {}
    hold = place(orla, terms)
    found = events_held(list(numbers))
    assert {numbers[number] for number in found} == covered
    assert all(holds == [hold] for holds in found.values())
    refused = set()
    for who, event in made.items():  # the database says the same as the selector
        connection.cursor().execute(
            "INSERT INTO ledger_auditerasure (first, last, disclosures_only, name, kind, tombstone_id) "
            "VALUES (%s, %s, %s, '', 'privacy', %s)",
            [event.pk, event.pk, False, event.pk],
        )
        try:
            with transaction.atomic():
                connection.cursor().execute("DELETE FROM ledger_auditcontent WHERE event_id = %s", [event.pk])
        except DatabaseError:
            refused.add(who)
    assert refused == covered


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_legalhold SET reason = 'another'",
        "UPDATE ledger_legalhold SET scope = 'app', app_id = 'com.small.app'",
        "UPDATE ledger_legalhold SET placed_at = '2020-01-01 00:00:00+00'",
        "DELETE FROM ledger_legalhold",
    ],
)
def test_a_hold_is_not_rewritten(orla: User, change: str) -> None:
    place(orla)
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(change)


def test_a_lifted_hold_is_not_put_back(orla: User) -> None:
    lift(place(orla), orla)
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE ledger_legalhold SET lifted_at = NULL, lifted_by = '', lifted_reason = ''"
        )


def test_a_hold_is_not_lifted_before_it_was_placed_or_in_silence(orla: User) -> None:
    hold = place(orla)
    for lifted in (
        {"lifted_at": hold.placed_at, "lifted_by": "1"},
        {"lifted_at": clock.now().replace(year=2020), "lifted_by": "1", "lifted_reason": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalHold.objects.filter(pk=hold.pk).update(**lifted)


def test_a_hold_has_no_way_to_be_deleted(orla: User) -> None:
    hold = place(orla)
    with pytest.raises(LedgerError, match="never deleted"):
        hold.delete()


@sqlite_only
def test_a_hold_is_not_replaced(orla: User) -> None:
    hold = place(orla)
    with pytest.raises(DatabaseError, match="REPLACE refused"), transaction.atomic():
        connection.cursor().execute(
            "INSERT OR REPLACE INTO ledger_legalhold SELECT * FROM ledger_legalhold WHERE id = %s", [hold.pk]
        )


@postgresql_only
def test_a_session_that_silences_triggers_lifts_nothing(orla: User) -> None:
    place(orla)
    for change in ("TRUNCATE ledger_legalhold", "DELETE FROM ledger_legalhold"):
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
            connection.cursor().execute(f"SET LOCAL session_replication_role = replica; {change}")


@postgresql_only
@pytest.mark.django_db(transaction=True)
def test_nothing_is_erased_beside_a_hold_that_is_being_placed() -> None:
    """What isn't committed yet no trigger sees; so who erases waits until it is."""
    orla, event = person("orla"), event_made()

    def erase() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            disclosures_erase(events=[event.pk], names=None, request="7", actor=SYSTEM, now=clock.now())

    with transaction.atomic():
        place(orla)
        at_once([erase])
    with pytest.raises(LegalHoldError):
        disclosures_erase(events=[event.pk], names=None, request="7", actor=SYSTEM, now=clock.now())
