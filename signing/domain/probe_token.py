"""`key-probe+jwt`: what a key signs to show that it works; it can't be mistaken for anything else.

Its `typ` is its own, it is addressed to nobody, and it expired in 1970.
"""

from typing import Final

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.algorithms import Algorithm
from releaseconsole.kernel.jose.kinds import COMMON_CLAIMS, JTI_LENGTH, TokenKind
from releaseconsole.kernel.jose.public_keys import VerificationKey
from releaseconsole.kernel.jose.signing import TokenSigner
from releaseconsole.kernel.jose.verification import Expected, token_verify

PROBE_TOKEN: Final = TokenKind(
    typ="key-probe+jwt", algorithms=frozenset(Algorithm), required=COMMON_CLAIMS, max_life=1
)
_NOBODY: Final = Expected(issuer="key-probe", audience="key-probe", subject="key-probe")
_CLAIMS: Final = canonical_json({
    "iss": _NOBODY.issuer,
    "aud": _NOBODY.audience,
    "sub": _NOBODY.subject,
    "iat": 0,
    "exp": 1,
    "jti": "0" * JTI_LENGTH,
})


def probe_check(signer: TokenSigner, key: VerificationKey) -> None:
    """Let `signer` (of kind `PROBE_TOKEN`) sign a probe and verify it strictly with `key`.

    Raises:
        TokenRefusedError: The signer doesn't sign with the private half of `key`, or not in the encoding
            that JOSE asks for.
    """
    token_verify(signer.sign(_CLAIMS), kind=PROBE_TOKEN, keys={key.kid: key}, expected=_NOBODY, now=0)
