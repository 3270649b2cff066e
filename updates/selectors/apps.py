"""Apps, their channels with members, and their bundles: one of them, and lists."""

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet

from accounts.domain.access import All, OpenTo
from accounts.domain.roles import Permission
from accounts.models import APIToken
from accounts.selectors.places import AppPlaces
from updates.errors import NotFoundError
from updates.models import App, Bundle, Channel, ChannelMember, Device

Row = TypeVar("Row", bound=Model)


def app_get(*, app_id: str) -> App:
    """Find an app.

    Raises:
        NotFoundError: There is none.
    """
    app = App.objects.filter(pk=app_id).first()
    if app is None:
        raise NotFoundError(f"There is no app {app_id}.")
    return app


def apps_of_token(*, token: APIToken) -> QuerySet[App]:
    """Apps that a token may look at, as long as its issuer may."""
    app_id = token.app_id
    if not (
        token.may(Permission.APP_VIEW, app_id) and token.created_by.may(Permission.APP_VIEW, app_id=app_id)
    ):
        return App.objects.none()
    return App.objects.filter(pk=app_id)


def channel_get(*, app: App, name: str, only: OpenTo = All.ALL) -> Channel:
    """Find a channel of an app, or among just these of them.

    Raises:
        NotFoundError: There is none.
    """
    channel = channels_of(app=app, only=only).filter(name=name).first()
    if channel is None:
        raise NotFoundError(f"{app.name} has no channel {name}.")
    channel.app = app
    return channel


def default_channel_name(*, app_id: str) -> str:
    """Name the channel for publications that name none; empty: there's no such app or channel."""
    return App.objects.filter(pk=app_id).values_list("default_channel__name", flat=True).first() or ""


def members_of(*, channel: Channel) -> QuerySet[ChannelMember]:
    """The channel's members, last added first; `known` tells whether the device was ever heard of."""
    heard_of = Device.objects.filter(app=OuterRef("app"), device_id=OuterRef("device_id"))
    return channel.members.annotate(known=Exists(heard_of)).order_by("-added_at")


def channels_of(*, app: App, only: OpenTo = All.ALL) -> QuerySet[Channel]:
    """Channels of an app, or just these of them, by name."""
    return on_channels(Channel.objects.filter(app=app), only, "name").order_by("name")


def on_channels(rows: QuerySet[Row], only: OpenTo, column: str) -> QuerySet[Row]:
    """Narrow rows to those whose `column` names one of these channels."""
    return rows if isinstance(only, All) else rows.filter(**{f"{column}__in": only})


def app_places() -> list[AppPlaces]:
    """List all apps with their channels, as grants name them; two queries."""
    apps = App.objects.order_by("name", "pk").prefetch_related(
        Prefetch("channels", queryset=Channel.objects.order_by("name"))
    )
    return [
        AppPlaces(app.pk, app.name, tuple(channel.name for channel in app.channels.all())) for app in apps
    ]


def bundle_get(*, app: App, version: str) -> Bundle:
    """Find a bundle of an app, its file list included.

    Raises:
        NotFoundError: There is none.
    """
    bundle = Bundle.objects.filter(app=app, version=version).select_related("archive").first()
    if bundle is None:
        raise NotFoundError(f"{app.name} has no bundle {version}.")
    return bundle


def bundles_of(*, app: App) -> QuerySet[Bundle]:
    """Bundles of an app, newest first, without their file lists."""
    return Bundle.objects.filter(app=app).select_related("archive").defer("manifest").order_by("-pk")
