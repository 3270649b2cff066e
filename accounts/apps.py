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
        from accounts.selectors.actors import (  # noqa: PLC0415 (models load first)
            people_names,
            people_searched,
            token_names,
            tokens_searched,
        )
        from accounts.services.approval_kinds import (  # noqa: PLC0415 (models load first)
            approval_kind_register,
        )
        from accounts.services.custodian_kind import (  # noqa: PLC0415 (models load first)
            custodian_kind_register,
        )
        from accounts.services.personal_data import (  # noqa: PLC0415 (models load first)
            accounts_holders_register,
        )
        from accounts.services.policy import policy_weaken_kind  # noqa: PLC0415 (models load first)
        from accounts.services.recovery_kind import (  # noqa: PLC0415 (models load first)
            recovery_kind_register,
        )
        from accounts.services.rewrap import (  # noqa: PLC0415 (models load first)
            approval_payloads,
            recovery_code_peppers,
            refresh_tokens,
            secret_letters,
            totp_seeds,
        )
        from accounts.views.approvals_card import approvals_card  # noqa: PLC0415 (models load first)
        from compliance.ledger.selectors import (  # noqa: PLC0415 (models load first)
            actor_naming_register,
            actor_search_register,
        )
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)

        for sealed in (
            totp_seeds(),
            approval_payloads(),
            secret_letters(),
            recovery_code_peppers(),
            refresh_tokens(),
        ):
            sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)
        approval_kind_register(policy_weaken_kind())
        start_page_register(approvals_card)
        actor_naming_register(ActorKind.PERSON, people_names)
        actor_naming_register(ActorKind.API_TOKEN, token_names)
        actor_search_register(ActorKind.PERSON, people_searched)
        actor_search_register(ActorKind.API_TOKEN, tokens_searched)
        custodian_kind_register()
        recovery_kind_register()
        accounts_holders_register()
