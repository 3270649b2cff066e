"""What follows from an operation on a key, in plain words, before anybody confirms it.

A sentence is a tuple of texts and moments: a page writes a moment in the viewer's zone, the command line in
UTC. What isn't counted isn't claimed: how many tokens are alive is estimated from the key's average, and says
so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signing.domain.cryptoperiod import KeyRules
from signing.domain.key_life import KeyLife
from signing.domain.key_operations import KeyOperation
from signing.domain.key_words import kid_short
from signing.domain.lifecycle import KeyPurpose, KeyState

Sentence = tuple[str | datetime, ...]

# What can't be taken back asks for more than a code.
IRREVERSIBLE: Final = frozenset({KeyOperation.REVOKE, KeyOperation.DESTROY})

_HEADLINES: Final[Mapping[KeyOperation, str]] = {
    KeyOperation.ROTATE: "The next key takes over before its time.",
    KeyOperation.SUSPEND: "This key is taken out of use until you resume it.",
    KeyOperation.RESUME: "This key verifies again what it signed.",
    KeyOperation.REVOKE: "This key is taken for compromised: nothing that it signed is good any more.",
    KeyOperation.DESTROY: "This key is destroyed for good.",
}
# What stands still while nothing signs: seconds, until the next key is made.
_STANDSTILL: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "no device of {app} gets an answer until one is made, seconds from now.",
    KeyPurpose.BACKEND_TOKEN: "the back end of {app} gets no token until one is made, seconds from now.",
    KeyPurpose.DOWNLOAD_TOKEN: "no device can download anything until one is made, seconds from now.",
    KeyPurpose.TRUST: "no new trust bundle of {app} is signed until one is made and a delegation names it.",
    KeyPurpose.ROOT: "no new delegation of {app} is signed until there is another root.",
    KeyPurpose.CHECKPOINT: "no checkpoint is signed, and what waits for one waits, until one is made, "
    "seconds from now.",
}
_SIGNED: Final[Mapping[KeyPurpose, str]] = {
    KeyPurpose.RELEASE_TOKEN: "token",
    KeyPurpose.BACKEND_TOKEN: "token",
    KeyPurpose.DOWNLOAD_TOKEN: "download link",
    KeyPurpose.TRUST: "trust bundle",
    KeyPurpose.ROOT: "delegation",
    KeyPurpose.CHECKPOINT: "checkpoint",
}


@dataclass(frozen=True, slots=True)
class Case:
    """An operation on a key, with all that decides what follows."""

    what: KeyOperation
    life: KeyLife
    successor: KeyLife | None
    rules: KeyRules
    now: datetime


@dataclass(frozen=True, slots=True)
class Consequences:
    """What will happen: a headline, then sentence by sentence."""

    headline: str
    sentences: tuple[Sentence, ...]
    is_irreversible: bool


def consequences(case: Case) -> Consequences:
    """Say what will follow."""
    tell = {
        KeyOperation.ROTATE: _rotate,
        KeyOperation.SUSPEND: _suspend,
        KeyOperation.RESUME: _resume,
        KeyOperation.REVOKE: _revoke,
        KeyOperation.DESTROY: _destroy,
    }[case.what]
    return Consequences(_HEADLINES[case.what], tuple(tell(case)), case.what in IRREVERSIBLE)


def _rotate(case: Case) -> list[Sentence]:
    successor, rules, now = case.successor, case.rules, case.now
    if successor is None or successor.published_at is None:
        at = now + rules.lead
        first: Sentence = (
            "There's no next key yet: one is made and published now. Clients may not know it before ",
            at,
            "; it takes over then. Until then this key goes on signing.",
        )
    else:
        at = max(rules.may_sign_from(successor.published_at), now)
        first = _takeover_when_known(successor, successor.published_at, at, now)
    sentences = [first]
    if case.life.purpose is KeyPurpose.TRUST:
        sentences.append(("It takes over only once a delegation of the root names it.",))
    ends = rules.verifies_until(at, case.life.last_expires_at)
    if ends is None:
        sentences.append(("This key then only verifies, for ever: what it signed goes on counting.",))
    else:
        sentences.append(("This key then only verifies, until ", ends, ": nobody's token is refused."))
    sentences.append(("Another next key is made and published in its place.",))
    return sentences


def _takeover_when_known(successor: KeyLife, published_at: datetime, at: datetime, now: datetime) -> Sentence:
    if successor.purpose is KeyPurpose.CHECKPOINT:
        return (f"The next key {kid_short(successor.kid)} takes over at ", at, ", with the next checkpoint.")
    if at <= now:
        return (
            f"The next key {kid_short(successor.kid)} takes over at once. It has been published since ",
            published_at,
            ", longer than any client caches.",
        )
    return (
        f"Clients may not know the next key {kid_short(successor.kid)} before ",
        at,
        "; it takes over then. Until then this key goes on signing.",
    )


def _suspend(case: Case) -> list[Sentence]:
    return [
        *_replacement(case),
        *_lost(case),
        ("It can be resumed: then it verifies again what it signed. It never signs again.",),
    ]


def _resume(case: Case) -> list[Sentence]:
    ends = case.rules.verifies_until(case.now, case.life.last_expires_at)
    if ends is None:
        return [
            ("It's again a key that signed, and may be trusted: what it signed counts, for ever.",),
            ("It doesn't sign again: another key does by now.",),
        ]
    alive = case.life.last_expires_at
    if alive is None or alive <= case.now:
        first: Sentence = (
            "No token that it signed is known to be alive, so there is little left to verify.",
        )
    else:
        first = ("What it signed is accepted again as long as it lives, until ", alive, " at the latest.")
    return [
        first,
        ("It doesn't sign again: another key does by now.",),
        ("It's published again, and retired after ", ends, "."),
    ]


def _revoke(case: Case) -> list[Sentence]:
    state = case.life.state
    if state is KeyState.PREPUBLISHED:
        return [
            ("It never signed anything, so nothing that anybody holds is touched.",),
            ("Its private half is destroyed, and another next key is made and published.",),
            *_undoable(case),
        ]
    if state is KeyState.RETIRED:
        return [
            ("Nothing alive was signed with it. What it ever signed is on record as not to be trusted.",),
            *_undoable(case),
        ]
    return [
        *_replacement(case),
        *_lost(case),
        *_pinned(case),
        ("Its private half is destroyed, and its kid is on the list of revoked keys.",),
        *_undoable(case),
    ]


def _destroy(case: Case) -> list[Sentence]:
    if case.life.state is KeyState.PREPUBLISHED:
        first: Sentence = ("It never signed anything. Another next key is made and published in its place.",)
    elif case.rules.verifies_for_ever:
        first = ("Its public half stays with the audit log: what it signed can still be checked.",)
    else:
        first = ("Nothing that it signed can ever be verified here again.",)
    return [first, ("Its row stays, without the key, as evidence.",), *_undoable(case)]


def _pinned(case: Case) -> list[Sentence]:
    """Warn of what no server can mend."""
    if case.life.purpose is not KeyPurpose.ROOT:
        return []
    if case.successor is not None:
        return [
            ("Apps that pin this root alone install nothing more until a build of theirs pins the next one.",)
        ]
    return [
        ("Apps pin this root. No app pins the one in its place: devices refuse what that signs.",),
        ("They install nothing more until they have a build that pins it.",),
    ]


def _undoable(case: Case) -> list[Sentence]:
    sentences: list[Sentence] = [("This can't be undone.",)]
    if case.life.is_local:
        sentences.append((
            "Backups that were made before still hold its private half, sealed under the KEK.",
        ))
    return sentences


def _replacement(case: Case) -> list[Sentence]:
    """Say who signs instead; nothing if it doesn't sign."""
    if case.life.state is not KeyState.ACTIVE:
        return [("It doesn't sign any more, so nothing that is signed from now on changes.",)]
    nothing: Sentence = ("Nothing signs with this key any more, from this moment on.",)
    successor = case.successor
    if successor is None or successor.published_at is None:
        standstill = _STANDSTILL[case.life.purpose].format(app=case.life.app_id)
        return [nothing, (f"There's no next key: {standstill}",)]
    known = case.rules.may_sign_from(successor.published_at)
    kid = kid_short(successor.kid)
    if case.rules.verifies_for_ever:
        return [nothing, (f"The next key {kid} takes over at once, with the next checkpoint.",)]
    if known <= case.now:
        since = successor.published_at
        return [nothing, (f"The next key {kid} takes over at once; clients have had it since ", since, ".")]
    late: Sentence = (
        f"The next key {kid} takes over at once. Clients that haven't looked since ",
        successor.published_at,
        " don't know it yet: they keep what they have until they look again, by ",
        known,
        " at the latest.",
    )
    return [nothing, late]


