"""Links that open an app: by a scheme of its own on the phone, and by an address of ours that phones know.

The code is in the address's fragment, which browsers keep to themselves: no server, log or proxy sees it.
"""

import re
from typing import Final

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{1,31}\Z")
# Schemes that a browser acts on by itself, whatever app there is.
_NOBODYS: Final = frozenset({
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "intent",
    "javascript",
    "mailto",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
})


def scheme_is_an_app_s(scheme: str) -> bool:
    """Whether a scheme can be that of an app, and no other."""
    return bool(_SCHEME.match(scheme)) and scheme not in _NOBODYS


def app_link(*, scheme: str, code: str) -> str:
    """Write the link that hands a join code to an app on this phone; empty if the app has no scheme."""
    return f"{scheme}://join?code={code}" if scheme_is_an_app_s(scheme) else ""


def open_link(*, public_url: str, app_id: str, code: str) -> str:
    """Write the address that opens the app on a phone which has it, and a page with the code on others."""
    return f"{public_url}/beta/open/{app_id}/#{code}"
