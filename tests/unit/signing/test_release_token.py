from types import EllipsisType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releaseconsole.kernel.jose.errors import TokenRefusedError
from releaseconsole.kernel.jose.strict_json import object_parse
from signing.domain.release_token import RELEASE_TOKEN, release_claims_encode
from tests.support.tokens import APP_ID, DEVICE_ID, ISSUER, NOW, Release, install_claims

RELEASE_CLAIMS = ["release_id", "release_seq", "version", "bundle_sha256", "bundle_size", "manifest_sha256"]
NO_RELEASE: dict[str, EllipsisType] = dict.fromkeys(RELEASE_CLAIMS, ...)


def build(**changed: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "issuer": ISSUER,
        "app_id": APP_ID,
        "device_id": DEVICE_ID,
        "issued": NOW,
        "lifetime": 900,
        "jti": "h2e9GCH31Q3OQgvqTNhKCA",
        "decision": "install",
        "decision_seq": 12,
        "channel": "production",
        "nonce": None,
        "release": Release(),
    } | changed
    return object_parse(release_claims_encode(**arguments), what="claims")


BUILT = [
    pytest.param({}, install_claims(), id="install"),
    pytest.param({"decision": "current"}, install_claims(decision="current"), id="current"),
    pytest.param(
        {"decision": "builtin", "release": None},
        install_claims(decision="builtin", **NO_RELEASE),
        id="builtin",
    ),
    pytest.param(
        {"decision": "hold", "release": None},
        install_claims(decision="hold", **NO_RELEASE),
        id="hold on a channel",
    ),
    pytest.param(
        {"decision": "hold", "release": None, "channel": "", "decision_seq": 0},
        install_claims(decision="hold", channel="", decision_seq=0, **NO_RELEASE),
        id="hold without a channel",
    ),
    pytest.param({"nonce": "n" * 22}, install_claims(nonce="n" * 22), id="nonce"),
    pytest.param(
        {"release": Release(native_min="2.0.0", native_max="3.0.0")},
        install_claims(native_min="2.0.0", native_max="3.0.0"),
        id="bounded",
    ),
    pytest.param({"ext": {"plan": "gold"}}, install_claims(ext={"plan": "gold"}), id="custom claims"),
    pytest.param({"ext": {}}, install_claims(), id="no custom claims: absent, not empty"),
    pytest.param(
        {"release": Release(native_min="2.0.0")}, install_claims(native_min="2.0.0"), id="bounded below"
    ),
]


@pytest.mark.parametrize(("arguments", "claims"), BUILT)
def test_the_builder_makes_just_these_claims_and_the_kind_accepts_them(
    arguments: dict[str, Any], claims: dict[str, Any]
) -> None:
    assert build(**arguments) == claims
    RELEASE_TOKEN.claims_check(claims)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64),
)
def test_any_text_a_device_sends_comes_back_as_it_was(nonce: str, channel: str) -> None:
    claims = build(nonce=nonce, channel=channel)
    assert (claims["nonce"], claims["channel"]) == (nonce, channel)
    RELEASE_TOKEN.claims_check(claims)


REFUSED = [
    *[
        pytest.param(install_claims(**{name: ...}), "names a release without", id=f"install without {name}")
        for name in RELEASE_CLAIMS
    ],
    *[
        pytest.param(
            install_claims(decision="current", **{name: ...}),
            "names a release without",
            id=f"current without {name}",
        )
        for name in RELEASE_CLAIMS
    ],
    *[
        pytest.param(
            install_claims(decision=decision, **(NO_RELEASE | {name: value})),
            "decision that names none",
            id=f"{decision} with {name}",
        )
        for decision in ("builtin", "hold")
        for name, value in {
            **{name: install_claims()[name] for name in RELEASE_CLAIMS},
            "native_min": "1.0.0",
            "native_max": "1.0.0",
        }.items()
    ],
    *[
        pytest.param(install_claims(**{name: None}), f"claim {name}", id=f"{name} null")
        for name in [
            *RELEASE_CLAIMS,
            "decision",
            "decision_seq",
            "channel",
            "nonce",
            "native_min",
            "native_max",
        ]
    ],
    pytest.param(install_claims(decision="Install"), "claim decision", id="decision in capitals"),
    pytest.param(install_claims(decision="shutoff"), "claim decision", id="unknown decision"),
    pytest.param(install_claims(decision=["install"]), "claim decision", id="decision a list"),
    pytest.param(install_claims(decision_seq=0), "without a decision_seq", id="channel without decision_seq"),
    pytest.param(install_claims(decision_seq=-1), "claim decision_seq", id="decision_seq negative"),
    pytest.param(install_claims(decision_seq=1.0), "claim decision_seq", id="decision_seq a float"),
    pytest.param(install_claims(channel=""), "without a channel", id="install without a channel"),
    pytest.param(
        install_claims(decision="builtin", channel="", decision_seq=0, **NO_RELEASE),
        "without a channel",
        id="builtin without a channel",
    ),
    pytest.param(
        install_claims(decision="hold", channel="", **NO_RELEASE),
        "without a channel",
        id="decision_seq of no channel",
    ),
    pytest.param(install_claims(nonce=""), "claim nonce", id="nonce empty"),
    pytest.param(install_claims(nonce="n" * 129), "claim nonce", id="nonce too long"),
    pytest.param(install_claims(native_min=""), "claim native_min", id="native_min empty, not absent"),
    pytest.param(install_claims(release_id=0), "claim release_id", id="release_id 0"),
    pytest.param(install_claims(release_id="41"), "claim release_id", id="release_id a string"),
    pytest.param(install_claims(bundle_size=True), "claim bundle_size", id="bundle_size a boolean"),
    pytest.param(install_claims(bundle_size=2**53), "claim bundle_size", id="bundle_size inexact"),
    pytest.param(install_claims(bundle_sha256="AB" * 32), "claim bundle_sha256", id="hash in capitals"),
    pytest.param(install_claims(bundle_sha256="ab" * 31), "claim bundle_sha256", id="hash short"),
    pytest.param(install_claims(manifest_sha256="zz" * 32), "claim manifest_sha256", id="hash no hex"),
    pytest.param(install_claims(version=""), "claim version", id="version empty"),
]


@pytest.mark.parametrize(("claims", "reason"), REFUSED)
def test_claims_that_contradict_the_kind_are_refused(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(TokenRefusedError) as caught:
        RELEASE_TOKEN.claims_check(claims)
    assert reason in caught.value.reason
