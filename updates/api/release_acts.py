"""What is done to one release: `…/releases/{release_seq}/submit`, `pause`, `resume`, `discard`, `promote`."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from accounts.services.api_tokens import api_token_require
from updates.api.idempotency import answer_once
from updates.api.release_serializers import PromotionIn, ReleaseOut, WhyIn
from updates.api.releases import ReleaseView
from updates.api.schema import IDEMPOTENCY_KEY
from updates.models import Release
from updates.selectors.apps import channel_get
from updates.services import (
    release_discard,
    release_pause,
    release_promote,
    release_resume,
    release_submit,
)


class ReleaseAct(ReleaseView):
    """A view that does one thing to a release, once under its key."""

    def done(self, request: Request, act: Callable[[], Release], *, status: int = 200) -> Response:
        """Answer with the release as it is afterwards."""
        return answer_once(
            request, app=self.app, asked={"body": request.data}, act=lambda: (status, ReleaseOut(act()).data)
        )


class ReleaseSubmit(ReleaseAct):
    """Saying that a draft is ready."""

    permissions = {"POST": Permission.RELEASE_PUBLISH}

    @operation("release_submit", ok={200: ReleaseOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Submit a draft: it goes live, or waits for its time or for sign-offs."""
        release, token = self.release, token_of(request)
        return self.done(
            request,
            lambda: release_submit(release=release, actor=token.actor, submitter=token.created_by),
        )


class ReleasePause(ReleaseAct):
    """Stopping a release."""

    permissions = {"POST": Permission.RELEASE_ROLL_BACK}

    @operation("release_pause", ok={200: ReleaseOut}, request=WhyIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Stop offering a live release to more devices; those that run it keep it."""
        reason, release = self.cleaned(request, WhyIn)["reason"], self.release
        actor = token_of(request).actor
        return self.done(request, lambda: release_pause(release=release, actor=actor, reason=reason))


class ReleaseResume(ReleaseAct):
    """Going on with a release."""

    permissions = {"POST": Permission.RELEASE_PUBLISH}

    @operation("release_resume", ok={200: ReleaseOut}, request=None, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Offer a paused release again, or a halted one that was signed anew."""
        release, actor = self.release, token_of(request).actor
        return self.done(request, lambda: release_resume(release=release, actor=actor))


class ReleaseDiscard(ReleaseAct):
    """Giving a release up."""

    permissions = {"POST": Permission.RELEASE_PUBLISH}

    @operation("release_discard", ok={200: ReleaseOut}, request=WhyIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Give up a release that isn't published."""
        reason, release = self.cleaned(request, WhyIn)["reason"], self.release
        actor = token_of(request).actor
        return self.done(request, lambda: release_discard(release=release, actor=actor, reason=reason))


class ReleasePromote(ReleaseAct):
    """Taking a release to another channel."""

    permissions = {"POST": Permission.RELEASE_PUBLISH}

    @operation("release_promote", ok={201: ReleaseOut}, request=PromotionIn, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, **_: Any) -> Response:
        """Publish a release's bundle on another channel, without uploading it again."""
        asked, release, token = self.cleaned(request, PromotionIn), self.release, token_of(request)
        name = asked.pop("channel")
        api_token_require(
            token=token, permission=Permission.RELEASE_PUBLISH, app_id=self.app_id, channel=name
        )
        channel = channel_get(app=self.app, name=name)
        return self.done(
            request,
            lambda: release_promote(
                release=release, channel=channel, actor=token.actor, publisher=token.created_by, **asked
            ),
            status=201,
        )
