"""A signer's memory of a test's own, with Redis and without."""

from pathlib import Path

import pytest
import redis
from django.conf import LazySettings

from tests.support.witnessing import Memory


@pytest.fixture
def memory(settings: LazySettings, tmp_path: Path, redis_client: redis.Redis) -> Memory:
    settings.LEDGER_WITNESS_FILE = tmp_path / "ledger" / "witness.json"
    return Memory(settings.LEDGER_WITNESS_FILE, redis_client)


@pytest.fixture
def alone(memory: Memory, settings: LazySettings) -> Memory:
    """A host whose Redis isn't up."""
    settings.REDIS_URL, settings.REDIS_SOCKET = "", Path("/nowhere")
    return memory
