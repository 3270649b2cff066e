"""What webhooks say, how it's signed, and when it's said again."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.domain.events import Action, Outcome
from updates.domain.webhooks import events
from updates.domain.webhooks.events import EVENTS, LoggedEvent, event_name, message_body
from updates.domain.webhooks.retries import (
    JITTER,
    LONGEST_WAIT,
    WAITS,
    is_hopeless,
    next_attempt,
    retry_after_read,
)
from updates.domain.webhooks.signatures import secret_spell, signatures

NOW = datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)
DOCS = Path(__file__).parents[3] / "docs" / "webhooks.md"


def logged(action: Action = Action.RELEASE_PUBLISHED, **changed: Any) -> LoggedEvent:
    given: dict[str, Any] = {
        "sequence": 17,
        "at": NOW,
        "action": action.value,
        "outcome": "done",
        "actor_kind": "person",
        "app_id": "com.example.clinic",
        "subject": ("release", "4"),
        "detail": {"channel": "production", "version": "1.4.0", "rollout_bps": 1000},
    }
    return LoggedEvent(**(given | changed))


def told(**changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(message_body(logged(**changed), "release.published"))
    return body


def test_a_message_says_what_happened_to_what_and_when() -> None:
    assert message_body(logged(), "release.published") == (
        '{"data":{"actor":"person","app_id":"com.example.clinic","channel":"production","release_seq":4,'
        '"rollout_bps":1000,"sequence":17,"version":"1.4.0"},'
        '"timestamp":"2026-11-30T12:00:00.123Z","type":"release.published"}'
    )


@pytest.mark.parametrize(
    "detail",
    [
        pytest.param({"reason": "Rita said so"}, id="a reason"),
        pytest.param({"device": "8f0f2f4e-0000-4000-8000-000000000001"}, id="a device"),
        pytest.param({"requested_by": "7"}, id="a person"),
        pytest.param({"version": "for Rita Maier"}, id="a sentence in a version's place"),
        pytest.param({"channel": "rita@example.com"}, id="an address in a channel's place"),
        pytest.param({"before": {"name": "Rita"}}, id="an object in a number's place"),
        pytest.param({"supersedes": [{"notes": "Rita"}]}, id="an object in a list"),
        pytest.param({"rolled_back": [["rita@example.com"]]}, id="an address in a list in a list"),
        pytest.param({"code": "a\nb"}, id="two lines"),
        pytest.param({"devices": 1.5}, id="what no rule names"),
    ],
)
def test_what_could_be_about_a_person_is_left_out(detail: dict[str, Any]) -> None:
    assert told(detail=detail)["data"].keys() == {"actor", "app_id", "release_seq", "sequence"}


def test_people_and_testers_are_never_the_subject() -> None:
    for kind in ("person", "tester", "tester_device", "device", "invite", ""):
        assert told(subject=(kind, "7"), detail={})["data"].keys() == {"actor", "app_id", "sequence"}


def test_only_what_was_done_is_told_but_of_what_is_called_failed() -> None:
    assert event_name("updates:release:publish", "done") == "release.published"
    for outcome in (Outcome.DENIED, Outcome.FAILED):
        assert event_name("updates:release:publish", outcome.value) is None
    assert event_name("updates:release:fail", "failed") == "release.publish_failed"
    assert event_name("updates:release:fail", "denied") is None


def test_what_no_webhook_tells_of_has_no_name() -> None:
    for action in ("accounts:session:open", "updates:tester:invite", "updates:never:heard_of"):
        assert event_name(action, "done") is None


def test_names_are_once_each_and_families_are_the_documented_ones() -> None:
    assert len(set(EVENTS.values())) == len(EVENTS)
    families = {name.partition(".")[0] for name in EVENTS.values()}
    assert families == {"release", "rollout", "rollback", "shutoff", "guard", "key", "request"}


def test_the_page_lists_every_event_with_its_action() -> None:
    lines = [line.split("|") for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    listed = {cells[2].strip(" `"): cells[1].strip(" `") for cells in lines if ":" in cells[2]}
    assert listed == {action.value: name for action, name in EVENTS.items()}


def test_the_specifications_own_example_is_signed_alike() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert secret_spell(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signatures(
        [secret],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body='{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_changed_both_sign() -> None:
    message: dict[str, Any] = {"message_id": "msg_1", "timestamp": 1, "body": "{}"}
    both = signatures([b"new", b"old"], **message).split()
    assert both == [signatures([b"new"], **message), signatures([b"old"], **message)]


@given(st.integers(1, 9), st.floats(0, 1))
def test_waits_grow_and_never_shrink_by_chance(attempts: int, jitter: float) -> None:
    due = next_attempt(attempts=attempts, now=NOW, jitter=jitter)
    assert due is not None
    assert WAITS[attempts - 1] <= due - NOW <= WAITS[attempts - 1] * (1 + JITTER)


def test_after_three_days_a_message_is_given_up() -> None:
    assert next_attempt(attempts=len(WAITS) + 1, now=NOW, jitter=0) is None
    assert timedelta(days=3) < sum(WAITS, timedelta()) < timedelta(days=4)


@given(st.integers(1, 9), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_receiver_is_given_the_time_it_asks_for_but_a_day_at_most(attempts: int, asked: timedelta) -> None:
    due = next_attempt(attempts=attempts, now=NOW, jitter=0, retry_after=asked)
    assert due == NOW + max(WAITS[attempts - 1], min(asked, LONGEST_WAIT))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("99999999999999999999", 86_400),
        ("Mon, 30 Nov 2026 12:01:00 GMT", 59.876544),
        ("Mon, 30 Nov 2026 12:01:00", 59.876544),
        ("Mon, 30 Nov 2026 11:00:00 GMT", None),
        ("Sun, 30 Nov 2126 11:00:00 GMT", 86_400),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(value: str, seconds: float | None) -> None:
    read = retry_after_read(value, now=NOW)
    assert (read.total_seconds() if read is not None else None) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_reading(value: str) -> None:
    read = retry_after_read(value, now=NOW)
    assert read is None or timedelta(0) <= read <= LONGEST_WAIT


def test_five_days_without_success_are_hopeless() -> None:
    assert not is_hopeless(failing_since=NOW, now=NOW + timedelta(days=5, seconds=-1))
    assert is_hopeless(failing_since=NOW, now=NOW + timedelta(days=5))


def test_a_test_message_tells_of_nothing() -> None:
    body = json.loads(events.test_body(app_id="com.example.clinic", now=NOW))
    assert (body["type"], body["data"]) == ("webhook.test", {"app_id": "com.example.clinic"})
