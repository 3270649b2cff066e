"""Names of the log: its origin, and the origins that follow it when it has to be begun again.

A restart after a restore begins another epoch: `updates.example.com#2` follows `updates.example.com`, and is
as legal a name in a signed note. Who holds a checkpoint of the one can't be shown the other in its place.
"""

import re

_EPOCH = re.compile(r"(?P<name>.*)#(?P<epoch>[2-9]|[1-9][0-9]{1,8})", re.DOTALL)


def origin_next(origin: str) -> str:
    """Name the epoch that follows."""
    name, epoch = _split(origin)
    return f"{name}#{epoch + 1}"


def is_later_epoch(origin: str, *, than: str) -> bool:
    """Say whether `origin` names the same log as `than`, begun again since."""
    (name, epoch), (other_name, other_epoch) = _split(origin), _split(than)
    return name == other_name and epoch > other_epoch


def _split(origin: str) -> tuple[str, int]:
    found = _EPOCH.fullmatch(origin)
    return (found["name"], int(found["epoch"])) if found else (origin, 1)
