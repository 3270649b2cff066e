"""Padding: claims filled up to whole buckets, so that the length of an encrypted token tells nothing finer.

AES-GCM keeps what is written secret, not how much of it. Within a bucket no difference in length shows, be it
the name of a diagnosis or the digits of a count; how many buckets there are does. 384 is a multiple of three,
so that base64 on the way rounds nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from releaseconsole.kernel.encoding import canonical_json
from releaseconsole.kernel.jose.claim_rules import ClaimRule, text

BUCKET: Final = 384
PAD: Final = "pad"
# Any character will do: nothing is compressed. One only, so that nothing travels unregistered as filler.
_FILLER: Final = "0"

# For the `optional` claims of a kind: filler, and nothing but filler.
PAD_CLAIM: Final[ClaimRule] = text(least=0, most=4096, pattern=f"{_FILLER}*")


def pad_claims(
    claims: Mapping[str, Any],
    *,
    bucket: int = BUCKET,
    encode: Callable[[dict[str, Any]], bytes] = canonical_json,
) -> dict[str, Any]:
    """Return the claims with a `pad` that makes their JSON a multiple of `bucket` bytes long.

    Args:
        claims: A `pad` that is there already is replaced.
        bucket: Bytes; at most 4096, which is what `PAD_CLAIM` accepts.
        encode: What will write the JSON that is signed.
    """
    padded = {**claims, PAD: ""}
    padded[PAD] = _FILLER * (-len(encode(padded)) % bucket)
    return padded
