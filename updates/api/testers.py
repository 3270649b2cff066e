"""`apps/{app_id}/tester-groups`, one group, and its invites and links.

What answers with a link is never kept, so it takes no `Idempotency-Key`: a link is a secret.
"""

from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.api.scope import token_of
from accounts.domain.access import All
from accounts.domain.roles import Permission
from releaseconsole.kernel import clock
from updates.api.idempotency import answer_once
from updates.api.pagination import NewestFirstPagination
from updates.api.schema import IDEMPOTENCY_KEY
from updates.api.scope import AppView
from updates.errors import InvalidValueError
from updates.models import TesterGroup
from updates.selectors.tester_funnel import tester_funnel
from updates.selectors.tester_groups import groups_open
from updates.selectors.testers import tester_group_get
from updates.services.testers import Invited, group_link_make, tester_group_create, tester_invite

NO_STORE: Final = {"Cache-Control": "no-store"}


class TesterGroupOut(serializers.ModelSerializer[TesterGroup]):
    """A group of testers."""

    channels: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        "name", many=True, read_only=True
    )
    platforms = serializers.ListField(child=serializers.CharField(), help_text="Empty: all of the app's.")

    class Meta:
        model = TesterGroup
        fields = [
            "id",
            "name",
            "channels",
            "may_switch",
            "max_devices",
            "platforms",
            "ends_at",
            "sees_notes",
            "may_send_feedback",
            "ended_at",
        ]
        read_only_fields = fields


class FunnelOut(serializers.Serializer[Any]):
    """How many testers have come how far."""

    sent = serializers.IntegerField(help_text="Who has an invite, or came by a link.")
    opened = serializers.IntegerField()
    accepted = serializers.IntegerField()
    joined = serializers.IntegerField(help_text="With a device.")
    latest = serializers.IntegerField(help_text="With a device on the latest release of its channel.")


class TesterGroupFull(TesterGroupOut):
    """A group of testers, and how far they have come."""

    funnel = serializers.SerializerMethodField()

    class Meta(TesterGroupOut.Meta):
        fields = [*TesterGroupOut.Meta.fields, "funnel"]
        read_only_fields = fields

    @extend_schema_field(FunnelOut)
    def get_funnel(self, group: TesterGroup) -> dict[str, int]:
        """Count them."""
        return {each.name: each.people for each in tester_funnel(group=group)}


class TesterGroupIn(serializers.Serializer[Any]):
    """A new group."""

    name = serializers.CharField(max_length=80)
    channels = serializers.ListField(child=serializers.CharField(max_length=64), allow_empty=False)
    may_switch = serializers.BooleanField(default=False, help_text="Testers choose among its channels.")
    max_devices = serializers.IntegerField(default=3, min_value=1, max_value=100, help_text="Per tester.")
    platforms = serializers.ListField(child=serializers.CharField(max_length=16), default=list)
    ends_at = serializers.DateTimeField(default=None, allow_null=True)
    sees_notes = serializers.BooleanField(default=True)
    may_send_feedback = serializers.BooleanField(default=True)


class TesterInviteIn(serializers.Serializer[Any]):
    """Somebody to invite."""

    name = serializers.CharField(max_length=120, default="", allow_blank=True)
    email = serializers.CharField(max_length=254, default="", allow_blank=True)
    send = serializers.BooleanField(default=True, help_text="Mail it; otherwise the answer has the link.")


class TesterLinkIn(serializers.Serializer[Any]):
    """A link for whoever has it."""

    cap = serializers.IntegerField(min_value=1, max_value=100_000, help_text="How many people it lets in.")
    days = serializers.IntegerField(min_value=1, max_value=90, default=14)


class InvitedOut(serializers.Serializer[Any]):
    """An invite that was just made."""

    id = serializers.IntegerField(source="invite.pk")
    cap = serializers.IntegerField(source="invite.cap")
    expires_at = serializers.DateTimeField(source="invite.expires_at")
    link = serializers.SerializerMethodField(
        help_text="A secret, told here and never again; null: it was mailed."
    )

    def get_link(self, invited: Invited) -> str | None:
        """Tell the link, where there is one to tell."""
        return invited.link or None


class TesterGroupList(AppView):
    """The groups of testers of an app."""

    serializer_class = TesterGroupOut
    pagination_class = NewestFirstPagination
    queryset: QuerySet[TesterGroup] = TesterGroup.objects.none()
    permissions = {"GET": Permission.TESTER_MANAGE, "POST": Permission.TESTER_MANAGE}

    @operation("tester_groups_list", ok={200: TesterGroupOut(many=True)})
    def get(self, _request: Request, **_: Any) -> Response:
        """List the groups of testers of an app, those of previews left out."""
        return self.listing(groups_open(app=self.app, only=All.ALL))

    @operation(
        "tester_group_create", ok={201: TesterGroupOut}, request=TesterGroupIn, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, **_: Any) -> Response:
        """Create a group of testers."""
        shape = TesterGroupIn(data=request.data)
        shape.is_valid(raise_exception=True)
        asked, token = shape.validated_data, token_of(request)
        values = {**asked, "channels": self._channels(asked["channels"])}

        def act() -> tuple[int, Any]:
            group = tester_group_create(app=self.app, **values, actor=token.actor, person=token.created_by)
            return 201, TesterGroupOut(group).data

        return answer_once(request, app=self.app, asked=shape.data, act=act)

    def _channels(self, names: list[str]) -> list[Any]:
        found = {each.name: each for each in self.app.channels.filter(name__in=names, preview_of="")}
        if missing := sorted(set(names) - set(found)):
            raise InvalidValueError(f"{self.app.name} has no channel {missing[0]} for groups of testers.")
        return list(found.values())


class TesterGroupDetail(AppView):
    """One group of testers."""

    serializer_class = TesterGroupFull
    permissions = {"GET": Permission.TESTER_MANAGE}

    @operation("tester_group_read", ok={200: TesterGroupFull})
    def get(self, _request: Request, **_: Any) -> Response:
        """Read a group, and how far its testers have come."""
        return Response(
            TesterGroupFull(tester_group_get(app=self.app, group_id=self.kwargs["group_id"])).data
        )


class TesterInvites(AppView):
    """Inviting into a group."""

    serializer_class = InvitedOut
    permissions = {"POST": Permission.TESTER_MANAGE}

    @operation("tester_invite", ok={201: InvitedOut}, request=TesterInviteIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Invite one person into a group. Whoever is in it, or has an open invite, is a conflict."""
        asked, token = self.cleaned(request, TesterInviteIn), token_of(request)
        group = tester_group_get(app=self.app, group_id=self.kwargs["group_id"])
        invited = tester_invite(group=group, **asked, actor=token.actor, person=token.created_by)
        return Response(InvitedOut(invited).data, status=201, headers=NO_STORE)


class TesterLinks(AppView):
    """Links into a group."""

    serializer_class = InvitedOut
    permissions = {"POST": Permission.TESTER_MANAGE}

    @operation("tester_link_make", ok={201: InvitedOut}, request=TesterLinkIn)
    def post(self, request: Request, **_: Any) -> Response:
        """Make a link by which so many people join a group."""
        asked, token = self.cleaned(request, TesterLinkIn), token_of(request)
        invited = group_link_make(
            group=tester_group_get(app=self.app, group_id=self.kwargs["group_id"]),
            cap=asked["cap"],
            expires_at=clock.now() + timedelta(days=asked["days"]),
            actor=token.actor,
            person=token.created_by,
        )
        return Response(InvitedOut(invited).data, status=201, headers=NO_STORE)
