"""What a privacy request can be, and what may be done to it when.

Names of states follow the Data Rights Protocol where it has one (`open`, `in_progress`, `denied`).
"""

from enum import StrEnum
from typing import Final

from compliance.desk.errors import RequestStateError


class Kind(StrEnum):
    """What is asked for."""

    DELETE = "delete"
    KNOW = "know"
    CORRECT = "correct"
    OPT_OUT = "opt_out"
    LIMIT = "limit"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _KIND_WORDS[self]

    @property
    def is_opt_out(self) -> bool:
        """Whether it's to opt out or to limit: 15 business days, no extension, no identity asked."""
        return self in OPT_OUTS


_KIND_WORDS: Final = {
    Kind.DELETE: "delete",
    Kind.KNOW: "know",
    Kind.CORRECT: "correct",
    Kind.OPT_OUT: "opt out of sale or sharing",
    Kind.LIMIT: "limit the use of sensitive data",
}
OPT_OUTS: Final = frozenset({Kind.OPT_OUT, Kind.LIMIT})


class Scope(StrEnum):
    """How much somebody wants to know; nothing for other kinds."""

    NONE = ""
    CATEGORIES = "categories"
    SPECIFIC = "specific"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _SCOPE_WORDS[self]


_SCOPE_WORDS: Final = {
    Scope.NONE: "",
    Scope.CATEGORIES: "which kinds of data",
    Scope.SPECIFIC: "the data themselves",
}


class Channel(StrEnum):
    """How a request came."""

    FORM = "form"
    TESTER = "tester"
    DEVICE = "device"
    CONSOLE = "console"
    MAIL = "mail"
    PHONE = "phone"
    LETTER = "letter"

    @property
    def words(self) -> str:
        """How pages write it."""
        return _CHANNEL_WORDS[self]


_CHANNEL_WORDS: Final = {
    Channel.FORM: "public form",
    Channel.TESTER: "tester's page",
    Channel.DEVICE: "device",
    Channel.CONSOLE: "console",
    Channel.MAIL: "e-mail",
    Channel.PHONE: "phone",
    Channel.LETTER: "letter",
}
# What an officer enters; only these can have come before they were entered.
BY_OFFICER: Final = (Channel.MAIL, Channel.PHONE, Channel.LETTER, Channel.CONSOLE)


class State(StrEnum):
    """Life of a request."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How it ended; nothing while it runs."""

    NONE = ""
    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"

    @property
    def needs_basis(self) -> bool:
        """Whether something was refused, so that the section must be named."""
        return self in {Outcome.PARTIAL, Outcome.DENIED}

    @property
    def words(self) -> str:
        """How pages and letters write it."""
        return _OUTCOME_WORDS[self]


_OUTCOME_WORDS: Final = {
    Outcome.NONE: "",
    Outcome.COMPLETE: "complied with",
    Outcome.PARTIAL: "complied with in part",
    Outcome.DENIED: "denied",
    Outcome.WITHDRAWN: "withdrawn",
}


class Step(StrEnum):
    """One thing that happened to a request."""

    RECEIVED = "received"
    REPEATED = "repeated"
    BACKDATED = "backdated"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    VERIFICATION_FAILED = "verification_failed"
    EXTENDED = "extended"
    ERASED = "erased"
    PLANNED = "planned"
    ERASING = "erasing"
    STUCK = "stuck"
    GIVEN_UP = "given_up"
    ERASURE_DONE = "erasure_done"
    PACKAGED = "packaged"
    PROVIDERS_TOLD = "providers_told"
    PROVIDER_SENT = "provider_sent"
    PROVIDER_ANSWERED = "provider_answered"
    PROVIDERS_OPEN = "providers_open"
    LETTER_FAILED = "letter_failed"
    LETTER_POSTED = "letter_posted"
    COMPLETED = "completed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """How the timeline writes it."""
        return _STEP_WORDS[self]


_STEP_WORDS: Final = {
    Step.RECEIVED: "Received",
    Step.REPEATED: "Sent once more, and told another reference",
    Step.BACKDATED: "Time of receipt moved back",
    Step.ACKNOWLEDGED: "Acknowledged",
    Step.VERIFIED: "Identity verified",
    Step.VERIFICATION_FAILED: "Identity not verified",
    Step.EXTENDED: "Extended to 90 days",
    Step.ERASED: "Data of a tester erased",
    Step.PLANNED: "Counted what would be erased",
    Step.ERASING: "Erasure begun",
    Step.STUCK: "Erasure stuck: somebody has to look",
    Step.GIVEN_UP: "Erasure given up",
    Step.ERASURE_DONE: "Data erased everywhere, and searched for",
    Step.PACKAGED: "Package of what is held taken",
    Step.PROVIDERS_TOLD: "Notices written to providers",
    Step.PROVIDER_SENT: "Notice sent to a provider",
    Step.PROVIDER_ANSWERED: "Notice to a provider settled",
    Step.PROVIDERS_OPEN: "Answered before every provider had",
    Step.LETTER_FAILED: "A letter couldn't be sent: print it",
    Step.LETTER_POSTED: "A letter was printed and posted",
    Step.COMPLETED: "Complied with",
    Step.DENIED: "Denied",
    Step.WITHDRAWN: "Withdrawn by who asked",
}
# What happens to a request once at most; a constraint of models.requests says it again.
ONCE: Final = (
    Step.RECEIVED,
    Step.ACKNOWLEDGED,
    Step.EXTENDED,
    Step.COMPLETED,
    Step.DENIED,
    Step.WITHDRAWN,
)


def running_require(state: State) -> None:
    """Make sure that a request isn't closed.

    Raises:
        RequestStateError: It's closed; a closed request is a record, and nothing is done to it.
    """
    if state is State.CLOSED:
        raise RequestStateError("The request is closed.")


def acknowledgement_require(kind: Kind, state: State) -> None:
    """Make sure that a request can be acknowledged.

    Raises:
        RequestStateError: It has been, it's closed, or its kind has no acknowledgement.
    """
    running_require(state)
    if kind.is_opt_out:
        raise RequestStateError("A request of this kind isn't acknowledged but done.")
    if state is not State.OPEN:
        raise RequestStateError("The request has been acknowledged already.")
