"""Words that the console itself uses: ids of apps, channels, versions, actions. Nobody is looked for by one.

Whoever asks says what they're known by, and a user name may be anything. Looking for `production` everywhere
would take it out of every text. Each floor knows its own words.
"""

from collections.abc import Callable, Collection
from typing import Final

from releaseconsole.personal_data.needles import Needles
from releaseconsole.personal_data.subjects import Subject, is_drawn

# Which of these texts, in small letters, are words of a floor's own.
OwnWords = Callable[[Collection[str]], Collection[str]]

_asked: Final[dict[str, OwnWords]] = {}


def own_words_register(name: str, words: OwnWords) -> None:
    """Ask `words` from now on; a second one of the same name takes the first one's place."""
    _asked[name] = words


def needles_of(subject: Subject) -> Needles:
    """Say what somebody is looked for by in texts and files.

    A user name means them within its app only, and so does the id of a device that an app made up of words.
    """
    telling = frozenset(subject.needles()) - _own(subject)
    by_app: dict[str, set[str]] = {}
    for each in subject.custom_ids | subject.devices:
        by_app.setdefault(each.app_id, set()).add(each.id)
    return Needles(
        telling & ({each.id for each in subject.devices if is_drawn(each.id)} | subject.emails),
        {app_id: frozenset(theirs & telling) for app_id, theirs in by_app.items() if theirs & telling},
    )


def needles_left_out(subject: Subject) -> list[str]:
    """Say what they're known by and nobody is looked for by in texts."""
    return sorted({*subject.needles_left_out(), *_own(subject)})


def _own(subject: Subject) -> set[str]:
    """Return which of their needles are words of the console's own."""
    spelled: dict[str, list[str]] = {}
    for each in subject.needles():
        spelled.setdefault(each.casefold(), []).append(each)
    found = {word for words in _asked.values() for word in words(frozenset(spelled))}
    return {each for word in found for each in spelled.get(word, ())}
