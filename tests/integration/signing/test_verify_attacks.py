"""Every attack on a token, sent to `POST /api/v1/tokens/verify` as a whole (signing.md, 6.1 and 6.2).

Each gets the same 200 with the same bytes, uses nothing up, and leaves its reason in the log only.
"""

import hmac
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import redis
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from django.conf import settings

from compliance.ledger.domain.events import SYSTEM
from releaseconsole.kernel import clock, sealing
from releaseconsole.kernel.encoding import b64url_decode
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.encryption import nested_encrypt
from releaseconsole.kernel.jose.encryption_keys import (
    DecryptionKey,
    EncryptionAlgorithm,
    recipient_key_import,
)
from releaseconsole.kernel.jose.key_families import private_key_generate
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.models import SigningKey
from signing.services import app_keys_ensure, console_keys_ensure
from signing.services.keys import keys_reconcile
from signing.services.loading import private_key_open
from signing.services.profiles import profile_change
from tests.integration.signing.conftest import CLINIC
from tests.support.back_end import BackEnd
from tests.support.forge import Sign, as_json, b64, forge
from tests.support.tokens import install_claims

BANK = "com.example.bank"
REFUSED = {"valid": False, "code": "token_refused"}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Forger:
    """Somebody who has it all: public keys, good tokens, and where it mustn't help the keys themselves."""

    release: SigningKey
    backend: SigningKey
    download: SigningKey
    bank: SigningKey

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(clock.epoch_seconds())
        whole = {"iss": settings.PUBLIC_URL, "aud": CLINIC, "iat": now, "nbf": now, "exp": now + 900}
        return install_claims(**(whole | changed))

    def backend_claims(self, **changed: Any) -> dict[str, Any]:
        whole = self.claims()
        names = ("iss", "aud", "sub", "iat", "nbf", "exp", "jti")
        return {name: whole[name] for name in names} | changed

    def header(self, **changed: Any) -> dict[str, Any]:
        header = {"alg": "ES256", "kid": self.release.kid, "typ": "release+jwt"} | changed
        return {name: value for name, value in header.items() if value is not ...}

    def sign(self, data: bytes) -> bytes:
        return private_key_open(self.release).sign(data)

    def sign_backend(self, data: bytes) -> bytes:
        return private_key_open(self.backend).sign(data)

    def with_header(self, **changed: Any) -> str:
        return forge(self.header(**changed), self.claims(), self.sign)

    def with_claims(self, **changed: Any) -> str:
        return forge(self.header(), self.claims(**changed), self.sign)

    def with_raw(self, old: bytes, new: bytes) -> str:
        claims = as_json(self.claims())
        assert old in claims
        return forge(self.header(), claims.replace(old, new, 1), self.sign)

    def good(self) -> str:
        return self.with_header()

    def with_signature(self, change: Callable[[bytes], bytes]) -> str:
        signing_input, _, signature = self.good().rpartition(".")
        return f"{signing_input}.{b64(change(b64url_decode(signature)))}"

    def backend_token(self, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        whole = {"alg": "HS256", "kid": self.backend.kid, "typ": "backend+jwt"} | (header or {})
        return forge(whole, self.backend_claims(**changed), self.sign_backend)

    def public(self, form: str) -> bytes:
        row = self.release
        if form == "jwk":
            return as_json(row.public_jwk or {})
        context = f"signing-key:{row.kid}|{row.purpose}|{row.app_id}|{row.algorithm}"
        private = load_der_private_key(
            sealing.kek_current().unseal(row.sealed_private, context=context), None
        )
        encoding = Encoding.PEM if form.startswith("pem") else Encoding.DER
        public = private.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        return public.strip() if form == "pem stripped" else public

    def confused(self, form: str, alg: str) -> str:
        secret = self.public(form)
        return forge(self.header(alg=alg), self.claims(), mac_with(secret))

    def confused_backend(self, form: str) -> str:
        """The same against the kind that does take HMACs."""
        header = {"alg": "HS256", "kid": self.release.kid, "typ": "backend+jwt"}
        return forge(header, self.backend_claims(), mac_with(self.public(form)))

    def encrypted(self) -> str:
        reader = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)
        inner = self.with_header(typ="phi-release+jwt")
        recipient = recipient_key_import(reader.public_jwk())
        return nested_encrypt(inner, typ="phi-release+jwt", recipient=recipient)


