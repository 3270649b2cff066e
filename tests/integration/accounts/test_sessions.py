"""Sessions: limits by role, seen and ended by their owner, never on one factor, forgotten addresses."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.domain.assurance import AAL, AuthenticatorKind
from accounts.domain.session_limits import SessionEnd
from accounts.models import ConsoleSession, User
from accounts.services.sessions import sessions_end, sessions_expire
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.models import AuditEvent
from releaseconsole.kernel import clock
from tests.support.people import PASSWORD, code_of, signed_in

START = datetime(2026, 11, 29, 9, tzinfo=UTC)
PAGE = "/console/me/sessions/"


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


def _is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_an_idle_session_ends_and_says_why(rita: User, travel: time_machine.Traveller) -> None:
    client = signed_in(rita)
    travel.shift(timedelta(minutes=59))
    assert _is_in(client)
    travel.shift(timedelta(minutes=60))
    answer = client.get(PAGE, follow=True)
    assert answer.redirect_chain == [(f"/console/login/?next={PAGE}", 302)]
    assert "because nothing was done here for a while" in answer.text
    session = ConsoleSession.objects.get()
    assert (session.ended_why, session.address) == (SessionEnd.IDLE, None)


def test_no_activity_prolongs_a_session_for_ever(rita: User, travel: time_machine.Traveller) -> None:
    client = signed_in(rita)
    for _ in range(47):
        travel.shift(timedelta(minutes=30))
        assert _is_in(client)
    travel.shift(timedelta(minutes=30))
    assert not _is_in(client)
    assert ConsoleSession.objects.get().ended_why == SessionEnd.ABSOLUTE


def test_custodians_have_15_minutes_and_12_hours(kai: User, travel: time_machine.Traveller) -> None:
    client = signed_in(kai)
    travel.shift(timedelta(minutes=15))
    assert not _is_in(client)
    client = signed_in(kai)
    for _ in range(71):
        travel.shift(timedelta(minutes=10))
        assert _is_in(client)
    travel.shift(timedelta(minutes=10))
    assert not _is_in(client)


def test_a_page_that_refreshes_itself_is_no_activity(rita: User, travel: time_machine.Traveller) -> None:
    client = signed_in(rita)
    for _ in range(6):
        travel.shift(timedelta(minutes=10))
        client.get(PAGE, headers={"RC-Background": "1"})
    assert not _is_in(client)


def test_limits_are_settings(rita: User, settings: LazySettings, travel: time_machine.Traveller) -> None:
    settings.SESSION_IDLE_MINUTES = 5
    client = signed_in(rita)
    travel.shift(timedelta(minutes=5))
    assert not _is_in(client)


def test_the_console_knows_how_somebody_came_in(rita: User) -> None:
    signed_in(rita)
    session = ConsoleSession.objects.get()
    assert (session.kind, session.aal) == (AuthenticatorKind.TOTP, AAL.TWO)
    assert session.assurance.may_step_up
    assert session.browser == "Firefox on Linux"


def test_a_session_without_a_row_opens_nothing(rita: User) -> None:
    client = signed_in(rita)
    ConsoleSession.objects.all().delete()
    assert not _is_in(client)


def test_one_sees_only_ones_own_sessions_and_which_is_this_one(rita: User, ada: User) -> None:
    here, _, _ = signed_in(rita), signed_in(rita), signed_in(ada)
    rows = here.get(PAGE).context["rows"]
    assert [row["is_here"] for row in rows] == [True, False]
    assert {row["session"].user for row in rows} == {rita}


def test_one_session_is_ended_from_another(rita: User) -> None:
    here, there = signed_in(rita), signed_in(rita)
    other = ConsoleSession.objects.order_by("pk").get(
        key_sha256=ConsoleSession.key_hash(there.session.session_key or "")
    )
    assert here.post(f"{PAGE}{other.pk}/end/").status_code == 302
    assert _is_in(here)
    answer = there.get(PAGE, follow=True)
    assert "ended from another browser of yours" in answer.text


def test_nobody_ends_somebody_elses_session(rita: User, ada: User) -> None:
    client, others = signed_in(rita), signed_in(ada)
    session = ConsoleSession.objects.get(user=ada)
    assert client.post(f"{PAGE}{session.pk}/end/").status_code == 404
    assert _is_in(others)


def test_all_others_end_and_this_one_goes_on(rita: User) -> None:
    here, there = signed_in(rita), signed_in(rita)
    here.post(f"{PAGE}end/", {"keep": "1"})
    assert (_is_in(here), _is_in(there)) == (True, False)


def test_signing_out_everywhere_ends_this_one_too(rita: User) -> None:
    here, there = signed_in(rita), signed_in(rita)
    assert here.post(f"{PAGE}end/").headers["Location"] == "/console/login/"
    assert (_is_in(here), _is_in(there)) == (False, False)
    assert not ConsoleSession.objects.filter(ended_at=None).exists()


def test_every_end_is_on_record(rita: User) -> None:
    signed_in(rita)
    sessions_end(user=rita, why=SessionEnd.ENDED_BY_CONSOLE, actor=SYSTEM)
    event = AuditEvent.objects.get(action=Action.SESSION_ENDED)
    assert event.detail["why"] == "ended_by_console"
    assert sessions_end(user=rita, why=SessionEnd.ENDED_BY_CONSOLE, actor=SYSTEM) == 0


def test_signing_out_ends_the_session(rita: User) -> None:
    client = signed_in(rita)
    client.post("/console/logout/")
    assert ConsoleSession.objects.get().ended_why == SessionEnd.SIGNED_OUT


@pytest.mark.parametrize(
    "broken",
    [
        {"ended_at": START},
        {"ended_why": "idle"},
        {"ended_at": START, "ended_why": "idle", "address": "127.0.0.1"},
        {"seen_at": START - timedelta(seconds=1)},
    ],
)
def test_the_database_refuses_a_session_that_cant_be(rita: User, broken: dict[str, object]) -> None:
    signed_in(rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsoleSession.objects.update(**broken)


def test_a_clock_set_back_leaves_no_session_open_for_longer(
    rita: User, travel: time_machine.Traveller
) -> None:
    signed_in(rita)
    travel.shift(-timedelta(hours=1))
    assert sessions_end(user=rita, why=SessionEnd.ENDED_BY_CONSOLE) == 1
    assert ConsoleSession.objects.get().ended_at == clock.now() + timedelta(hours=1)


def test_a_session_that_nobody_comes_back_to_ends_by_itself(
    rita: User, kai: User, travel: time_machine.Traveller
) -> None:
    signed_in(rita), signed_in(kai)
    travel.shift(timedelta(minutes=20))
    assert sessions_expire() == 1
    assert ConsoleSession.objects.get(user=kai).address is None
    assert ConsoleSession.objects.get(user=rita).ended_at is None
    travel.shift(timedelta(minutes=40))
    assert (sessions_expire(), sessions_expire()) == (1, 0)


def test_a_confirmation_gives_the_session_another_key(kai: User) -> None:
    client = signed_in(kai)
    before = client.session.session_key
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = str(before)
    assert old.get(PAGE).status_code == 200
    answer = client.get("/console/me/recovery-codes/")
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', answer.text)
    assert digest is not None
    client.post(
        "/console/me/recovery-codes/",
        {"password": PASSWORD, "code": code_of(kai), "digest": digest[1]},
    )
    assert client.session.session_key != before
    assert client.get(PAGE).status_code == 200
    assert old.get(PAGE).status_code == 302


def test_the_table_of_sessions_opens_nothing(rita: User) -> None:
    client = signed_in(rita)
    row = Session.objects.get()
    assert row.session_key != client.session.session_key
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert not _is_in(thief)
    assert _is_in(client)
