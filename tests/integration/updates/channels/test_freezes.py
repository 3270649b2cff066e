"""Freezes of a channel: what can be one, and the calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from compliance.ledger.domain.events import SYSTEM, Action
from tests.support.people import signed_in
from tests.support.shipping import APP_ID, channel_made, recorded
from updates.domain.freezes import Freeze
from updates.errors import InvalidValueError, NotFoundError
from updates.models import Channel, ChannelFreeze
from updates.selectors.freezes import channel_freeze_now, channel_frozen_until
from updates.services import freeze_add, freeze_remove
from updates.services.freezes import MAX_FREEZES

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
START = datetime(2026, 12, 23, 12, tzinfo=UTC)
END = datetime(2027, 1, 2, 8, tzinfo=UTC)
CHRISTMAS = Freeze(START, END, reason="Christmas")
WEEKENDS = Freeze(
    datetime(2026, 12, 4, 17, tzinfo=UTC),
    datetime(2026, 12, 7, 8, tzinfo=UTC),
    repeats_weekly=True,
    zone="Europe/Berlin",
    reason="Nobody is there",
)


@pytest.fixture(autouse=True)
def in_december() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_freeze_is_kept_recorded_and_in_force(production: Channel, rita: User) -> None:
    row = freeze_add(channel=production, freeze=WEEKENDS, actor=rita.actor)
    saturday = datetime(2027, 3, 6, 12, tzinfo=UTC)
    assert channel_frozen_until(production, saturday) == datetime(2027, 3, 8, 8, tzinfo=UTC)
    assert channel_freeze_now(production, saturday) == WEEKENDS
    assert channel_frozen_until(channel_made(production.app, "beta", public=False), saturday) is None
    assert row.created_by == rita
    (event,) = recorded(Action.CHANNEL_FREEZE_ADDED)
    assert event.detail["zone"] == "Europe/Berlin"
    assert "Nobody" not in str(event.detail)  # people type names into reasons


def test_a_freeze_that_is_taken_back_holds_nothing_any_more(production: Channel) -> None:
    row = freeze_add(channel=production, freeze=CHRISTMAS, actor=SYSTEM)
    beta = channel_made(production.app, "beta", public=False)
    with pytest.raises(NotFoundError):
        freeze_remove(channel=beta, freeze_id=row.pk, actor=SYSTEM)
    freeze_remove(channel=production, freeze_id=row.pk, actor=SYSTEM)
    assert channel_frozen_until(production, START) is None
    assert len(recorded(Action.CHANNEL_FREEZE_REMOVED)) == 1
    with pytest.raises(NotFoundError):
        freeze_remove(channel=production, freeze_id=row.pk, actor=SYSTEM)


@pytest.mark.parametrize(
    ("freeze", "says"),
    [
        pytest.param(Freeze(END, START, reason="x"), "ends after", id="ends before it begins"),
        pytest.param(Freeze(START, START, reason="x"), "ends after", id="no length"),
        pytest.param(Freeze(START, START + timedelta(days=367), reason="x"), "a year", id="too long"),
        pytest.param(
            Freeze(START, START + timedelta(days=7), repeats_weekly=True, reason="x"),
            "part of the week",
            id="a whole week every week",
        ),
        pytest.param(Freeze(NOW - timedelta(days=1), NOW, reason="x"), "is over", id="over"),
        pytest.param(
            Freeze(datetime(9999, 12, 30, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), reason="x"),
            "within five years",
            id="too far",
        ),
        pytest.param(
            Freeze(
                datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC), repeats_weekly=True, reason="x"
            ),
            "no longer ago",
            id="too long ago",
        ),
        pytest.param(Freeze(START, END, zone="Mars/Base", reason="x"), "time zone", id="no zone"),
        pytest.param(Freeze(START, END, reason=" "), "Say why", id="no reason"),
    ],
)
def test_what_is_no_freeze_is_refused(production: Channel, freeze: Freeze, says: str) -> None:
    with pytest.raises(InvalidValueError, match=says):
        freeze_add(channel=production, freeze=freeze, actor=SYSTEM)
    assert not ChannelFreeze.objects.exists()


def test_a_channel_has_so_many_freezes_that_are_not_over(production: Channel) -> None:
    def row(starts: datetime, ends: datetime) -> ChannelFreeze:
        return ChannelFreeze(channel=production, starts_at=starts, ends_at=ends, reason="x", created_at=NOW)

    ChannelFreeze.objects.bulk_create([
        row(NOW - timedelta(days=9), NOW),
        *(row(START, END) for _ in range(MAX_FREEZES - 1)),
    ])
    freeze_add(channel=production, freeze=CHRISTMAS, actor=SYSTEM)
    with pytest.raises(InvalidValueError, match="50 freezes at most"):
        freeze_add(channel=production, freeze=CHRISTMAS, actor=SYSTEM)


def test_the_database_keeps_no_freeze_without_length(production: Channel) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelFreeze.objects.create(
            channel=production, starts_at=END, ends_at=START, reason="x", created_at=NOW
        )


# --- its pages ----------------------------------------------------------------------------------------
@pytest.fixture
def browser(rita: User) -> Client:
    rita.time_zone = "Europe/Berlin"
    rita.save()
    return signed_in(rita)


def test_a_freeze_is_typed_in_the_zone_that_was_chosen(production: Channel, browser: Client) -> None:
    form = {
        "starts": "2026-12-24T12:00",
        "ends": "2026-12-28T09:00",
        "zone": "America/New_York",
        "reason": "Christmas",
    }
    page = browser.post(reverse("updates:freeze-new", args=[APP_ID, "production"]), form, follow=True)
    row = ChannelFreeze.objects.get()
    assert row.starts_at == datetime(2026, 12, 24, 17, tzinfo=UTC)
    text = page.content.decode()
    in_her_zone = "24 Dec 2026, 18:00 CET to 28 Dec 2026, 15:00 CET, by Rita"
    assert in_her_zone in strip_tags(text)
    assert text.count('title="Christmas"') == 5
    assert text.count("rc-day-whole") == 3  # the first and the last day are frozen in part


def test_the_calendar_says_of_a_weekly_freeze_when_it_comes(production: Channel, browser: Client) -> None:
    freeze_add(channel=production, freeze=WEEKENDS, actor=SYSTEM)
    page = browser.get(reverse("updates:freezes", args=[APP_ID, "production"])).content.decode()
    assert "Every week, Friday 18:00 to Monday 09:00 (Europe/Berlin), from 4 Dec 2026" in page
    assert "Open now." in page
    with time_machine.travel(datetime(2026, 12, 5, 12, tzinfo=UTC), tick=False):
        channel = signed_in(User.objects.get()).get(reverse("updates:channel", args=[APP_ID, "production"]))
    assert "Frozen until 7 Dec 2026, 09:00 CET (Nobody is there)" in strip_tags(channel.content.decode())


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"starts": "soon"}, "Give a date and a time.", id="no time"),
        pytest.param({"starts": "2026-12-24T12:00+01:00"}, "without a zone", id="a zone inside"),
        pytest.param({"starts": ""}, "required", id="nothing"),
        pytest.param({"zone": "Mars/Base"}, "valid choice", id="no zone"),
        pytest.param({"ends": "2026-12-23T12:00"}, "ends after it begins", id="a rule of the service"),
    ],
)
def test_what_cannot_be_read_as_a_freeze_is_said(
    production: Channel, browser: Client, changed: dict[str, str], says: str
) -> None:
    form = {"starts": "2026-12-24T12:00", "ends": "2026-12-28T09:00", "zone": "UTC", "reason": "x"}
    page = browser.post(reverse("updates:freeze-new", args=[APP_ID, "production"]), form | changed)
    assert says in page.content.decode()
    assert not ChannelFreeze.objects.exists()


def test_a_freeze_is_taken_back_on_its_page(production: Channel, browser: Client) -> None:
    row = freeze_add(channel=production, freeze=CHRISTMAS, actor=SYSTEM)
    where = reverse("updates:freeze-remove", args=[APP_ID, "production", row.pk])
    assert "The freeze is taken back." in browser.post(where, follow=True).content.decode()
    assert "no such freeze any more" in browser.post(where, follow=True).content.decode()
