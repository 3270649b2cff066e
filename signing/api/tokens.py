"""Tokens for an app's own back end: issued, verified, and the keys to verify them with."""

import logging
from typing import Any, Final

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import ScopedView, token_of
from accounts.domain.roles import Permission
from releaseconsole.kernel import clock
from signing.api.serializers import BackendKeysOut, JudgeIn, TokenIn, TokenOut, VerdictOut
from signing.errors import TokenRefusedError
from signing.services import (
    TokenQuestion,
    TokenWish,
    backend_keys_hand_out,
    backend_token_issue,
    token_judge,
)

_log = logging.getLogger(__name__)

_NO_STORE: Final = {"Cache-Control": "no-store"}


class TokenIssue(ScopedView):
    """Issuing a token."""

    serializer_class = TokenOut
    permissions = {"POST": Permission.TOKEN_ISSUE}

    @operation("token_issue", ok={201: TokenOut}, request=TokenIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Issue a token for the app's own back end (`backend+jwt`, encrypted `phi-backend+jwt`)."""
        wish = TokenWish(**self.cleaned(request, TokenIn))
        actor = token_of(request).actor
        issued = backend_token_issue(app_id=self.app_id, wish=wish, actor=actor, now=clock.now())
        return Response(TokenOut(issued).data, status=201, headers=_NO_STORE)


class BackendKeys(ScopedView):
    """The keys that verify what `TokenIssue` issues."""

    serializer_class = BackendKeysOut
    permissions = {"GET": Permission.TOKEN_ISSUE}

    @operation("backend_keys_read", ok={200: BackendKeysOut})
    def get(self, request: Request, **_: Any) -> Response:
        """Read the keys that verify back-end tokens, secrets encrypted to the back end's registered key."""
        actor = token_of(request).actor
        keys = backend_keys_hand_out(app_id=self.app_id, actor=actor, now=clock.now())
        return Response(BackendKeysOut({"keys": keys}).data, headers=_NO_STORE)


class TokenVerify(ScopedView):
    """Judging a token."""

    serializer_class = VerdictOut
    permissions = {"POST": Permission.TOKEN_VERIFY}

    @operation("token_verify", ok={200: VerdictOut}, request=JudgeIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Verify a token of the API token's app (`release+jwt`, `backend+jwt`), and use it up on request."""
        question = TokenQuestion(**self.cleaned(request, JudgeIn))
        try:
            actor = token_of(request).actor
            claims = token_judge(app_id=self.app_id, question=question, actor=actor, now=clock.now())
        except TokenRefusedError as exc:
            # The reason would help to forge the next one: it's for the operator, who finds the asker by id.
            _log.info("API token %s asked about a token: %s (%s)", token_of(request).pk, exc.code, exc.reason)
            return Response({"valid": False, "code": exc.code}, headers=_NO_STORE)
        answer = {"valid": True, "claims": claims, "consumed": question.consume}
        return Response(answer, headers=_NO_STORE)
