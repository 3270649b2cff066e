"""The attributes of devices that an app keeps: an allow-list of names, each with the values that count.

Nothing else that a device tells of itself is kept. Values are listed one by one on purpose: what has few of
them names no person. What plainly would is refused by its name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from updates.errors import InvalidValueError

MAX_ATTRIBUTES: Final = 20
MAX_VALUES: Final = 50
MAX_VALUE_LENGTH: Final = 64
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
# Compared without underscores: `e_mail`, `user_id`.
_PERSONAL: Final = (
    "address",
    "birth",
    "customid",
    "email",
    "imei",
    "lastname",
    "firstname",
    "fullname",
    "patient",
    "phone",
    "socialsecurity",
    "ssn",
    "surname",
    "userid",
    "username",
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One of them."""

    name: str
    values: tuple[str, ...]


def attributes_read(stored: Iterable[Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """Read the list as the app's table holds it."""
    return tuple(Attribute(each["name"], tuple(each["values"])) for each in stored)


def attributes_write(attributes: Iterable[Attribute]) -> list[dict[str, Any]]:
    """Write the list as the app's table holds it."""
    return [{"name": each.name, "values": list(each.values)} for each in attributes]


def attributes_check(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """Return the attributes by name, if an app may keep them.

    Raises:
        InvalidValueError: A name or value isn't acceptable, or there are too many.
    """
    found = tuple(sorted(attributes, key=lambda each: each.name))
    names = [each.name for each in found]
    if len(found) > MAX_ATTRIBUTES:
        raise InvalidValueError(f"An app keeps {MAX_ATTRIBUTES} attributes at most.")
    if len(set(names)) < len(names):
        raise InvalidValueError("Each attribute is named once.")
    for each in found:
        _check(each)
    return found


def are_fewer(before: Iterable[Attribute], after: Iterable[Attribute]) -> bool:
    """Say whether something that was kept isn't any more."""
    kept = {each.name: set(each.values) for each in after}
    return any(set(each.values) - kept.get(each.name, set()) for each in before)


def _check(attribute: Attribute) -> None:
    name, values = attribute.name, attribute.values
    if not _NAME.match(name):
        raise InvalidValueError(
            f"{name!r} can't be an attribute: take 1 to 32 lower-case letters, digits and underscores, "
            "a letter first."
        )
    if any(word in name.replace("_", "") for word in _PERSONAL):
        raise InvalidValueError(f"{name} sounds as if it named a person. Attributes never do.")
    if not 1 <= len(values) <= MAX_VALUES:
        raise InvalidValueError(f"List 1 to {MAX_VALUES} values of {name}; others aren't kept.")
    if len(set(values)) < len(values):
        raise InvalidValueError(f"Each value of {name} is listed once.")
    if any(not value or len(value) > MAX_VALUE_LENGTH or not value.isprintable() for value in values):
        raise InvalidValueError(f"A value of {name} has 1 to {MAX_VALUE_LENGTH} characters in one line.")