def mac_with(secret: bytes) -> Sign:
    return lambda data: hmac.digest(secret, data, "sha256")


STRANGER = private_key_generate(Algorithm.ES256)
STRANGER_JWK = STRANGER.public_jwk() or {}
Attack = Callable[[Forger], str]


def header_attack(name: str, **changed: Any) -> Any:
    return pytest.param(lambda forger: forger.with_header(**changed), id=name)


def claims_attack(name: str, **changed: Any) -> Any:
    return pytest.param(lambda forger: forger.with_claims(**changed), id=name)


def times_attack(name: str, change: Callable[[int], dict[str, Any]]) -> Any:
    return pytest.param(lambda forger: forger.with_claims(**change(int(clock.epoch_seconds()))), id=name)


def attack(name: str, make: Attack) -> Any:
    return pytest.param(make, id=name)


def none_attack(alg: str, *, blank: bool) -> Any:
    signature = bytes(64) if blank else b""
    name = f"alg {alg!r}, {'blank signature' if blank else 'unsigned'}"
    return attack(name, lambda f: forge(f.header(alg=alg), f.claims(), lambda _: signature))


def public_key_attack(form: str, alg: str) -> Any:
    return attack(f"{alg} over the public key as {form}", lambda f: f.confused(form, alg))


def backend_public_key_attack(form: str) -> Any:
    return attack(f"back end's HS256 over the public key as {form}", lambda f: f.confused_backend(form))


def secret_attack(secret: bytes) -> Any:
    def make(f: Forger) -> str:
        header = {"alg": "HS256", "kid": f.backend.kid, "typ": "backend+jwt"}
        return forge(header, f.backend_claims(), mac_with(secret))

    return attack(f"HS256 with the secret {secret!r}", make)


