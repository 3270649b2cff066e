"""The accounts floor's place in Django."""

from django.apps import AppConfig

from compliance.ledger.domain.events import ActorKind
from releaseconsole.kernel.sealed_holders import sealed_holder_register


class AccountsConfig(AppConfig):
    """People, roles, authenticators, API tokens."""

    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Tell others what they need to know of people: names, what is sealed, what can be asked for."""
        from accounts.services.personal_data import accounts_holders_register  # noqa: PLC0415 (models first)
        from accounts.views.approvals_card import approvals_card  # noqa: PLC0415 (models load first)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)

        _sealed_declare()
        _names_offer()
        _approvals_offer()
        start_page_register(approvals_card)
        accounts_holders_register()


def _sealed_declare() -> None:
    """Say what is sealed here, so that a new KEK reaches it."""
    from accounts.services import rewrap  # noqa: PLC0415 (models load first)

    for sealed in (
        rewrap.totp_seeds(),
        rewrap.approval_payloads(),
        rewrap.secret_letters(),
        rewrap.recovery_code_peppers(),
        rewrap.refresh_tokens(),
    ):
        sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)


def _names_offer() -> None:
    """Let the audit log write and look for people and tokens by name."""
    from accounts.selectors import actors  # noqa: PLC0415 (models load first)
    from compliance.ledger.selectors import (  # noqa: PLC0415 (models load first)
        actor_naming_register,
        actor_search_register,
    )

    actor_naming_register(ActorKind.PERSON, actors.people_names)
    actor_naming_register(ActorKind.API_TOKEN, actors.token_names)
    actor_search_register(ActorKind.PERSON, actors.people_searched)
    actor_search_register(ActorKind.API_TOKEN, actors.tokens_searched)


def _approvals_offer() -> None:
    """Say what of this floor a second person can approve."""
    from accounts.services.approval_kinds import approval_kind_register  # noqa: PLC0415 (models load first)
    from accounts.services.custodian_kind import custodian_kind_register  # noqa: PLC0415 (models load first)
    from accounts.services.policy import policy_weaken_kind  # noqa: PLC0415 (models load first)
    from accounts.services.recovery_kind import recovery_kind_register  # noqa: PLC0415 (models load first)

    approval_kind_register(policy_weaken_kind())
    custodian_kind_register()
    recovery_kind_register()
