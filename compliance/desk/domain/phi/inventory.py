"""Which stored fields could hold PHI, and what is done about each: the declared half of the register.

The measured half looks at the rows. A field of the models with free text from a device, a tester or an app's
back end that isn't in this list is a bug; `field_faults` and a test hold the list to the models.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Handling(StrEnum):
    """What becomes of what would go into the field, in an app with PHI."""

    DROPPED = "dropped"  # nothing is stored
    LISTED = "listed"  # only values that somebody listed beforehand
    SEALED = "sealed"  # AES-256-GCM under the KEK, bound to its place
    OPEN = "open"  # stored as it came


@dataclass(frozen=True, slots=True)
class StoredField:
    """One stored field.

    Attributes:
        model: As Django labels it.
        field: Its column.
        what: In words.
        handling: In an app with PHI.
        words: What protects it there, or what to do since nothing does.
        fact: The name under which it would stand in an entry of the audit log.
    """

    model: str
    field: str
    what: str
    handling: Handling
    words: str
    fact: str

    @property
    def key(self) -> str:
        """Its name in the register."""
        return f"{self.model}.{self.field}"


INVENTORY: Final[tuple[StoredField, ...]] = (
    StoredField(
        "updates.Device",
        "custom_id",
        "Id that the app gave the device",
        Handling.DROPPED,
        "Dropped before anything is stored; none can be kept while the app handles PHI.",
        "custom_id",
    ),
    StoredField(
        "updates.DeviceEvent",
        "detail",
        "What devices add to their reports: messages, traces of crashes",
        Handling.DROPPED,
        "All but the name of the failing file is dropped. What was stored before the flag stays.",
        "detail",
    ),
    StoredField(
        "updates.Device",
        "attributes",
        "Attributes of devices",
        Handling.LISTED,
        "Only values that the app's settings list are kept.",
        "device_attributes",
    ),
    StoredField(
        "updates.TesterFeedback",
        "text",
        "What testers write",
        Handling.OPEN,
        "Free text, kept as it was written. Switch feedback off for the app's tester groups.",
        "text",
    ),
    StoredField(
        "signing.ClaimDefinition",
        "fixed_value",
        "Fixed values of claims",
        Handling.OPEN,
        "One value for every device, so about nobody in particular; kept as it was typed. "
        "Tokens carry it encrypted only where its class asks for that.",
        "fixed_value",
    ),
)


def field_faults(
    columns: Collection[str], facts: Iterable[Iterable[str]], committed: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Say what is wrong with the inventory, as rule and words.

    Args:
        columns: `Model.field` of every column there is.
        facts: The names of facts that each kind of entry of the audit log can carry.
        committed: Those names of which an entry holds only a salted digest.

    Yields:
        Each fault.
    """
    for stored in INVENTORY:
        if stored.key not in columns:
            yield "storage", f"The PHI inventory names {stored.key}, which isn't stored any more."
        if stored.handling is Handling.SEALED and not stored.field.startswith("sealed_"):
            yield "storage", f"The PHI inventory calls {stored.key} sealed, and its name doesn't say so."
    loggable = {name for names in facts for name in names} - set(committed)
    for stored in INVENTORY:
        if stored.fact in loggable:
            yield "log", f"{stored.key} may hold PHI, and entries of the audit log can carry it as it is."
