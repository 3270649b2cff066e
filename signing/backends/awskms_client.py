"""The way to AWS KMS: one client per process, with time-outs, few retries and a circuit breaker."""

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from releaseconsole.kernel import clock
from signing.domain.circuit import Circuit
from signing.errors import KeyUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

T = TypeVar("T")

_CONNECT_SECONDS: Final = 2
_ATTEMPTS: Final = 2
# What AWS says when it is unwell itself; everything else is an answer about the key or about us.
_UNWELL: Final = frozenset({"KMSInternalException", "DependencyTimeoutException", "InternalFailure"})


class KMS:
    """The KMS of one region."""

    def __init__(self, region: str, endpoint: str, timeout: float) -> None:
        self.region: Final = region
        self.endpoint: Final = endpoint
        self._circuit: Final = Circuit()
        self._client: Final[KMSClient] = boto3.client(
            "kms",
            region_name=region,
            endpoint_url=endpoint or None,
            config=Config(
                connect_timeout=min(_CONNECT_SECONDS, timeout),
                read_timeout=timeout,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            ),
        )

    def run(self, work: Callable[["KMSClient"], T], *, absent: str = "NotFoundException") -> T | None:
        """Do `work`; None where KMS answers with the error code `absent`.

        Raises:
            KeyUnavailableError: KMS refuses, isn't there, or doesn't answer in time.
        """
        self._circuit.enter(clock.monotonic())
        try:
            result = work(self._client)
        except ClientError as exc:
            code = str(exc.response.get("Error", {}).get("Code", ""))
            self._judge(code)
            if code == absent:
                return None
            raise KeyUnavailableError(f"AWS KMS refuses: {code}.") from exc
        except BotoCoreError as exc:
            self._circuit.failed(clock.monotonic())
            raise KeyUnavailableError(f"AWS KMS can't be reached: {type(exc).__name__}.") from exc
        self._circuit.succeeded()
        return result

    def _judge(self, code: str) -> None:
        # Throttling isn't counted: a pause for all would make an outage of what is a limit.
        if code in _UNWELL:
            self._circuit.failed(clock.monotonic())
        else:
            self._circuit.succeeded()


@cache
def _kms(region: str, endpoint: str, timeout: float) -> KMS:
    try:
        return KMS(region, endpoint, timeout)
    except (BotoCoreError, ValueError) as exc:
        raise KeyUnavailableError(f"AWS KMS can't be set up: {exc}") from exc


def kms() -> KMS:
    """Return this process's KMS, as the settings name it.

    Raises:
        KeyUnavailableError: They name none.
    """
    if not settings.AWS_KMS_REGION:
        raise KeyUnavailableError("AWS_KMS_REGION isn't set.")
    return _kms(settings.AWS_KMS_REGION, settings.AWS_KMS_ENDPOINT_URL, settings.KEY_BACKEND_TIMEOUT)


def kms_forget() -> None:
    """Start over with new connections."""
    _kms.cache_clear()


# Parent and child must not write to the same TLS connection.
os.register_at_fork(after_in_child=kms_forget)
