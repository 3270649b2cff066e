"""URLs of this floor's part of the management API, below `/api/v1/`."""

from django.urls import path

from signing.api.recipients import BackendRecipient, DeviceRecipient, RecipientList
from signing.api.tokens import BackendKeys, TokenIssue, TokenVerify

urlpatterns = [
    path("tokens/verify", TokenVerify.as_view()),
    path("apps/<str:app_id>/tokens", TokenIssue.as_view()),
    path("apps/<str:app_id>/back-end-keys", BackendKeys.as_view()),
    path("apps/<str:app_id>/recipients", RecipientList.as_view()),
    # Before the devices: no device can be called this.
    path("apps/<str:app_id>/recipients/back-end", BackendRecipient.as_view()),
    path("apps/<str:app_id>/recipients/<str:device_id>", DeviceRecipient.as_view()),
]
