"""The accounts floor's place in Django."""

from django.apps import AppConfig

from compliance.ledger.domain.events import ActorKind


class AccountsConfig(AppConfig):
    """People, roles, authenticators, API tokens."""

    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Tell the audit log the names of those whom it knows by id."""
        from accounts.selectors.actors import people_names, token_names  # noqa: PLC0415 (models load first)
        from compliance.ledger.selectors import actor_naming_register  # noqa: PLC0415 (models load first)

        actor_naming_register(ActorKind.PERSON, people_names)
        actor_naming_register(ActorKind.API_TOKEN, token_names)
