"""Findings and their answers."""

import pytest

from updates.domain.bundle_archive.scanning import FindingCode
from updates.domain.publish_checks import WORDS, finding_key, findings_answered, size_jumps

KEPT = {"code": "secret", "path": "a.js", "detail": "an AWS access key, at byte 7"}
KEY = finding_key(**KEPT)


def test_every_kind_has_words() -> None:
    assert set(WORDS) == {*FindingCode, "size_jump", "native_mismatch", "native_unknown"}


def test_an_answer_stays_with_its_finding_alone() -> None:
    other = {**KEPT, "path": "b.js"}
    answered, still_open = findings_answered([KEPT, other], {KEY: " A test key. "})
    assert (answered.answer, still_open.answer) == ("A test key.", "")
    assert answered.key != still_open.key


def test_blank_is_no_answer() -> None:
    (finding,) = findings_answered([KEPT], {KEY: "  "})
    assert finding.answer == ""


def test_what_a_bundle_holds_cannot_write_the_words() -> None:
    (finding,) = findings_answered([{"code": "server_url", "path": "", "detail": "{0} {detail!r}"}], {})
    assert finding.words.startswith("server.url is set to {0} {detail!r}:")


@pytest.mark.parametrize(
    ("before", "after", "jumps"),
    [
        (10_000_000, 15_000_001, True),
        (10_000_000, 15_000_000, False),
        (10_000_000, 4_999_999, True),
        (10_000_000, 5_000_000, False),
        (100, 900_000, False),  # many times as much of nearly nothing
        (100, 1_000_100, True),
    ],
)
def test_a_size_jumps_by_half_and_by_a_megabyte(before: int, after: int, *, jumps: bool) -> None:
    assert size_jumps(before, after) is jumps
