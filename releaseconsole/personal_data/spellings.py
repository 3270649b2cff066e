"""How one text is spelled in heaps of bytes: as it is, and as encoders on its way leave it. Pure.

Each spelling is a list of regular expressions for bytes whose letters from A to Z are small, one for each
character. Only what an encoder touches has more than one way: letters and digits of ASCII stay as they are.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

_PLAIN: Final = re.compile(r"[a-z0-9_~-]")
_NAMED: Final = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
# Which part of base64 only the text decides, with none, one or two bytes before it in its group of three.
_LEADS: Final = (0, 1, 2)
_SHORTEST_CODED: Final = 5
# JSON in JSON, three times over; without an end, a run of backslashes would be read anew from each of them.
_SLASHED: Final = rb"\\{1,8}"

Spelling = list[bytes]


def spellings(text: str) -> Iterator[Spelling]:
    """Give the ways in which a text may stand in bytes: raw, escaped as in JSON, addresses or HTML, UTF-16.

    Yields:
        One spelling at a time.
    """
    for form in _forms(text):
        yield [_character(each) for each in form]
        for case in dict.fromkeys((form, form.lower(), form.upper())):
            # Without the outer zero both orders of bytes are alike, where there's nothing beyond Latin.
            wide = {
                case.encode("utf-16-le").removesuffix(b"\0"),
                case.encode("utf-16-be").removeprefix(b"\0"),
            }
            for octets in sorted(wide):
                yield [re.escape(bytes([octet])) for octet in octets.lower()]


def spellings_coded(text: str) -> Iterator[Spelling]:
    """Give what base64 makes of a text; what is found by that has to be decoded to be sure.

    Yields:
        One spelling at a time.
    """
    forms = (text, *_of_domains(text))
    cases = dict.fromkeys(
        case for each in forms for case in (each, each.lower(), each.upper(), each.title(), each.capitalize())
    )
    for octets in (each.encode() for each in cases):
        for lead in _LEADS:
            start, end = -(-lead * 8 // 6), (lead + len(octets)) * 8 // 6
            inner = base64.b64encode(bytes(lead) + octets)[start:end].lower()
            if len(inner) >= _SHORTEST_CODED:
                yield [_digit(octet) for octet in inner]


def _forms(text: str) -> Iterable[str]:
    """Give its forms in Unicode, also with the domain of an address as mail servers spell it."""
    forms = (text, *_of_domains(text))
    return dict.fromkeys((
        *forms,
        *(unicodedata.normalize(how, each) for how in ("NFC", "NFKC") for each in forms),
    ))


def _of_domains(text: str) -> Iterator[str]:
    """Give an address with its domain in ASCII, or out of it, by the rules of 2008 and of 2003.

    Yields:
        Those that are another text.
    """
    box, at, domain = text.rpartition("@")
    if not at:
        return
    for spelled in (_ascii_2008, _ascii_2003, _unicode):
        labels = unicodedata.normalize("NFKC", domain).lower().split(".")
        with suppress(UnicodeError):
            found = ".".join(map(spelled, labels))
            if found != domain.lower():
                yield f"{box}@{found}"


def _ascii_2008(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()


def _ascii_2003(label: str) -> str:
    return label if label.isascii() else label.encode("idna").decode()


def _unicode(label: str) -> str:
    return label[4:].encode().decode("punycode") if label.startswith("xn--") else label


def _digit(octet: int) -> bytes:
    """Write a digit of base64; the alphabet for addresses has two of its own, and JSON escapes a slash."""
    return {0x2B: rb"[+-]", 0x2F: rb"(?:\\?/|_)"}.get(octet) or re.escape(bytes([octet]))


def _character(character: str) -> bytes:
    if _PLAIN.fullmatch(character.lower()):
        return character.lower().encode()
    forms = {character, character.lower(), character.upper(), character.casefold()}
    forms |= {unicodedata.normalize("NFD", form) for form in forms}
    ways = dict.fromkeys(way for form in sorted(forms) for way in _ways(form))
    return b"(?:" + b"|".join(ways) + b")"


def _ways(form: str) -> Iterator[bytes]:
    octets = form.encode(errors="surrogatepass").lower()
    yield _raw(form, octets)
    if form in " \u00a0":
        yield rb"\+"
    # Percent encoding, once or again and again, and quoted-printable.
    percents = b"".join(rb"%%(?:25)*%02x" % each for each in form.encode(errors="surrogatepass"))
    yield percents
    yield b"".join(rb"=%02x" % each for each in form.encode(errors="surrogatepass"))
    wide = form.encode("utf-16-be", errors="surrogatepass")
    yield b"".join(_SLASHED + b"u" + wide[at : at + 2].hex().encode() for at in range(0, len(wide), 2))
    yield from _literals(form, octets)
    yield b"".join(rb"&#(?:0*%d|x0*%x);" % (ord(each), ord(each)) for each in form)
    if form in _NAMED:
        yield rb"&%s;" % _NAMED[form].encode()
    if len(form) == 1 and 0x80 <= ord(form) <= 0xFF:  # noqa: PLR2004 (Latin-1 has one byte for these)
        yield re.escape(form.encode("latin-1"))


def _literals(form: str, octets: bytes) -> Iterator[bytes]:
    """Write it as literals of Python, JavaScript and C escape it: by octet, or by character.

    Yields:
        One expression at a time.
    """
    for escape in (rb"x%02x", rb"%03o"):
        yield b"".join(_SLASHED + escape % each for each in octets)
    yield b"".join(_SLASHED + rb"(?:u000%05x|u\{0*%x\})" % (ord(each), ord(each)) for each in form)
    if len(form) == 1 and 0x80 <= ord(form) <= 0xFF:  # noqa: PLR2004 (those Python escapes by two digits)
        yield _SLASHED + rb"x%02x" % ord(form)


def _raw(form: str, octets: bytes) -> bytes:
    """Write it as it is; quotes may be doubled or escaped, a slash escaped, a backslash doubled."""
    if form == "\\":
        return _SLASHED
    if form in "\"'":
        return rb"(?:%s)?%s{1,2}" % (_SLASHED, octets)
    return (rb"(?:%s)?" % _SLASHED if form == "/" else b"") + re.escape(octets)
