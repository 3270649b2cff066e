"""The address the web server will listen on, tried before anything is started."""

import socket
from typing import Final

from releaseconsole.supervisor.errors import PortTakenError

_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (compared, not bound)


def address_check(host: str, port: int) -> None:
    """Bind and let go.

    Raises:
        PortTakenError: The address can't be bound, with the reason.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as exc:
        raise PortTakenError(
            f"Can't listen on {host}:{port}: {exc.strerror}. Choose another port, "
            f"for example: PORT={port + 1} make run"
        ) from exc


def reachable_host(host: str) -> str:
    """Return the address under which this machine reaches a server that listens on `host`."""
    return _ANY_ADDRESS.get(host, host)
