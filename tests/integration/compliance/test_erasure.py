"""Erasing personal values: what is gone is gone, what is left proves itself, and nothing goes unrecorded."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from compliance.ledger.domain.checkpoints import NoteKey
from compliance.ledger.domain.events import SYSTEM, Action, Actor, ActorKind
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.proofs import proof_check
from compliance.ledger.domain.retention import BodyState
from compliance.ledger.errors import LedgerError, LegalHoldError
from compliance.ledger.models import AuditDisclosure, AuditErasure, AuditEvent, HoldScope
from compliance.ledger.selectors.bodies import bodies_of
from compliance.ledger.selectors.disclosures import disclosures_about
from compliance.ledger.services import events_include
from compliance.ledger.services.erasure import disclosures_erase
from compliance.ledger.services.holds import HoldTerms, hold_lift, hold_place
from releaseconsole.kernel import clock
from releaseconsole.personal_data import Needles
from tests.support.ledger import SoftwareSigner
from tests.support.log import again, event_made, last, place_of

TESSA = Actor(ActorKind.TESTER, "7")


def erase(*events: AuditEvent, names: set[str] | None = None, request: str = "DEL-1") -> int:
    return disclosures_erase(
        events=[event.pk for event in events], names=names, request=request, actor=SYSTEM, now=clock.now()
    )


@pytest.fixture
def event(db: None) -> AuditEvent:
    return event_made(email="tessa@clinic.example", reason="Tessa left", n=1, app_id="com.example.clinic")


def test_the_values_are_gone_and_the_rest_stays(event: AuditEvent) -> None:
    header, content = bytes(event.header), bytes(event.content.content)
    assert erase(event) == 2
    left = again(event)
    assert left.detail == {"n": 1}
    assert (bytes(left.header), bytes(left.content.content)) == (header, content)
    assert not AuditDisclosure.objects.filter(event=event).exists()


def test_what_was_erased_still_proves_itself(event: AuditEvent, ledger_signer: SoftwareSigner) -> None:
    before = events_include([event.pk], now=clock.now())
    erase(event)
    after = events_include([event.pk], now=clock.now())
    assert after.checkpoint.size > before.checkpoint.size
    keys = [NoteKey(after.checkpoint.origin, key.spki) for key in ledger_signer.keys()]  # noqa: SIM118 (no dict)
    leaf = leaf_hash(bytes(again(event).header))
    for receipt in (before, after):  # the proof that somebody took away before holds as well
        assert proof_check(receipt.proofs[event.pk], leaf, keys).size == receipt.checkpoint.size


def test_only_the_named_values_go(event: AuditEvent) -> None:
    assert erase(event, names={"email"}) == 1
    assert again(event).detail == {"n": 1, "reason": "Tessa left"}


def test_the_record_says_what_went_and_names_nobody(event: AuditEvent) -> None:
    between, other = event_made(n=1), event_made(email="tessa@clinic.example")
    erase(event, other, request="DEL-9")
    record = last(Action.DISCLOSURES_ERASED)
    first, second = place_of(event), place_of(other)
    assert place_of(between) == first + 1
    assert (record.object_type, record.object_id) == ("privacy_request", "DEL-9")
    assert record.detail == {
        "events": 2,
        "disclosures": 3,
        "fields": None,
        "sequences": [[first, first], [second, second]],
    }
    permits = AuditErasure.objects.filter(tombstone=record).order_by("first")
    assert [(each.first, each.last, each.kind, each.disclosures_only) for each in permits] == [
        (event.pk, event.pk, "privacy", True),
        (other.pk, other.pk, "privacy", True),
    ]
    assert b"tessa" not in bytes(record.header) + bytes(record.content.content)


def test_nothing_to_erase_is_on_record_too(event: AuditEvent) -> None:
    erase(event)
    assert erase(event) == 0
    assert last(Action.DISCLOSURES_ERASED).detail["disclosures"] == 0


def test_an_event_that_does_not_exist_erases_nothing(event: AuditEvent) -> None:
    with pytest.raises(LedgerError, match="no place"):
        disclosures_erase(
            events=[event.pk, 999_999], names=None, request="DEL-1", actor=SYSTEM, now=clock.now()
        )
    assert AuditDisclosure.objects.filter(event=event).count() == 2
    assert not AuditErasure.objects.exists()


def test_a_hold_keeps_all_of_it_and_says_so(event: AuditEvent, orla: User) -> None:
    free = event_made(email="tessa@clinic.example")
    hold = hold_place(
        terms=HoldTerms(HoldScope.APP, app_id="com.example.clinic"),
        reason="Case 12",
        actor=orla.actor,
        now=clock.now(),
    )
    with pytest.raises(LegalHoldError) as refused:
        erase(event, free)
    assert refused.value.code == "legal_hold"
    assert refused.value.held == {event.pk: ["All about the app com.example.clinic"]}
    assert f"Legal hold {hold.pk} covers 1 of 2" in refused.value.message
    assert AuditDisclosure.objects.filter(event__in=[event, free]).count() == 3
    hold_lift(hold=hold, reason="Settled", actor=orla.actor, now=clock.now())
    assert erase(event, free) == 3


def test_the_database_itself_keeps_what_is_on_hold(event: AuditEvent, orla: User) -> None:
    AuditErasure.objects.create(
        first=event.pk, last=event.pk, disclosures_only=False, kind="privacy", tombstone=event
    )
    hold_place(terms=HoldTerms(HoldScope.EVERYTHING), reason="Case 12", actor=orla.actor, now=clock.now())
    for table in ("ledger_auditdisclosure", "ledger_auditcontent"):
        with pytest.raises(DatabaseError, match="legal hold"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table} WHERE event_id = %s", [event.pk])  # noqa: S608


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({"objects": [("tester", "7")]}, {"done": {"note"}}, id="what was done to them"),
        pytest.param(
            {"needles": Needles(frozenset({"Tessa@Clinic.example"}))},
            {"named": {"email"}, "inside": {"reason"}, "nested": {"before/name"}},
            id="what names them, however spelled",
        ),
        pytest.param(
            {"needles": Needles(frozenset({"dev-42-abc"}))}, {"device": {"device_id"}}, id="a device"
        ),
        pytest.param(
            {"needles": Needles(by_app={"com.example.clinic": frozenset({"ward-4711"})})},
            {"ours": {"custom_id"}, "nowhere": {"note"}},
            id="what an app calls them, in its own events only",
        ),
        pytest.param(
            {"needles": Needles(frozenset({"471108"}))}, {"number": {"custom_id"}}, id="no plain number"
        ),
        pytest.param({"needles": Needles()}, {}, id="nothing"),
        pytest.param(
            {"objects": [("tester", "7")], "needles": Needles(frozenset({"tessa@told.example"}))},
            {"did": {"email"}, "done": {"note"}},
            id="of what they did only what is theirs",
        ),
    ],
)
def test_what_is_about_somebody_is_found(db: None, asked: dict[str, Any], found: dict[str, set[str]]) -> None:
    made = {
        "did": event_made(actor=TESSA, reason="It crashed", email="tessa@told.example"),
        "done": event_made(subject=("tester", "7"), note="slow"),
        "named": event_made(email="tessa@clinic.example", reason="x"),
        "inside": event_made(reason="Ask \uff54essa@clinic.example, please"),
        "nested": event_made(before={"name": {"first": ["tessa@CLINIC.example"]}}, after={"name": "Y"}),
        "device": event_made(device_id="dev-42-abc", reason="lost"),
        "ours": event_made(app_id="com.example.clinic", custom_id="ward-4711"),
        "theirs": event_made(app_id="com.example.other", custom_id="ward-4711"),
        "nowhere": event_made(app_id="", note="ward-4711"),
        "number": event_made(custom_id="471108", before={"name": {"size": 471108}}, reason=471108),
        "other": event_made(actor=Actor(ActorKind.PERSON, "7"), reason="another 7"),
    }
    expected = {made[who].pk: frozenset(names) for who, names in found.items()}
    assert disclosures_about(**asked) == expected


def test_what_was_erased_is_not_found_again(event: AuditEvent) -> None:
    erase(event)
    assert disclosures_about(needles=Needles(frozenset({"tessa@clinic.example"}))) == {}


def test_the_state_of_each_body_is_told(db: None, orla: User) -> None:
    whole, redacted, held = (
        event_made(n=1),
        event_made(email="a@b.example"),
        event_made(app_id="com.held.app"),
    )
    erase(redacted)
    hold_place(
        terms=HoldTerms(HoldScope.APP, app_id="com.held.app"),
        reason="Case",
        actor=orla.actor,
        now=clock.now(),
    )
    bodies = bodies_of([again(each) for each in (whole, redacted, held)])
    assert bodies[whole.pk].state is BodyState.PRESENT
    assert (bodies[redacted.pk].state, bodies[redacted.pk].missing) == (BodyState.REDACTED, 1)
    assert bodies[redacted.pk].erasures[0].tombstone == last(Action.DISCLOSURES_ERASED)
    assert bodies[held.pk].state is BodyState.ON_HOLD
    assert bodies[held.pk].holds[0].reason == "Case"
    assert bodies_of([]) == {}
