"""Apps, their channels and their bundles, as lists."""

from django.db.models import QuerySet

from accounts.domain.roles import Permission
from accounts.models import APIToken
from updates.errors import NotFoundError
from updates.models import App, Bundle, Channel


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


def channels_of(*, app: App) -> QuerySet[Channel]:
    """Channels of an app, by name."""
    return Channel.objects.filter(app=app).order_by("name")


def bundles_of(*, app: App) -> QuerySet[Bundle]:
    """Bundles of an app, newest first, without their file lists."""
    return Bundle.objects.filter(app=app).select_related("archive").defer("manifest").order_by("-pk")
