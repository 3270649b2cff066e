"""Looking at TLS from outside: against servers that speak it well, badly, and not at all."""

import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from compliance.desk.backends.tls_probe import TLSFound, tls_probe
from releaseconsole.kernel import clock

HSTS: Final = "max-age=31536000"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost, its own issuer, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509
        .CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


class _Console(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Strict-Transport-Security", HSTS)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _answering(status: int, location: str) -> type[_Console]:
    class Answering(_Console):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", location)
            self.end_headers()

    return Answering


class _Server(HTTPServer):
    def handle_error(self, *_: object) -> None:
        """Handshakes fail here on purpose."""


Serve = Callable[..., int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve on a port of localhost, in clear or by TLS."""
    servers: list[HTTPServer] = []

    def start(context: ssl.SSLContext | None, console: type[_Console] = _Console) -> int:
        server = _Server(("localhost", 0), console)
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_port)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def context(certificate: Path, *, takes_old: bool = False) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    if takes_old:
        made.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
    return made


def probed(port: int, clear_port: int) -> TLSFound:
    return tls_probe(host="localhost", port=port, clear_port=clear_port)


def test_good_tls_is_told_with_all_that_a_client_is_offered(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = serve(context(certificate))
    found = probed(port, clear_port=port)
    assert (found.version, found.hsts, found.takes_old) == ("TLSv1.3", HSTS, False)
    assert "_" in found.cipher
    assert found.ends.endswith("GMT")
    assert found.refuses_clear


@pytest.mark.parametrize(
    ("status", "location", "refuses"),
    [
        (301, "https://localhost/console/", True),
        (302, "http://localhost/console/", False),
        (302, "https://elsewhere.example/", False),
        (302, "/console/", False),
        (403, "https://localhost/", False),
    ],
)
def test_only_a_redirect_to_tls_here_refuses_clear_text(
    serve: Serve,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    location: str,
    refuses: bool,  # noqa: FBT001 (a table's column)
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    clear = serve(None, _answering(status, location))
    found = probed(serve(context(certificate)), clear_port=clear)
    assert (found.clear, found.refuses_clear) == (f"answers {status}", refuses)


def test_old_tls_and_clear_text_are_noticed(
    serve: Serve, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    found = probed(serve(context(certificate, takes_old=True)), clear_port=serve(None))
    assert (found.takes_old, found.clear, found.refuses_clear) == (True, "answers 200", False)


def test_a_certificate_that_nobody_trusts_is_no_connection(serve: Serve, certificate: Path) -> None:
    found = probed(serve(context(certificate)), clear_port=1)
    assert (found.version, "CERTIFICATE_VERIFY_FAILED" in found.error) == ("", True)


def test_nothing_there_is_no_connection() -> None:
    assert probed(1, clear_port=1).error
