"""What follows from what people do to roots, imported keys and back ends' keys, in plain words."""

from typing import Final

from signing.domain.consequences import Sentence

IMPORT: Final[tuple[Sentence, ...]] = (
    ("The imported key becomes the next key of the app's release tokens; the one in waiting is withdrawn.",),
    ("It's published at once, and signs when it's its turn.",),
    ("The console can't know where it has been: a copy left elsewhere can sign what devices install.",),
)
ROOT_REGISTER: Final[tuple[Sentence, ...]] = (
    ("If the app has a root already, nothing changes until a rotation is signed by both.",),
    ("If it has none, the new root is in force at once, and has to sign a delegation first.",),
    ("From then on this console alone can't make anybody's key good for the app's devices.",),
)
ROOT_ROTATE: Final[tuple[Sentence, ...]] = (
    ("A new root, made here, takes over from the present one; both sign the rotation.",),
    ("Devices that pin the present root follow it to the new one.",),
    ("The present root's private half is destroyed if it's kept here. This can't be undone.",),
    ("Pin the new root in the app's next build.",),
)
CEREMONY: Final[tuple[Sentence, ...]] = (
    ("What the offline root signed is put in force.",),
    ("It's taken only if the root signed it and it says what the console would ask for now.",),
)
RECIPIENT_REMOVE: Final[tuple[Sentence, ...]] = (
    ("The app's back end gets nothing encrypted until it registers another key.",),
    ("Whoever holds an API token that may issue tokens for this app can register the next key, once.",),
    ("What was encrypted to this key can still be opened with it.",),
)
