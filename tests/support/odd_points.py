"""Points that look right and aren't."""

from releaseconsole.kernel.encoding import b64url_encode

P256_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def shifted_point() -> dict[str, str]:
    """Spell a point's x as x + p, which is the same number on the curve; few are small enough to fit."""
    x = 5  # is on P-256
    y_squared = (
        x**3 - 3 * x + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    ) % P256_PRIME
    y = pow(y_squared, (P256_PRIME + 1) // 4, P256_PRIME)
    assert y * y % P256_PRIME == y_squared
    return {
        "x": b64url_encode((x + P256_PRIME).to_bytes(32, "big")),
        "y": b64url_encode(y.to_bytes(32, "big")),
    }
