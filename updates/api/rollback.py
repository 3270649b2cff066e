"""`apps/{app_id}/channels/{channel}/rollback`."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from accounts.services.api_tokens import api_token_require
from updates.api.idempotency import answer_once
from updates.api.release_serializers import RollbackIn, RollbackOut
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.services import channel_roll_back


class ChannelRollback(AppView):
    """Taking back what a channel serves."""

    serializer_class = RollbackOut
    permissions = {"POST": Permission.RELEASE_ROLL_BACK}

    @operation(
        "channel_roll_back",
        ok={200: RollbackOut},
        request=RollbackIn,
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, **_: Any) -> Response:
        """Roll a channel back. To withdraw what is taken back, the token must be for all channels."""
        asked, found, token = self.cleaned(request, RollbackIn), self.channel, token_of(request)
        if asked["withdraw"]:
            api_token_require(token=token, permission=Permission.RELEASE_ROLL_BACK, app_id=self.app_id)
        act_on = {"to": asked.get("to"), "reason": asked["reason"], "withdraw": asked["withdraw"]}

        def act() -> tuple[int, Any]:
            return 200, RollbackOut(channel_roll_back(channel=found, actor=token.actor, **act_on)).data

        return answer_once(request, app=self.app, asked=act_on, act=act)
