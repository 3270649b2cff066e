"""What secrets look like that have no business in an app's web content: everybody who has the app has them.

Only spellings that hardly anything else has. Keys that are meant to be public (Firebase's and Google Maps'
`AIza…`, publishable keys of payment providers) aren't among them: a check that cries wolf isn't read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from accounts.domain.api_token_format import PREFIX, api_token_is_spelled_right

# Longer than any match can be: so much of a piece is kept for the next one.
LONGEST_MATCH: Final = 512


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """One kind of secret. `anchor` is in every match and quick to look for; only then `pattern` is tried.

    No pattern has two open-ended parts that could match the same bytes, so each takes linear time. Most begin
    with a letter of the secret itself rather than with a boundary: then the search skips ahead.
    """

    words: str
    anchor: bytes
    pattern: re.Pattern[bytes]
    is_genuine: Callable[[str], bool] | None = None

    def find(self, window: bytes) -> int | None:
        """Say where the first one is."""
        if self.anchor not in window:
            return None
        for match in self.pattern.finditer(window):
            if self.is_genuine is None or self.is_genuine(match[0].decode("ascii", errors="replace")):
                return match.start()
        return None


def _pattern(
    words: str, anchor: str, rest: str, is_genuine: Callable[[str], bool] | None = None
) -> SecretPattern:
    return SecretPattern(words, anchor.encode(), re.compile(rest.encode()), is_genuine)


SECRET_PATTERNS: Final = (
    _pattern("a private key", "PRIVATE KEY-----", r"-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY-----"),
    _pattern("an AWS access key", "AKIA", r"AKIA[0-9A-Z]{16}\b"),
    _pattern("a temporary AWS access key", "ASIA", r"ASIA[0-9A-Z]{16}\b"),
    _pattern("a Google service account", "service_account", r'"type"\s{0,9}:\s{0,9}"service_account"'),
    _pattern("a Google client secret", "GOCSPX-", r"GOCSPX-[\w-]{28}"),
    *(_pattern("a GitHub token", f"gh{kind}_", rf"gh{kind}_[0-9A-Za-z]{{36}}") for kind in "pousr"),
    _pattern("a fine-grained GitHub token", "github_pat_", r"github_pat_\w{60,90}"),
    _pattern("a GitLab token", "glpat-", r"glpat-[\w-]{20}"),
    _pattern("an npm token", "npm_", r"npm_[0-9A-Za-z]{36}\b"),
    _pattern("a Slack token", "xox", r"xox[abeprs]-[0-9A-Za-z-]{20,90}"),
    _pattern("a Stripe secret key", "sk_live_", r"sk_live_[0-9A-Za-z]{20,120}"),
    _pattern("a restricted Stripe key", "rk_live_", r"rk_live_[0-9A-Za-z]{20,120}"),
    _pattern("a SendGrid key", "SG.", r"SG\.[\w-]{22}\.[\w-]{43}"),
    _pattern(
        "a token of this console",
        PREFIX,
        rf"\b{PREFIX}[0-9A-Za-z_-]{{43}}[0-9A-Za-z]{{6}}\b",
        api_token_is_spelled_right,
    ),
    _pattern("an address with a password", "://", r"""://[\w.%+-]{0,60}:[^\s/@:'"`<>{}$]{3,100}@[\w.-]{3}"""),
)

# Files that hold secrets or nothing, whatever is in them.
SECRET_FILES: Final = re.compile(
    r"(?:^|/)(?:\.env(?:\.[\w.-]{1,40})?|\.npmrc|\.netrc|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519))\Z"
    r"|\.(?:p12|pfx|pem|jks|keystore|mobileprovision|ppk)\Z"
    r"|(?:^|/)\.git/config\Z",
    re.IGNORECASE,
)
