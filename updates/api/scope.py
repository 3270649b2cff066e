"""What every view below `apps/{app_id}` shares: the app itself."""

from typing import Any

from rest_framework.request import Request

from accounts.api.scope import ScopedView
from updates.models import App, Channel
from updates.selectors.apps import app_get, channel_get


class AppView(ScopedView):
    """A view on one app, which is there."""

    http_method_names = ["get", "head", "post", "patch"]
    app: App

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authorize, then find the app."""
        super().initial(request, *args, **kwargs)
        self.app = app_get(app_id=self.app_id)

    @property
    def channel(self) -> Channel:
        """The channel that the URL names."""
        return channel_get(app=self.app, name=str(self.kwargs["channel"]))
