"""Whom a privacy request is passed on to: providers, contractors, third parties, and how each answers.

Which kind goes to whom is data, with its section; every rule says whether its text was read.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from compliance.desk.domain.request_states import Kind
from compliance.desk.domain.rules import Rule
from compliance.desk.domain.subjects import masked
from compliance.desk.errors import NamesPersonError, ProviderAnswerError

# For an answer. No law read for this names a number of days; this is the console's.
ANSWER_TIME: Final = timedelta(days=15)
# What a notice names is kept for no longer than a request can take, answered or not.
TOLD_KEPT: Final = timedelta(days=90)
_SHORTEST_NAMED: Final = 3


class ProviderRole(StrEnum):
    """What somebody is who has data from the operator."""

    PROVIDER = "provider"
    CONTRACTOR = "contractor"
    THIRD_PARTY = "third_party"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _ROLE_WORDS[self]

    @property
    def plural(self) -> str:
        """How pages write several."""
        return "third parties" if self is ProviderRole.THIRD_PARTY else f"{self.words}s"


_ROLE_WORDS: Final = {
    ProviderRole.PROVIDER: "service provider",
    ProviderRole.CONTRACTOR: "contractor",
    ProviderRole.THIRD_PARTY: "third party",
}


class FoundBy(StrEnum):
    """By what a provider finds somebody in what it holds."""

    EMAIL = "email"
    DEVICE = "device"
    CUSTOM_ID = "custom_id"

    @property
    def words(self) -> str:
        """How pages and notices write it."""
        return _FOUND_BY_WORDS[self]


_FOUND_BY_WORDS: Final = {
    FoundBy.EMAIL: "e-mail address",
    FoundBy.DEVICE: "device id",
    FoundBy.CUSTOM_ID: "user name",
}


class NoticeState(StrEnum):
    """Life of a notice."""

    DUE = "due"
    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    IMPOSSIBLE = "impossible"
    NOBODY = "nobody"

    @property
    def words(self) -> str:
        """How pages and receipts write it."""
        return _STATE_WORDS[self]


_STATE_WORDS: Final = {
    NoticeState.DUE: "not told yet",
    NoticeState.SENT: "told, not answered yet",
    NoticeState.CONFIRMED: "confirmed",
    NoticeState.REFUSED: "refused",
    NoticeState.IMPOSSIBLE: "not told: impossible, or a disproportionate effort",
    NoticeState.NOBODY: "not told: nothing is known by which they could find anybody",
}


class Unsent(StrEnum):
    """Why a notice that is due has no letter any more."""

    NONE = ""
    UNDELIVERED = "undelivered"
    ERASED = "erased"

    @property
    def words(self) -> str:
        """How pages and the timeline write it."""
        return _UNSENT_WORDS[self]


_UNSENT_WORDS: Final = {
    Unsent.NONE: "",
    Unsent.UNDELIVERED: "no mail server took the letter",
    Unsent.ERASED: "the letter went with an erasure of whom it was addressed to or named",
}
OPEN: Final = frozenset({NoticeState.DUE, NoticeState.SENT})

_EVERYBODY: Final = frozenset(ProviderRole)
DELETION: Final = Rule(
    "11 CCR § 7022(b)(2), (3)",
    "Service providers and contractors are told to delete, and third parties to whom data were sold or "
    "shared, unless that is impossible or a disproportionate effort, which is explained with facts.",
)
# To whom each kind goes on; what isn't here goes to nobody.
PASSED_ON: Final[dict[Kind, tuple[frozenset[ProviderRole], Rule]]] = {
    Kind.DELETE: (_EVERYBODY, DELETION),
    Kind.CORRECT: (
        frozenset({ProviderRole.PROVIDER, ProviderRole.CONTRACTOR}),
        Rule("11 CCR § 7023(c)", "Service providers and contractors are told to correct.", text=""),
    ),
    Kind.OPT_OUT: (
        frozenset({ProviderRole.THIRD_PARTY}),
        Rule(
            "11 CCR § 7026(f)",
            "Third parties to whom data were sold or shared are told of the opt-out.",
            text="",
        ),
    ),
    Kind.LIMIT: (
        _EVERYBODY,
        Rule("11 CCR § 7027(g)", "Whoever uses or got the sensitive data is told of the limit.", text=""),
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody, of which a notice tells what its provider needs.

    Attributes:
        emails: Addresses.
        devices: App and id of each installation; no app: it was found in none.
        custom_ids: App and what it calls its user.
    """

    emails: tuple[str, ...]
    devices: tuple[tuple[str, str], ...]
    custom_ids: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says of somebody; it rests sealed until it's answered.

    Attributes:
        lines: Each one identifier: by what, which, and of which app.
        words: What is to be corrected; empty for other kinds.
    """

    lines: tuple[tuple[str, str, str], ...]
    words: str = ""

    @property
    def counted(self) -> str:
        """Say how many of which kind it names, and nobody."""
        kinds = Counter(FoundBy(by) for by, _, _ in self.lines)
        return ", ".join(f"{kind.words}: {kinds[kind]}" for kind in FoundBy if kinds[kind])

    @property
    def spelled(self) -> list[str]:
        """Write the identifiers as the notice has them."""
        return [
            f"{FoundBy(by).words} {value}" + (f" (app {app})" if app else "") for by, value, app in self.lines
        ]

    @property
    def masked(self) -> list[str]:
        """Write them for who looks at what a notice names: kind, end and app."""
        return [
            f"{FoundBy(by).words} {masked(value)}" + (f" (app {app})" if app else "")
            for by, value, app in self.lines
        ]

    def to_text(self) -> str:
        """Write it as text that can be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Told":
        """Read it back."""
        held: dict[str, Any] = json.loads(text)
        return cls(tuple((by, value, app) for by, value, app in held["lines"]), held["words"])

    def unnamed_require(self, text: str) -> None:
        """Make sure that a text which is kept doesn't name whom the notice is about.

        Raises:
            NamesPersonError: It does.
        """
        said = unicodedata.normalize("NFKC", text).casefold()
        for _, value, _ in self.lines:
            if len(value) >= _SHORTEST_NAMED and unicodedata.normalize("NFKC", value).casefold() in said:
                raise NamesPersonError


