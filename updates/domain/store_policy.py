"""What the stores allow to be changed without them, as whoever signs a release off attests it.

The text is ours, short enough to be read each time; the stores' own is linked and has the last word. It's
dated and named: a sign-off says which text was attested, so a new wording gets a new name and this one goes
into `docs/sign-offs.md`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from updates.domain.platforms import Platform


@dataclass(frozen=True, slots=True)
class StoreRules:
    """What one store says, and where; `platforms` are those that it ships."""

    store: str
    platforms: frozenset[Platform]
    source: str
    address: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """All of it, as of a day; `name` is what sign-offs keep."""

    name: str
    as_of: date
    rules: tuple[StoreRules, ...]

    def for_platforms(self, platforms: list[str]) -> tuple[StoreRules, ...]:
        """Those that concern an app on these platforms."""
        return tuple(rules for rules in self.rules if rules.platforms.intersection(platforms))


CHECKLIST: Final = Checklist(
    name="stores-2025-11-13",
    as_of=date(2025, 11, 13),
    rules=(
        StoreRules(
            store="Apple",
            platforms=frozenset({Platform.IOS}),
            source="App Review Guidelines 2.5.2 and 4.7; Developer Program License Agreement 3.3.1(B), (C)",
            address="https://developer.apple.com/app-store/review/guidelines/",
            statements=(
                "The app stays what it was reviewed and described as in the store: its purpose is the same.",
                "It opens no store for other code or apps, and unlocks nothing that has to be bought in it.",
                "It is web content alone, and goes around no protection of the system.",
            ),
        ),
        StoreRules(
            store="Google",
            platforms=frozenset({Platform.ANDROID}),
            source="Google Play Developer Program Policies, Device and Network Abuse",
            address="https://support.google.com/googleplay/android-developer/answer/16559646",
            statements=(
                "It contains no native code (dex, JAR, .so): it runs in the web view alone.",
                "It collects no new data, uses no permission for another purpose, and misleads nobody.",
            ),
        ),
    ),
)
