"""The fast verifier of HMAC tokens that this server issued itself: about 3 microseconds instead of 60.

It accepts less than `verification` does, never more: exactly the spelling that `TokenSigner` makes. The
header must be one of the known ones byte for byte, and the tag is compared as text, so padding, trailing
bits, further members and other algorithms need no rule of their own. The claims are the caller's to judge.
"""

import hmac
from collections.abc import Iterable
from typing import Final, NoReturn

from releaseconsole.kernel.encoding import EncodingError, b64url_decode, b64url_encode
from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.headers import header_segment
from releaseconsole.kernel.jose.hmac_keys import HS256Key
from releaseconsole.kernel.jose.verification import MAX_TOKEN_LENGTH


class MACVerifier:
    """Opens tokens of one kind, under one or more keys; safe to share between threads."""

    __slots__ = ("_by_head",)

    def __init__(self, *, typ: str, keys: Iterable[tuple[str, HS256Key]]) -> None:
        self._by_head: Final = {
            header_segment(algorithm=key.algorithm, kid=kid, typ=typ): key.sign for kid, key in keys
        }

    def __repr__(self) -> str:
        return f"<MACVerifier of {len(self._by_head)} keys>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A verifier that holds a secret stays in its process.")

    def open(self, token: str) -> bytes:
        """Check the tag and return the payload's bytes.

        Raises:
            TokenRefusedError: Another header, another key, or a tag that isn't ours.
        """
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise TokenRefusedError("token: too long, or not ASCII")
        signing_input, _, tag = token.rpartition(".")
        head, _, payload = signing_input.partition(".")
        sign = self._by_head.get(head)
        if sign is None:
            raise TokenRefusedError("header: not one of this server's")
        if not hmac.compare_digest(b64url_encode(sign(signing_input.encode())), tag):
            raise TokenRefusedError("signature: not this server's")
        try:
            return b64url_decode(payload)
        except EncodingError as exc:  # can't happen to what TokenSigner made; costs nothing to say
            raise TokenRefusedError("claims: not unpadded base64url") from exc
