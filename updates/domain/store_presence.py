"""Where an app is in the stores: what each value may be. Phones and stores refuse the rest without a word."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from updates.domain.names import APP_ID_MAX_LENGTH
from updates.domain.version import native_bound_check
from updates.errors import InvalidValueError

_TEAM_ID: Final = re.compile(r"[A-Z0-9]{10}\Z")
_BUNDLE_ID: Final = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
_PACKAGE: Final = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+\Z", re.ASCII)
_FINGERPRINT_DIGITS: Final = 64
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{1,31}\Z")
# Schemes that belong to browsers and systems: a link of one of these would act there, not open the app.
_TAKEN_SCHEMES: Final = frozenset({
    "about",
    "blob",
    "content",
    "data",
    "file",
    "ftp",
    "http",
    "https",
    "intent",
    "itms-apps",
    "itms-services",
    "javascript",
    "mailto",
    "market",
    "sms",
    "tel",
    "vbscript",
    "ws",
    "wss",
})
_MOST_FINGERPRINTS: Final = 10
_MAX_URL: Final = 300
_MAX_CONTACT: Final = 200


@dataclass(frozen=True, slots=True)
class StoreValues:
    """Where an app is in the stores; empty: it isn't, or nobody has said."""

    ios_team_id: str = ""
    ios_bundle_id: str = ""
    android_package: str = ""
    android_fingerprints: tuple[str, ...] = ()
    app_store_url: str = ""
    testflight_url: str = ""
    play_url: str = ""
    url_scheme: str = ""
    native_least: str = ""
    privacy_contact: str = ""
    privacy_url: str = ""


def store_values_check(values: StoreValues) -> StoreValues:
    """Return the values as they're kept, if phones can make use of them.

    Raises:
        InvalidValueError: One isn't acceptable, or one of a pair is missing.
    """
    return StoreValues(
        ios_team_id=_matching(values.ios_team_id, _TEAM_ID, "An Apple team id has ten capitals and digits."),
        ios_bundle_id=_ios_bundle_id(values),
        android_package=_android_package(values),
        android_fingerprints=_fingerprints(values.android_fingerprints),
        app_store_url=_url(values.app_store_url, "apps.apple.com", "The App Store's link"),
        testflight_url=_url(values.testflight_url, "testflight.apple.com", "TestFlight's link"),
        play_url=_url(values.play_url, "play.google.com", "Google Play's link"),
        url_scheme=_scheme(values.url_scheme),
        native_least=native_bound_check(values.native_least.strip()),
        privacy_contact=_line(values.privacy_contact),
        privacy_url=_url(values.privacy_url, "", "The privacy page's link"),
    )


def _matching(text: str, shape: re.Pattern[str], message: str) -> str:
    text = text.strip()
    if text and not shape.match(text):
        raise InvalidValueError(message)
    return text


def _ios_bundle_id(values: StoreValues) -> str:
    bundle_id = _matching(
        values.ios_bundle_id,
        _BUNDLE_ID,
        "An iOS bundle id is a reverse domain name such as com.example.clinic.",
    )
    _short(bundle_id)
    # A universal link names both: one alone would be served, and opened by no phone.
    if bool(bundle_id) != bool(values.ios_team_id.strip()):
        raise InvalidValueError("Give the Apple team id and the iOS bundle id together, or neither.")
    return bundle_id


def _android_package(values: StoreValues) -> str:
    package = _matching(
        values.android_package, _PACKAGE, "An Android package is a name such as com.example.clinic."
    )
    _short(package)
    if values.android_fingerprints and not package:
        raise InvalidValueError("Fingerprints belong to an Android package: give its name too.")
    return package


def _short(text: str) -> None:
    if len(text) > APP_ID_MAX_LENGTH:
        raise InvalidValueError(f"A store's name for an app has at most {APP_ID_MAX_LENGTH} characters.")


# Spell them as Android does: pairs of capital digits with colons.
def _fingerprints(texts: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        digits = text.strip().replace(":", "").upper()
        if not digits:
            continue
        if len(digits) != _FINGERPRINT_DIGITS or not re.fullmatch(r"[0-9A-F]+", digits):
            raise InvalidValueError(
                "A fingerprint is the SHA-256 of a signing certificate: 64 hexadecimal digits, as Play's "
                "“App signing” page and keytool write them."
            )
        found[":".join(digits[at : at + 2] for at in range(0, len(digits), 2))] = None
    if len(found) > _MOST_FINGERPRINTS:
        raise InvalidValueError(f"At most {_MOST_FINGERPRINTS} fingerprints are kept.")
    return tuple(found)


def _url(text: str, host: str, what: str) -> str:
    text = text.strip()
    if not text:
        return ""
    found = _https_host(text)
    if not found or len(text) > _MAX_URL:
        raise InvalidValueError(f"{what} begins with https:// and has at most {_MAX_URL} characters.")
    if host and found != host:
        raise InvalidValueError(f"{what} is on {host}.")
    return text


# Tell the host of a plain https address; empty: it's none, or it carries a port or somebody's password.
def _https_host(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
        is_plain = parts.scheme == "https" and parts.port is None and "@" not in parts.netloc
    except ValueError:
        return ""
    return (parts.hostname or "") if is_plain else ""


def _scheme(text: str) -> str:
    scheme = text.strip().lower().removesuffix("://").removesuffix(":")
    if scheme and (scheme in _TAKEN_SCHEMES or not _SCHEME.match(scheme)):
        raise InvalidValueError(
            "A scheme is the app's own: letters, digits, plus, dot and dash, without ://."
        )
    return scheme


def _line(text: str) -> str:
    text = text.strip()
    if len(text) > _MAX_CONTACT or not text.isprintable():
        raise InvalidValueError(f"A privacy contact is one line of at most {_MAX_CONTACT} characters.")
    return text
