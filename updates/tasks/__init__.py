"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.devices import failures_reconcile, overrides_forget
from updates.tasks.telemetry import telemetry_drain

__all__ = ["failures_reconcile", "overrides_forget", "telemetry_drain"]
