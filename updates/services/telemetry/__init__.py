"""Telemetry's way from the Redis streams into the database; the front door is `telemetry_drain`."""

from updates.services.telemetry.drain import DrainReport, telemetry_drain

__all__ = ["DrainReport", "telemetry_drain"]