PUBLIC_FORMS = ["pem", "pem stripped", "der", "jwk"]
NONE = [
    *(
        none_attack(alg, blank=blank)
        for alg in ("none", "None", "NONE", "nOnE", "", " none")
        for blank in (False, True)
    ),
    attack("the signature cut off", lambda f: f.good().rpartition(".")[0] + "."),
    attack("the signature null", lambda f: f.good().rpartition(".")[0] + ".bnVsbA"),
    attack("none for the back end", lambda f: f.backend_token(header={"alg": "none"})),
]
CONFUSION = [
    *(public_key_attack(form, alg) for form in PUBLIC_FORMS for alg in ("HS256", "ES256", "RS256")),
    *(backend_public_key_attack(form) for form in PUBLIC_FORMS),
    *(secret_attack(secret) for secret in (b"", b"secret", bytes(32))),
    header_attack("alg in lower case", alg="es256"),
    header_attack("alg ES384", alg="ES384"),
    header_attack("alg EdDSA", alg="EdDSA"),
    header_attack("alg a list", alg=["ES256"]),
]
HEADERS = [
    header_attack("jku", jku="https://evil.example/jwks"),
    header_attack("jku into the house", jku="http://127.0.0.1:6379/"),
    attack(
        "jwk of one's own",
        lambda f: forge(f.header(jwk=STRANGER_JWK), f.claims(), STRANGER.sign),
    ),
    attack(
        "jwk of one's own, with its kid",
        lambda f: forge(f.header(jwk=STRANGER_JWK, kid=STRANGER_JWK["kid"]), f.claims(), STRANGER.sign),
    ),
    header_attack("x5u", x5u="https://evil.example/cert"),
    header_attack("x5c", x5c=["MIIB"]),
    header_attack("crit", crit=["exp"]),
    header_attack("b64", b64=False, crit=["b64"]),
    header_attack("zip", zip="DEF"),
    header_attack("cty", cty="JWT"),
    header_attack("no kid", kid=...),
    header_attack("kid empty", kid=""),
    header_attack("kid null", kid=None),
    header_attack("kid a list", kid=["a"]),
    header_attack("kid unknown", kid="A" * 43),
    header_attack("kid a path", kid="../../../../dev/null"),
    header_attack("kid an SQL injection", kid="x' UNION SELECT 'aaa"),
    header_attack("kid a command", kid="|sleep 10"),
    header_attack("no typ", typ=...),
    header_attack("typ JWT", typ="JWT"),
    header_attack("typ in other case", typ="Release+JWT"),
    header_attack("typ with application/", typ="application/release+jwt"),
    header_attack("typ of an encrypted kind", typ="phi-release+jwt"),
    header_attack("typ of a probe", typ="key-probe+jwt"),
    header_attack("typ of a document", typ="trust+jws"),
    header_attack("typ of a delegation", typ="delegation+jws"),
    attack(
        "alg twice",
        lambda f: forge(
            f'{{"alg":"none","alg":"ES256","kid":"{f.release.kid}","typ":"release+jwt"}}'.encode(),
            f.claims(),
            f.sign,
        ),
    ),
    attack(
        "kid twice",
        lambda f: forge(
            f'{{"alg":"ES256","kid":"x","kid":"{f.release.kid}","typ":"release+jwt"}}'.encode(),
            f.claims(),
            f.sign,
        ),
    ),
    attack("a header that is a list", lambda f: forge(b"[]", f.claims(), f.sign)),
    attack("a header that is no text", lambda f: forge(b"\xff", f.claims(), f.sign)),
    attack("a header without end", lambda f: forge(b"[" * 5000, f.claims(), f.sign)),
]
CLAIMS = [
    attack("aud twice", lambda f: f.with_raw(b'"aud":', b'"aud":"com.example.evil","aud":')),
    attack("exp twice", lambda f: f.with_raw(b'"exp":', b'"exp":1,"exp":')),
    attack("iss twice, escaped", lambda f: f.with_raw(b'"iss":', b'"\\u0069ss":"x","iss":')),
    claims_attack("aud a list", aud=[CLINIC]),
    claims_attack("aud a list of two", aud=[CLINIC, BANK]),
    claims_attack("aud of another app", aud=BANK),
    claims_attack("iss of another console", iss="https://evil.example"),
    claims_attack("iss a list", iss=[settings.PUBLIC_URL]),
    claims_attack("sub a list", sub=["a"]),
    claims_attack("a claim too many", admin=True),
    claims_attack("a claim too few", jti=...),
    claims_attack("no exp", exp=...),
    claims_attack("no nbf", nbf=...),
    claims_attack("ext of another shape", ext={"deep": {"er": 1}}),
    claims_attack("a jti that could be guessed", jti="1"),
    times_attack("exp a text", lambda now: {"exp": str(now + 900)}),
    times_attack("exp in 30 years", lambda now: {"exp": now + 30 * 365 * 86_400}),
    times_attack("exp a second too far", lambda now: {"exp": now + 901}),
    times_attack("exp a fraction", lambda now: {"exp": now + 899.5}),
    times_attack("issued in an hour", lambda now: {"iat": now + 3600, "nbf": now + 3600, "exp": now + 4000}),
    times_attack("good in an hour", lambda now: {"nbf": now + 3600}),
    attack("claims that are a list", lambda f: forge(f.header(), b"[]", f.sign)),
    attack("claims without end", lambda f: forge(f.header(), b'{"a":' * 900, f.sign)),
    attack("exp infinite", lambda f: f.with_raw(b'"exp":', b'"x":Infinity,"exp":')),
]
SIGNATURES = [
    attack("psychic: r = s = 0", lambda f: f.with_signature(lambda _: bytes(64))),
    attack("psychic: r = s = n", lambda f: f.with_signature(lambda _: P256_ORDER.to_bytes(32, "big") * 2)),
    attack("psychic: r = 1, s = 0", lambda f: f.with_signature(lambda _: bytes(31) + b"\1" + bytes(32))),
    attack("another key's", lambda f: forge(f.header(), f.claims(), STRANGER.sign)),
    attack("a changed one", lambda f: f.with_signature(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))),
    attack("a short one", lambda f: f.with_signature(lambda raw: raw[:-1])),
    attack("a padded one", lambda f: f.good() + "=="),
    attack(
        "a good one over other claims",
        lambda f: ".".join([f.good().split(".")[0], b64(as_json(f.claims(version="9.9.9"))), "AAAA"]),
    ),
]
FORMS = [
    attack("nothing", lambda _: ""),
    attack("dots", lambda _: ".."),
    attack("no token", lambda _: "not a token"),
    attack("two segments", lambda f: f.good().rpartition(".")[0]),
    attack("four segments", lambda f: f.good() + ".AAAA"),
    attack("a detached payload", lambda f: f.good().split(".")[0] + ".." + f.good().split(".")[2]),
    attack("a space in front", lambda f: " " + f.good()),
    attack("a line break behind", lambda f: f.good() + "\n"),
    attack("a byte order mark in front", lambda f: "\ufeff" + f.good()),
    attack("a JWE", lambda f: f.encrypted()),
    attack("flattened JSON", lambda f: json.dumps(_flattened(f.good()))),
    attack("general JSON", lambda f: json.dumps(_general(f.good()))),
    attack("general JSON without a signature", lambda _: json.dumps({"payload": "e30", "signatures": []})),
    attack("too long", lambda f: f.good() + "A" * 8192),
    attack("as long as the body may be", lambda _: "A" * 65_000),
    attack("a million dots, nearly", lambda _: "." * 65_000),
]
MIXED = [
    attack(
        "a release token by the back end's key",
        lambda f: forge(f.header(alg="HS256", kid=f.backend.kid), f.claims(), f.sign_backend),
    ),
    attack(
        "a release token in the back end's envelope",
        lambda f: f.with_header(typ="backend+jwt"),
    ),
    attack(
        "a back-end token by the release key",
        lambda f: forge(f.header(typ="backend+jwt"), f.backend_claims(), f.sign),
    ),
    attack("a back-end token as a release token", lambda f: f.backend_token(header={"typ": "release+jwt"})),
    attack(
        "a back-end token by the console's own key",
        lambda f: forge(
            {"alg": "HS256", "kid": f.download.kid, "typ": "backend+jwt"},
            f.backend_claims(),
            private_key_open(f.download).sign,
        ),
    ),
    attack(
        "a download token",
        lambda f: forge(
            {"alg": "HS256", "kid": f.download.kid, "typ": "download+jwt"},
            f.backend_claims(sha256="ab" * 32),
            private_key_open(f.download).sign,
        ),
    ),
    attack("the back end's ext nested", lambda f: f.backend_token(ext={"a": {}})),
    attack("the back end's own pad", lambda f: f.backend_token(pad="000")),
    attack(
        "another app's key for this app",
        lambda f: forge(f.header(kid=f.bank.kid), f.claims(), private_key_open(f.bank).sign),
    ),
    attack(
        "another app's token",
        lambda f: forge(f.header(kid=f.bank.kid), f.claims(aud=BANK), private_key_open(f.bank).sign),
    ),
]


