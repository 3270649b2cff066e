"""`apps`, `apps/{app_id}`, `apps/{app_id}/channels` and one channel."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.pagination import AppPagination, ChannelPagination
from updates.api.scope import AppView
from updates.api.serializers import AppOut, ChannelOut
from updates.models import App, Channel
from updates.selectors.apps import apps_of_token, channels_of


class AppList(GenericAPIView[App]):
    """All apps that the token is for: one."""

    http_method_names = ["get", "head"]
    serializer_class = AppOut
    pagination_class = AppPagination
    queryset: QuerySet[App] = App.objects.none()

    @operation("apps_list", ok={200: AppOut(many=True)})
    def get(self, request: Request, **_: Any) -> Response:
        """List the apps that the token is for: one, or none without `app_view`."""
        page = self.paginate_queryset(apps_of_token(token=token_of(request)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class AppDetail(AppView):
    """One app."""

    serializer_class = AppOut
    permissions = {"GET": Permission.APP_VIEW}

    @operation("app_read", ok={200: AppOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read an app."""
        return Response(AppOut(self.app).data)


class ChannelList(AppView):
    """The channels of an app."""

    serializer_class = ChannelOut
    pagination_class = ChannelPagination
    queryset: QuerySet[Channel] = Channel.objects.none()
    permissions = {"GET": Permission.APP_VIEW}

    @operation("channels_list", ok={200: ChannelOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the channels of an app."""
        return self.listing(channels_of(app=self.app))


class ChannelDetail(AppView):
    """One channel."""

    serializer_class = ChannelOut
    permissions = {"GET": Permission.APP_VIEW}

    @operation("channel_read", ok={200: ChannelOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a channel."""
        return Response(ChannelOut(self.channel).data)
