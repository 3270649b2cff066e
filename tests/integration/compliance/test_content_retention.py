"""What was kept for long enough goes, batch by batch; what a hold, PHI or the log itself needs stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.models import User
from compliance.ledger.backends.phi_apps import phi_apps_register
from compliance.ledger.domain.events import Action
from compliance.ledger.domain.retention import BodyState
from compliance.ledger.models import AuditContent, AuditDisclosure, AuditErasure, AuditEvent, HoldScope
from compliance.ledger.selectors.bodies import bodies_of
from compliance.ledger.services import events_include
from compliance.ledger.services.holds import HoldTerms, hold_lift, hold_place
from compliance.ledger.services.retention import content_expire
from compliance.ledger.tasks import content_expire as content_expire_task
from releaseconsole.kernel import clock
from tests.support.log import again, event_made, last, place_of

PHI = "com.example.clinic"


@pytest.fixture(autouse=True)
def phi(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.ledger.backends.phi_apps._registry.tell", lambda: {PHI: None})


def old(days: int, **more: Any) -> AuditEvent:
    return event_made(at=clock.now() - timedelta(days=days), **more)


def has_content(event: AuditEvent) -> bool:
    return AuditContent.objects.filter(event=event).exists()


def test_content_of_two_years_ago_goes_with_its_values(settings: LazySettings) -> None:
    over, young = old(732), old(730)
    header = bytes(over.header)
    assert content_expire(now=clock.now()) == 1
    assert (has_content(over), has_content(young)) == (False, True)
    assert not AuditDisclosure.objects.filter(event=over).exists()
    assert (again(over).detail, bytes(again(over).header)) == ({}, header)
    assert bodies_of([again(over)])[over.pk].state is BodyState.EXPIRED
    record = last(Action.CONTENT_EXPIRED)
    place = place_of(over)
    assert record.detail == {
        "what": "content",
        "events": 1,
        "contents": 1,
        "disclosures": 1,
        "sequences": [[place, place]],
    }
    assert bodies_of([again(over)])[over.pk].erasures[0].tombstone == record


def test_what_went_is_still_in_the_log() -> None:
    over = old(800)
    content_expire(now=clock.now())
    assert events_include([over.pk], now=clock.now()).proofs[over.pk]


@pytest.mark.parametrize(
    ("days", "app_id", "action", "stays"),
    [
        pytest.param(732, "com.example.other", Action.APP_SHUT_OFF, False, id="another app"),
        pytest.param(732, PHI, Action.APP_SHUT_OFF, True, id="an app with PHI"),
        pytest.param(2193, PHI, Action.APP_SHUT_OFF, False, id="an app with PHI after six years"),
        pytest.param(732, "", Action.DISCLOSURES_ERASED, True, id="what says why something is gone"),
        pytest.param(2193, "", Action.DISCLOSURES_ERASED, False, id="that, after six years"),
    ],
)
def test_six_years_for_what_needs_them(days: int, app_id: str, action: Action, *, stays: bool) -> None:
    event = old(days, app_id=app_id, action=action, n=1)
    content_expire(now=clock.now())
    assert has_content(event) is stays


def test_personal_values_go_before_the_content(settings: LazySettings) -> None:
    settings.AUDIT_DISCLOSURE_DAYS = 30
    over, young = old(31), old(29)
    assert content_expire(now=clock.now()) == 1
    assert again(over).detail == {"n": 1}
    assert again(young).detail == {"n": 1, "reason": "Ada asked for it"}
    assert last(Action.CONTENT_EXPIRED).detail["what"] == "disclosures"
    assert content_expire(now=clock.now()) == 0


def test_even_where_content_is_kept_for_six_years() -> None:
    event = old(732, app_id=PHI)
    content_expire(now=clock.now())
    assert again(event).detail == {"n": 1}


@pytest.mark.parametrize("age", [800, 2500])
def test_a_hold_keeps_it_and_its_end_lets_it_go(orla: User, age: int) -> None:
    held, free = old(age, app_id=PHI), old(age)
    hold = hold_place(
        terms=HoldTerms(HoldScope.APP, app_id=PHI), reason="Case 3", actor=orla.actor, now=clock.now()
    )
    while content_expire(now=clock.now()):
        pass
    assert again(held).detail == {"n": 1, "reason": "Ada asked for it"}
    assert not has_content(free)
    hold_lift(hold=hold, reason="Settled", actor=orla.actor, now=clock.now())
    while content_expire(now=clock.now()):
        pass
    assert "reason" not in again(held).detail


def test_batches_are_bounded_and_each_says_what_went() -> None:
    events = [old(800) for _ in range(5)]
    assert [content_expire(now=clock.now(), batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert AuditEvent.objects.filter(action=Action.CONTENT_EXPIRED.value).count() == 3
    assert not AuditContent.objects.filter(event__in=events).exists()


def test_a_record_holds_so_many_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.ledger.services.retention.MOST_RANGES", 2)
    mixed = [old(800, app_id=PHI if number % 2 else "") for number in range(6)]
    assert content_expire(now=clock.now()) == 2
    assert len(last(Action.CONTENT_EXPIRED).detail["sequences"]) == 2
    assert [has_content(each) for each in mixed[::2]] == [False, False, True]


def test_neighbours_are_one_range() -> None:
    first = old(800)
    for _ in range(3):
        old(800)
    content_expire(now=clock.now())
    place = place_of(first)
    assert last(Action.CONTENT_EXPIRED).detail["sequences"] == [[place, place + 3]]
    assert AuditErasure.objects.count() == 1


def test_the_daily_task_goes_on_until_all_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.ledger.services.retention.MOST_RANGES", 1)
    mixed = [old(800, app_id=PHI if number % 2 else "") for number in range(6)]
    content_expire_task()
    assert not AuditContent.objects.filter(event__in=mixed[::2]).exists()
    assert not AuditDisclosure.objects.filter(event__in=mixed).exists()


def test_nobody_says_which_apps_have_phi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.ledger.backends.phi_apps._registry.tell", None)
    event = old(732, app_id=PHI)
    content_expire(now=clock.now())
    assert not has_content(event)


def test_the_last_who_says_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    phi_apps_register(lambda: {"com.example.new": None})
    event = old(732, app_id="com.example.new")
    content_expire(now=clock.now())
    assert has_content(event)


def test_lowering_the_flag_lets_nothing_go_that_was_written_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one change of an app's profile would delete years of documentation at the next run."""
    under, lowered_at, after = old(1000, app_id=PHI), clock.now() - timedelta(days=800), old(790, app_id=PHI)
    monkeypatch.setattr("compliance.ledger.backends.phi_apps._registry.tell", lambda: {PHI: lowered_at})
    content_expire(now=clock.now())
    assert (has_content(under), has_content(after)) == (True, False)
    content_expire(now=clock.now() + timedelta(days=1193))
    assert not has_content(under)
