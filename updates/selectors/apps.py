"""Apps, their channels with members, and their bundles: one of them, and lists."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.domain.roles import Permission
from accounts.models import APIToken
from updates.errors import NotFoundError
from updates.models import App, Bundle, Channel, ChannelMember, Device


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
    """Apps that a token may look at."""
    if not token.may(Permission.APP_VIEW, token.app_id):
        return App.objects.none()
    return App.objects.filter(pk=token.app_id)


def channel_get(*, app: App, name: str) -> Channel:
    """Find a channel of an app.

    Raises:
        NotFoundError: There is none.
    """
    channel = Channel.objects.filter(app=app, name=name).first()
    if channel is None:
        raise NotFoundError(f"{app.name} has no channel {name}.")
    channel.app = app
    return channel


def members_of(*, channel: Channel) -> QuerySet[ChannelMember]:
    """The channel's members, last added first; `known` tells whether the device was ever heard of."""
    heard_of = Device.objects.filter(app=OuterRef("app"), device_id=OuterRef("device_id"))
    return channel.members.annotate(known=Exists(heard_of)).order_by("-added_at")


def channels_of(*, app: App) -> QuerySet[Channel]:
    """Channels of an app, by name."""
    return Channel.objects.filter(app=app).order_by("name")


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
