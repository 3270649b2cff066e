"""What follows from a change of a token profile, in plain words, before anybody confirms it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from signing.domain.consequences import Sentence


def profile_consequences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, new_key_signs_at: datetime
) -> list[Sentence]:
    """Say what a change of settings will do; nothing for settings that stay.

    Args:
        before: The settings as they are, by column.
        after: The settings as they will be.
        new_key_signs_at: When a key that is published now may sign.
    """
    changed = {name for name in after if after[name] != before[name]}
    sentences: list[Sentence] = []
    if "algorithm" in changed:
        sentences += _algorithm(before["algorithm"], after["algorithm"], new_key_signs_at)
    sentences += _backend(before, after, changed)
    switches = {
        "handles_phi": (
            "Claims that aren't classified are taken for health data, and travel encrypted or not at all.",
            "Claims that aren't classified travel in the clear again.",
        ),
        "encrypts_personal": (
            "Tokens with personal claims are encrypted, and refused where there is no key to encrypt to.",
            "Tokens with personal claims may travel in the clear, with consent.",
        ),
        "devices_may_register": (
            "Devices may register a key of their own to which their tokens are encrypted.",
            "Devices can't register encryption keys any more; those registered stay.",
        ),
    }
    sentences += [(on if after[name] else off,) for name, (on, off) in switches.items() if name in changed]
    if "handles_phi" in changed:
        sentences += _PHI_RAISED if after["handles_phi"] else _PHI_LOWERED
    return sentences


_PHI_RAISED: Final[list[Sentence]] = [
    ("Ids that the app gives devices, and what devices add to their reports, are dropped from now on.",),
    ("No token of the app's is verified here any more: its back end does that, with the public keys.",),
    ("What the audit log tells of the app is kept for as long as documentation of health data.",),
]
_PHI_LOWERED: Final[list[Sentence]] = [
    ("Tokens of the app's are verified here again, and what devices add to their reports is kept.",),
    ("What the audit log tells of the app until now keeps its long term; what comes doesn't get it.",),
]


def _algorithm(before: str, after: str, at: datetime) -> list[Sentence]:
    return [
        (f"Release tokens are signed with {after} instead of {before}.",),
        (
            f"The key in waiting is withdrawn. One for {after} is made and published now, and signs from ",
            at,
            ", when every client can have it. Until then the present key goes on.",
        ),
        (f"Apps whose client library doesn't know {after} refuse every answer from then on.",),
    ]


def _backend(before: Mapping[str, Any], after: Mapping[str, Any], changed: set[str]) -> list[Sentence]:
    algorithm = after["backend_algorithm"]
    if "issues_backend_tokens" in changed:
        if after["issues_backend_tokens"]:
            return [(f"Tokens for the app's own back end can be issued, signed with {algorithm}.",)]
        return [("No more tokens are issued for the app's own back end.",)]
    if "backend_algorithm" in changed:
        return [(f"Back-end tokens are signed with {algorithm} instead of {before['backend_algorithm']}.",)]
    return []


def claim_consequences(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Sentence]:
    """Say what defining (`after`) or removing (None) a claim will do."""
    if after is None:
        return [
            (f"Tokens can't carry {name} any more: whoever asks for one with it is refused.",),
            ("Tokens that were issued with it stay good until they expire.",),
        ]
    sentences: list[Sentence] = []
    if before is not None:
        sentences.append((f"It replaces the definition of {name} that there is.",))
    if after["fixed"] is not None:
        sentences.append((f"Every token of this app carries {name}, those of devices among them.",))
    else:
        sentences.append((f"Tokens may carry {name}, with a value from whoever asks for the token.",))
    by_class = {
        "": "It isn't classified: in an app that handles health data it's taken for such.",
        "public": "Anybody who gets hold of a token may read it.",
        "internal": "It's for you and your app; a token isn't encrypted because of it.",
        "personal": "It's personal data: whoever asks for a token with it has to say that there is consent.",
        "phi": "It's health data: a token with it is encrypted, or refused where there's no key for that.",
    }
    sentences.append((by_class[after["class"]],))
    return sentences
