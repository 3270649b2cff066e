"""The updates floor's place in Django."""

from django.apps import AppConfig

from compliance.ledger.domain.events import ActorKind
from releaseconsole.kernel.sealed_holders import sealed_holder_register


class UpdatesConfig(AppConfig):
    """Apps, bundles, channels, releases, devices."""

    name = "updates"

    def ready(self) -> None:
        """Offer other floors what they show of this one; declare what can be asked for and is sealed."""
        from accounts.selectors.places import places_register  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)
        from signing.services import phi_follower_register  # noqa: PLC0415 (models load first)
        from updates.selectors.apps import app_places  # noqa: PLC0415 (models load first)
        from updates.services.phi import phi_app_follow  # noqa: PLC0415 (models load first)
        from updates.views.start_page import apps_and_rollouts  # noqa: PLC0415 (models load first)

        phi_follower_register(phi_app_follow)
        start_page_register(apps_and_rollouts)
        places_register(app_places)
        _ledger_connect()
        _approvals_offer()
        _people_declare(self.name)
        _sealed_declare()


def _ledger_connect() -> None:
    """Tell the ledger who holds proofs of its entries, and let it look for testers."""
    from compliance.ledger.backends.proof_holders import proof_holder_register  # noqa: PLC0415 (models first)
    from compliance.ledger.selectors import actor_search_register  # noqa: PLC0415 (models load first)
    from updates.selectors.actors import testers_searched  # noqa: PLC0415 (models load first)
    from updates.selectors.receipts import receipts_held  # noqa: PLC0415 (models load first)

    proof_holder_register(receipts_held)
    actor_search_register(ActorKind.TESTER, testers_searched)


def _approvals_offer() -> None:
    """Say what of this floor a second person can approve, and what waits for somebody in particular."""
    from accounts.services.approval_inbox import (  # noqa: PLC0415 (models load first)
        ErrandSource,
        errand_source_register,
    )
    from updates.services.approval_kinds import updates_approval_kinds_register  # noqa: PLC0415 (as above)
    from updates.views.sign_offs import errands, errands_concern  # noqa: PLC0415 (models load first)

    updates_approval_kinds_register()
    errand_source_register(ErrandSource(errands, errands_concern))


def _people_declare(floor: str) -> None:
    """Say what is held of people here, and which words are the console's own and mean nobody."""
    from releaseconsole.personal_data import own_words_register  # noqa: PLC0415 (models load first)
    from updates.selectors.own_words import own_words  # noqa: PLC0415 (models load first)
    from updates.services.personal_data import updates_holders_register  # noqa: PLC0415 (models load first)

    updates_holders_register()
    own_words_register(floor, own_words)


def _sealed_declare() -> None:
    """Say what is sealed here, so that a new KEK reaches it."""
    from updates.services.app_settings import custom_id_keys  # noqa: PLC0415 (models load first)
    from updates.services.webhooks import webhook_secrets  # noqa: PLC0415 (models load first)

    for sealed in (*webhook_secrets(), custom_id_keys()):
        sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)
