"""Stepwise rollouts: shares to go through, each with a time to wait and what devices must have reported.

A plan is a list of steps. A release goes live at the first step's share; the next one is taken when the
step's time is over and enough devices said that it runs. The last step only has a share: nothing follows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from updates.domain.rollout import BASIS_POINTS
from updates.errors import InvalidValueError

MAX_STEPS: Final = 20
MAX_SOAK_MINUTES: Final = 60 * 24 * 60
MAX_DEVICES: Final = 10_000_000
_CELLS: Final = 4
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
_MEMBERS: Final = {"bps", "soak_minutes", "min_success_bps", "min_devices"}


@dataclass(frozen=True, slots=True)
class Step:
    """One share, and what has to be so before the next one is taken.

    Attributes:
        bps: The share, in basis points.
        soak_minutes: How long it stays at the least.
        min_success_bps: Of the devices that reported, how many it must have worked on; 0: any.
        min_devices: How many must have reported; 0: none.
    """

    bps: int
    soak_minutes: int = 0
    min_success_bps: int = 0
    min_devices: int = 0


_DAY: Final = 24 * 60
# Plans that a form offers by name.
NAMED_PLANS: Final[dict[str, tuple[Step, ...]]] = {
    "careful": (
        Step(100, soak_minutes=_DAY, min_success_bps=9800, min_devices=20),
        Step(1000, soak_minutes=_DAY, min_success_bps=9800, min_devices=100),
        Step(5000, soak_minutes=_DAY, min_success_bps=9800, min_devices=100),
        Step(BASIS_POINTS),
    ),
    "swift": (
        Step(1000, soak_minutes=60, min_success_bps=9500, min_devices=20),
        Step(5000, soak_minutes=60, min_success_bps=9500, min_devices=50),
        Step(BASIS_POINTS),
    ),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """What the next step waits for; `until` is when its time is over, None if something else is missing."""

    words: str
    until: datetime | None = None


def plan_read(plan: Iterable[Any]) -> tuple[Step, ...]:
    """Read a plan as it's stored.

    Raises:
        InvalidValueError: It isn't a list of steps.
    """
    steps = list(plan)
    for step in steps:
        if not isinstance(step, Mapping) or "bps" not in step or not set(step) <= _MEMBERS:
            raise InvalidValueError(f"A step has bps and may have {', '.join(sorted(_MEMBERS - {'bps'}))}.")
        if any(isinstance(value, bool) or not isinstance(value, int) for value in step.values()):
            raise InvalidValueError("A step is made of whole numbers.")
    return tuple(Step(**step) for step in steps)


def plan_write(steps: Iterable[Step]) -> list[dict[str, int]]:
    """Write a plan as it's stored."""
    return [
        {
            "bps": step.bps,
            "soak_minutes": step.soak_minutes,
            "min_success_bps": step.min_success_bps,
            "min_devices": step.min_devices,
        }
        for step in steps
    ]


def plan_spell(steps: Iterable[Step]) -> str:
    """Write a plan as people type it: a line each, `share %, hours, least success %, least devices`."""
    return "\n".join(
        f"{step.bps / 100:g}, {step.soak_minutes / 60:g}, {step.min_success_bps / 100:g}, {step.min_devices}"
        for step in steps
    )


def plan_parse(text: str) -> tuple[Step, ...]:
    """Read a plan that somebody typed; what a line leaves out at its end is 0.

    Raises:
        InvalidValueError: A line isn't one to four numbers.
    """
    return tuple(_step_parse(line) for line in text.splitlines() if line.strip())


def _step_parse(line: str) -> Step:
    cells = [cell.strip().removesuffix("%").strip() for cell in line.split(",")]
    if len(cells) > _CELLS or not all(_NUMBER.fullmatch(cell) for cell in cells):
        raise InvalidValueError(
            f"{line.strip()[:40]!r} isn't a step: write share %, hours, least success %, least devices."
        )
    share, hours, success, devices = (*map(Decimal, cells), *[Decimal(0)] * (_CELLS - len(cells)))
    return Step(int(share * 100), int(hours * 60), int(success * 100), int(devices))


def plan_check(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return a plan that can be carried out.

    Raises:
        InvalidValueError: Shares don't rise, or a number is out of bounds.
    """
    if len(steps) > MAX_STEPS:
        raise InvalidValueError(f"A plan has at most {MAX_STEPS} steps.")
    for step in steps:
        _in_bounds(step.bps, BASIS_POINTS, "A step's share is 1 to 10000 basis points.", least=1)
        _in_bounds(step.soak_minutes, MAX_SOAK_MINUTES, "A step waits 60 days at most.")
        _in_bounds(step.min_success_bps, BASIS_POINTS, "A success rate is 0 to 10000 basis points.")
        _in_bounds(step.min_devices, MAX_DEVICES, "A step can't wait for so many devices.")
    if any(later.bps <= earlier.bps for earlier, later in pairwise(steps)):
        raise InvalidValueError("Each step's share is greater than the one before.")
    return steps


def step_wait(step: Step, *, since: datetime, installed: int, failed: int, now: datetime) -> Wait | None:
    """Say what the step after this one waits for; None: nothing any more.

    Args:
        step: Where the rollout is.
        since: Since when.
        installed: Devices on which it works, by their reports.
        failed: Devices on which it doesn't.
        now: The time.
    """
    over_at = since + timedelta(minutes=step.soak_minutes)
    if now < over_at:
        return Wait("its time to pass", over_at)
    reported = installed + failed
    if reported < step.min_devices:
        return Wait(f"reports of {step.min_devices} devices; {reported} have reported")
    # Without any report nothing is proved: a wanted success rate then waits, also where no number is wanted.
    if step.min_success_bps and (not reported or installed * BASIS_POINTS < step.min_success_bps * reported):
        return Wait(
            f"a success rate of {step.min_success_bps / 100:g} %; it worked on {installed} of {reported}"
        )
    return None


def _in_bounds(value: int, greatest: int, words: str, *, least: int = 0) -> None:
    if not least <= value <= greatest:
        raise InvalidValueError(words)
