"""The signing floor's place in Django."""

from django.apps import AppConfig

from releaseconsole.kernel.sealed_holders import sealed_holder_register


class SigningConfig(AppConfig):
    """Keys and their life, tokens, JWKS."""

    name = "signing"

    def ready(self) -> None:
        """Offer the start page what keys have to say; declare what can be asked for, and what is sealed.

        And let the audit log's checkpoints be signed.
        """
        from compliance.ledger.backends.signer import signer_register  # noqa: PLC0415 (beside the others)
        from releaseconsole.admin_base import start_page_register  # noqa: PLC0415 (models load first)
        from signing.services.approval_kinds import (  # noqa: PLC0415 (models load first)
            signing_approval_kinds_register,
        )
        from signing.services.checkpoint_signer import (  # noqa: PLC0415 (models load first)
            ConsoleCheckpointSigner,
        )
        from signing.services.personal_data import (  # noqa: PLC0415 (models load first)
            signing_holders_register,
        )
        from signing.services.rewrap import sealed_signing_keys  # noqa: PLC0415 (models load first)
        from signing.views.start_page import keys_card  # noqa: PLC0415 (models load first)

        signer_register(ConsoleCheckpointSigner())
        start_page_register(keys_card)
        signing_approval_kinds_register()
        signing_holders_register()
        keys = sealed_signing_keys()
        sealed_holder_register(keys.name, keys.rewrap, census=keys.census)
