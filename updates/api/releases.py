"""`apps/{app_id}/channels/{channel}/releases`: publishing, reading and changing releases."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from updates.api.idempotency import answer_once
from updates.api.pagination import ReleasePagination
from updates.api.release_serializers import ReleaseChangeIn, ReleaseIn, ReleaseOut
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.domain.release_state import BEFORE_LIVE, ReleaseState
from updates.models import Release
from updates.selectors.releases import release_get, releases_of
from updates.services import release_change, release_draft, release_publish, release_rollout_set


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
        """Publish a bundle on a channel: live, scheduled, or awaiting sign-offs, as `state` says."""
        asked, found, token = self.cleaned(request, ReleaseIn), self.channel, token_of(request)
        terms = {name: value for name, value in asked.items() if name != "draft"}

        def act() -> tuple[int, Any]:
            # Nobody signs off what their own token asked for.
            if asked["draft"]:
                release = release_draft(channel=found, actor=token.actor, author=token.created_by, **terms)
            else:
                release = release_publish(
                    channel=found, actor=token.actor, publisher=token.created_by, **terms
                )
            return 201, ReleaseOut(release).data

        return answer_once(request, app=self.app, asked={"body": request.data}, act=act)


class ReleaseView(AppView):
    """A view on one release of a channel."""

    serializer_class = ReleaseOut

    @property
    def release(self) -> Release:
        """The release that the URL names."""
        return release_get(channel=self.channel, release_seq=self.kwargs["release_seq"])


class ReleaseDetail(ReleaseView):
    """One release of a channel."""

    permissions = {"GET": Permission.APP_VIEW, "PATCH": Permission.RELEASE_PUBLISH}

    @operation("release_read", ok={200: ReleaseOut})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a release."""
        return Response(ReleaseOut(self.release).data)

    @operation("release_change", ok={200: ReleaseOut}, request=ReleaseChangeIn)
    def patch(self, request: Request, **_: Any) -> Response:
        """Change a release before it's published, which voids its sign-offs; or the share of a live one."""
        asked, release, token = self.cleaned(request, ReleaseChangeIn), self.release, token_of(request)
        if ReleaseState(release.state) not in BEFORE_LIVE and set(asked) == {"rollout_bps"}:
            changed = release_rollout_set(release=release, actor=token.actor, **asked)
        else:
            changed = release_change(release=release, actor=token.actor, changer=token.created_by, **asked)
        return Response(ReleaseOut(changed).data)
