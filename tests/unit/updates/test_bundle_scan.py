"""What is found in a bundle that is accepted all the same."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.api_token_format import api_token_spell
from tests.support.zip_forge import INDEX, Forged, forge_zip, index
from updates.domain.bundle_archive import BundleFacts, BundleLimits, bundle_inspect
from updates.domain.bundle_archive.scanning import FINDINGS_MAX, BundleScan

LIMITS = BundleLimits(max_bytes=20_000_000, max_unpacked_bytes=30_000_000, max_entries=1000)
TOKEN = api_token_spell(b"\x07" * 32)
PIECE = 1 << 16


def inspect(*entries: Forged) -> BundleFacts:
    return bundle_inspect(io.BytesIO(forge_zip([index(), *entries])), limits=LIMITS)


def found(*entries: Forged) -> list[tuple[str, str, str]]:
    return [(one.code.value, one.path, one.detail) for one in inspect(*entries).findings]


# Spelled in two parts, so that scanners of this repository find nothing.
SECRETS = {
    "-----BEGIN RSA " + "PRIVATE KEY-----": "a private key",
    "-----BEGIN " + "PRIVATE KEY-----": "a private key",
    "AKIA" + "IOSFODNN7EXAMPLE": "an AWS access key",
    "ASIA" + "IOSFODNN7EXAMPLE": "a temporary AWS access key",
    '"type": ' + '"service_account"': "a Google service account",
    "GOCSPX-" + "a" * 28: "a Google client secret",
    "ghp_" + "a1" * 18: "a GitHub token",
    "github_pat_" + "a1" * 40: "a fine-grained GitHub token",
    "glpat-" + "a" * 20: "a GitLab token",
    "npm_" + "a1" * 18: "an npm token",
    "xoxb-" + "123456789012-abcdefgh": "a Slack token",
    "sk_live_" + "a1" * 12: "a Stripe secret key",
    "rk_live_" + "a1" * 12: "a restricted Stripe key",
    "SG." + "a" * 22 + "." + "b" * 43: "a SendGrid key",
    TOKEN: "a token of this console",
    "postgres://clinic:" + "hunter2@db.example.com/clinic": "an address with a password",
    "https://ci:" + "hunter2@example.com": "an address with a password",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found_and_never_repeated(secret: str) -> None:
    facts = inspect(Forged("app.js", f"let a = '{secret}';".encode()))
    (finding,) = facts.findings
    assert (finding.code, finding.path) == ("secret", "app.js")
    assert finding.detail.startswith(f"{SECRETS[secret]}, at byte ")
    assert secret not in finding.detail


@pytest.mark.parametrize(
    "text",
    [
        "AKIA is how they begin",
        "AKIA" + "iosfodnn7example",
        TOKEN[:-1] + ("0" if TOKEN[-1] != "0" else "1"),  # its checksum is wrong
        "https://example.com/a:b@c",
        "https://example.com:8080/@scope/package",
        "`https://${user}:${password}@example.com`",
        "pk_live_" + "a1" * 12,
        "-----BEGIN PUBLIC KEY-----",
    ],
)
def test_what_only_looks_similar_is_no_secret(text: str) -> None:
    assert found(Forged("app.js", text.encode())) == []


@pytest.mark.parametrize("distance", range(1, 45, 4))
def test_a_secret_is_found_wherever_the_pieces_end(distance: int) -> None:
    """Bytes come in pieces; a secret may begin in one and end in the next."""
    secret = b"sk_live_" + b"a1" * 20
    data = b" " * (PIECE - distance) + secret
    assert found(Forged("app.js", data, method=0)) == [
        ("secret", "app.js", f"a Stripe secret key, at byte {PIECE - distance:,}")
    ]


@pytest.mark.parametrize(
    "name", [".env", "config/.env.production", "release.p12", "certs/server.PEM", ".npmrc", ".git/config"]
)
def test_a_file_of_secrets_is_known_by_its_name(name: str) -> None:
    assert [(code, path) for code, path, _ in found(Forged(name))] == [("secret", name)]


def test_pictures_and_fonts_are_not_read() -> None:
    assert found(Forged("a.png", b"AKIA" + b"IOSFODNN7EXAMPLE")) == []


def test_source_maps_are_one_finding_however_many_there_are() -> None:
    inline = b"//# sourceMappingURL=data:application/json;base64,e30="
    files = [Forged("a.js.map"), Forged("b.css.map"), Forged("c.js", inline), Forged("sitemap.xml")]
    assert found(*files) == [("source_map", "a.js.map", "3")]


def config(server: object) -> Forged:
    return Forged("assets/capacitor.config.json", json.dumps({"appId": "a", "server": server}).encode())


def test_the_address_of_a_development_server_is_found() -> None:
    expected = [("server_url", "assets/capacitor.config.json", "http://192.168.0.7:5173")]
    assert found(config({"url": "http://192.168.0.7:5173"})) == expected


@pytest.mark.parametrize("server", [None, {}, {"url": ""}, {"url": None}, {"hostname": "localhost"}, [], 7])
def test_a_server_without_an_address_is_fine(server: object) -> None:
    assert found(config(server)) == []


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff", b"[" * 200_000, b" " * 300_000 + b"{}"])
def test_a_configuration_that_cannot_be_read_is_told(data: bytes) -> None:
    expected = [("config_unreadable", "capacitor.config.json", "")]
    assert found(Forged("capacitor.config.json", data)) == expected


def calls(text: str, name: str = "main.js") -> bool:
    data = forge_zip([Forged("index.html", b"<!doctype html>"), Forged(name, text.encode())])
    facts = bundle_inspect(io.BytesIO(data), limits=LIMITS)
    return "no_ready_call" not in {finding.code for finding in facts.findings}


@pytest.mark.parametrize(
    "text",
    [
        "CapacitorUpdater.notifyAppReady()",
        "await a?.b?.notifyAppReady?.()",
        "(0,e.notifyAppReady)()",
        "x['notifyAppReady']()",
        'x["notifyAppReady"] ()',
        "x\n  .notifyAppReady()",
    ],
)
def test_a_call_that_says_it_works_is_found(text: str) -> None:
    assert calls(text)


@pytest.mark.parametrize(
    "text", ["", "async notifyAppReady(){}", "notifyAppReady", "'.notifyAppReady'", "x.notifyAppReadyNow()"]
)
def test_a_bundle_that_never_says_it_works_is_told(text: str) -> None:
    """The plugin's own code declares what can be called; that is no call."""
    assert not calls(text)


