"""Whether bytes mention somebody: by one of the texts they're known by, as a whole, however it's spelled.

What rewrites and what searches ask here, so a search finds what rewriting takes out and nothing else.
Another's longer address or id that contains a needle is no mention of it. Pure; one pass over the bytes,
however many needles there are.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from releaseconsole.personal_data.spellings import Spelling, spellings, spellings_coded

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# Two bytes of UTF-8 that begin with these are letters: Latin, Greek, Cyrillic, Arabic. Three are punctuation
# or of scripts without spaces.
_WORD: Final = rb"[0-9a-z_]"
_LETTERS: Final = rb"[\xc3-\xdf][\x80-\xbf]"
# Before a text: no word, no sign that ties it to one; but an escape ends in letters that are none.
_ESCAPED: Final = (rb"0[0-9a-f]", rb"2[0-9acf]", rb"3[a-f]", rb"5[b-e]", rb"7[b-f]")
_OCTAL: Final = b"|".join((
    rb"0[01][0-7]",
    rb"04[0-247]",
    rb"05[0-247]",
    rb"07[2-7]",
    rb"13[3-6]",
    rb"17[3-7]",
))
# Percent encoding, quoted-printable; percent encoding of that, twice; Python and C; JSON.
_LEADS: Final = (rb"[%=]", rb"%25", rb"%2525", rb"\\x", rb"\\u00")
_ESCAPES: Final = b"|".join((
    rb"(?<=\\[nrtbf])|(?<=\\u20[0-9a-f]{2})|(?<=\\(?:%s))" % _OCTAL,
    *(rb"(?<=%s%s)" % (lead, each) for lead in _LEADS for each in _ESCAPED),
))
_BEFORE: Final = rb"(?:(?<!%s)(?<!%s)(?<!%s[.%%+@-])|%s)" % (_WORD, _LETTERS, _WORD, _ESCAPES)
_AFTER: Final = b"".join((
    rb"(?!%s|%s|[.@-]%s" % (_WORD, _LETTERS, _WORD),
    rb"|(?:[%%=](?:25)*|\\{1,8}(?:x|u00))(?:3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|(?:2[de]|40)%s)" % _WORD,
    rb")",
))
# JSON has a number here, not what somebody is called: the console writes names as texts.
_NO_NUMBER: Final = rb"""(?<!["']:)(?<!["']: )(?<!["']:-)(?<!["']: -)"""
# So much of base64 is decoded around what may be a mention: whole groups of four.
_AROUND: Final = 64
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]*")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
# So much beside a mention tells one place of it from another.
_BESIDE: Final = 8
_DEEP: Final = 3

Span = tuple[int, int]
Beside = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True, repr=False)
class Needles:
    """Texts that somebody is known by. Nothing of them is shown where it's printed.

    Attributes:
        anywhere: Those that mean them wherever they stand.
        by_app: Those that mean them within one app: what it calls its user.
        beside: What stands beside mentions that are known to stay, for bytes without borders.
        said: All of them.
    """

    anywhere: frozenset[str] = frozenset()
    by_app: Mapping[str, frozenset[str]] = field(default_factory=dict)
    beside: frozenset[Beside] = frozenset()
    said: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Put them together once: every cell is compared with them."""
        object.__setattr__(self, "said", self.anywhere.union(*self.by_app.values()))

    def within(self, app_id: str | None) -> "Needles":
        """Leave out what means somebody in other apps only; none: it isn't known which app it is."""
        if not app_id or not self.by_app:
            return self
        return Needles(self.anywhere | self.by_app.get(app_id, frozenset()), beside=self.beside)

    def of_apps_in(self, heap: bytes) -> "Needles":
        """Leave out what means somebody in other apps only than those that these bytes name."""
        if not self.by_app:
            return self
        named = {app_id: theirs for app_id, theirs in self.by_app.items() if app_id.encode() in heap}
        return Needles(self.anywhere, named, self.beside)

    def without(self, texts: Collection[str]) -> "Needles":
        """Look for everything but these."""
        gone = frozenset(texts)
        by_app = {app_id: theirs - gone for app_id, theirs in self.by_app.items() if theirs - gone}
        return Needles(self.anywhere - gone, by_app, self.beside)

    def staying(self, beside: Iterable[Beside]) -> "Needles":
        """Know where mentions, or longer words with one in them, stand rightly."""
        return Needles(self.anywhere, self.by_app, self.beside | frozenset(beside))

    def __bool__(self) -> bool:
        return bool(self.said)

    def may_be_in(self, heap: bytes) -> bool:
        """Tell quickly whether looking closer is worth it; never False where there's a mention."""
        return bool(self) and _patterns(self.said).loose.search(heap.lower()) is not None

    def spans(self, heap: bytes) -> Iterator[Span]:
        """Find mentions in text.

        Yields:
            Where each begins and ends.
        """
        for _, span in self._looked(heap):
            if span is not None:
                yield span

    def spans_unbordered(self, heap: bytes) -> Iterator[Span]:
        """Find mentions where one value follows the other without a sign between: in pages of a database.

        A plain number is found there by chance, so that has to stand alone; and what stands beside mentions
        that stay tells them apart.

        Yields:
            Where each begins and ends.
        """
        for part, span in self._looked(heap):
            found = span or part
            is_chance = span is None and part is not None and heap[slice(*part)].isdigit()
            if found is not None and not is_chance and not self._is_known(*_beside(heap, found)):
                yield found

    def are_in(self, heap: bytes) -> bool:
        """Tell whether bytes mention them, text or not."""
        spans = self.spans if _is_text(heap) else self.spans_unbordered
        return next(spans(heap), None) is not None

    def mentioned(self, value: Any) -> bool:
        """Tell whether a text, bytes or a piece of JSON mentions them."""
        return bool(self) and next(self.spans(_heap(value)), None) is not None

    def besides(self, value: Any) -> Iterator[Beside]:
        """Say what stands beside mentions here, and beside what is only part of a longer word.

        Yields:
            What is before and after, in small letters.
        """
        heap = _heap(value)
        for part, span in self._looked(heap):
            if found := span or part:
                yield _beside(heap, found)

    def replaced(self, text: str, mark: str) -> str:
        """Put a mark in place of each mention."""
        heap = text.encode(errors="surrogatepass")
        return _marked(heap, self.spans(heap), mark)

    def hidden(self, place: str) -> str:
        """Write down the name of a place without what is theirs, be it a part of a longer word."""
        heap = place.encode(errors="surrogatepass")
        return _marked(heap, (span or part for part, span in self._looked(heap)), "[…]")

    def _is_known(self, before: bytes, after: bytes) -> bool:
        return any(before.endswith(left) and after.startswith(right) for left, right in self.beside)

    def _looked(self, heap: bytes) -> Iterator[tuple[Span | None, Span | None]]:
        """Go through what may be a mention.

        Yields:
            Where a needle is, if only as part of something longer; the mention, if it's one.
        """
        if not self:
            return
        patterns, low = _patterns(self.said), heap.lower()
        at = 0
        while (loose := patterns.loose.search(low, at)) is not None:
            at = loose.start()
            part, span = patterns.plain.match(low, at), patterns.mention(heap, low, at)
            yield part and part.span(), span
            at = at + 1 if span is None else span[1]


