"""What a web server's worker process does once it has read its settings."""

import multiprocessing

from releaseconsole import environment
from releaseconsole.supervisor.parent_death import die_with_parent


def web_process_settle() -> None:
    """End with the server, and keep configuration out of requests.

    Granian copies the whole environment into each request's, from where secrets would reach error pages.
    Does nothing in a process that isn't a server's worker (a test, a shell).
    """
    if multiprocessing.parent_process() is not None:
        die_with_parent()
        environment.forget()
