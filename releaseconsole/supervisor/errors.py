"""Why the console doesn't start, or ends by itself."""

from pathlib import Path

from releaseconsole.kernel.errors import ConsoleError


class SupervisorError(ConsoleError):
    """The console can't run."""

    code = "console_cannot_run"


class PortTakenError(SupervisorError):
    """Somebody else listens on the address the console wants."""

    code = "port_taken"


class AlreadyRunningError(SupervisorError):
    """Another console holds the same var directory."""

    code = "already_running"


class RedisMissingError(SupervisorError):
    """There is no Redis to start, or nowhere to put its socket."""

    code = "redis_missing"


class ChildFailedError(SupervisorError):
    """A child didn't become ready, or keeps dying."""

    code = "child_failed"

    def __init__(self, child: str, what: str, log: Path, last_lines: str) -> None:
        said = f" Its last lines:\n{last_lines}" if last_lines else ""
        super().__init__(f"{child} {what}; the console ends. Its log is {log}.{said}")
