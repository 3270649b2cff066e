"""What authenticator apps are given can be read by them."""

from urllib.parse import parse_qs, unquote, urlsplit

from accounts.domain.totp import seed_text, seed_uri

SEED = b"12345678901234567890"  # RFC 6238, appendix B


def test_a_seed_is_spelled_in_base32_without_padding() -> None:
    assert seed_text(SEED) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert seed_text(b"1") == "GE"


def test_the_uri_says_everything_an_app_needs() -> None:
    uri = urlsplit(seed_uri(SEED, email="ada+x@example.com", issuer="Release Console"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert unquote(uri.path) == "/Release Console:ada+x@example.com"
    assert parse_qs(uri.query) == {
        "secret": [seed_text(SEED)],
        "issuer": ["Release Console"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_spaces_are_spelled_as_apps_read_them() -> None:
    assert "Release%20Console" in seed_uri(SEED, email="a@b.c", issuer="Release Console")
    assert "+" not in seed_uri(SEED, email="a@b.c", issuer="Release Console")