def _lost(case: Case) -> list[Sentence]:
    """Say what stops being valid."""
    if case.rules.verifies_for_ever:
        return _vouched(case)
    alive, noun = case.life.last_expires_at, _SIGNED[case.life.purpose]
    if case.life.purpose is KeyPurpose.DOWNLOAD_TOKEN:
        reach = "stop being valid here within seconds; devices then ask for new ones"
    else:
        minutes = round(case.rules.lead.total_seconds() / 60)
        reach = (
            f"stop being valid here at once, and for clients when they next look, within {minutes} minutes"
        )
    if case.life.purpose in {KeyPurpose.TRUST, KeyPurpose.ROOT}:
        return [(f"The {noun} that it signed is no longer offered; the key in its place signs another one.",)]
    if alive is None or alive <= case.now:
        return [(f"No {noun} that it signed is known to be alive.",)]
    return [(f"{_alive_words(case, noun)} {reach}.",)]


def _vouched(case: Case) -> list[Sentence]:
    """Say what becomes of signatures without an end: the next key's, over more of the log, covers them."""
    if case.what is KeyOperation.SUSPEND:
        return [("The checkpoints that it signed so far go on counting.",)]
    return [
        ("The checkpoints that it signed count no longer by themselves.",),
        ("They count as parts of the next one, which the key in its place signs over the same log.",),
    ]


def _alive_words(case: Case, noun: str) -> str:
    """Estimate how many are alive: a key's average over its time of signing, for as long as tokens live."""
    life, token_life = case.life, case.rules.token_life
    minutes = round(token_life.total_seconds() / 60)
    signed = (life.signed_until or case.now) - (life.activated_at or case.now)
    if signed <= token_life:
        return f"All {life.issued:,} {noun}s that it signed"
    number = round(life.issued * (token_life / signed))
    if number < 1:
        return f"The {noun}s that it signed in the last {minutes} minutes (fewer than one, by its average)"
    return f"About {number:,} {noun}s that it signed in the last {minutes} minutes (by its average)"
