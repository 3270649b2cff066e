from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.domain.roles import TOKEN_PERMISSIONS, Permission
from accounts.models import User
from accounts.services.api_tokens import api_token_issue
from releaseconsole.kernel import clock
from tests.support.shipping import APP_ID, app_made, channel_made
from updates.models import App, Channel

ROOT = f"/api/v1/apps/{APP_ID}"


class API:
    """A CI job with a token."""

    def __init__(self, token: str | None) -> None:
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(headers=authorization)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.client.post(path, body or {}, content_type="application/json", headers=headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(path, body, content_type="application/json")

    def upload(self, version: str, data: bytes, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key is not None else {}
        file = SimpleUploadedFile("www.zip", data)
        return self.client.post(f"{ROOT}/bundles", {"version": version, "file": file}, headers=headers)


@pytest.fixture(autouse=True)
def bundle_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.BUNDLE_DIR = tmp_path / "bundles"
    return tmp_path / "bundles"


@pytest.fixture
def app(db: None) -> App:
    return app_made()


@pytest.fixture
def production(app: App) -> Channel:
    return channel_made(app)


@pytest.fixture
def api_with(app: App, rita: User) -> Callable[..., API]:
    """A job whose token carries just these permissions, on `app_id`."""

    def make(*permissions: Permission, app_id: str = APP_ID) -> API:
        _, plain = api_token_issue(
            name="CI",
            app_id=app_id,
            permissions=permissions,
            expires_at=clock.now() + timedelta(days=1),
            created_by=rita,
            actor=rita.actor,
        )
        return API(plain)

    return make


@pytest.fixture
def api(api_with: Callable[..., API]) -> API:
    """A job that may do everything on the app."""
    return api_with(*TOKEN_PERMISSIONS)
