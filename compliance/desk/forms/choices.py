"""What forms about the audit log offer to choose from."""

import re
from typing import Final

from compliance.desk.domain.objects import OBJECT_WORDS, object_words

_KIND: Final = re.compile(r"[a-z_]{1,32}")


def object_choices(chosen: str) -> list[tuple[str, str]]:
    """Offer each kind of object, and what was chosen of a later version or an earlier one.

    Args:
        chosen: As the address has it. Untrusted.
    """
    words = dict(OBJECT_WORDS)
    if _KIND.fullmatch(chosen):
        words.setdefault(chosen, object_words(chosen))
    return [("", "Anything"), *sorted(words.items(), key=lambda kind: kind[1])]
