"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.devices import (
    failures_reconcile,
    overrides_forget,
)
from updates.tasks.previews import (
    previews_expire,
)
from updates.tasks.releases import (
    guard_watch,
    receipts_take,
    rollouts_step,
    scheduled_publish,
)
from updates.tasks.retention import (
    bundles_retain,
)
from updates.tasks.telemetry import (
    consents_expire,
    devices_forget,
    telemetry_drain,
    telemetry_expire,
)
from updates.tasks.testers import (
    page_link_send,
    tester_groups_settle,
    tester_versions_tell,
    testers_erase,
)
from updates.tasks.webhooks import (
    webhook_messages_forget,
    webhook_messages_make,
    webhooks_send,
)

__all__ = [
    "bundles_retain",
    "consents_expire",
    "devices_forget",
    "failures_reconcile",
    "guard_watch",
    "overrides_forget",
    "page_link_send",
    "previews_expire",
    "receipts_take",
    "rollouts_step",
    "scheduled_publish",
    "telemetry_drain",
    "telemetry_expire",
    "tester_groups_settle",
    "tester_versions_tell",
    "testers_erase",
    "webhook_messages_forget",
    "webhook_messages_make",
    "webhooks_send",
]
