"""What mentions somebody: a whole word, however it's spelled, and no word that only contains it."""

import base64
import html
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from releaseconsole.personal_data.needles import Needles
from releaseconsole.personal_data.subjects import Scoped, Subject, is_drawn, is_telling

ANN = "ann@example.com"
UUID = "e5a0b1e0-7e57-4e57-a000-0000000dead1"

ENCODERS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "large": lambda text: text.upper().encode(),
    "small": lambda text: text.lower().encode(),
    "json, ascii": lambda text: json.dumps({"a": [text]}).encode(),
    "json": lambda text: json.dumps({"a": [text]}, ensure_ascii=False).encode(),
    "json in json": lambda text: json.dumps(json.dumps({"a": text})).encode(),
    "address": lambda text: f"/x/?to={quote(text, safe='')}&x".encode(),
    "form": lambda text: f"a=b+c&to={quote_plus(text)}".encode(),
    "address in an address": lambda text: f"/?next={quote(quote(text, safe=''), safe='')}".encode(),
    "html": lambda text: f"<a>{html.escape(text)}</a>".encode(),
    "doubled quotes": lambda text: f'"{text}"'.replace('"', '""').encode(),
    # Files are looked through with broken lines put together, too.
    "quoted-printable": lambda text: quopri.encodestring(f"to={text}".encode()).replace(b"=\n", b""),
    "utf-16": lambda text: f"to {text} ".encode("utf-16-le"),
    "utf-16, other order": lambda text: f"to {text} ".encode("utf-16-be"),
    **{
        f"base64 after {lead}": lambda text, lead=lead: base64.b64encode(b" " * lead + text.encode() + b" x")  # type: ignore[misc]
        for lead in range(3)
    },
    "python": lambda text: f"to={text!a}".encode(),
    "python, bytes": lambda text: repr(text.encode()).encode(),
    "octal": lambda text: b"".join(
        b"\\%03o" % each if each > 126 or each in b"@.'" else bytes([each])
        for each in text.replace("\\", "\\\\").encode()
    ),
    "javascript": lambda text: "".join(
        f"\\u{{{ord(each):x}}}" if each in "@ë" else each for each in text.replace("\\", "\\\\")
    ).encode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"to: {text}".encode()),
}
PEOPLE = (ANN, UUID, "zoë.müller-1984", 'ann"e-4711', "back\\slash-4711", "Strasse,(4711)", "a b/c+d 4711")


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=list(ENCODERS))
def test_a_mention_is_found_in_every_spelling(encoder: Callable[[str], bytes]) -> None:
    heaps = {who: encoder(who) for who in PEOPLE}
    assert [who for who in PEOPLE if Needles(frozenset({who})).mentioned(heaps[who])] == list(PEOPLE)
    assert not Needles(frozenset({"nobody@example.com"})).mentioned(b"\n".join(heaps.values()))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("joann@example.com", id="longer in front"),
        pytest.param("jo.ann@example.com", id="a part in front"),
        pytest.param("jo+ann@example.com", id="a box in front"),
        pytest.param("ann@example.community", id="longer behind"),
        pytest.param("ann@example.com.au", id="a part behind"),
        pytest.param("ann@example.com-x", id="a dash behind"),
        pytest.param("jo%2Eann%40example.com", id="a part in front, in an address"),
        pytest.param("éann@example.com", id="a letter in front"),
        pytest.param("jo%252Eann%2540example.com", id="a part in front, in an address in an address"),
        pytest.param("jo\\x2eann\\x40example.com", id="a part in front, in Python"),
        pytest.param("ann\\x40example.com\\x2eau", id="a part behind, in Python"),
        pytest.param(base64.b64encode(b"To: joann@example.com, x").decode(), id="longer in base64"),
    ],
)
def test_anothers_longer_address_is_no_mention(text: str) -> None:
    needles = Needles(frozenset({ANN}))
    assert not needles.mentioned(text)
    assert needles.replaced(text, "[erased]") == text


@pytest.mark.parametrize(
    ("text", "without"),
    [
        pytest.param("Ask Ann@Example.com.", "Ask [erased].", id="the end of a sentence"),
        pytest.param("“ann@example.com”", "“[erased]”", id="curly quotes"),
        pytest.param(
            "joann@example.com, ann@example.com", "joann@example.com, [erased]", id="beside another"
        ),
        pytest.param("mailto:ann%40example.com?x", "mailto:[erased]?x", id="a link"),
        pytest.param("a\\nann@example.com", "a\\n[erased]", id="behind an escape"),
        pytest.param("to%3Dann%40example.com%26x", "to%3D[erased]%26x", id="between escapes"),
        pytest.param("to%253Dann%2540example.com", "to%253D[erased]", id="behind an escape, twice"),
        pytest.param("a%252520ann%252540example.com", "a%252520[erased]", id="thrice"),
        pytest.param("'\\x20ann\\x40example.com'", "'\\x20[erased]'", id="behind an escape of Python"),
        pytest.param("'\\040ann\\100example.com'", "'\\040[erased]'", id="behind an octal escape"),
        pytest.param(f"{UUID}.zip and x{UUID}", "[erased].zip and x[erased]", id="an installation"),
    ],
)
def test_a_mark_takes_the_place_of_what_names_somebody_only(text: str, without: str) -> None:
    assert Needles(frozenset({ANN, UUID})).replaced(text, "[erased]") == without