@dataclass(frozen=True, slots=True)
class _Patterns:
    loose: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    bordered: re.Pattern[bytes]
    coded: re.Pattern[bytes]

    def mention(self, heap: bytes, low: bytes, at: int) -> Span | None:
        found = self.bordered.match(low, at)
        if found is not None:
            return found.span()
        coded = self.coded.match(low, at)
        return coded.span() if coded is not None and self._is_decoded(heap, coded.span()) else None

    def _is_decoded(self, heap: bytes, span: Span) -> bool:
        """Decode what is around; with which of four digits a group begins isn't known."""
        start, end = max(0, span[0] - _AROUND), span[1] + _AROUND
        ahead = heap[start : span[0]].replace(b"\\/", b"/")
        run = ahead[len(ahead) - len(_run_back(ahead)) :] + _run(heap[span[0] : end].replace(b"\\/", b"/"))
        return any(self.bordered.search(_decoded(run[lead:]).lower()) for lead in range(4))


def _marked(heap: bytes, spans: Iterable[Span | None], mark: str) -> str:
    parts, at = [], 0
    for start, end in filter(None, spans):
        if start >= at:
            parts += [heap[at:start], mark.encode()]
            at = end
    return b"".join([*parts, heap[at:]]).decode(errors="replace" if parts else "surrogatepass")


def _beside(heap: bytes, span: Span) -> Beside:
    start, end = span
    return heap[max(0, start - _BESIDE) : start].lower(), heap[end : end + _BESIDE].lower()


def _run(heap: bytes) -> bytes:
    found = _BASE64.match(heap)
    return found[0] if found else b""


def _run_back(heap: bytes) -> bytes:
    return _run(heap[::-1])[::-1]


def _decoded(run: bytes) -> bytes:
    plain = run.translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(plain[: len(plain) - (1 if len(plain) % 4 == 1 else 0)] + b"==")
    except binascii.Error:
        return b""


@lru_cache(32)
def _patterns(said: frozenset[str]) -> _Patterns:
    plain = [spelling for each in sorted(said) for spelling in spellings(each)]
    coded = [spelling for each in sorted(said) for spelling in spellings_coded(each)]
    bordered = [_bordered(each, spelling) for each in sorted(said) for spelling in spellings(each)]
    return _Patterns(*(re.compile(_any(each)) for each in ([*plain, *coded], plain, bordered, coded)))


def _bordered(text: str, spelling: Spelling) -> Spelling:
    """Add what may not stand beside it. An installation's id is so long that only digits go on with it."""
    if _UUID.fullmatch(text.lower()):
        return [rb"(?:(?<![0-9a-f])|%s)" % _ESCAPES, *spelling, rb"(?![0-9a-f])"]
    before = [_BEFORE] if _is_word(text[0]) else []
    if text.isdecimal():
        before.append(_NO_NUMBER)
    return [*before, *spelling, *([_AFTER] if _is_word(text[-1]) else [])]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _any(spelled: Iterable[Spelling], depth: int = 0) -> bytes:
    """Write one expression for all: by their first characters, so that few are tried at any place."""
    unique = sorted({tuple(each) for each in spelled}, key=lambda each: (-len(each), each))
    if len(unique) <= 1 or depth == _DEEP:
        return b"|".join(b"".join(each) for each in unique) or rb"(?!)"
    by_first: dict[bytes, list[Spelling]] = {}
    for first, *rest in unique:
        by_first.setdefault(first, []).append(rest)
    return b"|".join(first + b"(?:" + _any(rest, depth + 1) + b")" for first, rest in by_first.items())


def _is_text(heap: bytes) -> bool:
    try:
        heap.decode()
    except UnicodeDecodeError:
        return False
    return _CONTROLS.search(heap) is None


def _heap(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return json.dumps(value, ensure_ascii=False, default=str).encode(errors="surrogatepass")
