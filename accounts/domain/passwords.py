"""What makes a password acceptable (NIST SP 800-63B-4, section 3.1.1): long, not known, not easily guessed.

No rule about which characters it has. Length alone lets "passwordpassword" through, so the list of known
passwords is applied as an attacker applies it: repeated, continued, spelled with digits, joined to names.
"""

import unicodedata
from collections.abc import Collection
from typing import Final

from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
from zxcvbn.scoring import most_guessable_match_sequence

# As for a password that is the only factor: leaked hashes shouldn't leave the second factor alone.
SHORTEST: Final = 15
LONGEST: Final = 1024  # hashing a megabyte would be a way to keep the server busy
# An offline attack on Argon2 hashes tries about ten thousand a second: eleven days for one password.
_FEWEST_GUESSES: Final = 10**10
# The estimate takes quadratic time; what follows can only make a password harder to guess.
_LOOKED_AT: Final = 64


def password_normal(password: str) -> str:
    """Spell it one way, however the keyboard composed it (NFKC, as section 3.1.1.2 asks)."""
    return unicodedata.normalize("NFKC", password)


def password_weakness(password: str, *, guessable: Collection[str]) -> str:
    """Say why a password isn't acceptable; empty when it is.

    Args:
        password: As it was typed.
        guessable: What a stranger would try for this person: name, address, the console's name and host.
    """
    normal = password_normal(password)
    if len(normal) < SHORTEST:
        return f"It's too short: at least {SHORTEST} characters. A few words that don't belong together do."
    if len(normal) > LONGEST:
        return f"It's too long: {LONGEST} characters are the most."
    if _guesses(normal, guessable) < _FEWEST_GUESSES:
        return (
            "It's easy to guess: known from leaks, a repetition, or made of what anybody would try for you. "
            "Add a word or two that nobody expects."
        )
    return ""


def guessable_words(*texts: str) -> set[str]:
    """Split names, addresses and hosts into what a guess would be made of."""
    words = {text.casefold() for text in texts}
    for text in texts:
        words |= {"".join(c for c in text.casefold() if c.isalnum())}
        words |= set("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return {word for word in words if len(word) > 2}  # noqa: PLR2004 (shorter ones are in every word)


def _guesses(password: str, guessable: Collection[str]) -> float:
    """Estimate how many guesses find it, from lists of leaked passwords, names and words."""
    # The library's own front door keeps one caller's words in a global, for the next thread to judge by.
    lists = {**RANKED_DICTIONARIES, "user_inputs": build_ranked_dict(sorted(guessable))}
    start = password[:_LOOKED_AT]
    return float(most_guessable_match_sequence(start, omnimatch(start, lists))["guesses"])
