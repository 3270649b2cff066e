import pytest
from hypothesis import given
from hypothesis import strategies as st

from updates.gateway.byte_range import ByteRange, RangeNotSatisfiableError, byte_range_read


@pytest.mark.parametrize(
    ("header", "part"),
    [
        pytest.param("bytes=0-", ByteRange(0, 1000), id="all of it"),
        pytest.param("bytes=100-", ByteRange(100, 900), id="the rest, as a resumed download asks"),
        pytest.param("bytes=0-0", ByteRange(0, 1), id="one byte"),
        pytest.param("bytes=10-19", ByteRange(10, 10), id="a part"),
        pytest.param("bytes=990-5000", ByteRange(990, 10), id="beyond the end"),
        pytest.param("bytes=-100", ByteRange(900, 100), id="the last bytes"),
        pytest.param("bytes=-5000", ByteRange(0, 1000), id="more last bytes than there are"),
        pytest.param("", None, id="no header"),
        pytest.param("bytes=-", None, id="nothing named"),
        pytest.param("bytes=20-10", None, id="backwards"),
        pytest.param("bytes=0-9,20-29", None, id="two ranges"),
        pytest.param("items=0-9", None, id="another unit"),
        pytest.param("bytes=\u0661-\u0662", None, id="other digits"),
        pytest.param("bytes=1" + "0" * 5000 + "-", None, id="a number without end"),
    ],
)
def test_range_of_a_file_of_1000_bytes(header: str, part: ByteRange | None) -> None:
    assert byte_range_read(header, size=1000) == part


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiableError):
        byte_range_read(header, size=1000)


@given(
    header=st.one_of(st.text(), st.from_regex(r"bytes=\d*-\d*", fullmatch=True)), size=st.integers(1, 10_000)
)
def test_a_part_lies_within_the_file(header: str, size: int) -> None:
    try:
        part = byte_range_read(header, size=size)
    except RangeNotSatisfiableError:
        return
    assert part is None or (part.start >= 0 and part.length >= 1 and part.start + part.length <= size)
