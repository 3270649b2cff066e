"""What phones on bad networks do to everybody else: checks while others load slowly, or upload slowly."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from urllib.parse import urlsplit

from bench import wrk
from bench.servers import CONSOLE, Server, served
from bench.wrk import V1

READERS = (0, 8, 32, 128)


def measure(environment: dict[str, str], *, threads: int, seconds: int) -> None:
    """Print check rates beside slow readers and slow senders."""
    print(f"\nChecks beside slow clients, 64 connections, {threads} threads in each of 2 processes:")
    with served(CONSOLE, environment, threads=threads) as server:
        for count in READERS:
            with _slow_readers(server, count) as (sending, refused):
                _print(server, f"{count} slow downloads ({sending} sent, {refused} put off)", seconds)
        for count in READERS[1:]:
            with _slow_senders(server, count):
                _print(server, f"{count} bodies that never end", seconds)


def _print(server: Server, name: str, seconds: int) -> None:
    runs = [wrk.load(server, V1, connections=64, seconds=seconds) for _ in range(3)]
    rate, p99 = median(run.per_second for run in runs), median(run.p99_ms for run in runs)
    print(f"  {name:48} {rate:>8,.0f}/s  p99 {p99:7.1f} ms  {sum(run.errors for run in runs)} errors")


@contextmanager
def _slow_readers(server: Server, count: int) -> Iterator[tuple[int, int]]:
    with ExitStack() as ending:
        answers = [_slow_reader(server, ending) for _ in range(count)]
        yield answers.count(200), answers.count(503)


def _slow_reader(server: Server, ending: ExitStack) -> int:
    """Ask for a bundle and read its first bytes only; returns the status."""
    connection = ending.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host = urlsplit(server.url)
    connection.connect((host.hostname, host.port))
    connection.sendall(f"GET {_download_path(server)} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    return int(connection.recv(64).split(b" ")[1])


@contextmanager
def _slow_senders(server: Server, count: int) -> Iterator[None]:
    host = urlsplit(server.url)
    with ExitStack() as ending:
        for _ in range(count):
            connection = ending.enter_context(socket.create_connection((host.hostname, host.port)))
            connection.sendall(f"POST {V1} HTTP/1.1\r\nHost: bench\r\nContent-Length: 100\r\n\r\n{{".encode())
        yield


def _download_path(server: Server) -> str:
    question = {
        "app_id": "com.example.clinic",
        "device_id": "slow-phone",
        "nonce": "n" * 22,
        "platform": "ios",
        "native_version": "1.2.0",
    }
    request = urllib.request.Request(server.url + V1, json.dumps(question).encode())  # noqa: S310 (our own server)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 (our own server)
        return str(urlsplit(json.load(answer)["url"]).path)
