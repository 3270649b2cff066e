"""What was measured of one cryptographic library, and what that says about FIPS mode. Pure.

A library says of itself whether it is in FIPS mode, and is wrong about it in practice: its configuration can
ask for FIPS where no provider is there. So nothing is believed that wasn't tried: what is approved has to
work, and what isn't has to be refused by the same library.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Library(StrEnum):
    """What does the console's cryptography."""

    PYTHON = "python"
    CRYPTOGRAPHY = "cryptography"
    LIBPQ = "libpq"
    ARGON2 = "argon2"
    SYSTEM = "system"
    PKCS11 = "pkcs11"
    AWS_KMS = "awskms"
    PROXY = "proxy"
    OFFLINE = "offline"


LIBRARY_TITLES: Final[dict[Library, str]] = {
    Library.PYTHON: "OpenSSL of Python (hashlib, hmac, ssl)",
    Library.CRYPTOGRAPHY: "OpenSSL of the package cryptography",
    Library.LIBPQ: "OpenSSL of psycopg (libpq)",
    Library.ARGON2: "libargon2 of the package argon2-cffi",
    Library.SYSTEM: "The operating system's random generator",
    Library.PKCS11: "The HSM, by its PKCS#11 library",
    Library.AWS_KMS: "AWS KMS",
    Library.PROXY: "The proxy in front of the console",
    Library.OFFLINE: "The offline root's own machine",
}

# What the console itself loads, can ask and can try; without both of them in FIPS mode it isn't.
MEASURED: Final = (Library.PYTHON, Library.CRYPTOGRAPHY)
# Modules of others: what they are is in their certificates, and in nothing that this process could see.
ELSEWHERE: Final = frozenset({Library.PKCS11, Library.AWS_KMS, Library.PROXY, Library.OFFLINE})
# No module of any kind stands behind these, and none could.
OUTSIDE: Final = frozenset({Library.ARGON2, Library.SYSTEM})


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A file of a provider in this process's memory; no digest: the disk has another one by now."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that an OpenSSL has loaded.

    Attributes:
        name: As the configuration calls it; it can call any of them "fips".
        title: In its own words, as the next two.
        version: Of it.
        build: Of it.
        file: In which its code lies; empty where that can't be seen.
        does_fips: Whether it's the one that answers where FIPS algorithms are asked for.
        tests_itself: How the self-test that it was just asked for ended; None: it wasn't asked.
        checks_keys: Whether it refuses weak keys, as it says of itself; None: it doesn't say.
    """

    name: str
    title: str
    version: str
    build: str
    file: str = ""
    does_fips: bool = False
    tests_itself: bool | None = None
    checks_keys: bool | None = None

    @property
    def troubles(self) -> tuple[str, ...]:
        """What a FIPS provider says against itself."""
        found = []
        if self.tests_itself is False:
            found.append(f"The self-test of {self.title} fails.")
        if self.checks_keys is False:
            found.append(f"{self.title} is set up not to refuse weak keys (security-checks).")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An operation that was tried just now.

    Attributes:
        title: What was tried.
        is_approved: Whether a FIPS module has to do it; what isn't approved it has to refuse.
        worked: Whether it was done.
        said: What the library said, where it refused.
    """

    title: str
    is_approved: bool
    worked: bool
    said: str = ""

    @property
    def is_as_fips_asks(self) -> bool:
        """Whether a FIPS module would have answered the same."""
        return self.worked is self.is_approved


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What one library is, and did, at one moment.

    Attributes:
        library: Which.
        version: In its own words.
        linkage: How it came into the process, in words.
        providers: Those it has loaded; None where it can't be asked.
        asks_for_fips: Whether its configuration binds it to FIPS algorithms; None where it can't be asked.
        attempts: What was tried.
        files: Files of providers in this process's memory that may be this library's.
        module_version: Of the FIPS module that it runs; empty where there's none, or it can't be told.
    """

    library: Library
    version: str
    linkage: str
    providers: tuple[Provider, ...] | None
    asks_for_fips: bool | None
    attempts: tuple[Attempt, ...]
    files: tuple[ModuleFile, ...] = ()
    module_version: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return LIBRARY_TITLES[self.library]

    @property
    def fips_provider(self) -> Provider | None:
        """The FIPS provider that it has loaded and tells of."""
        return next((each for each in self.providers or () if each.does_fips), None)

    @property
    def failed(self) -> tuple[Attempt, ...]:
        """What should work under any configuration, and doesn't."""
        return tuple(each for each in self.attempts if each.is_approved and not each.worked)

    @property
    def went_through(self) -> tuple[Attempt, ...]:
        """What a FIPS module would have refused."""
        return tuple(each for each in self.attempts if not each.is_approved and each.worked)


