"""`apps/{app_id}/releases`: publishing for a CI that knows no channels."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import operation
from accounts.domain.roles import Permission
from updates.api.release_serializers import ReleaseIn, ReleaseOut
from updates.api.releases import ReleaseList
from updates.api.schema import IDEMPOTENCY_KEY
from updates.errors import NotFoundError
from updates.models import Channel
from updates.selectors.apps import default_channel_name


class DefaultChannelReleases(ReleaseList):
    """The releases of an app's default channel."""

    http_method_names = ["post"]
    permissions = {"POST": Permission.RELEASE_PUBLISH}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorize on the default channel, as if the address named it."""
        self.kwargs["channel"] = default_channel_name(app_id=str(kwargs["app_id"]))
        super().initial(request, *args, **self.kwargs)

    @property
    def channel(self) -> Channel:
        """The default channel.

        Raises:
            NotFoundError: The app has none.
        """
        if not self.kwargs["channel"]:
            raise NotFoundError(f"{self.app.name} has no default channel. Name one, or set it.")
        return super().channel

    @operation(
        "release_publish_by_default",
        ok={201: ReleaseOut},
        request=ReleaseIn,
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, **named: Any) -> Response:
        """Publish a bundle on the app's default channel."""
        return super().post(request, **named)
