"""What a token costs beyond its signature: the console's signer against `cryptography` alone, same bytes.

First each algorithm, then what else is on the way of a release and a download. Both sides are measured in
turns in one process, and the medians compared, so that a busy machine slows both. Run as
`python -m bench.signing`.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.key_families import private_key_generate
from releaseconsole.kernel.jose.mac_tokens import MACVerifier
from releaseconsole.kernel.jose.private_keys import PrivateKey
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import Expected, token_verify
from signing.domain.download_token import DOWNLOAD_TOKEN, download_claims_encode, download_claims_read
from signing.domain.probe_token import PROBE_TOKEN
from signing.domain.release_token import RELEASE_TOKEN, release_claims_encode

ROUNDS = 9
CALLS = 1_000
# Of the slow ones, so that all of it takes a quarter of a minute.
FEWER_CALLS = {Algorithm.ES384: 200, Algorithm.RS256: 50, Algorithm.PS256: 50}
NOW = 1_800_000_000
ISSUER, APP_ID, DEVICE_ID = "https://updates.example.com", "com.example.clinic", "3f0c2a4e-9a57-4c0e-9b1d"
JTI = "h2e9GCH31Q3OQgvqTNhKCA"

Call = Callable[[], object]


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


def raw_signer(key: PrivateKey) -> Callable[[bytes], object]:
    """Sign as `cryptography` does it, everything that can be made beforehand made beforehand."""
    sha256 = hashes.SHA256()
    if key.algorithm is Algorithm.HS256:
        context = hmac.HMAC(key.material(), sha256)

        def tag(data: bytes) -> bytes:
            mac = context.copy()
            mac.update(data)
            return mac.finalize()

        return tag
    raw = load_der_private_key(key.material(), password=None)
    if isinstance(raw, ec.EllipticCurvePrivateKey):
        ecdsa = ec.ECDSA(hashes.SHA384() if key.algorithm is Algorithm.ES384 else sha256)
        return lambda data: raw.sign(data, ecdsa)
    if isinstance(raw, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(sha256), padding.PSS.DIGEST_LENGTH)
        scheme = pss if key.algorithm is Algorithm.PS256 else padding.PKCS1v15()
        return lambda data: raw.sign(data, scheme, sha256)
    assert isinstance(raw, ed25519.Ed25519PrivateKey)
    return raw.sign


def algorithm_calls(algorithm: Algorithm) -> dict[str, Call]:
    key = private_key_generate(algorithm)
    kid = (key.public_jwk() or {}).get("kid", "k")
    kind = PROBE_TOKEN if algorithm is Algorithm.HS256 else RELEASE_TOKEN
    signer = TokenSigner(kid=kid, algorithm=algorithm, typ=kind.typ, sign=key.sign)
    claims = release_claims_make()
    signing_input = signer.sign(claims).rpartition(".")[0].encode()
    raw_sign = raw_signer(key)
    calls: dict[str, Call] = {
        "raw": lambda: raw_sign(signing_input),
        "signed": lambda: signer.sign(claims),
    }
    if kind is RELEASE_TOKEN:
        token, keys = signer.sign(claims), {kid: key.verification_key(kid)}
        calls["verified"] = verifier(token, keys)
    return calls


def verifier(token: str, keys: Mapping[str, VerificationKey]) -> Call:
    expected = Expected(ISSUER, APP_ID, DEVICE_ID)
    return lambda: token_verify(token, kind=RELEASE_TOKEN, keys=keys, expected=expected, now=NOW)


def way_calls() -> dict[str, Call]:
    key, secret = ES256Key.generate(), HS256Key.generate()
    kid = key.public_jwk()["kid"]
    release = TokenSigner(kid=kid, algorithm=key.algorithm, typ=RELEASE_TOKEN.typ, sign=key.sign)
    download = TokenSigner(kid="k", algorithm=secret.algorithm, typ=DOWNLOAD_TOKEN.typ, sign=secret.sign)
    opener = MACVerifier(typ=DOWNLOAD_TOKEN.typ, keys=[("k", secret)])
    claims = release_claims_make()
    token = release.sign(claims)
    signing_input, raw_sign = token.rpartition(".")[0].encode(), raw_signer(key)

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
        "raw ES256 signature": lambda: raw_sign(signing_input),
        "release token, claims ready": lambda: release.sign(claims),
        "release token, claims and all": lambda: release.sign(release_claims_make()),
        "release token verified strictly": verifier(token, {kid: key.verification_key(kid)}),
        "download token issued": download_issue,
        "download token verified": lambda: download_claims_read(
            opener.open(download_token), issuer=ISSUER, now=NOW
        ),
    }


def seconds_for(call: Call, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return time.perf_counter() - start


def rates(named: Mapping[str, Call], calls: int) -> dict[str, float]:
    """Call each in turn, round by round, and return the median of calls per second."""
    measured: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(ROUNDS):
        for name, call in named.items():
            measured[name].append(calls / seconds_for(call, calls))
    return {name: statistics.median(values) for name, values in measured.items()}


def algorithms_print() -> None:
    print(f"{'algorithm':10} {'raw signatures':>15} {'tokens signed':>15} {'ratio':>6} {'verified':>12}")
    for algorithm in Algorithm:
        rate = rates(algorithm_calls(algorithm), FEWER_CALLS.get(algorithm, CALLS))
        verified = f"{rate['verified']:,.0f}/s" if "verified" in rate else "below"
        print(
            f"{algorithm.value:10} {rate['raw']:>13,.0f}/s {rate['signed']:>13,.0f}/s"
            f" {rate['signed'] / rate['raw']:6.2f} {verified:>12}"
        )


def way_print() -> None:
    measured = rates(way_calls(), CALLS)
    floor = next(iter(measured.values()))
    for name, rate in measured.items():
        print(f"{name:34} {rate:>10,.0f}/s   {rate / floor:6.2f} of a raw signature")


def main() -> None:
    algorithms_print()
    print()
    way_print()


if __name__ == "__main__":
    main()
