"""`apps` and `apps/{app_id}`, and shutting an app off."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.channel_serializers import AppChangesIn, AppOut, ShutoffIn
from updates.api.idempotency import answer_once
from updates.api.pagination import AppPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.models import App
from updates.selectors.apps import apps_of_token
from updates.services import app_keeping_change, app_shut_off


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
    permissions = {"GET": Permission.APP_VIEW, "PATCH": Permission.CHANNEL_MANAGE}

    @operation("app_read", ok={200: AppOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read an app."""
        return Response(AppOut(self.app).data)

    @operation("app_change", ok={200: AppOut}, request=AppChangesIn)
    def patch(self, request: Request, **_: Any) -> Response:
        """Change what is kept of its devices: of the ids it gives them, and of what they report.

        Another policy for ids erases those that are kept now.
        """
        wanted = self.cleaned(request, AppChangesIn)
        changed = app_keeping_change(app=self.app, **wanted, actor=token_of(request).actor)
        return Response(AppOut(changed).data)


class AppShutoff(AppView):
    """Shutting an app off."""

    serializer_class = AppOut
    permissions = {"POST": Permission.RELEASE_ROLL_BACK}

    @operation("app_shut_off", ok={200: AppOut}, request=ShutoffIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Serve nobody from any channel of the app, at once. Only people lift it, on the console."""
        asked, actor = self.cleaned(request, ShutoffIn), token_of(request).actor

        def act() -> tuple[int, Any]:
            return 200, AppOut(app_shut_off(app=self.app, actor=actor, **asked)).data

        return answer_once(request, app=self.app, asked=asked, act=act)
