import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.domain.testers.addresses import address_read, tester_name_read
from updates.errors import InvalidValueError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Tess@Example.COM ", "tess@example.com"),
        ("t.e+s@sub.example.co", "t.e+s@sub.example.co"),
        ("tess@xn--mller-kva.de", "tess@xn--mller-kva.de"),
        ("", ""),
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert address_read(typed) == kept


@given(st.text())
def test_no_address_holds_what_a_header_could_mean_something_by(typed: str) -> None:
    try:
        kept = address_read(typed)
    except InvalidValueError:
        return
    assert not set(kept) & set('\r\n\t ,;:<>()[]"\\')
    assert kept.count("@") == (1 if kept else 0)


def test_a_name_is_one_printable_line() -> None:
    assert tester_name_read("  Tess\r\n\x00Ester ") == "Tess Ester"
    assert tester_name_read("Tess \u202eretse") == "Tess retse"  # an override of direction
    with pytest.raises(InvalidValueError):
        tester_name_read("x" * 121)
