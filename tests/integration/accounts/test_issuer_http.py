"""Fetching from an issuer that means harm, or is unlucky; against a real server on this machine."""

import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts.backends.issuer_http import MOST_BYTES, document_fetch, url_check
from accounts.errors import IssuerUnavailableError
from releaseconsole.kernel import clock
from tests.support.issuer import (
    DISCOVERY,
    RunningIssuer,
    answer,
    dripping,
    endless,
    failing,
    issuer_started,
    redirecting,
    saying,
)

HERE = frozenset({"127.0.0.1", "localhost"})


@pytest.fixture
def issuer() -> Iterator[RunningIssuer]:
    with issuer_started() as running:
        yield running


def refusal(url: str, **changed: Any) -> str:
    with pytest.raises(IssuerUnavailableError) as caught:
        document_fetch(url, **({"private_hosts": HERE} | changed))
    assert str(caught.value) == caught.value.title
    return caught.value.reason


def test_a_document_is_fetched_with_what_it_says_of_its_freshness(issuer: RunningIssuer) -> None:
    fetched = document_fetch(issuer.url + DISCOVERY, private_hosts=HERE)
    assert (fetched.body, fetched.max_age) == (issuer.documents[DISCOVERY], 300)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("public, max-age=60", 60), ('max-age="9"', 9), ("s-maxage=5", None), ("no-store", None), ("", None)],
)
def test_freshness_is_read_from_the_header(issuer: RunningIssuer, header: str, seconds: int | None) -> None:
    issuer.cache_control = header
    assert document_fetch(issuer.url + DISCOVERY, private_hosts=HERE).max_age == seconds


MISBEHAVIOURS = [
    pytest.param(redirecting, "status 302", id="redirects"),
    pytest.param(failing, "status 503", id="fails"),
    pytest.param(endless, f"more than {MOST_BYTES} bytes", id="never ends"),
    pytest.param(saying(b" " * (MOST_BYTES + 1)), f"more than {MOST_BYTES} bytes", id="is a byte too large"),
    pytest.param(saying(b"{}", media_type="text/html"), "an answer that isn't JSON", id="is a page"),
    pytest.param(saying(b"{}", media_type=""), "an answer that isn't JSON", id="doesn't say what it is"),
    pytest.param(
        saying(b"{}", media_type="application/jsonp"), "an answer that isn't JSON", id="is nearly JSON"
    ),
    pytest.param(saying(b"{}", Content_Encoding="gzip"), "a compressed answer", id="is compressed"),
    pytest.param(saying(b"{}", status=204), "status 204", id="has nothing to say"),
    pytest.param(lambda handler: handler.wfile.write(b"SSH-2.0\r\n"), "RemoteProtocolError", id="isn't HTTP"),
    pytest.param(lambda _: None, "RemoteProtocolError", id="hangs up"),
]


@pytest.mark.parametrize(("misbehave", "reason"), MISBEHAVIOURS)
def test_an_answer_that_isnt_a_document_is_refused(
    issuer: RunningIssuer, misbehave: Any, reason: str
) -> None:
    issuer.misbehaviours[DISCOVERY] = misbehave
    assert refusal(issuer.url + DISCOVERY).startswith(reason)
    assert issuer.asked == {DISCOVERY: 1}


def test_a_document_of_exactly_the_limit_is_taken(issuer: RunningIssuer) -> None:
    issuer.misbehaviours[DISCOVERY] = saying(b" " * MOST_BYTES, media_type="application/jwk-set+json; a=b")
    assert len(document_fetch(issuer.url + DISCOVERY, private_hosts=HERE).body) == MOST_BYTES


def test_bytes_that_come_slowly_dont_stretch_the_deadline(issuer: RunningIssuer) -> None:
    issuer.misbehaviours[DISCOVERY] = dripping
    assert refusal(issuer.url + DISCOVERY, seconds=0.3).startswith("ReadTimeout")


