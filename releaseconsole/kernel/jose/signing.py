"""The fast signer: one key, one kind of token, the header encoded once.

About 20 microseconds for ES256, of which 17 are the signature; through joserfc it would be 35. It doesn't
judge the claims: the kind's builder makes them, and tests hold the two together by verifying what it makes.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Final, NoReturn

from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.headers import header_segment


class TokenSigner:
    """Signs tokens of one kind with one key; safe to share between threads."""

    __slots__ = ("_head", "_sign", "kid", "typ")

    def __init__(self, *, kid: str, algorithm: Algorithm, typ: str, sign: Callable[[bytes], bytes]) -> None:
        self.kid: Final = kid
        self.typ: Final = typ
        self._head: Final = header_segment(algorithm=algorithm, kid=kid, typ=typ).encode() + b"."
        self._sign: Final = sign

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.typ} {self.kid}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A signer stays in the process that unsealed its key.")

    def sign(self, claims: bytes) -> str:
        """Sign claims (JSON bytes, made by the kind's builder) into a compact JWS."""
        signing_input = self._head + urlsafe_b64encode(claims).rstrip(b"=")
        signature = urlsafe_b64encode(self._sign(signing_input)).rstrip(b"=")
        return (signing_input + b"." + signature).decode("ascii")
