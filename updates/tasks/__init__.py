"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.previews import previews_expire
from updates.tasks.telemetry import telemetry_drain

__all__ = ["previews_expire", "telemetry_drain"]
