"""`apps/{app_id}/channels`, one channel with its settings, and stopping it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.channel_serializers import ChannelChangesIn, ChannelIn, ChannelOut, ShutoffIn
from updates.api.idempotency import answer_once
from updates.api.pagination import ChannelPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.models import Channel
from updates.selectors.apps import channels_of
from updates.services import (
    channel_change,
    channel_create,
    channel_pause,
    channel_resume,
    channel_shut_off,
)


class ChannelList(AppView):
    """The channels of an app."""

    serializer_class = ChannelOut
    pagination_class = ChannelPagination
    queryset: QuerySet[Channel] = Channel.objects.none()
    permissions = {"GET": Permission.APP_VIEW, "POST": Permission.CHANNEL_MANAGE}

    @operation("channels_list", ok={200: ChannelOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the channels of an app."""
        channels = channels_of(app=self.app)
        return self.listing(channels.prefetch_related("freezes", "sign_off_requirements"))

    @operation("channel_create", ok={201: ChannelOut}, request=ChannelIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Create a channel; its other settings are changed afterwards."""
        asked, actor = self.cleaned(request, ChannelIn), token_of(request).actor

        def act() -> tuple[int, Any]:
            return 201, ChannelOut(channel_create(app=self.app, actor=actor, **asked)).data

        return answer_once(request, app=self.app, asked=asked, act=act)


class ChannelDetail(AppView):
    """One channel."""

    serializer_class = ChannelOut
    permissions = {"GET": Permission.APP_VIEW, "PATCH": Permission.CHANNEL_MANAGE}

    @operation("channel_read", ok={200: ChannelOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a channel."""
        return Response(ChannelOut(self.channel).data)

    @operation("channel_change", ok={200: ChannelOut}, request=ChannelChangesIn)
    def patch(self, request: Request, **_: Any) -> Response:
        """Change settings of a channel; what isn't named stays."""
        asked, actor = self.cleaned(request, ChannelChangesIn), token_of(request).actor
        return Response(ChannelOut(channel_change(channel=self.channel, actor=actor, **asked)).data)


class _ChannelAct(AppView):
    """Something done to a channel, once."""

    serializer_class = ChannelOut

    def once(
        self, request: Request, service: Callable[..., Channel], asked: dict[str, Any] | None = None
    ) -> Response:
        """Call the service, and answer with the channel as it is then."""
        asked, found, actor = asked or {}, self.channel, token_of(request).actor

        def act() -> tuple[int, Any]:
            return 200, ChannelOut(service(channel=found, actor=actor, **asked)).data

        return answer_once(request, app=self.app, asked=asked, act=act)


class ChannelPause(_ChannelAct):
    """Pausing a channel."""

    permissions = {"POST": Permission.CHANNEL_MANAGE}

    @operation("channel_pause", ok={200: ChannelOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Offer nothing new from a channel; devices keep what they run."""
        return self.once(request, channel_pause)


class ChannelResume(_ChannelAct):
    """Going on after a pause."""

    permissions = {"POST": Permission.CHANNEL_MANAGE}

    @operation("channel_resume", ok={200: ChannelOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Offer again what is live on a channel."""
        return self.once(request, channel_resume)


class ChannelShutoff(_ChannelAct):
    """Shutting a channel off."""

    permissions = {"POST": Permission.RELEASE_ROLL_BACK}

    @operation("channel_shut_off", ok={200: ChannelOut}, request=ShutoffIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Serve nobody from a channel, at once. Only people lift it, on the console."""
        return self.once(request, channel_shut_off, self.cleaned(request, ShutoffIn))
