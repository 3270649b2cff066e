"""The least a signed check can cost on this server: parse JSON, sign with ES256, answer.

No routes, no checks, no decision, and `cryptography` used directly. What the console does beyond this is what
the ratio shows. A copy of nothing in the console, so that making the console faster can't move the floor.
"""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

_KEY = ec.generate_private_key(ec.SECP256R1())
_ECDSA = ec.ECDSA(hashes.SHA256())
_HEAD = urlsafe_b64encode(b'{"alg":"ES256","typ":"release+jwt"}').rstrip(b"=") + b"."
_HEADERS = [("Content-Type", "application/json")]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    if not body:  # is it up?
        start_response("200 OK", _HEADERS)
        return [b"{}"]
    asked = json.loads(body)
    claims = {
        "aud": asked["app_id"],
        "sub": asked["device_id"],
        "nonce": asked["nonce"],
        "iat": int(time.time()),  # noqa: TID251 (the floor uses nothing of the console's)
    }
    signing_input = _HEAD + urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    r, s = decode_dss_signature(_KEY.sign(signing_input, _ECDSA))
    signature = urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=")
    start_response("200 OK", _HEADERS)
    return [b'{"token":"' + signing_input + b"." + signature + b'"}']
