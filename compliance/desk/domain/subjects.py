"""Who asks, as a request holds them while it runs, and what of it identifies them.

All of it rests sealed and goes when the request is closed. What stays is a keyed hash of each identifier: so
that a second request of the same person is found, and that what was deleted stays deleted.
"""

import json
import re
import unicodedata
from base64 import b32encode
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from compliance.desk.domain.verification import Authority, Method
from compliance.desk.errors import NamesPersonError, RequestIncompleteError

REFERENCE_BYTES: Final = 5
_SHORTEST_NAMED: Final = 3
_SHOWN: Final = 4
# Strangers choose the name that a letter greets, and where the letter goes.
NOT_IN_NAMES: Final = re.compile(r"[/@\\]|www\.", re.IGNORECASE)


class SubjectKind(StrEnum):
    """What identifies somebody."""

    EMAIL = "email"
    PHONE = "phone"
    DEVICE = "device"
    CUSTOM_ID = "custom_id"
    TESTER = "tester"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _KIND_WORDS[self]

    def is_proved_by(self, method: Method) -> bool:
        """Whether a way of verifying can prove that one of this kind is somebody's own."""
        proves = _PROVES.get(method)
        return proves is None or self in proves


_KIND_WORDS: Final = {
    SubjectKind.EMAIL: "e-mail address",
    SubjectKind.PHONE: "phone number",
    SubjectKind.DEVICE: "device",
    SubjectKind.CUSTOM_ID: "user name",
    SubjectKind.TESTER: "account as a tester",
}

# What a method proves by itself; the others match what is held, so they prove what was matched. A page of a
# tester knows their devices by a code alone, which anybody's phone can be given.
_PROVES: Final = {
    Method.ACCOUNT: (SubjectKind.EMAIL, SubjectKind.TESTER),
    Method.DEVICE: (SubjectKind.DEVICE,),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Who asks, and for whom: everything personal about a request.

    Attributes:
        name: As they call themselves.
        email: Where letters go, unless an agent asks.
        phone: As typed.
        post: Postal address.
        device_ids: As the app shows them, in small letters.
        custom_id: What the app calls its user.
        reply_to: Where letters go, but nothing that identifies them: whoever has a device says it.
        app: The app, as typed; whatever it is, only the id of a real one leaves the seal.
        tester: Number of the beta tester, where the request came from their page.
        statement: What they wrote.
        agent_name: Of who asks for somebody else.
        agent_email: Where letters go then.
        authority: By what the agent speaks.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    post: str = ""
    device_ids: tuple[str, ...] = ()
    custom_id: str = ""
    reply_to: str = ""
    app: str = ""
    tester: str = ""
    statement: str = ""
    agent_name: str = ""
    agent_email: str = ""
    authority: Authority = Authority.NONE

    def __post_init__(self) -> None:
        """Spell ids of devices as they're stored, whatever an app or a keyboard makes of them."""
        spelled = (subject_normalise(SubjectKind.DEVICE, each) for each in self.device_ids)
        object.__setattr__(self, "device_ids", tuple(filter(None, spelled)))

    @property
    def letter_address(self) -> str:
        """Where letters go by mail; empty: they are printed, or read out."""
        if self.authority is not Authority.NONE:
            return self.agent_email
        return self.reply_to or self.email

    @property
    def addressee(self) -> str:
        """Whom letters greet; nobody, where what was typed as a name would be a link in a letter."""
        named = self.name if self.authority is Authority.NONE else self.agent_name
        return "" if NOT_IN_NAMES.search(named) else named

    def identifiers(self) -> list[tuple[SubjectKind, str]]:
        """Name what identifies the person, each spelled in one way only; the agent isn't who it's about."""
        said = (
            (SubjectKind.EMAIL, self.email),
            (SubjectKind.PHONE, self.phone),
            *((SubjectKind.DEVICE, device_id) for device_id in self.device_ids),
            (SubjectKind.CUSTOM_ID, self.custom_id),
            (SubjectKind.TESTER, self.tester),
        )
        spelled = ((kind, subject_normalise(kind, value)) for kind, value in said)
        return [(kind, value) for kind, value in dict.fromkeys(spelled) if value]

    def to_text(self) -> str:
        """Write it as text that can be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Contact":
        """Read it back."""
        held: dict[str, Any] = json.loads(text)
        held["device_ids"] = tuple(held["device_ids"])
        held["authority"] = Authority(held["authority"])
        return cls(**held)


def contact_require(contact: Contact) -> None:
    """Make sure that there's an agent where somebody's authority is named, and the other way round.

    Raises:
        RequestIncompleteError: One is there without the other.
    """
    has_agent = bool(contact.agent_name.strip())
    if has_agent != (contact.authority is not Authority.NONE):
        raise RequestIncompleteError("An agent has a name, and an authority to speak for somebody.")


def subject_normalise(kind: SubjectKind, value: str) -> str:
    """Spell an identifier in one way, so that the same one has the same hash."""
    text = unicodedata.normalize("NFKC", value).strip()
    if kind is SubjectKind.EMAIL:
        return text.casefold()
    if kind is SubjectKind.PHONE:
        return "".join(each for each in text if each.isdecimal())
    # Apps may show the id of a device in capitals; it's stored in small letters.
    return text.lower() if kind is SubjectKind.DEVICE else text


def masked(value: str) -> str:
    """Show the end of an identifier, so that two can be told apart: four characters, and never above half."""
    shown = min(_SHOWN, len(value) // 2)
    return f"…{value[-shown:]}" if shown else "…"


def reference_spell(random: bytes) -> str:
    """Write a reference, `PR-` and eight letters and digits, as one reads it out on the phone."""
    return f"PR-{b32encode(random).decode()}"


def record_text_require(text: str, contact: Contact) -> None:
    """Make sure that a text which is kept on record doesn't name who the request is about.

    Raises:
        NamesPersonError: It holds a name, an address or an id of theirs.
    """
    said = unicodedata.normalize("NFKC", text).casefold()
    # A tester's number is a plain number, and names nobody outside of the database.
    ids = (value for kind, value in contact.identifiers() if kind is not SubjectKind.TESTER)
    held = (contact.name, contact.agent_name, contact.agent_email, contact.reply_to, *ids)
    for each in held:
        spelled = unicodedata.normalize("NFKC", each).strip().casefold()
        if len(spelled) >= _SHORTEST_NAMED and spelled in said:
            raise NamesPersonError
