"""The desk's place in Django."""

from django.apps import AppConfig

from releaseconsole.kernel.sealed_holders import sealed_holder_register


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Listen to testers who want their data deleted; declare what is sealed."""
        from compliance.desk.services.requests.sealed import request_secrets  # noqa: PLC0415 (models first)
        from compliance.desk.services.requests.testers import (  # noqa: PLC0415 (models load first)
            tester_deletion_receive,
            tester_erasure_note,
        )
        from updates.services.testers.departures import (  # noqa: PLC0415 (models load first)
            DepartureListener,
            departure_listener_register,
        )

        departure_listener_register(
            "privacy requests", DepartureListener(tester_deletion_receive, tester_erasure_note)
        )
        for sealed in request_secrets():
            sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)
