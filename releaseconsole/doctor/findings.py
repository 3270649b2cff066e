"""What an examination says: a level, a sentence, and a remedy wherever something is wrong. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; a problem makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    subject: str
    level: Level
    said: str
    remedy: str = ""


def ok(subject: str, said: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, Level.OK, said)


def warning(subject: str, said: str, remedy: str) -> Finding:
    """It runs, but not as it should in production."""
    return Finding(subject, Level.WARNING, said, remedy)


def problem(subject: str, said: str, remedy: str) -> Finding:
    """Something doesn't work, or isn't safe."""
    return Finding(subject, Level.PROBLEM, said, remedy)
