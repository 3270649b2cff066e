"""After a busy day no secret is anywhere but sealed: not in the database, Redis, logs or any other file."""

import base64
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import redis
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.bundle import build
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm
from tests.simulator.capgo import CapgoDevice
from tests.support.console import RunningConsole, console_started, wait_until
from tests.support.operator import PASSWORD, Operator, totp
from tests.support.secret_search import leaks_in, secret_numbers, spellings

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256", "Ed25519")
MAIL = "ada@example.com"
# What a custodian does on the profile's page, five times at once and without waiting for five codes.
PROFILES = """
import sys, django
django.setup()
from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.services.profiles import profile_change
for app_id, algorithm in (each.split("=") for each in sys.argv[1:]):
    profile_change(app_id=app_id, algorithm=Algorithm(algorithm), issues_backend_tokens=True,
                   actor=SYSTEM, now=clock.now())
"""
BACK_END = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)


class Codes:
    """An authenticator app's codes, each used once: two are good at any moment, the third in its time."""

    def __init__(self, secret: str) -> None:
        self._secret, self._last = secret, self._now()

    def fresh(self) -> str:
        self._last = max(self._last + 1, self._now())
        wait_until(lambda: self._now() >= self._last - 1, "the next code is good")
        return totp(self._secret, step=self._last - self._now())

    def _now(self) -> int:
        return int(clock.epoch_seconds() // 30)


@dataclass
class Day:
    """A console at work, what it keeps secret, and what it said."""

    console: RunningConsole
    secrets: dict[str, bytes] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def collect(self) -> None:
        """Open what is sealed now: what is revoked later is emptied."""
        kek = sealing.kek_read(self.console.var_dir / "kek")
        with sqlite3.connect(self.console.var_dir / "console.sqlite3") as database:
            rows = database.execute(
                "SELECT kid, purpose, app_id, algorithm, sealed_private FROM signing_signingkey"
                " WHERE sealed_private <> ''"
            ).fetchall()
        database.close()
        for kid, purpose, app_id, algorithm, sealed in rows:
            material = kek.unseal(sealed, context=f"signing-key:{kid}|{purpose}|{app_id}|{algorithm}")
            for name, number in secret_numbers(algorithm, material).items():
                self.secrets[f"{algorithm} {purpose} {kid[:6]} {name}"] = number

    def run(self, *arguments: str, typed: str = "") -> int:
        done = self.console.manage(*arguments, typed=typed)
        self.said += [done.stdout, done.stderr]
        return done.returncode

    def profiles(self, *arguments: str) -> None:
        done = self.console.python("-c", PROFILES, *arguments)
        self.said += [done.stdout, done.stderr]
        assert done.returncode == 0, done.stderr


def app_of(algorithm: str) -> str:
    return f"com.example.{algorithm.lower()}"


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with console_started(LOG_LEVEL="DEBUG") as console, Operator(console.base_url) as operator:
        lived = Day(console)
        setup_url = console.setup_url
        operator.set_up(setup_url)
        lived.secrets["password"] = PASSWORD.encode()
        lived.secrets["TOTP seed"] = base64.b32decode(
            operator.totp_secret + "=" * (-len(operator.totp_secret) % 8)
        )
        lived.secrets["TOTP seed in base32"] = operator.totp_secret.encode()
        _work(lived, operator, Codes(operator.totp_secret))
        lived.said.append(console.output.replace(setup_url, ""))  # shown at the terminal, and nowhere else
        lived.secrets["set-up token"] = setup_url.rstrip("/").rsplit("/", 1)[1].encode()
        console.stop()
        console.start()
        console.wait_until_ready()
        lived.collect()
        with redis.Redis(unix_socket_path=str(console.var_dir / "redis" / "redis.sock")) as client:
            for key in client.scan_iter():
                lived.said += [repr(key), repr(client.dump(key))]
        lived.said.append(console.output)
        console.stop()
        yield lived


def _work(day: Day, operator: Operator, codes: Codes) -> None:
    for algorithm in ALGORITHMS:
        operator.submit("/console/apps/new/", app_id=app_of(algorithm), name="An app", platforms=["ios"])
        operator.submit(
            f"/console/apps/{app_of(algorithm)}/channels/new/", name="main", platforms=["ios"], public="on"
        )
    day.collect()
    day.profiles(*(f"{app_of(algorithm)}={algorithm}" for algorithm in ALGORITHMS))
    day.run("reconcile_keys")
    day.collect()
    _import(day, operator, codes)
    _updates(day, operator)
    _wrong_requests(day)
    _revoke(day, codes)
    day.run("doctor")
    day.run("rewrap_keys")


def _import(day: Day, operator: Operator, codes: Codes) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    day.secrets["imported"] = key.private_numbers().private_value.to_bytes(32, "big")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    page = f"/console/keys/{app_of('ES256')}/import/"
    origin = {"Origin": operator.base_url}
    csrf = operator.http.get(page).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    for wrong in ({"pem": pem, "code": "000000"}, {"pem": pem[:-60], "code": "1"}):
        answer = operator.http.post(page, data={"csrfmiddlewaretoken": csrf, **wrong}, headers=origin)
        day.said.append(answer.text)
    day.said.append(operator.http.post(page, data={"pem": pem}, headers=origin).text)  # no CSRF token
    wait_until(lambda: _is_taken(day, operator, page, pem, codes), "the key is taken in")
    day.collect()


def _is_taken(day: Day, operator: Operator, page: str, pem: str, codes: Codes) -> bool:
    """Not at once: a wrong code makes the authenticator wait a second."""
    answer = operator.http.get(page)
    csrf = answer.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = operator.http.post(
        page,
        data={"csrfmiddlewaretoken": csrf, "pem": pem, "code": codes.fresh()},
        headers={"Origin": operator.base_url},
    )
    day.said.append(answer.text)
    return "The key is published" in answer.text


def _updates(day: Day, operator: Operator) -> None:
    for algorithm in ALGORITHMS:
        app_id = app_of(algorithm)
        zip_file = ("www.zip", build("1.0.0"), "application/zip")
        operator.submit(f"/console/apps/{app_id}/bundles/upload/", files={"file": zip_file}, version="1.0.0")
        operator.submit(
            f"/console/apps/{app_id}/channels/main/publish/", version="1.0.0", rollout_percent="100"
        )
        with httpx.Client(base_url=day.console.base_url, timeout=30) as http:
            phone = CapgoDevice(http, app_id, platform="ios")
            wait_until(lambda phone=phone: phone.told() == "1.0.0", "it is offered")  # type: ignore[misc]
            phone.update()
            day.said.append(http.get(f"/device/v1/trust/{app_id}").text)
            day.said.append(http.get("/.well-known/jwks.json").text)
        _api(day, operator, app_id)


def _api(day: Day, operator: Operator, app_id: str) -> None:
    path = f"/console/apps/{app_id}/tokens/"
    csrf = operator.http.get(path).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    permissions = ["token_issue", "token_verify"]
    answer = operator.http.post(
        path,
        data={"csrfmiddlewaretoken": csrf, "name": "CI", "permissions": permissions, "days": "7"},
        headers={"Origin": operator.base_url},
    )
    token = answer.text.split('data-testid="issued-token">')[1].split("<")[0]
    day.secrets[f"API token of {app_id}"] = token.encode()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=day.console.base_url, headers=headers, timeout=30) as back_end:
        issued = back_end.post(f"/api/v1/apps/{app_id}/tokens", json={"subject": "user 7", "claims": {}})
        assert issued.status_code in {200, 201}, issued.text
        registered = back_end.put(f"/api/v1/apps/{app_id}/recipients/back-end", json=BACK_END.public_jwk())
        assert registered.status_code in {200, 201}, registered.text
        verdict = back_end.post("/api/v1/tokens/verify", json={"token": issued.json()["token"]})
        refused = back_end.post("/api/v1/tokens/verify", json={"token": "a.b.c"})
        handed = back_end.get(f"/api/v1/apps/{app_id}/back-end-keys")
        assert '"jwe":"' in handed.text, handed.text
        day.said += [issued.text, verdict.text, refused.text, handed.text]


