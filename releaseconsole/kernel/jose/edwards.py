"""Points on Ed25519's curve (RFC 8032, section 5.1): just enough to refuse a public key that isn't one.

`cryptography` takes any 32 bytes. With a point of low order as the key, one signature fits every message, or
every eighth. Not constant-time, and needn't be: a public key is no secret.
"""

from typing import Final

from releaseconsole.kernel.jose.errors import KeyRefusedError

POINT_BYTES: Final = 32
_FIELD: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT_OF_MINUS_ONE: Final = pow(2, (_FIELD - 1) // 4, _FIELD)
_NEUTRAL: Final = (0, 1)
_COFACTOR_DOUBLINGS: Final = 3

Point = tuple[int, int]


def point_check(encoded: bytes) -> None:
    """Check that 32 bytes are the one encoding of a point whose order isn't a divisor of eight.

    Raises:
        KeyRefusedError: They are no point, another spelling of one, or a point of low order.
    """
    point = _decompress(int.from_bytes(encoded, "little"))
    for _ in range(_COFACTOR_DOUBLINGS):
        point = _double(point)
    if point == _NEUTRAL:
        raise KeyRefusedError("This point has a low order: anybody could sign for it.")


def _decompress(number: int) -> Point:
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _FIELD:
        raise KeyRefusedError("This isn't how a point on Ed25519 is written.")
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _FIELD) % _FIELD
    x = pow(square, (_FIELD + 3) // 8, _FIELD)
    if (x * x - square) % _FIELD:
        x = x * _ROOT_OF_MINUS_ONE % _FIELD
    if (x * x - square) % _FIELD:
        raise KeyRefusedError("The point isn't on Ed25519.")
    if not x and sign:
        raise KeyRefusedError("This isn't how a point on Ed25519 is written.")
    return (_FIELD - x if x % 2 != sign else x), y


def _double(point: Point) -> Point:
    x, y = point
    product = _D * x * x * y * y
    return (
        2 * x * y * pow(1 + product, -1, _FIELD) % _FIELD,
        (y * y + x * x) * pow(1 - product, -1, _FIELD) % _FIELD,
    )
