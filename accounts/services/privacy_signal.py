"""Global Privacy Control, as browsers and devices send it with a request."""

from collections.abc import Mapping


def gpc_signalled(headers: Mapping[str, str]) -> bool:
    """Whether these headers of a request carry the signal; any other value than 1 is none."""
    return headers.get("Sec-GPC", "").strip() == "1"
