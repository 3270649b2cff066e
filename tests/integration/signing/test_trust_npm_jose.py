"""npm's `jose` follows the chain from the pinned root to a decision, and leaves it where it is broken."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from compliance.ledger.domain.events import SYSTEM
from signing.domain.lifecycle import KeyPurpose
from signing.models import DocumentType, SigningKey, TokenProfile
from signing.selectors import trust_bodies
from signing.services.root import root_rotate
from tests.support.npm_jose import jose_chain
from tests.support.tokens import DEVICE_ID
from tests.support.trusting import chain_made, claims_of, decision, key_of


def asked(app_id: str, root: SigningKey, now: datetime, **changed: Any) -> dict[str, Any]:
    question = {
        "root": root.public_jwk,
        "answer": json.loads(trust_bodies()[app_id].body),
        "issuer": settings.PUBLIC_URL,
        "audience": app_id,
        "subject": DEVICE_ID,
        "token": decision(app_id, now),
        "now": int(now.timestamp()),
    }
    return jose_chain(**(question | changed))


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "Ed25519"])
def test_it_follows_the_chain_to_a_decision(clinic: str, now: datetime, algorithm: str) -> None:
    SigningKey.objects.all().delete()
    TokenProfile.objects.update(algorithm=algorithm)
    chain_made(clinic, now)
    root = key_of(clinic, KeyPurpose.ROOT)
    found = asked(clinic, root, now)
    assert found.get("error") is None, found
    assert found["claims"]["decision"] == "hold"
    assert found["trust"] == claims_of(clinic, DocumentType.TRUST)
    assert found["delegation"] == claims_of(clinic, DocumentType.DELEGATION)

    root_rotate(app_id=clinic, actor=SYSTEM, now=now)
    assert asked(clinic, root, now)["root"] == key_of(clinic, KeyPurpose.ROOT).kid


def test_it_leaves_a_chain_that_is_broken(clinic: str, now: datetime) -> None:
    chain_made(clinic, now)
    root, other = key_of(clinic, KeyPurpose.ROOT), key_of(clinic, KeyPurpose.TRUST)
    answer = json.loads(trust_bodies()[clinic].body)
    swapped = {**answer, "delegation": answer["trust"], "trust": answer["delegation"]}
    assert asked(clinic, other, now)["at"] == "delegation"
    assert asked(clinic, root, now, answer=swapped)["at"] == "delegation"
    assert asked(clinic, root, now, audience="com.example.bank")["at"] == "delegation"
    assert asked(clinic, root, now + timedelta(days=1))["at"] == "trust"
