"""What a web server's worker process does once it has read its settings."""

import multiprocessing
import resource
from typing import Final

from releaseconsole import environment
from releaseconsole.supervisor.parent_death import die_with_parent

# More than the connections that the server lets in (plan.py): out of files, granian spins instead of waiting.
_OPEN_FILES: Final = 4096


def web_process_settle() -> None:
    """End with the server, keep configuration out of requests, and have a file for each connection.

    Granian copies the whole environment into each request's, from where secrets would reach error pages.
    Does nothing in a process that isn't a server's worker (a test, a shell).
    """
    if multiprocessing.parent_process() is not None:
        die_with_parent()
        environment.forget()
        _open_files_allow()


def _open_files_allow() -> None:
    """Raise the soft limit as far as it may be; the usual 1,024 is for programs that use `select`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _OPEN_FILES:
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
