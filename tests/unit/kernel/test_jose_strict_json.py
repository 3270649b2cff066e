import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values))
def test_what_is_written_once_is_read_back(value: dict[str, object]) -> None:
    assert object_parse(canonical_json(value), what="claims") == value


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"aud":"good","aud":"evil"}', id="duplicate member"),
        pytest.param(b'{"aud":"good","\\u0061ud":"evil"}', id="duplicate member, one escaped"),
        pytest.param(b'{"ext":{"a":1,"a":2}}', id="duplicate member further down"),
        pytest.param(b'{"ext":[{"a":1,"a":2}]}', id="duplicate member in a list"),
        pytest.param(b'{"exp":NaN}', id="NaN"),
        pytest.param(b'{"exp":Infinity}', id="Infinity"),
        pytest.param(b'{"exp":-Infinity}', id="minus Infinity"),
        pytest.param(b'["aud"]', id="list"),
        pytest.param(b'"aud"', id="string"),
        pytest.param(b"null", id="null"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"aud":"x"}{"aud":"y"}', id="two documents"),
        pytest.param(b"{'aud':'x'}", id="single quotes"),
        pytest.param(b'{"aud":"x",}', id="trailing comma"),
        pytest.param(b'\xef\xbb\xbf{"aud":"x"}', id="byte order mark"),
        pytest.param('{"aud":"x"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"aud":"\xff"}', id="not UTF-8"),
        pytest.param(b'{"aud":"\xc0\xaf"}', id="overlong UTF-8"),
        pytest.param(b'{"aud":"\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"aud":' + b"[" * 6000 + b"]" * 6000 + b"}", id="nested too deep to parse"),
        pytest.param(b'{"aud":' + b"[" * 32 + b"1" + b"]" * 32 + b"}", id="nested deeper than 32"),
        pytest.param(b'{"aud":' * 33 + b"1" + b"}" * 33, id="objects nested deeper than 32"),
        pytest.param(b'{"exp":' + b"9" * 5000 + b"}", id="number too long"),
    ],
)
def test_what_two_readers_could_disagree_about_is_refused(data: bytes) -> None:
    with pytest.raises(TokenRefusedError):
        object_parse(data, what="claims")


def test_nesting_up_to_32_is_read() -> None:
    assert object_parse(b'{"aud":' + b"[" * 30 + b"1" + b"]" * 30 + b"}", what="claims")