def test_no_credential_and_no_cookie_is_sent(issuer: RunningIssuer) -> None:
    seen: dict[str, str] = {}

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.update(handler.headers.items())
        answer(handler, b"{}", Set_Cookie="a=b")

    issuer.misbehaviours[DISCOVERY] = note
    for _ in range(2):
        document_fetch(issuer.url + DISCOVERY, private_hosts=HERE)
    assert set(seen) == {"Host", "Accept", "Accept-Encoding", "User-Agent"}


def test_a_proxy_of_the_environment_isnt_asked(
    issuer: RunningIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert document_fetch(issuer.url + DISCOVERY, private_hosts=HERE).body


def test_nobody_listening_is_a_refusal_like_any_other() -> None:
    assert refusal("http://127.0.0.1:1/x").startswith("ConnectError")


BAD_URLS = [
    pytest.param("http://issuer.example/x", "not https", id="plain"),
    pytest.param("http://10.0.0.1/x", "not https", id="plain and private"),
    pytest.param("ftp://issuer.example/x", "not https", id="another scheme"),
    pytest.param("file:///etc/passwd", "not a URL", id="a file"),
    pytest.param("//issuer.example/x", "not https", id="no scheme"),
    pytest.param("https://", "not a URL", id="no host"),
    pytest.param("https://a:b@issuer.example/", "a URL with", id="credentials"),
    pytest.param("https://@issuer.example/", "a URL with", id="an empty name"),
    pytest.param("https://issuer.example/#x", "a URL with", id="a fragment"),
    pytest.param("https://issuer.example:99999/", "not a URL", id="a port that isn't one"),
    pytest.param("https://issuer.example:0/", "not a URL", id="port 0"),
    pytest.param("https://[::1/", "not a URL", id="half a bracket"),
    pytest.param("https://issuer.example/a b", "not a URL", id="a space"),
    pytest.param("https://issuer.exämple/", "not a URL", id="letters that look like others"),
    pytest.param("https://issuer.example/" + "a" * 1024, "not a URL", id="too long"),
]


@pytest.mark.parametrize(("url", "reason"), BAD_URLS)
def test_an_address_that_is_never_asked(url: str, reason: str) -> None:
    assert refusal(url, private_hosts=HERE | {"10.0.0.1", "issuer.example"}).startswith(reason)


def test_plain_http_is_for_this_machine_and_only_when_its_listed(issuer: RunningIssuer) -> None:
    assert refusal(issuer.url + DISCOVERY, private_hosts=()) == "not https"
    assert not issuer.asked


def test_host_and_port_are_told_with_the_schemes_own_port() -> None:
    assert url_check("https://Issuer.example/x", private_hosts=()) == "issuer.example:443"
    assert url_check("http://localhost/x", private_hosts=HERE) == "localhost:80"


ADDRESSES = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 (an address to be refused)
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "fec0::1",
    "::127.0.0.1",
    "::ffff:0:7f00:1",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_name_that_leads_inside_is_refused_also_beside_one_that_doesnt(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolving(monkeypatch, "140.82.112.3", address)
    assert refusal("https://issuer.example/x") == "issuer.example has an address that isn't public"


def test_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal("https://issuer.example/x").startswith("gaierror")


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server with a certificate for `issuer.test`, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer.test")])
    now = clock.now()
    certificate = (
        x509
        .CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("issuer.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, b"{}")

        def log_message(self, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port, file
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_certificate_must_be_trusted_and_of_the_name_that_was_asked_for(
    secure: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, file = secure
    names = frozenset({"issuer.test", "other.test"})
    resolving(monkeypatch, "127.0.0.1")
    assert refusal(f"https://issuer.test:{port}/", private_hosts=names).startswith("ConnectError")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert document_fetch(f"https://issuer.test:{port}/", private_hosts=names).body == b"{}"
    assert refusal(f"https://other.test:{port}/", private_hosts=names).startswith("ConnectError")
