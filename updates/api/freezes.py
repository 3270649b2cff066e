"""`…/channels/{channel}/freezes`: when nothing goes live on a channel."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.channel_serializers import FreezeIn, FreezeOut
from updates.api.idempotency import answer_once
from updates.api.pagination import NewestFirstPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.domain.freezes import Freeze
from updates.models import ChannelFreeze
from updates.services import freeze_add, freeze_remove


class FreezeList(AppView):
    """The freezes of a channel."""

    serializer_class = FreezeOut
    pagination_class = NewestFirstPagination
    queryset: QuerySet[ChannelFreeze] = ChannelFreeze.objects.none()
    permissions = {"GET": Permission.APP_VIEW, "POST": Permission.CHANNEL_MANAGE}

    @operation("freezes_list", ok={200: FreezeOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the freezes of a channel, those that are over too."""
        return self.listing(self.channel.freezes.all())

    @operation("freeze_add", ok={201: FreezeOut}, request=FreezeIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Freeze a channel for a time, or for a time of every week."""
        asked, found, actor = self.cleaned(request, FreezeIn), self.channel, token_of(request).actor

        def act() -> tuple[int, Any]:
            row = freeze_add(channel=found, freeze=Freeze(**asked), actor=actor)
            return 201, FreezeOut(row).data

        times = {name: asked[name].isoformat() for name in ("starts_at", "ends_at")}
        return answer_once(request, app=self.app, asked=asked | times, act=act)


class FreezeDetail(AppView):
    """One freeze."""

    http_method_names = ["delete"]
    permissions = {"DELETE": Permission.CHANNEL_MANAGE}

    @operation("freeze_remove", ok={204: None})
    def delete(self, request: Request, **_: Any) -> Response:
        """Take a freeze back: what it held may go live."""
        freeze_remove(channel=self.channel, freeze_id=self.kwargs["freeze_id"], actor=token_of(request).actor)
        return Response(status=204)
