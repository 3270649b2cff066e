"""What is set of an app."""

from dataclasses import dataclass

from updates.domain.attributes import Attribute, attributes_read
from updates.domain.custom_ids import CustomIdPolicy
from updates.domain.optional_telemetry import TelemetryPolicy
from updates.models import App


@dataclass(frozen=True, slots=True)
class AppSettings:
    """All that may be set of an app.

    Attributes:
        name: As people call it.
        platforms: Those it ships on.
        default_channel: Where a publication goes that names none; empty: it has to name one.
        custom_id_policy: What is kept of the ids that the app gives devices.
        telemetry_policy: When the details of devices' reports are kept.
        telemetry_text_version: Of the text by which people agree to that.
        attributes: What is kept of what devices tell of themselves.
    """

    name: str
    platforms: tuple[str, ...]
    default_channel: str
    custom_id_policy: CustomIdPolicy
    telemetry_policy: TelemetryPolicy
    telemetry_text_version: str
    attributes: tuple[Attribute, ...]


def app_settings(app: App) -> AppSettings:
    """Read an app's settings."""
    return AppSettings(
        name=app.name,
        platforms=tuple(app.platforms),
        default_channel=app.default_channel.name if app.default_channel else "",
        custom_id_policy=CustomIdPolicy(app.custom_id_policy),
        telemetry_policy=TelemetryPolicy(app.telemetry_policy),
        telemetry_text_version=app.telemetry_text_version,
        attributes=attributes_read(app.attributes),
    )
