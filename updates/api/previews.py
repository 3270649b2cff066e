"""`apps/{app_id}/previews`: opening one with each push of a pull request, and ending it when that is merged.

Both permissions are asked for: to publish, and to manage testers.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.roles import Permission
from accounts.services.api_tokens import api_token_require
from releaseconsole.kernel.qr_code import qr_code_uri
from updates.api.pagination import ChannelPagination
from updates.api.scope import AppView
from updates.api.testers import NO_STORE
from updates.domain.previews import DEFAULT_DAYS, DEFAULT_TESTERS, MAX_DAYS, MAX_TESTERS
from updates.models import Channel
from updates.selectors.previews import preview_get, previews_of
from updates.services.previews import Preview, PreviewWish, preview_end, preview_open


class PreviewOut(serializers.ModelSerializer[Channel]):
    """A preview."""

    subject = serializers.CharField(source="preview_of")
    channel = serializers.CharField(source="name")

    class Meta:
        model = Channel
        fields = ["subject", "channel", "expires_at"]
        read_only_fields = fields


class PreviewIn(serializers.Serializer[Any]):
    """What is to be previewed."""

    subject = serializers.CharField(
        max_length=80, help_text="For example `PR 123`; the same again goes on in the same preview."
    )
    version = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="A bundle to publish there at once."
    )
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=DEFAULT_DAYS)
    testers = serializers.IntegerField(
        min_value=1, max_value=MAX_TESTERS, default=DEFAULT_TESTERS, help_text="How many its link lets in."
    )


class PreviewOpened(serializers.Serializer[Any]):
    """A preview that was just opened, or goes on."""

    preview = PreviewOut(source="channel")
    release_seq = serializers.SerializerMethodField(
        help_text="Of the release that was published there now; null: none was."
    )
    link = serializers.SerializerMethodField(
        help_text="A secret, told here and never again; null: it ran before, under the link of then."
    )
    qr_code = serializers.SerializerMethodField(help_text="The link as an SVG image in a data URI.")

    def get_release_seq(self, opened: Preview) -> int | None:
        """Name the release."""
        return opened.release.release_seq if opened.release else None

    def get_link(self, opened: Preview) -> str | None:
        """Tell the link, where there is one to tell."""
        return opened.link or None

    def get_qr_code(self, opened: Preview) -> str | None:
        """Draw it."""
        return qr_code_uri(opened.link) if opened.link else None


class PreviewView(AppView):
    """A view on previews."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorize once more: previews let testers in."""
        super().initial(request, *args, **kwargs)
        api_token_require(
            token=token_of(request),
            permission=Permission.TESTER_MANAGE,
            app_id=self.app_id,
            channel=str(kwargs.get("channel", "")),
        )


class PreviewList(PreviewView):
    """The previews of an app."""

    serializer_class = PreviewOut
    pagination_class = ChannelPagination
    queryset: QuerySet[Channel] = Channel.objects.none()
    permissions = {"GET": Permission.RELEASE_PUBLISH, "POST": Permission.RELEASE_PUBLISH}

    @operation("previews_list", ok={200: PreviewOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the previews of an app, those that are over too."""
        return self.listing(previews_of(app=self.app))

    @operation("preview_open", ok={201: PreviewOpened, 200: PreviewOpened}, request=PreviewIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Open a preview, or go on in the one of the same subject.

        201 for a new one, with its link; 200 if it ran already: then it runs for longer, and the bundle is
        published there unless it's there.
        """
        wish, token = PreviewWish(**self.cleaned(request, PreviewIn)), token_of(request)
        opened = preview_open(app=self.app, wish=wish, actor=token.actor, person=token.created_by)
        status = 201 if opened.link else 200
        return Response(PreviewOpened(opened).data, status=status, headers=NO_STORE)


class PreviewEnd(PreviewView):
    """Ending a preview."""

    serializer_class = PreviewOut
    permissions = {"POST": Permission.RELEASE_PUBLISH}

    @operation("preview_end", ok={200: PreviewOut}, request=None)
    def post(self, request: Request, **_: Any) -> Response:
        """End a preview before its time: its devices get the normal version again."""
        channel = preview_get(app=self.app, name=str(self.kwargs["channel"]))
        preview_end(channel=channel, actor=token_of(request).actor)
        return Response(PreviewOut(preview_get(app=self.app, name=channel.name)).data)
