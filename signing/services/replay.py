"""Using up tokens of the kinds that are good once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from releaseconsole.kernel.jose.kinds import TokenKind
from releaseconsole.redis_link import redis_client
from signing.backends.replay import ReplayGuard
from signing.errors import TokenRefusedError


def token_consume(*, kind: TokenKind, claims: Mapping[str, Any], now: datetime) -> None:
    """Use up a token that was verified.

    Raises:
        TokenRefusedError: Tokens of this kind aren't good once but for their whole life.
        TokenReplayedError: It was used before.
        ReplayStoreError: Whether it was can't be found out now.
    """
    if not kind.single_use:
        raise TokenRefusedError(f"{kind.typ} isn't for single use")
    ReplayGuard(redis_client()).consume(
        issuer=claims["iss"],
        audience=claims["aud"],
        jti=claims["jti"],
        expires=claims["exp"],
        now=int(now.timestamp()),
    )
