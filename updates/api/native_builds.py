"""`apps/{app_id}/native-builds`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.idempotency import answer_once
from updates.api.pagination import NewestFirstPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.api.serializers import NativeBuildIn, NativeBuildOut
from updates.models import NativeBuild
from updates.selectors.native_builds import builds_of
from updates.services import native_build_register


class NativeBuildList(AppView):
    """The native builds of an app."""

    serializer_class = NativeBuildOut
    pagination_class = NewestFirstPagination
    queryset: QuerySet[NativeBuild] = NativeBuild.objects.none()
    permissions = {"GET": Permission.APP_VIEW, "POST": Permission.BUNDLE_UPLOAD}

    @operation("native_builds_list", ok={200: NativeBuildOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the native builds of an app, newest first."""
        return self.listing(builds_of(app=self.app))

    @operation(
        "native_build_register",
        ok={201: NativeBuildOut, 200: NativeBuildOut},
        request=NativeBuildIn,
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, **_: Any) -> Response:
        """Register a native build with the plugins in it.

        201 for a new one; 200 if it is registered with exactly these plugins already.
        """
        asked, actor = self.cleaned(request, NativeBuildIn), token_of(request).actor

        def act() -> tuple[int, Any]:
            build, created = native_build_register(app=self.app, actor=actor, **asked)
            return 201 if created else 200, NativeBuildOut(build).data

        return answer_once(request, app=self.app, asked=asked, act=act)
