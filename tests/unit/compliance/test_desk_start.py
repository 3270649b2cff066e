"""The start page's order, and the matrix of controls."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.domain.roles import Permission
from compliance.desk.backends.standing import standing_sources
from compliance.desk.domain.controls import CONTROLS, PAGES, ControlSet, Evidence
from compliance.desk.domain.standing import StandingLine, Tone, counted, standing_sorted


def line(title: str, tone: Tone, due_on: date | None = None) -> StandingLine:
    return StandingLine(title, "", tone, "desk:start", Permission.AUDIT_VIEW, due_on)


def test_what_is_urgent_comes_first_and_of_that_what_is_due_first() -> None:
    lines = [
        line("fine", Tone.FINE),
        line("due later", Tone.DUE, date(2026, 12, 2)),
        line("to know", Tone.PLAIN),
        line("due some day", Tone.DUE),
        line("due", Tone.DUE, date(2026, 12, 1)),
        line("broken", Tone.BAD),
    ]
    assert [each.title for each in standing_sorted(lines)] == [
        "broken",
        "due",
        "due later",
        "due some day",
        "fine",
        "to know",
    ]


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_a_word_beside_its_colour(tone: Tone) -> None:
    assert tone.words
    assert tone.pill


def test_numbers_have_their_nouns() -> None:
    assert [counted(n, "pack", "packs") for n in (0, 1, 2)] == ["0 packs", "1 pack", "2 packs"]


def test_every_part_is_registered_once() -> None:
    assert len(set(standing_sources())) == len(standing_sources()) >= 14


def test_every_control_links_to_pages_that_exist() -> None:
    assert set(CONTROLS) == set(ControlSet)
    assert set(PAGES) == set(Evidence)
    used = {page for controls in CONTROLS.values() for control in controls for page in control.evidence}
    assert all(control.evidence for controls in CONTROLS.values() for control in controls)
    assert used | {Evidence.CATALOGUE, Evidence.WATCH} == set(Evidence)
    assert all(reverse(page.value) for page in Evidence)


def test_no_control_is_listed_twice() -> None:
    for controls in CONTROLS.values():
        numbers = [control.number for control in controls]
        assert len(set(numbers)) == len(numbers)
