"""Which facts an event only commits to: whatever may be about a person, and whatever somebody typed."""

from typing import Final

# By name, at any depth. A fact under one of these names rests beside the event, where it can be erased
# without touching any proof; the event itself holds a salted digest of it.
COMMITTED: Final = frozenset({
    "address",
    "custom_id",
    "device_id",
    "email",
    "filter",
    "ip",
    "name",
    "note",
    "notes",
    "os_user",
    "reason",
    "user_agent",
})
