import re
from datetime import timedelta

import pytest
from django.utils import timezone

from releaseconsole.templatetags.keys import (
    duration,
    key_state,
    key_timeline,
    kid,
    moment,
    operation_slug,
    operation_title,
    owner_name,
    owner_slug,
    purpose_short,
    purpose_words,
    sentence,
    trust_words,
)
from signing.domain.key_operations import KeyOperation
from signing.domain.key_words import PURPOSE_TITLES, PURPOSE_WORDS, STATE_WORDS
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.domain.timeline import timeline
from tests.unit.signing.test_timeline import DAY, NOW, RULES, active, life, waiting


def drawn() -> str:
    revoked = life(
        KeyState.COMPROMISED,
        published_at=NOW - 20 * DAY,
        activated_at=NOW - 20 * DAY,
        revoked_at=NOW - 10 * DAY,
    )
    return key_timeline(timeline([active(), waiting(), revoked], rules=RULES, wanted="ES256", now=NOW))


def test_the_line_of_time_is_drawn_by_attributes_alone() -> None:
    svg = drawn()
    assert "style" not in svg
    for name in ("x", "width"):
        for value in re.findall(rf'<rect[^>]* {name}="(-?[\d.]+)%"', svg):
            assert 0 <= float(value) <= 100
    for mark in ("rc-life-published", "rc-life-signing rc-planned", "rc-timeline-revoked", "rc-timeline-now"):
        assert mark in svg


def test_it_is_said_in_words_too() -> None:
    label = re.findall(r'aria-label="([^"]*)"', drawn())[0]
    assert "active-k… signs: published 16 Oct 2026 to 15 Nov 2026, signing 15 Nov 2026" in label
    assert "planned signing" in label


def test_a_drawing_without_keys_says_so() -> None:
    assert "No key has been published yet." in key_timeline(
        timeline([], rules=RULES, wanted="ES256", now=NOW)
    )


def test_a_sentence_escapes_texts_and_writes_times_in_the_viewer_s_zone() -> None:
    with timezone.override("Europe/Berlin"):
        written = sentence(("<b> until ", NOW, "."))
    assert written == (
        '&lt;b&gt; until <time datetime="2026-11-25T12:00:00+00:00" '
        'title="2026-11-25 12:00:00 UTC">25 Nov 2026, 13:00</time>.'
    )
    assert moment(None) == "\u2013"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=65), "65 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(seconds=3960), "66 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=30), "30 days"),
    ],
)
def test_durations_are_written_in_their_largest_fitting_unit(span: timedelta, words: str) -> None:
    assert duration(span) == words


def test_every_state_purpose_and_operation_has_words() -> None:
    assert set(STATE_WORDS) == set(KeyState)
    assert set(PURPOSE_TITLES) == set(PURPOSE_WORDS) == set(KeyPurpose)
    assert {purpose_short(purpose) for purpose in KeyPurpose} == {
        "release",
        "backend",
        "download",
        "trust",
        "root",
        "checkpoint",
    }
    for state in KeyState:
        assert "in NIST SP 800-57" in key_state(state)
    assert operation_title(KeyOperation.ROTATE) == "Rotate now"
    assert {operation_slug(what) for what in KeyOperation} == {
        "rotate",
        "suspend",
        "resume",
        "revoke",
        "destroy",
    }


def test_names_have_words_where_there_is_no_name() -> None:
    assert (owner_slug(""), owner_name("")) == ("console", "The console itself")
    assert owner_slug("com.example.clinic") == owner_name("com.example.clinic") == "com.example.clinic"
    assert kid(None) == "no kid yet"
    assert trust_words("unheard_of") == "unheard_of"
    assert "Devices" in purpose_words("release_token")