def _wrong_requests(day: Day) -> None:
    # Refused before its body has come, a request ends its connection without a word: use none twice.
    once = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=day.console.base_url, timeout=30, limits=once) as http:
        for path in ("/console/keys/", "/nowhere", "/device/v1/trust/none", "/api/v1/apps"):
            for method in ("GET", "POST", "DELETE"):
                day.said.append(http.request(method, path, content=b"{").text)


def _revoke(day: Day, codes: Codes) -> None:
    listed = day.console.manage("keys", "list", "--app", app_of("RS256")).stdout
    kid = next(
        line.split("\t")[4]
        for line in listed.splitlines()
        if "Release tokens" in line and "\tsigns\t" in line
    )
    typed = f"{PASSWORD}\n{codes.fresh()}\nyes\n"
    assert day.run("keys", "revoke", "--as", MAIL, "--", kid, typed=typed) == 0, day.said[-2:]
    day.run("reconcile_keys")
    day.collect()


def heaps(day: Day) -> Iterator[tuple[str, bytes]]:
    """All that is left of the day, but the KEK's own file."""
    files = [path for path in day.console.var_dir.rglob("*") if path.is_file() and path.name != "kek"]
    for path in files:
        if path.name != "output" and "static" not in path.parts:
            yield str(path), path.read_bytes()
    yield "what it said", "\n".join(day.said).encode()
    database = sqlite3.connect(day.console.var_dir / "console.sqlite3")
    yield "dump", "\n".join(database.iterdump()).encode()
    database.close()


def test_nothing_secret_is_left_anywhere(day: Day) -> None:
    kek = (day.console.var_dir / "kek").read_bytes().strip()
    secrets = day.secrets | {"KEK": base64.urlsafe_b64decode(kek + b"=" * (-len(kek) % 4)), "KEK text": kek}
    algorithms = {name.split()[0] for name in secrets}
    assert algorithms >= {*ALGORITHMS, "HS256"}
    left = list(heaps(day))
    names = {Path(where).name for where, _ in left}
    assert "console.sqlite3" in names
    assert any("aof" in name for name in names)
    assert any(name.endswith(".log") for name in names)
    assert not leaks_in(left, secrets)


def test_the_search_finds_each_spelling_of_each_secret(day: Day) -> None:
    for name, secret in day.secrets.items():
        for spelled in spellings(secret):
            assert leaks_in([("a copy", b"before" + spelled + b"after")], {name: secret})
