"""`Permissions-Policy`: of a browser's powers, console pages use security keys and the clipboard only."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_UNUSED: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_USED: Final = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
POLICY: Final = ", ".join([f"{name}=()" for name in _UNUSED] + [f"{name}=(self)" for name in _USED])


class PermissionsPolicyMiddleware:
    """Sets the header on every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the header."""
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
