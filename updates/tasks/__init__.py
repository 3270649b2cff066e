"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.devices import failures_reconcile
from updates.tasks.releases import guard_watch, rollouts_step, scheduled_publish
from updates.tasks.retention import bundles_retain
from updates.tasks.telemetry import telemetry_drain
from updates.tasks.webhooks import webhook_messages_forget, webhook_messages_make, webhooks_send

__all__ = [
    "bundles_retain",
    "failures_reconcile",
    "guard_watch",
    "rollouts_step",
    "scheduled_publish",
    "telemetry_drain",
    "webhook_messages_forget",
    "webhook_messages_make",
    "webhooks_send",
]
