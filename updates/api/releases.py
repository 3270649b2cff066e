"""`apps/{app_id}/channels/{channel}/releases` and `…/rollback`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.idempotency import answer_once
from updates.api.pagination import ReleasePagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.api.serializers import ReleaseIn, ReleaseOut, RollbackIn, RollbackOut, RolloutIn
from updates.models import Release
from updates.selectors.releases import release_get, releases_of
from updates.services import channel_roll_back, release_publish, release_rollout_set


class ReleaseList(AppView):
    """The releases of a channel."""

    serializer_class = ReleaseOut
    pagination_class = ReleasePagination
    queryset: QuerySet[Release] = Release.objects.none()
    permissions = {"GET": Permission.APP_VIEW, "POST": Permission.RELEASE_PUBLISH}

    @operation("releases_list", ok={200: ReleaseOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the releases of a channel, newest first."""
        return self.listing(releases_of(channel=self.channel))

    @operation(
        "release_publish",
        ok={201: ReleaseOut},
        request=ReleaseIn,
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, **_: Any) -> Response:
        """Publish a bundle on a channel."""
        asked, found, actor = self.cleaned(request, ReleaseIn), self.channel, token_of(request).actor

        def act() -> tuple[int, Any]:
            return 201, ReleaseOut(release_publish(channel=found, actor=actor, **asked)).data

        return answer_once(request, app=self.app, asked=asked, act=act)


class ReleaseDetail(AppView):
    """One release of a channel."""

    serializer_class = ReleaseOut
    permissions = {"GET": Permission.APP_VIEW, "PATCH": Permission.RELEASE_PUBLISH}

    @operation("release_read", ok={200: ReleaseOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a release."""
        return Response(
            ReleaseOut(release_get(channel=self.channel, release_seq=self.kwargs["release_seq"])).data
        )

    @operation("release_rollout_set", ok={200: ReleaseOut}, request=RolloutIn)
    def patch(self, request: Request, **_: Any) -> Response:
        """Change the share of devices that are offered a live release."""
        asked = self.cleaned(request, RolloutIn)
        release = release_get(channel=self.channel, release_seq=self.kwargs["release_seq"])
        changed = release_rollout_set(release=release, actor=token_of(request).actor, **asked)
        return Response(ReleaseOut(changed).data)


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
        """Roll a channel back."""
        asked, found, actor = self.cleaned(request, RollbackIn), self.channel, token_of(request).actor
        target = asked.get("to")

        def act() -> tuple[int, Any]:
            return 200, RollbackOut(channel_roll_back(channel=found, to=target, actor=actor)).data

        return answer_once(request, app=self.app, asked={"to": target}, act=act)
