"""Names and addresses of testers as they are kept."""

import re
from typing import Final

from updates.errors.base import InvalidValueError

LONGEST_NAME: Final = 120
LONGEST_ADDRESS: Final = 254
# Deliberately narrow: no comments, quotes or anything that a mail header could mean something by.
_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z",
    re.ASCII,
)


def address_read(typed: str) -> str:
    """Return an address as testers are known by it: in lower case; empty stays empty.

    Raises:
        InvalidValueError: No letter could be sent to it.
    """
    address = typed.strip().lower()
    if not address:
        return ""
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.match(address):
        raise InvalidValueError(f"{typed.strip()[:80]!r} isn't an e-mail address.")
    return address


def tester_name_read(typed: str) -> str:
    """Return a name in one line.

    Raises:
        InvalidValueError: It's too long.
    """
    name = " ".join("".join(each if each.isprintable() else " " for each in typed).split())
    if len(name) > LONGEST_NAME:
        raise InvalidValueError(f"A name has {LONGEST_NAME} characters at most.")
    return name
