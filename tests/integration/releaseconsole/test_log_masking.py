"""Links that let somebody in don't reach the log, where others could use them first."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from releaseconsole.log_masking import LinkFilter

TOKEN = "kept-out-of-the-log"
PATHS = [
    f"/console/login/invited/{TOKEN}/",
    f"/console/login/reset/{TOKEN}/",
    f"/setup/{TOKEN}/",
    f"/privacy/receipts/PR-ABCDEFGH/{TOKEN}/",
    f"/privacy/receipts/PR-ABCDEFGH/{TOKEN}/receipt.json",
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the console's own handler writes."""
    found = [each for each in logging.getLogger().handlers if any(map(_masks, each.filters))]
    (handler,) = found
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def _masks(each: object) -> bool:
    return isinstance(each, LinkFilter)


@pytest.mark.parametrize("path", PATHS)
def test_a_refused_request_is_logged_without_its_links_secret(db: None, log: io.StringIO, path: str) -> None:
    Client(enforce_csrf_checks=True).post(path, {"password": "x"})
    assert path.replace(TOKEN, "[masked]") in log.getvalue()
    assert TOKEN not in log.getvalue()


def test_neither_is_it_in_a_traceback(log: io.StringIO) -> None:
    error = ValueError(PATHS[0])
    logging.getLogger("example").warning("It failed at %s", PATHS[1], exc_info=error)
    assert log.getvalue().count("[masked]") == 2
    assert TOKEN not in log.getvalue()


def test_everything_else_is_logged_as_it_is(log: io.StringIO) -> None:
    logging.getLogger("example").warning("%s of %d: /console/login/reset/", "one", 2)
    assert "one of 2: /console/login/reset/" in log.getvalue()
