"""What AWS KMS adds, and each way in which its stand-in is known to be wrong."""

import hashlib

import boto3
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import LazySettings

from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.backends import StoredKey
from signing.backends.awskms import AWSKMSKeyBackend
from signing.backends.awskms_client import kms, kms_forget
from signing.domain.key_owner import KeyOwner
from signing.domain.lifecycle import KeyPurpose
from signing.errors import KeyUnavailableError

OWNER = KeyOwner(KeyPurpose.ROOT, "com.example.clinic", Algorithm.ES256)
TOKEN = "0b0f6f2e-8b1c-4a37-9a53-6f2f0d9f4a11"


@pytest.fixture
def stored(kms_region: str) -> StoredKey:
    created = AWSKMSKeyBackend().create(OWNER, token=TOKEN)
    return StoredKey(created.kid, OWNER, TOKEN, created.sealed_private, created.reference)


def state(stored: StoredKey) -> str:
    answer = kms().run(lambda client: client.describe_key(KeyId=stored.reference))
    assert answer is not None
    return str(answer["KeyMetadata"].get("KeyState"))


def test_a_key_says_whose_it_is_and_is_known_by_the_rows_id(stored: StoredKey) -> None:
    tags = kms().run(lambda client: client.list_resource_tags(KeyId=stored.reference))
    named = kms().run(lambda client: client.describe_key(KeyId=f"alias/rc-{TOKEN}"))
    assert tags is not None
    assert named is not None
    assert {tag["TagKey"]: tag["TagValue"] for tag in tags["Tags"]} == {
        "rc:token": TOKEN,
        "rc:purpose": "root",
        "rc:app": "com.example.clinic",
    }
    assert named["KeyMetadata"]["KeyId"] == stored.reference


def test_a_disabled_key_does_not_load(stored: StoredKey) -> None:
    backend = AWSKMSKeyBackend()
    backend.disable(stored)
    assert state(stored) == "Disabled"
    with pytest.raises(KeyUnavailableError, match="isn't enabled"):
        backend.load(stored)


def test_a_destroyed_key_is_deleted_in_seven_days_and_may_be_disabled_meanwhile(stored: StoredKey) -> None:
    backend = AWSKMSKeyBackend()
    backend.destroy(stored)
    assert state(stored) == "PendingDeletion"
    backend.destroy(stored)
    assert state(stored) == "PendingDeletion"


def test_a_key_that_was_never_made_is_destroyed_already(kms_region: str) -> None:
    AWSKMSKeyBackend().destroy(StoredKey("", OWNER, TOKEN))


def test_a_key_that_is_gone_is_unavailable(stored: StoredKey) -> None:
    handle = AWSKMSKeyBackend().load(stored)
    with pytest.raises(KeyUnavailableError, match="isn't there"):
        AWSKMSKeyBackend().load(
            StoredKey(stored.kid, OWNER, TOKEN, reference="00000000-0000-4000-8000-000000000000")
        )
    assert handle.sign(b"data")


def test_without_a_region_there_is_no_kms(settings: LazySettings) -> None:
    settings.AWS_KMS_REGION = ""
    with pytest.raises(KeyUnavailableError, match="AWS_KMS_REGION isn't set"):
        AWSKMSKeyBackend().probe()


def test_an_address_where_nobody_answers_is_left_alone_after_three_times(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    settings.AWS_KMS_REGION, settings.AWS_KMS_ENDPOINT_URL = "eu-central-1", "http://127.0.0.1:1"
    kms_forget()
    backend = AWSKMSKeyBackend()
    for _ in range(3):
        with pytest.raises(KeyUnavailableError, match="EndpointConnectionError"):
            backend.probe()
    with pytest.raises(KeyUnavailableError, match="left alone"):
        backend.probe()
    kms_forget()


# --- where moto is wrong; docs/key-backends.md lists the same ------------------------------------------


def test_moto_still_signs_with_a_disabled_key(stored: StoredKey) -> None:
    handle = AWSKMSKeyBackend().load(stored)
    AWSKMSKeyBackend().disable(stored)
    assert handle.sign(b"data"), "moto has learnt it: let the conformance suite ask for it"


def test_moto_still_signs_a_digest_wrongly(stored: StoredKey) -> None:
    data = b"A" * 5000
    client = boto3.client("kms", region_name="eu-central-1")
    public = load_der_public_key(client.get_public_key(KeyId=stored.reference)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    signature = client.sign(
        KeyId=stored.reference,
        Message=hashlib.sha256(data).digest(),
        MessageType="DIGEST",
        SigningAlgorithm="ECDSA_SHA_256",
    )["Signature"]
    with pytest.raises(InvalidSignature):
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
