"""Keys that look right and aren't: what joserfc and OpenSSL would sign and verify with all the same.

Each check raises; none of them says that a key is good.
"""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from math import gcd, isqrt
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from releaseconsole.kernel.jose.errors import KeyRefusedError

# NIST SP 800-57 part 1, table 2: 128 bits of security for what the console signs with, 112 at the very least.
LEAST_SIGNING_BITS: Final = 3072
LEAST_VERIFYING_BITS: Final = 2048
# 1,024 bytes of signature: more is a burden on every device, and joserfc refuses it.
MOST_BITS: Final = 8192
# The one that everybody uses: a small one breaks with sloppy padding checks, a huge one is a burden.
PUBLIC_EXPONENT: Final = 65537

_GENERATOR: Final = 65537
_TINY_PRIMES: Final = tuple(n for n in range(3, 1000, 2) if all(n % d for d in range(3, isqrt(n) + 1, 2)))
_LARGEST_ROCA_PRIME: Final = 167
# Chance never makes primes that are this close (they agree in half of their bits); a broken generator does.
_FERMAT_STEPS: Final = 64

LEAST_DISTINCT_BYTES: Final = 10


def _logarithms(prime: int) -> dict[int, int]:
    found: dict[int, int] = {}
    power = 1
    while power not in found:
        found[power] = len(found)
        power = power * _GENERATOR % prime
    return found


_LOGARITHMS: Final[Mapping[int, Mapping[int, int]]] = {
    prime: _logarithms(prime) for prime in _TINY_PRIMES if prime <= _LARGEST_ROCA_PRIME
}


def is_roca(modulus: int) -> bool:
    """Tell whether a modulus was made by Infineon's broken library (ROCA, CVE-2017-15361).

    Its primes are k * M + (65537**a mod M), M a product of small primes, so the modulus itself is a power of
    65537 modulo M: a discrete logarithm that exists for one honest key in 2**154. It is looked up modulo each
    prime, and the answers must agree (Chinese remainder theorem). Nemec, Sys, Svenda, Klinec, Matyas: "The
    Return of Coppersmith's Attack", ACM CCS 2017, section 3.2. Such a key of 2,048 bits was factored for some
    20,000 dollars then.
    """
    exponent, period = 0, 1
    for prime, logarithms in _LOGARITHMS.items():
        logarithm, order = logarithms.get(modulus % prime), len(logarithms)
        common = gcd(period, order)
        if logarithm is None or (logarithm - exponent) % common:
            return False
        further = order // common
        exponent += period * ((logarithm - exponent) // common * pow(period // common, -1, further) % further)
        period *= further
    return True


def has_close_factors(modulus: int) -> bool:
    """Tell whether Fermat's method factors an odd modulus at once (CVE-2022-26320)."""
    middle = isqrt(modulus - 1) + 1
    for step in range(_FERMAT_STEPS):
        distance = (middle + step) ** 2 - modulus
        if isqrt(distance) ** 2 == distance:
            return True
    return False


def rsa_check(modulus: int, exponent: int, *, least_bits: int) -> None:
    """Refuse an RSA key that is too small, too large, or made by a broken generator.

    Raises:
        KeyRefusedError: Too few or too many bits, another exponent than 65537, or a modulus that is even,
            has a tiny factor, two close ones, or the ROCA fingerprint.
    """
    if not least_bits <= modulus.bit_length() <= MOST_BITS:
        raise KeyRefusedError(
            f"This RSA key has {modulus.bit_length()} bits; it must have {least_bits} to {MOST_BITS}."
        )
    if exponent != PUBLIC_EXPONENT:
        raise KeyRefusedError(f"The public exponent of an RSA key must be {PUBLIC_EXPONENT}.")
    if modulus % 2 == 0 or any(modulus % prime == 0 for prime in _TINY_PRIMES):
        raise KeyRefusedError("This isn't an RSA modulus: it has a tiny factor.")
    if is_roca(modulus):
        raise KeyRefusedError("This RSA key was made by a broken library (ROCA, CVE-2017-15361).")
    if has_close_factors(modulus):
        raise KeyRefusedError("This RSA key was made by a broken library: its factors are close.")


def hmac_secret_check(secret: bytes) -> None:
    """Refuse a secret that nobody drew at random, or that isn't a secret but a key of another kind.

    Random bytes pass: 32 of them have fewer than ten different values once in 2**100 draws.

    Raises:
        KeyRefusedError: A repeated, counted or poor pattern, or an encoded asymmetric key.
    """
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    halves = range(1, len(secret) // 2 + 1)
    repeats = any(secret == (secret[:period] * len(secret))[: len(secret)] for period in halves)
    if len(set(secret)) < LEAST_DISTINCT_BYTES or len(steps) == 1 or repeats:
        raise KeyRefusedError("This secret follows a pattern; it must be random.")
    # The classic confusion: a public key, which everybody has, taken for a secret. Ed25519 in DER has 44
    # bytes, 48 with its private half, so length alone doesn't tell.
    if secret.startswith(b"-----BEGIN") or _is_key_in_der(secret):
        raise KeyRefusedError("This is a key of another kind, not an HMAC secret.")


def _is_key_in_der(data: bytes) -> bool:
    for parse in (load_der_public_key, partial(load_der_private_key, password=None)):
        try:
            parse(data)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        return True
    return False
