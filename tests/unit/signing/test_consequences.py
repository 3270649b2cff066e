"""What people are told before they confirm."""

from dataclasses import replace
from datetime import datetime

import pytest

from releaseconsole.kernel.randomness import uuid4
from signing.domain.consequences import Case, Consequences, consequences
from signing.domain.key_life import KeyLife
from signing.domain.key_operations import STARTS, KeyOperation
from signing.domain.lifecycle import KeyPurpose, KeyState
from tests.unit.signing.test_timeline import DAY, MINUTE, NOW, RULES

ACTIVE = KeyLife(
    uuid4(),
    "activekid-and-more",
    KeyPurpose.RELEASE_TOKEN,
    "com.example.clinic",
    "ES256",
    KeyState.ACTIVE,
    published_at=NOW - 40 * DAY,
    activated_at=NOW - 10 * DAY,
    issued=1_200_000,
    last_expires_at=NOW + 14 * MINUTE,
)
NEXT = KeyLife(
    uuid4(),
    "h3Kxnext-and-more",
    KeyPurpose.RELEASE_TOKEN,
    "com.example.clinic",
    "ES256",
    KeyState.PREPUBLISHED,
    published_at=NOW - 10 * DAY,
)
FRESH = replace(NEXT, published_at=NOW - 6 * MINUTE)


def told(what: KeyOperation, life: KeyLife = ACTIVE, successor: KeyLife | None = NEXT) -> Consequences:
    return consequences(Case(what, life, successor, RULES, NOW))


def text(found: Consequences) -> str:
    def part(piece: str | datetime) -> str:
        return f"{piece:%d %b %H:%M}" if isinstance(piece, datetime) else piece

    return " ".join("".join(part(piece) for piece in sentence) for sentence in found.sentences)


def test_rotating_to_a_key_that_everybody_has_acts_at_once() -> None:
    said = text(told(KeyOperation.ROTATE))
    assert "The next key h3Kxnext… takes over at once. It has been published since 15 Nov 12:00" in said
    assert "nobody's token is refused" in said


def test_rotating_within_the_lead_waits_until_clients_know_the_next_key() -> None:
    said = text(told(KeyOperation.ROTATE, successor=FRESH))
    assert "Clients may not know the next key h3Kxnext… before 25 Nov 13:00; it takes over then." in said


def test_rotating_without_a_next_key_makes_one_first() -> None:
    said = text(told(KeyOperation.ROTATE, successor=None))
    assert "There's no next key yet" in said
    assert "before 25 Nov 13:06" in said


def test_rotating_a_trust_key_waits_for_a_delegation_too() -> None:
    said = text(told(KeyOperation.ROTATE, replace(ACTIVE, purpose=KeyPurpose.TRUST)))
    assert "once a delegation of the root names it" in said


def test_suspending_hands_over_at_once_and_counts_what_is_lost() -> None:
    said = text(told(KeyOperation.SUSPEND))
    assert "Nothing signs with this key any more" in said
    assert "h3Kxnext… takes over at once; clients have had it since 15 Nov 12:00." in said
    # 1,200,000 in ten days make 1,250 in a quarter of an hour
    assert "About 1,250 tokens that it signed in the last 15 minutes (by its average) stop" in said
    assert "within 66 minutes." in said
    assert "It never signs again." in said


def test_in_an_emergency_some_clients_may_not_know_the_next_key() -> None:
    said = text(told(KeyOperation.REVOKE, successor=FRESH))
    assert "Clients that haven't looked since 25 Nov 11:54 don't know it yet" in said
    assert "by 25 Nov 13:00 at the latest" in said


@pytest.mark.parametrize(
    ("purpose", "words"),
    [
        (KeyPurpose.RELEASE_TOKEN, "no device of com.example.clinic gets an answer"),
        (KeyPurpose.BACKEND_TOKEN, "the back end of com.example.clinic gets no token"),
        (KeyPurpose.DOWNLOAD_TOKEN, "no device can download anything"),
        (KeyPurpose.TRUST, "no new trust bundle"),
        (KeyPurpose.ROOT, "no new delegation"),
        (KeyPurpose.CHECKPOINT, "no checkpoint is signed, and what waits for one waits"),
    ],
)
def test_without_a_next_key_it_says_what_stands_still(purpose: KeyPurpose, words: str) -> None:
    for what in (KeyOperation.SUSPEND, KeyOperation.REVOKE):
        said = text(told(what, replace(ACTIVE, purpose=purpose), successor=None))
        assert f"There's no next key: {words}" in said


def test_a_young_key_is_counted_not_estimated() -> None:
    young = replace(ACTIVE, activated_at=NOW - 5 * MINUTE, issued=37)
    assert "All 37 tokens that it signed stop" in text(told(KeyOperation.SUSPEND, young))


