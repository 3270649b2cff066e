"""Posting a message to a webhook, as if its address had been chosen to reach what its owner can't.

How it's connected to, and to which addresses, is `accounts.backends.guarded_connection`'s. Beside that:

- A well-known port that isn't HTTPS is refused: the console mustn't talk to the mail servers of others.
- No redirect is followed: it would be a second address that nobody looked at.
- Of the answer nothing is read but its status and `Retry-After`. Its body isn't kept, so whoever chose the
  address learns nothing from it that they couldn't ask for themselves.
"""

import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from accounts.backends.guarded_connection import GuardedBackend, address_check
from accounts.errors import AddressRefusedError
from releaseconsole.kernel import clock
from updates.errors import InvalidValueError

SECONDS: Final = 10.0
_LEAST_FREE_PORT: Final = 1024
_HTTPS: Final = 443
_LONGEST_ERROR: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message: a status, or else why there is none."""

    status: int | None
    retry_after: str = ""
    error: str = ""


def webhook_url_check(url: str, *, private_hosts: Collection[str]) -> None:
    """Check the address of a webhook before anything is done with it.

    Raises:
        InvalidValueError: It isn't one that is ever posted to.
    """
    try:
        host, _, port = address_check(url, private_hosts=private_hosts).rpartition(":")
    except AddressRefusedError as exc:
        raise InvalidValueError(f"This address can't be used: {exc.reason}.") from exc
    if host not in private_hosts and int(port) != _HTTPS and int(port) < _LEAST_FREE_PORT:
        raise InvalidValueError(f"This address can't be used: port {port} belongs to something else.")


def webhook_post(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    private_hosts: Collection[str],
    seconds: float = SECONDS,
) -> Answer:
    """Post a message and return what became of it; raises nothing for what the other side does.

    Args:
        url: Of the webhook.
        headers: Beside those of every request.
        body: The message.
        private_hosts: Hosts that may be inside the own network, by name.
        seconds: For connecting and the answer together.
    """
    sent = [("Content-Type", "application/json"), ("User-Agent", "release-console"), *headers.items()]
    try:
        webhook_url_check(url, private_hosts=private_hosts)
        backend = GuardedBackend(clock.monotonic() + seconds, private_hosts)
        with (
            httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend) as pool,
            pool.stream("POST", url, headers=sent, content=body) as response,
        ):
            return Answer(response.status, retry_after=_retry_after(response))
    except (InvalidValueError, AddressRefusedError) as exc:
        return _failed(exc.message)
    except socket.gaierror:
        return _failed("The name of its host can't be resolved.")
    except httpcore.TimeoutException:
        return _failed(f"No answer within {seconds:g} seconds.")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ssl.SSLError, UnicodeError) as exc:
        return _failed(f"{type(exc).__name__}: {exc}")


def _failed(error: str) -> Answer:
    return Answer(None, error=" ".join(error.split())[:_LONGEST_ERROR])


def _retry_after(response: httpcore.Response) -> str:
    found = (value for name, value in response.headers if name.lower() == b"retry-after")
    return next(found, b"").decode("ascii", errors="replace")
