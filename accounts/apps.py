"""The accounts floor's place in Django."""

from django.apps import AppConfig

from compliance.ledger.domain.events import ActorKind
from releaseconsole.kernel.sealed_holders import sealed_holder_register


class AccountsConfig(AppConfig):
    """People, roles, authenticators, API tokens."""

    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Tell the audit log the names of those whom it knows by id, and what of theirs is sealed."""
        from accounts.selectors.actors import people_names, token_names  # noqa: PLC0415 (models load first)
        from accounts.services.rewrap import (  # noqa: PLC0415 (models load first)
            approval_payloads,
            recovery_code_peppers,
            refresh_tokens,
            totp_seeds,
        )
        from compliance.ledger.selectors import actor_naming_register  # noqa: PLC0415 (models load first)

        for sealed in (totp_seeds(), approval_payloads(), recovery_code_peppers(), refresh_tokens()):
            sealed_holder_register(sealed.name, sealed.rewrap, census=sealed.census)
        actor_naming_register(ActorKind.PERSON, people_names)
        actor_naming_register(ActorKind.API_TOKEN, token_names)
