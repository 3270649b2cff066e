"""The provider: one process for all tests, without memory of the one before."""

from collections.abc import Iterator

import pytest
import redis
from pytest_django import Settings

from accounts.domain.assurance import AuthenticatorKind
from accounts.models import Identity, User
from accounts.services.authenticator_records import record_bound
from releaseconsole.kernel import clock
from tests.support.oidc_provider import Provider, provider_started
from tests.support.single_sign_on import provider_configure


@pytest.fixture(scope="session")
def running_provider() -> Iterator[Provider]:
    with provider_started() as provider:
        yield provider


@pytest.fixture
def provider(running_provider: Provider, settings: Settings, redis_client: redis.Redis) -> Provider:
    """The console's provider."""
    running_provider.order("reset")
    provider_configure(settings, running_provider)
    return running_provider


@pytest.fixture
def linked(rita: User, provider: Provider) -> Identity:
    """Rita's link to the provider, where she is `rita-there`."""
    now = clock.now()
    identity: Identity = Identity.objects.create(
        user=rita,
        name="Example ID",
        confirmed=True,
        issuer=provider.issuer,
        subject="rita-there",
        email="rita@example.com",
        linked_at=now,
        vouched_at=now,
        asked_at=now,
    )
    record_bound(
        user=rita,
        kind=AuthenticatorKind.IDENTITY_PROVIDER,
        authenticator=identity.persistent_id,
        name=identity.name,
        facts={},
        now=now,
    )
    return identity
