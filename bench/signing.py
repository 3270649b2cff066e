"""What a token costs beyond its signature: the console's signer against `cryptography` alone, same bytes.

Both are measured in turns in one process, and the medians compared, so that a busy machine slows both. Run as
`python -m bench.signing`.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.mac_tokens import MACVerifier
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN, download_claims_encode, download_claims_read
from signing.domain.release_token import RELEASE_TOKEN, release_claims_encode

ROUNDS = 7
CALLS = 2_000
NOW = 1_800_000_000
ISSUER, APP_ID, DEVICE_ID = "https://updates.example.com", "com.example.clinic", "3f0c2a4e-9a57-4c0e-9b1d"
JTI = "h2e9GCH31Q3OQgvqTNhKCA"


@dataclass(frozen=True)
class Release:
    release_id: int = 41
    release_seq: int = 7
    version: str = "2.4.1"
    bundle_sha256: str = "ab" * 32
    bundle_size: int = 1_234_567
    manifest_sha256: str = "cd" * 32
    native_min: str = ""
    native_max: str = ""


@dataclass(frozen=True)
class Result:
    name: str
    per_second: float
    ratio: float  # to the raw ES256 signature of the same run


def release_claims_make() -> bytes:
    return release_claims_encode(
        issuer=ISSUER,
        app_id=APP_ID,
        device_id=DEVICE_ID,
        issued=NOW,
        lifetime=900,
        jti=JTI,
        decision="install",
        decision_seq=12,
        channel="production",
        nonce="n" * 22,
        release=Release(),
    )


def cases() -> dict[str, Callable[[], object]]:
    key, secret = ES256Key.generate(), HS256Key.generate()
    kid = key.public_jwk()["kid"]
    release = TokenSigner(kid=kid, algorithm=key.algorithm, typ=RELEASE_TOKEN.typ, sign=key.sign)
    download = TokenSigner(kid="k", algorithm=secret.algorithm, typ=DOWNLOAD_TOKEN.typ, sign=secret.sign)
    opener = MACVerifier(typ=DOWNLOAD_TOKEN.typ, keys=[("k", secret)])
    claims = release_claims_make()
    token = release.sign(claims)
    signing_input = token.rpartition(".")[0].encode()
    raw_key, ecdsa = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    keys, expected = {kid: key.verification_key(kid)}, Expected(ISSUER, APP_ID, DEVICE_ID)

    def download_issue() -> str:
        return download.sign(
            download_claims_encode(
                issuer=ISSUER,
                app_id=APP_ID,
                device_id=DEVICE_ID,
                sha256="ab" * 32,
                issued=NOW,
                lifetime=900,
                jti=JTI,
            )
        )

    download_token = download_issue()
    return {
        "raw ES256 signature": lambda: raw_key.sign(signing_input, ecdsa),
        "release token, claims ready": lambda: release.sign(claims),
        "release token, claims and all": lambda: release.sign(release_claims_make()),
        "release token verified strictly": lambda: token_verify(
            token, kind=RELEASE_TOKEN, keys=keys, expected=expected, now=NOW
        ),
        "download token issued": download_issue,
        "download token verified": lambda: download_claims_read(
            opener.open(download_token), issuer=ISSUER, now=NOW
        ),
    }


def seconds_for(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        call()
    return time.perf_counter() - start


def measure() -> list[Result]:
    measured: dict[str, list[float]] = {name: [] for name in cases()}
    for _ in range(ROUNDS):
        for name, call in cases().items():
            measured[name].append(CALLS / seconds_for(call))
    rates = {name: statistics.median(values) for name, values in measured.items()}
    floor = next(iter(rates.values()))
    return [Result(name, rate, rate / floor) for name, rate in rates.items()]


def main() -> None:
    for result in measure():
        print(f"{result.name:34} {result.per_second:>10,.0f}/s   {result.ratio:6.2f} of a raw signature")


if __name__ == "__main__":
    main()
