"""Addresses of pages about webhooks."""

from django.urls import path

from updates.views import webhook_deliveries, webhooks

_ONE = "apps/<str:app_id>/webhooks/<int:webhook_id>/"

urlpatterns = [
    path("apps/<str:app_id>/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("apps/<str:app_id>/webhooks/new/", webhooks.webhook_new, name="webhook-new"),
    path(_ONE, webhooks.webhook_page, name="webhook"),
    path(f"{_ONE}settings/", webhooks.webhook_settings, name="webhook-settings"),
    path(f"{_ONE}secret/", webhooks.webhook_secret, name="webhook-secret"),
    path(f"{_ONE}switch/", webhooks.webhook_turn, name="webhook-switch"),
    path(f"{_ONE}remove/", webhooks.webhook_gone, name="webhook-remove"),
    path(f"{_ONE}test/", webhook_deliveries.test_send, name="webhook-test"),
    path(f"{_ONE}deliveries/", webhook_deliveries.delivery_table, name="webhook-deliveries"),
    path(f"{_ONE}deliveries/replay/", webhook_deliveries.deliveries_again, name="webhook-deliveries-replay"),
    path(f"{_ONE}deliveries/<int:delivery_id>/", webhook_deliveries.delivery_page, name="webhook-delivery"),
    path(
        f"{_ONE}deliveries/<int:delivery_id>/replay/",
        webhook_deliveries.delivery_again,
        name="webhook-delivery-replay",
    ),
]
