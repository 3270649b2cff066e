"""The desk's place in Django."""

from django.apps import AppConfig

from releaseconsole.kernel.sealed_holders import sealed_holder_register


class DeskConfig(AppConfig):
    """Top floor: what a compliance officer works with. It reads from everybody, nobody knows it."""

    name = "compliance.desk"
    label = "desk"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Give other floors what they ask of this one, listen to testers; declare what is held and sealed."""
        import compliance.desk.checks  # noqa: F401, PLC0415 (registers them)

        _ledger_connect()
        _start_pages_fill()
        _requests_connect()
        _erasures_connect()


def _ledger_connect() -> None:
    """Tell the ledger, which knows nobody above it, who the officers are and which apps have PHI."""
    from compliance.desk.services.officers import officers_write  # noqa: PLC0415 (models load first)
    from compliance.ledger.backends.officers import officers_post_register  # noqa: PLC0415 (as above)
    from compliance.ledger.backends.phi_apps import phi_apps_register  # noqa: PLC0415 (as above)
    from signing.selectors.profiles import phi_app_terms  # noqa: PLC0415 (as above)

    officers_post_register(officers_write)
    phi_apps_register(phi_app_terms)


def _start_pages_fill() -> None:
    """Put cards on the console's start page, and lines on the desk's; give reports their measured rows."""
    from compliance.desk.services.reports.module_rows import module_rows_register  # noqa: PLC0415 (as above)
    from compliance.desk.services.standing import standing_sources_register  # noqa: PLC0415 (as above)
    from compliance.desk.views.engagements import audits_card  # noqa: PLC0415 (as above)
    from compliance.desk.views.start import duties_card  # noqa: PLC0415 (as above)
    from compliance.desk.views.verification import log_card  # noqa: PLC0415 (as above)
    from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (as above)

    for card in (audits_card, duties_card, log_card):
        start_page_register(card)
    standing_sources_register()
    module_rows_register()


def _requests_connect() -> None:
    """Listen to testers who want their data deleted; declare what of the register is sealed."""
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
    from accounts.services.mail import letter_follower_register  # noqa: PLC0415 (models load first)
    from compliance.desk.services.downstream import notice_letter_follow  # noqa: PLC0415 (as above)

    letter_follower_register("notices to providers", notice_letter_follow)
    for sealed in request_secrets():
        sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)


def _erasures_connect() -> None:
    """Keep erased people erased on every floor, and declare what the desk holds of people."""
    from compliance.desk.services.approval_kinds import (  # noqa: PLC0415 (models load first)
        desk_approval_kinds_register,
    )
    from compliance.desk.services.erasure import (  # noqa: PLC0415 (models load first)
        DatabaseSuppressionList,
        desk_holders_register,
        suppression_keys,
    )
    from releaseconsole.personal_data import suppression_install  # noqa: PLC0415 (beside the others)

    desk_approval_kinds_register()
    suppression_install(DatabaseSuppressionList())
    desk_holders_register()
    keys = suppression_keys()
    sealed_holder_register(keys.name, keys.rewrap, census=keys.census)