def devices_named(
    devices: Collection[tuple[str, str]], found: Collection[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Say by which devices somebody is named to others: in the apps in which something was found of them.

    What was found nowhere is named as it was proved, and no app with it: whoever names no app is looked for
    in all of them, and that they might use one isn't anybody's business.
    """
    told = set(devices) & set(found)
    told |= {("", each) for _, each in devices if each not in {known for _, known in told}}
    return tuple(sorted(told))


def told_choose(known: Known, *, by: Iterable[FoundBy], apps: Iterable[str], words: str = "") -> Told:
    """Choose what a provider needs and no more: its own kinds of identifiers, of its own apps.

    Args:
        known: All that is known.
        by: By what the provider finds people.
        apps: Of which apps it holds something; none: of all.
        words: What is to be corrected.
    """
    kinds, only = frozenset(by), frozenset(apps)
    lines: list[tuple[str, str, str]] = []
    if FoundBy.EMAIL in kinds:
        lines += [(FoundBy.EMAIL.value, email, "") for email in known.emails]
    for kind, ids in ((FoundBy.DEVICE, known.devices), (FoundBy.CUSTOM_ID, known.custom_ids)):
        if kind in kinds:
            lines += [(kind.value, each, app) for app, each in ids if not (only and app) or app in only]
    return Told(tuple(sorted(lines)), words.strip())


def answer_due(today: date, *, request_due: date) -> date:
    """Say by when a provider should answer: in time for the answer to the request, if that can still be."""
    return max(today, min(today + ANSWER_TIME, request_due))


def answer_require(*, kind: Kind, role: ProviderRole, state: NoticeState, to: NoticeState, note: str) -> None:
    """Make sure that a notice may be settled like this.

    Raises:
        ProviderAnswerError: It's settled, was never sent, needs a reason, or may not be left out.
    """
    if state not in OPEN:
        raise ProviderAnswerError("This notice is settled already.")
    if to in {NoticeState.CONFIRMED, NoticeState.REFUSED} and state is not NoticeState.SENT:
        raise ProviderAnswerError("Nobody answers what they weren't sent. Say first that it was sent.")
    if to in {NoticeState.REFUSED, NoticeState.IMPOSSIBLE} and not note.strip():
        raise ProviderAnswerError("Say why, with the facts.")
    if to is NoticeState.IMPOSSIBLE and (kind, role) != (Kind.DELETE, ProviderRole.THIRD_PARTY):
        raise ProviderAnswerError("Only a third party may be left out, and only of a deletion: 7022(b)(3).")
