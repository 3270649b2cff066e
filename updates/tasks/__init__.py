"""What the worker does for this floor: each task calls one service, and is named `updates.tasks.<name>`."""

from updates.tasks.telemetry import telemetry_drain

__all__ = ["telemetry_drain"]
