"""Webhooks: their addresses and secrets, the messages, sending them, and sending them again."""

from updates.services.webhooks.endpoints import (
    webhook_add,
    webhook_change,
    webhook_remove,
    webhook_switch,
)
from updates.services.webhooks.messages import webhook_messages_make
from updates.services.webhooks.repeating import (
    deliveries_replay,
    delivery_replay,
    webhook_test,
)
from updates.services.webhooks.secrets import webhook_secret_rotate, webhook_secrets
from updates.services.webhooks.sending import deliveries_forget, deliveries_send

__all__ = [
    "deliveries_forget",
    "deliveries_replay",
    "deliveries_send",
    "delivery_replay",
    "webhook_add",
    "webhook_change",
    "webhook_messages_make",
    "webhook_remove",
    "webhook_secret_rotate",
    "webhook_secrets",
    "webhook_switch",
    "webhook_test",
]