def _flattened(token: str) -> dict[str, str]:
    return dict(zip(("protected", "payload", "signature"), token.split("."), strict=True))


def _general(token: str) -> dict[str, Any]:
    protected, payload, signature = token.split(".")
    return {"payload": payload, "signatures": [{"protected": protected, "signature": signature}]}


@pytest.fixture
def forger(back_end: BackEnd, console: None, now: datetime) -> Forger:
    app_keys_ensure(app_id=BANK, actor=SYSTEM, now=now)
    console_keys_ensure(now=now)

    def active(purpose: KeyPurpose, app_id: str) -> SigningKey:
        return SigningKey.objects.get(purpose=purpose, app_id=app_id, state=KeyState.ACTIVE)

    return Forger(
        release=active(KeyPurpose.RELEASE_TOKEN, CLINIC),
        backend=active(KeyPurpose.BACKEND_TOKEN, CLINIC),
        download=active(KeyPurpose.DOWNLOAD_TOKEN, ""),
        bank=active(KeyPurpose.RELEASE_TOKEN, BANK),
    )


@pytest.fixture
def assert_refused(
    back_end: BackEnd, redis_client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> Callable[[str], None]:
    def check(token: str) -> None:
        caplog.set_level(logging.INFO, logger="signing")
        answer = back_end.verify(token, consume=True)
        assert (answer.status_code, answer.json()) == (200, REFUSED)
        assert answer.content == b'{"valid":false,"code":"token_refused"}'
        assert not redis_client.keys("rc:jti:*")
        (line,) = [one for one in caplog.messages if "token_refused" in one]
        assert line.startswith(f"API token {back_end.api_token.pk} asked about a token: token_refused (")
        assert not token or len(token) < 20 or token not in line

    return check


@pytest.mark.parametrize("make", [*NONE, *CONFUSION, *HEADERS, *CLAIMS, *SIGNATURES, *FORMS, *MIXED])
def test_an_attack_is_refused_and_told_nothing(
    forger: Forger, assert_refused: Callable[[str], None], make: Attack
) -> None:
    assert_refused(make(forger))


def test_what_the_attacks_are_made_from_is_good(forger: Forger, back_end: BackEnd) -> None:
    for token in (forger.good(), forger.backend_token()):
        assert back_end.verify(token).json()["valid"] is True


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (KeyState.SUSPENDED, "suspended_at"),
        (KeyState.COMPROMISED, "revoked_at"),
        (KeyState.PREPUBLISHED, "published_at"),
    ],
)
@pytest.mark.parametrize("kind", ["release", "backend"])
def test_a_key_that_is_out_of_use_verifies_nothing(
    forger: Forger,
    assert_refused: Callable[[str], None],
    now: datetime,
    kind: str,
    state: KeyState,
    since: str,
) -> None:
    row, token = (
        (forger.release, forger.good()) if kind == "release" else (forger.backend, forger.backend_token())
    )
    # One key of a purpose may be the next one.
    SigningKey.objects.filter(purpose=row.purpose, app_id=CLINIC, state=KeyState.PREPUBLISHED).delete()
    SigningKey.objects.filter(pk=row.pk).update(**{"state": state, since: now})
    assert_refused(token)


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.RS256, Algorithm.PS256])
def test_the_public_key_of_back_end_tokens_is_no_secret_either(
    back_end: BackEnd,
    assert_refused: Callable[[str], None],
    forger: Forger,
    now: datetime,
    algorithm: Algorithm,
) -> None:
    """The kind takes HMACs, and here its own key is a pair: what binds is the key's one algorithm."""
    profile_change(app_id=CLINIC, backend_algorithm=algorithm, actor=SYSTEM, now=now)
    SigningKey.objects.filter(purpose=KeyPurpose.BACKEND_TOKEN).delete()
    keys_reconcile(now=now)
    row = SigningKey.objects.get(purpose=KeyPurpose.BACKEND_TOKEN, state=KeyState.ACTIVE)
    header = {"alg": "HS256", "kid": row.kid, "typ": "backend+jwt"}
    assert_refused(forge(header, forger.backend_claims(), mac_with(as_json(row.public_jwk or {}))))


def test_a_body_that_is_too_large_is_not_even_read(back_end: BackEnd, redis_client: redis.Redis) -> None:
    answer = back_end.verify("A" * 65_536, consume=True)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")
    assert not redis_client.keys("rc:jti:*")
