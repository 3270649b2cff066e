from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from updates.gateway import router


def _django(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Django"]


@pytest.fixture
def console() -> httpx.Client:
    transport = httpx.WSGITransport(app=router.gateway_application(_django))
    return httpx.Client(transport=transport, base_url="http://console.test")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console/",
        "/api/v1/apps",
        "/devices",
        "/healthz/",
        "/.well-known/jwks.json",
        "/device/v1/keys",
        "/device/v1/privacy",
    ],
)
def test_what_is_not_for_devices_goes_to_django(console: httpx.Client, path: str) -> None:
    assert console.get(path).text == "Django"


@pytest.mark.parametrize("path", ["/device/", "/device/capgo/nothing", "/device/v1/check/"])
def test_an_unknown_device_address_is_a_problem_document(console: httpx.Client, path: str) -> None:
    answer = console.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")


def test_a_fault_of_ours_is_answered_without_telling_what_it_was(
    console: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_request: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(router._HANDLERS, "/device/v1/check", fails)
    answer = console.post("/device/v1/check")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
