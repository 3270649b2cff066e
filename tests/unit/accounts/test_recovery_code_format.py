"""How a recovery code is spelled, and what is read as one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.recovery_codes import MOST_FAILURES, recovery_code_read, recovery_code_spell, wait_after

secrets = st.binary(min_size=10, max_size=10)


@given(secrets)
def test_what_was_spelled_is_read_again_however_it_is_typed(secret: bytes) -> None:
    spelled = recovery_code_spell(secret)
    assert len(spelled.split("-")) == 4
    for typed in (spelled, spelled.lower(), spelled.replace("-", ""), f" {spelled.replace('-', ' ')} "):
        assert recovery_code_read(typed) == secret


@given(secrets)
def test_letters_that_look_like_digits_are_taken_for_them(secret: bytes) -> None:
    spelled = recovery_code_spell(secret)
    assert recovery_code_read(spelled.replace("0", "O").replace("1", "l")) == secret
    assert recovery_code_read(spelled.replace("0", "o").replace("1", "I")) == secret


def test_the_first_and_the_last_code_are_spelled_as_crockford_does() -> None:
    assert recovery_code_spell(bytes(10)) == "0000-0000-0000-0000"
    assert recovery_code_spell(b"\xff" * 10) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert recovery_code_spell(bytes(9) + b"\x21") == "0000-0000-0000-0011"


@pytest.mark.parametrize(
    "typed", ["", "123456", "0000-0000-0000-000", "0000-0000-0000-00000", "U" * 16, "é" * 16]
)
def test_anything_else_is_no_code(typed: str) -> None:
    assert recovery_code_read(typed) is None


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 1), (2, 2), (6, 32), (7, 60), (99, 60)])
def test_the_wait_grows_and_stays_short(failures: int, seconds: int) -> None:
    assert wait_after(failures) == timedelta(seconds=seconds)


def test_after_a_hundred_wrong_codes_in_a_row_none_is_looked_at() -> None:
    assert wait_after(MOST_FAILURES) is None
