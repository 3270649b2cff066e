"""Legal holds that stand over somebody: what one may have to show in court isn't erased (1798.105(d)(8))."""

from compliance.ledger.domain.events import ActorKind
from compliance.ledger.errors import LegalHoldError
from compliance.ledger.models import LegalHold
from compliance.ledger.selectors.holds import holds_over
from releaseconsole.personal_data import Subject
from updates.selectors.holding import apps_holding, testers_of


def holds_over_subject(subject: Subject) -> list[LegalHold]:
    """Return the holds on everything, on them, or on an app that holds something of theirs.

    Who has a device of theirs in a beta, or had it, is held with it: what it reported is of both.
    A hold on another thing keeps the audit log's values about that thing, as the plan says, and nothing else.
    """
    testers = subject.tester_ids | testers_of(subject.devices)
    named = [(ActorKind.TESTER.value, str(each)) for each in sorted(testers)]
    if subject.person_id is not None:
        named.append((ActorKind.PERSON.value, str(subject.person_id)))
    apps = apps_holding(devices=subject.devices, testers=testers)
    return holds_over(apps=apps, named=named)


def not_held_require(subject: Subject) -> None:
    """Make sure that no legal hold stands over somebody.

    Raises:
        LegalHoldError: One does; the request is denied on 1798.105(d)(8), or waits until it's lifted.
    """
    if holds := holds_over_subject(subject):
        numbers = ", ".join(str(hold.pk) for hold in holds)
        raise LegalHoldError(f"Legal hold {numbers} keeps what is held of them: nothing is erased.")
