"""A bucket with object lock: until a copy's time is over, nobody deletes it, the account's owner included.

Credentials are found by AWS's own rules. The bucket is the operator's to make, with object lock on.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from compliance.ledger.errors import AnchorError
from releaseconsole.kernel import clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

_SECONDS: Final = 10
_ATTEMPTS: Final = 2


class S3Drop:
    """The part of a bucket below a prefix."""

    def __init__(self, address: str) -> None:
        """Take `s3://bucket/prefix`.

        Raises:
            AnchorError: It isn't such an address.
        """
        parts = urlsplit(address)
        if parts.scheme != "s3" or not parts.netloc:
            raise AnchorError("LEDGER_ANCHOR_S3 must be s3://bucket/prefix.")
        self._bucket: Final = parts.netloc
        self._prefix: Final = f"{prefix}/" if (prefix := parts.path.strip("/")) else ""

    def lay(self, name: str, note: str) -> None:
        """Put an object that can't be deleted or shortened before its time. Again is another version of it.

        Raises:
            AnchorError: The storage refuses, or isn't there.
        """
        until = clock.now() + timedelta(days=settings.LEDGER_ANCHOR_S3_RETAIN_DAYS)
        self._run(
            lambda client: client.put_object(
                Bucket=self._bucket,
                Key=f"{self._prefix}{name}",
                Body=note.encode(),
                ContentType="text/plain; charset=utf-8",
                ChecksumAlgorithm="SHA256",
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=until,
            )
        )

    def read(self, name: str) -> str | None:
        """Read the first version that was put; None: there's none.

        The first: who can put objects can put another version on top, but can't remove the one below.

        Raises:
            AnchorError: The storage refuses, or isn't there.
        """
        key = f"{self._prefix}{name}"
        found = self._run(
            lambda client: [
                version
                for page in client.get_paginator("list_object_versions").paginate(
                    Bucket=self._bucket, Prefix=key
                )
                for version in page.get("Versions", [])
                if version["Key"] == key
            ]
        )
        if not found:
            return None
        first = min(found, key=lambda version: version["LastModified"])
        body = self._run(
            lambda client: client.get_object(Bucket=self._bucket, Key=key, VersionId=first["VersionId"])[
                "Body"
            ].read()
        )
        return body.decode(errors="replace")

    def newest(self, count: int) -> Iterator[str]:
        """Name the newest objects, newest first.

        Yields:
            Names as `lay` takes them.

        Raises:
            AnchorError: The storage refuses, or isn't there.
        """
        keys = self._run(
            lambda client: [
                item["Key"].removeprefix(self._prefix)
                for page in client.get_paginator("list_objects_v2").paginate(
                    Bucket=self._bucket, Prefix=self._prefix
                )
                for item in page.get("Contents", [])
            ]
        )
        yield from islice(sorted(keys, key=lambda key: key.rsplit("/", 2)[-2:], reverse=True), count)

    def _run(self, work: "Callable[[S3Client], T]") -> T:
        try:
            return work(self._client())
        except ClientError as exc:
            code = exc.response.get("Error", {}).get("Code", "")
            raise AnchorError(f"The storage refuses: {code}.") from exc
        except BotoCoreError as exc:
            raise AnchorError(f"The storage can't be reached: {type(exc).__name__}.") from exc

    def _client(self) -> "S3Client":
        client: S3Client = boto3.client(
            "s3",
            region_name=settings.LEDGER_ANCHOR_S3_REGION or None,
            endpoint_url=settings.LEDGER_ANCHOR_S3_ENDPOINT_URL or None,
            config=Config(
                connect_timeout=_SECONDS,
                read_timeout=_SECONDS,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            ),
        )
        return client