class Mode(StrEnum):
    """What the evidence about a library, or a path through it, comes to."""

    FIPS = "fips"
    PLAIN = "plain"
    INCONSISTENT = "inconsistent"
    ELSEWHERE = "elsewhere"
    OUTSIDE = "outside"


MODE_WORDS: Final[dict[Mode, str]] = {
    Mode.FIPS: "FIPS provider at work",
    Mode.PLAIN: "not in FIPS mode",
    Mode.INCONSISTENT: "inconsistent",
    Mode.ELSEWHERE: "not measured from here",
    Mode.OUTSIDE: "outside of any module",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A mode, and why it isn't a better one."""

    mode: Mode
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The mode as pages write it."""
        return MODE_WORDS[self.mode]


def module_version(
    providers: Sequence[Provider] | None,
    *,
    files: Sequence[ModuleFile] = (),
    others: Sequence[LibraryFacts] = (),
) -> str:
    """Say which version of a FIPS module a library runs; empty where that can't be told.

    Args:
        providers: What it said; None where it can't be asked.
        files: Then: the files of modules that can only be its own.
        others: And what was measured of libraries that can be asked: a file that is byte for byte the one
            that another library runs has that one's version.
    """
    if providers is not None:
        return next((each.version for each in providers if each.does_fips), "")
    known = {
        file.sha256: facts.module_version
        for facts in others
        for file in facts.files
        if facts.fips_provider is not None and file.path == facts.fips_provider.file and file.sha256
    }
    found = {known.get(file.sha256, "") for file in files}
    return found.pop() if len(found) == 1 else ""


def library_judge(facts: LibraryFacts) -> Judgement:
    """Say what the evidence about a library comes to."""
    reasons = [f"{each.title} should work, and doesn't{_said(each)}." for each in facts.failed]
    if facts.asks_for_fips is None:
        return Judgement(Mode.ELSEWHERE, tuple(reasons))
    if not facts.asks_for_fips:
        if facts.fips_provider and not reasons:
            return Judgement(Mode.PLAIN, ("A FIPS provider is loaded, but nothing binds the library to it.",))
        return Judgement(Mode.INCONSISTENT if reasons else Mode.PLAIN, tuple(reasons))
    reasons += [
        f"{each.title} goes through, though the configuration asks for FIPS." for each in facts.went_through
    ]
    if facts.providers is not None and facts.fips_provider is None:
        reasons.append("The configuration asks for FIPS, and no FIPS provider is loaded.")
    if facts.fips_provider is not None:
        reasons += facts.fips_provider.troubles
    reasons += [
        f"{file.path} was replaced on the disk since this process loaded it: start it again."
        for file in facts.files
        if not file.sha256
    ]
    return Judgement(Mode.INCONSISTENT if reasons else Mode.FIPS, tuple(reasons))


def refusal_reasons(measured: Sequence[LibraryFacts], *, is_required: bool) -> list[str]:
    """Say why a process must not start with these libraries; empty: it may.

    Without a requirement that is only where nothing could be signed anyway: a clear word instead of a
    library's error about something else, deep inside.

    Args:
        measured: Each library that can be measured.
        is_required: Whether the operator asks for FIPS (`REQUIRE_FIPS`).
    """
    found = []
    for facts in measured:
        judgement = library_judge(facts)
        if facts.failed or (is_required and judgement.mode is Mode.INCONSISTENT):
            found += [f"{facts.title}: {reason}" for reason in judgement.reasons]
        elif is_required and judgement.mode is not Mode.FIPS:
            said = judgement.reasons or ("It isn't in FIPS mode, and does what FIPS doesn't allow.",)
            found += [f"{facts.title}: {reason}" for reason in said]
    return found


def _said(attempt: Attempt) -> str:
    return f" ({attempt.said})" if attempt.said else ""
