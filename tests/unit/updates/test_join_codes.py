import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.testers.join_codes import (
    LENGTH,
    RANDOM_BYTES,
    join_code_read,
    join_code_sha256,
    join_code_show,
    join_code_spell,
)
from updates.domain.testers.plugin_unset import takes_unset


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), st.data())
def test_a_code_is_read_however_it_is_typed(drawn: bytes, data: st.DataObject) -> None:
    code = join_code_spell(drawn)
    typed = "".join(
        data.draw(st.sampled_from([each, each.lower(), *{"0": "oO", "1": "iIlL"}.get(each, "")]))
        + data.draw(st.sampled_from(["", "-", " "]))
        for each in join_code_show(code)
    )
    assert join_code_read(typed) == code


def test_each_character_is_drawn_as_often() -> None:
    spelt = "".join(join_code_spell(bytes([byte] * RANDOM_BYTES)) for byte in range(256))
    assert {spelt.count(each) for each in set(spelt)} == {256 * LENGTH // 32}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "ABCDE-FGHJ",
        "ABCDE-FGHJKM",
        "ABCDE-FGHJU",
        "ÀBCDE-FGHJK",
        "-" * 33 + "ABCDEFGHJK",
        "production",
    ],
)
def test_what_is_no_code(typed: str) -> None:
    assert join_code_read(typed) == ""


@given(st.text())
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = join_code_read(typed)
    assert code == "" or join_code_read(join_code_show(code)) == code


def test_a_code_is_hashed_with_its_app() -> None:
    one, other = (join_code_sha256(app_id=app, code="ABCDEFGHJK") for app in ("com.example.a", "com.b"))
    assert one != other


@pytest.mark.parametrize(
    ("version", "takes"),
    [
        ("8.43.10", False), ("8.43.11", True), ("8.51.23", True), ("7.43.2", False), ("7.43.3", True),
        ("6.42.8", False), ("6.42.9", True), ("5.43.2", False), ("5.43.3", True), ("4.99.0", False),
        ("9.0.0", True), ("0.0.1", False), ("", False), ("latest", False),
    ],
)  # fmt: skip
def test_plugins_that_forget_their_own_choice(version: str, takes: bool) -> None:  # noqa: FBT001
    assert takes_unset(version) is takes
