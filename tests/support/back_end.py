"""An app's own back end: an API token, and a key of its own to which delicate tokens are encrypted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.domain.roles import Permission
from accounts.models import User
from accounts.services.api_tokens import api_token_issue
from releaseconsole.kernel import clock
from releaseconsole.kernel.jose.encryption_keys import DecryptionKey, EncryptionAlgorithm

JSON = "application/json"


class BackEnd:
    """It knows the console's API and nothing else."""

    def __init__(self, app_id: str, user: User, *permissions: Permission) -> None:
        self.app_id = app_id
        self.api_token, plain = api_token_issue(
            name="back end",
            app_id=app_id,
            permissions=permissions or (Permission.TOKEN_VERIFY, Permission.TOKEN_ISSUE),
            expires_at=clock.now() + timedelta(days=1),
            created_by=user,
            actor=user.actor,
        )
        self.client = Client(headers={"Authorization": f"Bearer {plain}"})
        self.key = DecryptionKey.generate(EncryptionAlgorithm.ECDH_ES_A256KW)

    def verify(self, token: str, **asked: Any) -> Any:
        body = {"token": token, **asked}
        return self.client.post("/api/v1/tokens/verify", body, content_type=JSON)

    def issue(self, claims: Mapping[str, Any] | None = None, **asked: Any) -> Any:
        body = {"subject": "user 7", "claims": claims or {}, **asked}
        return self.client.post(self.path("tokens"), body, content_type=JSON)

    def keys(self) -> Any:
        return self.client.get(self.path("back-end-keys"))

    def register(self, reader: str = "back-end", jwk: Mapping[str, Any] | None = None) -> Any:
        return self.client.put(
            self.path(f"recipients/{reader}"), jwk or self.key.public_jwk(), content_type=JSON
        )

    def path(self, rest: str) -> str:
        return f"/api/v1/apps/{self.app_id}/{rest}"
