"""Previews of an app: running ones, and those whose time has come."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from updates.errors import NotFoundError
from updates.models import App, Channel, TesterGroup


def previews_of(*, app: App) -> QuerySet[Channel]:
    """All previews of an app, newest first; `runs` tells those that aren't over, `devices` counts members."""
    previews = Channel.objects.filter(app=app).exclude(preview_of="")
    return previews.annotate(runs=_runs(), devices=Count("members", distinct=True)).order_by(
        "-runs", "-expires_at", "name"
    )


def previews_running(*, app: App) -> QuerySet[Channel]:
    """Previews of an app that aren't over."""
    return Channel.objects.filter(_runs(), app=app).exclude(preview_of="")


def previews_due(*, now: datetime) -> list[Channel]:
    """Previews of all apps that should be over by now and aren't."""
    due = Channel.objects.filter(expires_at__lte=now).exclude(preview_of="")
    return list(due.filter(_runs()).order_by("pk"))


def preview_group(*, channel: Channel) -> TesterGroup | None:
    """Find the group whose only channel is this preview, while it runs."""
    return (
        _groups()
        .filter(channels=channel)
        .annotate(others=Count("channels", filter=~Q(channels=channel)))
        .order_by("-pk")
        .first()
    )


def preview_get(*, app: App, name: str) -> Channel:
    """Find a preview by its channel's name.

    Raises:
        NotFoundError: There is none.
    """
    channel = previews_of(app=app).filter(name=name).first()
    if channel is None:
        raise NotFoundError(f"{app.name} has no preview {name}.")
    channel.app = app
    return channel


def _groups() -> QuerySet[TesterGroup]:
    return TesterGroup.objects.filter(ended_at=None)


def _runs() -> Exists:
    return Exists(_groups().filter(channels=OuterRef("pk")))
