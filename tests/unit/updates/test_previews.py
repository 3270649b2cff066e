"""What previews are called, and how large and long they may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.names import channel_name_check
from updates.domain.previews import preview_channel_name, preview_subject_check, preview_terms_check
from updates.errors import InvalidValueError


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("PR 123", "preview-pr-123"),
        ("#123", "preview-123"),
        ("feature/Log-in", "preview-feature-log-in"),
        ("田中", "preview-1806496b"),
        ("x" * 70, "preview-" + "x" * 47 + "-c71bd109"),
    ],
)
def test_a_preview_is_named_after_its_subject(subject: str, name: str) -> None:
    assert preview_channel_name(subject) == name


@given(st.text(min_size=1, max_size=80))
def test_whatever_it_is_of_a_channel_can_have_its_name(subject: str) -> None:
    channel_name_check(preview_channel_name(subject))


@pytest.mark.parametrize("text", ["", "  ", "x" * 81, "PR\n123", "PR \u202e321"])
def test_a_subject_is_a_short_line(text: str) -> None:
    with pytest.raises(InvalidValueError):
        preview_subject_check(text)


def test_a_subject_is_kept_as_it_is_written() -> None:
    assert preview_subject_check(" Fix cafe\u0301 ") == "Fix caf\u00e9"


@pytest.mark.parametrize(("days", "testers"), [(0, 1), (31, 1), (1, 0), (1, 101)])
def test_a_preview_is_short_and_small(days: int, testers: int) -> None:
    preview_terms_check(days=30, testers=100)
    with pytest.raises(InvalidValueError):
        preview_terms_check(days=days, testers=testers)
