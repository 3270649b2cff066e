"""The desk's place in Django."""

from django.apps import AppConfig

from releaseconsole.kernel.sealed_holders import sealed_holder_register


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Tell the ledger what it can't know; hear of testers who leave; declare what is held and sealed."""
        from compliance.desk.services.erasure import (  # noqa: PLC0415 (models load first)
            DatabaseSuppressionList,
            desk_holders_register,
            suppression_keys,
        )
        from compliance.desk.services.officers import officers_write  # noqa: PLC0415 (models load first)
        from compliance.desk.services.requests.sealed import request_secrets  # noqa: PLC0415 (models first)
        from compliance.desk.services.requests.testers import (  # noqa: PLC0415 (models load first)
            tester_deletion_receive,
            tester_erasure_note,
        )
        from compliance.ledger.backends.officers import (  # noqa: PLC0415 (models load first)
            officers_post_register,
        )
        from compliance.ledger.backends.phi_apps import phi_apps_register  # noqa: PLC0415 (models load first)
        from releaseconsole.personal_data import suppression_install  # noqa: PLC0415 (beside the others)
        from signing.selectors.profiles import phi_app_ids  # noqa: PLC0415 (models load first)
        from updates.services.testers.departures import (  # noqa: PLC0415 (models load first)
            DepartureListener,
            departure_listener_register,
        )

        officers_post_register(officers_write)
        phi_apps_register(phi_app_ids)
        suppression_install(DatabaseSuppressionList())
        desk_holders_register()
        departure_listener_register(
            "privacy requests", DepartureListener(tester_deletion_receive, tester_erasure_note)
        )
        for sealed in (*request_secrets(), suppression_keys()):
            sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)
