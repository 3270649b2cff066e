"""A bucket with object lock gets a copy an hour, and one that seals the day."""

from datetime import datetime, timedelta
from pathlib import Path

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from django.conf import LazySettings

from compliance.ledger.domain.events import Action
from compliance.ledger.models import AuditAnchor, AuditEvent
from tests.support.anchors import BUCKET, NOON, grown, lay, said
from tests.support.log import last


def locked() -> dict[str, datetime]:
    client = boto3.client("s3", region_name="us-east-1")
    found = {}
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        head = client.head_object(Bucket=BUCKET, Key=item["Key"])
        assert head["ObjectLockMode"] == "COMPLIANCE"
        found[item["Key"]] = head["ObjectLockRetainUntilDate"]
    return found


def test_one_copy_an_hour_that_nobody_can_delete(
    bucket: str, noon: time_machine.Traveller, settings: LazySettings
) -> None:
    settings.LEDGER_ANCHOR_S3_RETAIN_DAYS = 10
    checkpoint = grown()
    assert lay() == 1
    ((key, until),) = locked().items()
    assert key.startswith("console/hourly/2026-11-29/")
    assert until == NOON + timedelta(days=10)
    client = boto3.client("s3", region_name="us-east-1")
    assert client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() == checkpoint.note
    version = client.list_object_versions(Bucket=BUCKET)["Versions"][0]["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket=BUCKET, Key=key, VersionId=version)
    grown()
    noon.shift(timedelta(minutes=59))
    assert lay() == 0
    noon.shift(timedelta(minutes=1))
    assert lay() == 1
    noon.shift(timedelta(hours=1))
    assert lay() == 0  # nothing has grown
    assert len(locked()) == 2


def test_the_last_of_a_day_is_sealed_once(bucket: str, noon: time_machine.Traveller) -> None:
    checkpoint = grown()
    lay()
    noon.move_to(NOON + timedelta(hours=12))
    assert lay() == 1
    assert lay() == 0
    sealed = AuditAnchor.objects.get(seals="2026-11-29")
    assert (sealed.checkpoint, sealed.kind) == (checkpoint, "s3")
    assert any(key.startswith("console/sealed/2026-11-29/") for key in locked())
    record = last(Action.ANCHOR_SET)
    assert record.detail["day"] == "2026-11-29"
    assert AuditEvent.objects.filter(action=Action.ANCHOR_SET.value).count() == 1


def test_a_bucket_without_object_lock_is_an_error(bucket: str, settings: LazySettings) -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="plain")
    settings.LEDGER_ANCHOR_S3 = "s3://plain"
    grown()
    assert lay() == 0
    assert "The storage refuses: " in AuditAnchor.objects.get().error


def test_a_bucket_that_is_not_there_is_an_error(bucket: str, settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_S3 = "s3://nowhere/x"
    grown()
    assert lay() == 0
    assert AuditAnchor.objects.get().error == "The storage refuses: NoSuchBucket."


@pytest.mark.parametrize("address", ["bucket/prefix", "https://bucket/prefix", "s3:///prefix"])
def test_an_address_that_is_none_is_an_error(settings: LazySettings, address: str) -> None:
    settings.LEDGER_ANCHOR_S3 = address
    grown()
    assert lay() == 0
    assert "must be s3://bucket/prefix" in AuditAnchor.objects.get().error


def test_a_storage_out_of_reach_is_an_error(bucket: str, settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_S3_REGION = "no region at all"
    grown()
    assert lay() == 0
    assert "The storage can't be reached: " in AuditAnchor.objects.get().error


def test_one_place_out_of_reach_keeps_no_other_from_getting_its_copy(
    bucket: str, folder: Path, settings: LazySettings
) -> None:
    settings.LEDGER_ANCHOR_DIR = str(folder / "away")
    grown()
    assert lay() == 1
    assert [anchor.kind for anchor in AuditAnchor.objects.filter(error="")] == ["s3"]


def test_what_was_put_first_counts_whatever_was_put_on_top(bucket: str) -> None:
    grown()
    lay()
    (key,) = locked()
    boto3.client("s3", region_name="us-east-1").put_object(Bucket=BUCKET, Key=key, Body=b"forged")
    assert said() == ""