def test_a_key_that_hardly_signs_is_not_counted_as_none() -> None:
    assert "fewer than one" in text(told(KeyOperation.SUSPEND, replace(ACTIVE, issued=3)))


@pytest.mark.parametrize("expired", [None, NOW, NOW - MINUTE])
def test_where_nothing_is_alive_nothing_is_lost(expired: datetime | None) -> None:
    said = text(told(KeyOperation.SUSPEND, replace(ACTIVE, last_expires_at=expired)))
    assert "No token that it signed is known to be alive." in said


def test_download_links_are_asked_for_anew() -> None:
    said = text(told(KeyOperation.SUSPEND, replace(ACTIVE, purpose=KeyPurpose.DOWNLOAD_TOKEN)))
    assert "download links" in said
    assert "devices then ask for new ones" in said


def test_documents_of_trust_are_signed_by_the_next_key() -> None:
    said = text(told(KeyOperation.REVOKE, replace(ACTIVE, purpose=KeyPurpose.TRUST)))
    assert "The trust bundle that it signed is no longer offered" in said


def test_revoking_a_root_says_what_the_chain_cannot_mend() -> None:
    root = replace(ACTIVE, purpose=KeyPurpose.ROOT)
    assert "until a build of theirs pins the next one" in text(told(KeyOperation.REVOKE, root))
    said = text(told(KeyOperation.REVOKE, root, successor=None))
    assert "They install nothing more until they have a build that pins it." in said


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (KeyOperation.ROTATE, "takes over at 25 Nov 12:00, with the next checkpoint. This key then only"),
        (KeyOperation.ROTATE, "verifies, for ever: what it signed goes on counting"),
        (KeyOperation.SUSPEND, "h3Kxnext… takes over at once, with the next checkpoint."),
        (KeyOperation.SUSPEND, "The checkpoints that it signed so far go on counting."),
        (KeyOperation.RESUME, "what it signed counts, for ever."),
        (KeyOperation.REVOKE, "count no longer by themselves"),
        (KeyOperation.REVOKE, "as parts of the next one"),
        (KeyOperation.DESTROY, "what it signed can still be checked"),
    ],
)
def test_checkpoints_outlive_their_key(what: KeyOperation, words: str) -> None:
    signs, follows = (replace(key, purpose=KeyPurpose.CHECKPOINT) for key in (ACTIVE, NEXT))
    rules = replace(RULES, verifies_for_ever=True)
    assert words in text(consequences(Case(what, signs, follows, rules, NOW)))


def test_what_no_longer_signs_hands_nothing_over() -> None:
    ended = replace(ACTIVE, state=KeyState.VERIFY_ONLY, deactivated_at=NOW - MINUTE)
    assert "It doesn't sign any more" in text(told(KeyOperation.REVOKE, ended))


def test_resuming_lets_verify_not_sign() -> None:
    suspended = replace(ACTIVE, state=KeyState.SUSPENDED, suspended_at=NOW - MINUTE)
    said = text(told(KeyOperation.RESUME, suspended))
    assert "accepted again as long as it lives, until 25 Nov 12:14" in said
    assert "It doesn't sign again" in said
    said = text(told(KeyOperation.RESUME, replace(suspended, last_expires_at=NOW)))
    assert "little left to verify" in said


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (KeyState.PREPUBLISHED, "It never signed anything"),
        (KeyState.RETIRED, "Nothing alive was signed with it"),
        (KeyState.ACTIVE, "its kid is on the list of revoked keys"),
    ],
)
def test_revoking_says_what_it_means_for_this_key(state: KeyState, words: str) -> None:
    said = text(told(KeyOperation.REVOKE, replace(ACTIVE, state=state)))
    assert words in said
    assert "This can't be undone." in said


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (KeyState.PREPUBLISHED, "It never signed anything"),
        (KeyState.COMPROMISED, "can ever be verified here again"),
    ],
)
def test_destroying_says_what_it_means_for_this_key(state: KeyState, words: str) -> None:
    assert words in text(told(KeyOperation.DESTROY, replace(ACTIVE, state=state)))


def test_backups_are_mentioned_where_they_hold_the_key() -> None:
    assert "Backups that were made before" in text(told(KeyOperation.DESTROY, ACTIVE))
    assert "Backups" not in text(told(KeyOperation.DESTROY, replace(ACTIVE, is_local=False)))


@pytest.mark.parametrize("what", KeyOperation)
def test_only_what_has_no_way_back_asks_for_more(what: KeyOperation) -> None:
    for state in STARTS[what]:
        found = told(what, replace(ACTIVE, state=state))
        assert found.is_irreversible == (what in {KeyOperation.REVOKE, KeyOperation.DESTROY})
        assert ("can't be undone" in text(found)) == found.is_irreversible
