"""From a zip to a verified update on devices and back, through the real console with two web processes.

Outsiders all: a person's browser, a CI job, a Capgo phone, our own client, and npm's `jose`.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
import pytest

from demo.bundle import build
from releaseconsole.kernel import clock
from tests.simulator.capgo import CapgoDevice
from tests.support.console import RunningConsole, console_started, wait_until
from tests.support.npm_jose import jose_verify_remote
from tests.support.operator import Operator

APP = "com.example.clinic"
ROLLBACK_SECONDS = 1.0  # promise 4 of the design; this is the promise, not a benchmark


@dataclass
class Team:
    """A console that is set up, with an app, a public channel and a CI token."""

    console: RunningConsole
    operator: Operator
    ci: httpx.Client
    devices: httpx.Client

    def upload(self, version: str) -> httpx.Response:
        return self.ci.post(
            f"/api/v1/apps/{APP}/bundles",
            data={"version": version},
            files={"file": ("www.zip", build(version), "application/zip")},
        )

    def publish(self, version: str, **more: Any) -> dict[str, Any]:
        assert self.upload(version).status_code in {200, 201}
        answer = self.ci.post(
            f"/api/v1/apps/{APP}/channels/production/releases", json={"version": version} | more
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with console_started() as console, Operator(console.base_url) as operator:
        operator.set_up(console.setup_url)
        operator.submit("/console/apps/new/", app_id=APP, name="Clinic", platforms=["android", "ios"])
        operator.submit(
            f"/console/apps/{APP}/channels/new/", name="production", platforms=["android", "ios"], public="on"
        )
        token = _token(operator)
        ci = httpx.Client(base_url=console.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        with ci, httpx.Client(base_url=console.base_url, timeout=30) as devices:
            yield Team(console, operator, ci, devices)


def _token(operator: Operator) -> str:
    path = f"/console/apps/{APP}/tokens/"
    page = operator.http.get(path)
    csrf = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    permissions = ["app_view", "bundle_upload", "release_publish", "release_roll_back"]
    answer = operator.http.post(
        path,
        data={"csrfmiddlewaretoken": csrf, "name": "CI", "permissions": permissions, "days": "7"},
        headers={"Origin": operator.base_url},
    )
    return answer.text.split('data-testid="issued-token">')[1].split("<")[0]


def test_a_zip_becomes_a_verified_update_and_is_taken_back(team: Team) -> None:
    first = team.publish("1.0.0")
    phone = CapgoDevice(team.devices, APP)
    wait_until(lambda: phone.told() == "1.0.0", "the first release is offered")

    answer = phone.check()
    claims = jose_verify_remote(
        jwks_url=f"{team.console.base_url}/.well-known/jwks.json",
        issuer=team.console.base_url,
        audience=APP,
        subject=phone.device_id,
        token=answer["data"]["token"],
    )
    assert claims["decision"] == "install"
    assert claims["version"] == "1.0.0"
    assert claims["bundle_sha256"] == answer["checksum"] == hashlib.sha256(build("1.0.0")).hexdigest()
    assert claims["release_seq"] == first["release_seq"]
    assert claims["exp"] - claims["iat"] <= 900

    files = phone.download(answer)
    with zipfile.ZipFile(io.BytesIO(build("1.0.0"))) as original:
        assert files == {name: original.read(name) for name in original.namelist()}
    assert phone.update() == "1.0.0"
    _adoption_rises(team, first["release_seq"])
    _our_own_client_gets_the_same(team)
    _rollback_reaches_every_process(team, phone, claims["decision_seq"])


def _adoption_rises(team: Team, release_seq: int) -> None:
    path = f"/console/apps/{APP}/releases/{release_seq}/figures/"

    def figures() -> str:
        return team.operator.http.get(path).text

    wait_until(lambda: "1 of 1 that reported" in figures(), "the page shows the success")
    wait_until(lambda: bool(re.search(r"\b1 of \d+ active devices", figures())), "adoption shows the phone")


def _our_own_client_gets_the_same(team: Team) -> None:
    nonce = "bm9uY2Utb2Ytb3VyLW93bi1jbGllbnQ"
    device_id = "0b2bd2b1-97a4-4a8e-9c37-6d4b7f1f6a01"
    question = {
        "app_id": APP,
        "device_id": device_id,
        "nonce": nonce,
        "platform": "ios",
        "native_version": "1.0.0",
        "version": "",
    }
    answer = team.devices.post("/device/v1/check", json=question)
    assert answer.status_code == 200, answer.text
    claims = jose_verify_remote(
        jwks_url=f"{team.console.base_url}/.well-known/jwks.json",
        issuer=team.console.base_url,
        audience=APP,
        subject=device_id,
        token=answer.json()["token"],
    )
    assert claims["nonce"] == nonce
    assert claims["version"] == "1.0.0"
    data = team.devices.get(answer.json()["url"]).content
    assert hashlib.sha256(data).hexdigest() == claims["bundle_sha256"]
    report = {
        "app_id": APP,
        "device_id": device_id,
        "platform": "ios",
        "channel": "production",
        "events": [{"action": "set", "version": "1.0.0"}],
    }
    assert team.devices.post("/device/v1/events", json=report).status_code == 200


def _rollback_reaches_every_process(team: Team, phone: CapgoDevice, decision_seq: int) -> None:
    team.publish("1.1.0")
    clients = _client_of_each_web_process(team)
    try:
        phones = [CapgoDevice(client, APP) for client in clients]
        for each in phones:
            wait_until(lambda each=each: each.told() == "1.1.0", "every process offers the new release")  # type: ignore[misc]
        started = clock.monotonic()
        answer = team.ci.post(f"/api/v1/apps/{APP}/channels/production/rollback", json={})
        assert answer.status_code == 200, answer.text
        for each in phones:
            wait_until(lambda each=each: each.told() == "1.0.0", "every process is back")  # type: ignore[misc]
        assert clock.monotonic() - started < ROLLBACK_SECONDS
    finally:
        for client in clients:
            client.close()
    phone.version = "1.1.0"
    assert phone.update() == "1.0.0"
    token = phone.check()["data"]["token"]
    claims = jose_verify_remote(
        jwks_url=f"{team.console.base_url}/.well-known/jwks.json",
        issuer=team.console.base_url,
        audience=APP,
        subject=phone.device_id,
        token=token,
    )
    assert claims["decision"] == "current"
    assert claims["decision_seq"] > decision_seq


def _client_of_each_web_process(team: Team) -> list[httpx.Client]:
    """Open connections until each web process holds one; a kept-alive connection stays with its process."""
    workers = {worker.pid for worker in team.console.web_workers()}
    assert len(workers) >= 2
    clients: dict[int, httpx.Client] = {}

    def found_all() -> bool:
        client = httpx.Client(base_url=team.console.base_url, timeout=30)
        response = client.get("/healthz")
        port = response.extensions["network_stream"].get_extra_info("client_addr")[1]
        owner = _owner_of_connection(workers, port)
        if owner is None or owner in clients:
            client.close()
        else:
            clients[owner] = client
        return set(clients) == workers

    wait_until(found_all, "a connection to each web process")
    return list(clients.values())


def _owner_of_connection(workers: set[int], client_port: int) -> int | None:
    for pid in workers:
        connections = psutil.Process(pid).net_connections("tcp")
        if client_port in {getattr(connection.raddr, "port", None) for connection in connections}:
            return pid
    return None


def test_a_retried_upload_and_publish_happen_once(team: Team) -> None:
    key = {"Idempotency-Key": "job-4711"}
    assert team.upload("2.0.0").status_code == 201
    path = f"/api/v1/apps/{APP}/channels/production/releases"
    first = team.ci.post(path, json={"version": "2.0.0"}, headers=key)
    again = team.ci.post(path, json={"version": "2.0.0"}, headers=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_download_is_measured_by_head_and_forbidden_to_forged_tokens(team: Team) -> None:
    team.publish("3.0.0")
    phone = CapgoDevice(team.devices, APP)
    wait_until(lambda: phone.told() == "3.0.0", "the release is offered")
    url = phone.check()["url"]
    head = team.devices.head(url)
    assert head.status_code == 200
    assert int(head.headers["Content-Length"]) == len(build("3.0.0"))
    forged = url.replace("/download/", "/download/e30")
    assert team.devices.get(forged).status_code in {403, 404}
