"""Whether the places that hold this console's keys answer, and how fast one of them signs."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.conf import settings

from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_encode
from releaseconsole.kernel.jose.headers import header_segment
from signing.backends import BackendFacts, SigningHandle, key_backend
from signing.backends.local import LocalKeyBackend
from signing.backends.offline import OfflineKeyBackend
from signing.domain.lifecycle import KeyState
from signing.domain.probe_token import PROBE_TOKEN
from signing.errors import KeyUnavailableError
from signing.models import SigningKey

_NEVER_ASKED: Final = frozenset({LocalKeyBackend.name, OfflineKeyBackend.name})
_MEASURING_THREADS: Final = 8


def backend_facts(name: str) -> BackendFacts:
    """Describe a backend for pages and reports, without reaching for it.

    Raises:
        KeyUnavailableError: There's none of this name, or the settings don't name its place.
    """
    return key_backend(name).describe()


def backends_probe() -> Mapping[str, str]:
    """Reach for every HSM and KMS that holds keys or is to hold the next ones.

    Returns:
        By backend, what is wrong with it; empty where nothing is.
    """
    return {name: _trouble(name) for name in sorted(backends_used() - _NEVER_ASKED)}


def backends_used() -> frozenset[str]:
    """Name every backend that holds keys or is to hold the next ones."""
    held = SigningKey.objects.exclude(state=KeyState.DESTROYED).values_list("backend", flat=True).distinct()
    return frozenset({*held, settings.KEY_BACKEND, settings.KEY_BACKEND_TOKENS})


def signing_ceiling_measure(handle: SigningHandle, *, seconds: float) -> float:
    """Sign probes from several threads for `seconds`, and return how many there were a second.

    For an HSM or KMS it is the most this process can serve; the requests are real, and a KMS charges them.

    Raises:
        KeyUnavailableError: It can't sign.
    """
    start = clock.monotonic()
    with ThreadPoolExecutor(_MEASURING_THREADS) as threads:
        runs = [threads.submit(_sign_until, handle, start + seconds) for _ in range(_MEASURING_THREADS)]
        signed = sum(run.result() for run in runs)
    return signed / (clock.monotonic() - start)


def _sign_until(handle: SigningHandle, end: float) -> int:
    # Its `typ` is the probe's and its payload no JSON: what is signed here is worth nothing to anybody.
    head = header_segment(algorithm=handle.algorithm, kid="speed-probe", typ=PROBE_TOKEN.typ)
    signing_input = f"{head}.{b64url_encode(b'speed probe')}".encode()
    signed = 0
    while clock.monotonic() < end:
        handle.sign(signing_input)
        signed += 1
    return signed


def _trouble(name: str) -> str:
    try:
        key_backend(name).probe()
    except KeyUnavailableError as exc:
        return exc.message
    return ""