def test_only_code_can_say_it_works() -> None:
    assert not calls("x.notifyAppReady()", "README.txt")


def test_a_bundle_with_more_text_than_is_looked_at_says_so() -> None:
    scan = BundleScan(left=len(INDEX))
    for path in ("a.js", "b.js"):
        reader = scan.reader(path)
        assert reader is not None
        reader(b"x" * len(INDEX))
    assert [finding.code for finding in scan.findings()] == ["scan_cut"]


def test_so_many_findings_are_kept_and_no_more() -> None:
    secret = b"AKIA" + b"IOSFODNN7EXAMPLE"
    files = [Forged(f"{number:03}.js", secret) for number in range(FINDINGS_MAX + 20)]
    codes = [code for code, _, _ in found(*files)]
    assert (codes.count("secret"), codes.count("findings_cut"), len(codes)) == (100, 1, 101)


def test_the_list_of_plugins_may_be_in_the_bundle() -> None:
    named = Forged("native-packages.json", b'{"@capacitor/camera": "6.0.2", "a": "1.0.0"}')
    assert inspect(named).native_packages == {"@capacitor/camera": "6.0.2", "a": "1.0.0"}
    assert inspect().native_packages is None


@given(st.lists(st.binary(max_size=400) | st.sampled_from([b"://:", b"AKIA" * 90, b"SG." * 99, b"[['\"`"])))
def test_whatever_the_bytes_a_scan_ends_with_a_verdict(pieces: list[bytes]) -> None:
    scan = BundleScan()
    reader = scan.reader("a.js")
    assert reader is not None
    for piece in pieces:
        reader(piece)
    assert all(finding.detail.isprintable() for finding in scan.findings())
