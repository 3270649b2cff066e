import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.api_token_format import (
    api_token_hash,
    api_token_is_spelled_right,
    api_token_spell,
)

TOKEN = api_token_spell(bytes(range(32)))


@given(st.binary(min_size=32, max_size=32))
def test_every_token_can_be_found_by_a_scanner_and_checked(secret: bytes) -> None:
    token = api_token_spell(secret)
    assert re.fullmatch(r"rc_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}", token)
    assert api_token_is_spelled_right(token)


def test_the_documented_expression_finds_a_token_in_a_file_and_not_its_half() -> None:
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    (expression,) = re.findall(r"^\\brc_.*$", text, re.MULTILINE)
    assert re.findall(expression, f'TOKEN="{TOKEN}" # {TOKEN[:-1]} x{TOKEN}') == [TOKEN]


def test_the_spelling_never_changes() -> None:
    assert TOKEN == "rc_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh84O7WPJ"


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_one_wrong_character_is_noticed_without_asking_the_database(place: int) -> None:
    other = "B" if TOKEN[place] != "B" else "C"
    assert not api_token_is_spelled_right(TOKEN[:place] + other + TOKEN[place + 1 :])


@pytest.mark.parametrize("text", ["", "rc_", TOKEN[:-1], TOKEN + "A", f" {TOKEN}", f"{TOKEN}\n", "é" * 52])
def test_what_is_no_token_is_noticed(text: str) -> None:
    assert not api_token_is_spelled_right(text)


def test_the_hash_is_plain_sha256() -> None:
    assert api_token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
