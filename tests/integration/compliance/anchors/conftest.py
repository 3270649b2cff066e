"""Noon of a day, a log that has signed nothing, and places for its checkpoints."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import time_machine
from django.conf import LazySettings
from moto import mock_aws

from tests.support.anchors import BUCKET, NOON


@pytest.fixture(autouse=True)
def noon(db: None, settings: LazySettings) -> Iterator[time_machine.Traveller]:
    settings.LEDGER_ANCHOR_MAIL = False
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.LEDGER_ANCHOR_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def bucket(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    settings.LEDGER_ANCHOR_S3 = f"s3://{BUCKET}/console/"
    settings.LEDGER_ANCHOR_S3_REGION = "us-east-1"
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(
            Bucket=BUCKET, ObjectLockEnabledForBucket=True
        )
        yield BUCKET


@pytest.fixture
def letters(settings: LazySettings) -> None:
    settings.LEDGER_ANCHOR_MAIL = True
