"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.releases import guard_watch, rollouts_step, scheduled_publish
from updates.tasks.telemetry import telemetry_drain

__all__ = ["guard_watch", "rollouts_step", "scheduled_publish", "telemetry_drain"]