@settings(max_examples=25, deadline=None)
@given(
    who=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]), min_size=6, max_size=12),
    encoder=st.sampled_from([ENCODERS[name] for name in ENCODERS if name not in {"large", "small"}]),
)
def test_whatever_somebody_is_called_is_found_and_taken_out(
    who: str, encoder: Callable[[str], bytes]
) -> None:
    needles = Needles(frozenset({who}))
    assert needles.mentioned(encoder(who))
    assert not needles.mentioned(needles.replaced(json.dumps([f"so {who}, he"]), "[erased]"))


BUCHER: tuple[str, ...] = ("ann@bücher.example", "ann@xn--bcher-kva.example")


@pytest.mark.parametrize("known_by", BUCHER)
@pytest.mark.parametrize("said", [*BUCHER, "ANN@BÜCHER.EXAMPLE"])
def test_the_domain_of_an_address_is_found_in_both_its_spellings(known_by: str, said: str) -> None:
    needles = Needles(frozenset({known_by}))
    assert needles.mentioned(said)
    assert needles.mentioned(base64.b64encode(f"to: {said.lower()}".encode()))
    assert not needles.mentioned("ann@xn--bchr-kva.example, ann@bucher.example")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        pytest.param('{"size": 471108}', '{"size": 471108}', id="a number in JSON"),
        pytest.param('{"size":471108}', '{"size":471108}', id="without a space"),
        pytest.param("{'size': 471108}", "{'size': 471108}", id="in Python"),
        pytest.param('{"who": "471108"}', '{"who": "[erased]"}', id="a text in JSON"),
        pytest.param("user: 471108, rang", "user: [erased], rang", id="in a sentence"),
        pytest.param("471108", "[erased]", id="alone"),
    ],
)
def test_a_number_that_json_holds_as_one_is_nobodys_name(text: str, without: str) -> None:
    assert Needles(frozenset({"471108"})).replaced(text, "[erased]") == without


@pytest.mark.parametrize(
    ("device_id", "anywhere"),
    [
        pytest.param(UUID, True, id="an installation"),
        pytest.param("9774d56d682e549c", True, id="sixteen hex digits"),
        pytest.param("c9bF3xK7pQ2mZ8vT4wL1", True, id="random letters and digits"),
        pytest.param("kitchen-tablet", False, id="words"),
        pytest.param("reception-desk-tablet-2024", False, id="words and a year"),
        pytest.param("35209900176148", False, id="a number"),
    ],
)
def test_only_a_random_id_of_a_device_means_it_in_every_app(device_id: str, *, anywhere: bool) -> None:
    assert is_drawn(device_id) is anywhere


def test_what_an_app_calls_its_user_means_nobody_in_another_app() -> None:
    needles = Needles(frozenset({ANN}), {"one": frozenset({"ann-4711"})})
    assert needles.within("one").mentioned("ann-4711")
    assert needles.within(None).mentioned("ann-4711")
    assert not needles.within("two").mentioned("ann-4711")
    assert needles.within("two").mentioned(ANN)


def test_without_borders_only_what_is_known_to_stay_is_passed_over() -> None:
    needles = Needles(frozenset({ANN, "471108"}))
    page = b"\x17Annann@example.com9joann@example.comx"
    assert len(list(needles.spans_unbordered(page))) == 2
    assert len(list(needles.staying({(b"jo", b"")}).spans_unbordered(page))) == 1
    # A number is in any page by chance.
    assert not list(needles.spans_unbordered(b"a1471108f"))
    assert list(needles.spans_unbordered(b"\x00471108\x00"))


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        pytest.param("a@b.example", True, id="an address"),
        pytest.param(UUID, True, id="an installation"),
        pytest.param("ann-4711", True, id="a name with a number"),
        pytest.param("petra.mueller", True, id="two names"),
        pytest.param("471108", True, id="six digits"),
        pytest.param("47110", False, id="five digits"),
        pytest.param("production", False, id="a word"),
        pytest.param("ward-7", False, id="a short one"),
        pytest.param("12.4.1013", False, id="a version"),
        pytest.param("1984-11-30", False, id="a day"),
    ],
)
def test_nobody_is_looked_for_by_what_anybody_writes(text: str, *, tells: bool) -> None:
    assert is_telling(text) is tells
    somebody = Subject(custom_ids=frozenset({Scoped("app", text)}))
    assert (text in somebody.needles(), text in somebody.needles_left_out()) == (tells, not tells)
