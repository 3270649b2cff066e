"""Keeping the register of who has data from the operator: added, changed, ended; never deleted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.domain.operations import Operation
from accounts.models import StepUp, User
from compliance.desk.domain.downstream import FoundBy, ProviderRole
from compliance.desk.errors import ProviderError
from compliance.desk.models import ServiceProvider
from compliance.desk.services.party_register import PartyRegister
from compliance.desk.services.requiring import confirmation_use
from compliance.ledger.domain.events import Action


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """What is registered of a provider.

    Attributes:
        name: Who.
        role: What they are.
        address: Where notices go.
        holds: What they hold.
        found_by: By what they find somebody.
        apps: Of which apps; none: of all.
        contract_on: Day of the contract; None: there's none.
    """

    name: str
    role: ProviderRole
    address: str
    holds: str
    found_by: tuple[FoundBy, ...]
    apps: tuple[str, ...] = ()
    contract_on: date | None = None

    def columns(self) -> dict[str, Any]:
        """Write it as the register holds it."""
        return {
            "name": self.name.strip(),
            "role": self.role.value,
            "address": self.address.strip(),
            "holds": self.holds.strip(),
            "found_by": " ".join(sorted(each.value for each in self.found_by)),
            "app_ids": " ".join(sorted(self.apps)),
            "contract_on": self.contract_on,
        }


def provider_address_operation(
    *, terms: ProviderTerms, user: User, provider: ServiceProvider | None = None
) -> Operation:
    """Name what is confirmed: that this address gets from now on what notices say of people."""
    facts = {
        "provider": provider.pk if provider else "",
        "name": terms.name.strip(),
        "address": terms.address.strip(),
        "person": user.pk,
    }
    return Operation("compliance:provider:address", facts)


def provider_add(
    *, terms: ProviderTerms, user: User, now: datetime, step_up: StepUp | None = None
) -> ServiceProvider:
    """Register a provider.

    Args:
        terms: What is registered.
        user: Who registers it.
        now: When.
        step_up: Their confirmation of the address (`provider_address_operation`).

    Raises:
        ProviderError: There's one of this name, or something is missing.
        StepUpRequiredError: Nobody confirmed exactly this address.
    """
    with transaction.atomic():
        _terms_check(terms)
        _confirmed_require(step_up, terms, user)
        return _REGISTER.add(terms.columns(), user=user, now=now)


def provider_change(
    *,
    provider_id: int,
    terms: ProviderTerms,
    version: int,
    user: User,
    now: datetime,
    step_up: StepUp | None = None,
) -> ServiceProvider:
    """Change what is registered, as of the version that the person saw.

    Args:
        provider_id: Of whom.
        terms: What is registered from now on.
        version: That they saw.
        user: Who changes it.
        now: When.
        step_up: Their confirmation, where it's another address (`provider_address_operation`).

    Raises:
        ProviderError: They have ended, somebody else changed it meanwhile, or the terms can't be.
        StepUpRequiredError: It's another address, and nobody confirmed exactly that.
    """
    with transaction.atomic():
        row = _REGISTER.locked(provider_id, version=version)
        _terms_check(terms)
        if terms.address.strip() != row.address:
            _confirmed_require(step_up, terms, user, row)
        return _REGISTER.change(row, terms.columns(), user=user, now=now)


def provider_end(*, provider_id: int, reason: str, user: User, now: datetime) -> ServiceProvider:
    """Say that a provider has nothing any more; what was registered, and notices that are open, stay.

    Raises:
        ProviderError: They have ended already, or nobody says why.
    """
    return _REGISTER.end(provider_id, reason=reason, user=user, now=now)


def _confirmed_require(
    step_up: StepUp | None, terms: ProviderTerms, user: User, provider: ServiceProvider | None = None
) -> None:
    operation = provider_address_operation(terms=terms, user=user, provider=provider)
    confirmation_use(step_up=step_up, user=user, operation=operation)


def _terms_check(terms: ProviderTerms) -> None:
    if not (terms.name.strip() and terms.address.strip() and terms.holds.strip() and terms.found_by):
        raise ProviderError("A provider has a name, an address, something it holds, and a way to find it.")


def _facts(row: ServiceProvider) -> dict[str, Any]:
    return {
        "name": row.name,
        "email": row.address,
        "notes": row.holds,
        "role": row.role,
        "found_by": row.found_by.split(),
        "apps": list(row.apps),
        "contract_on": row.contract_on.isoformat() if row.contract_on else "",
    }


_REGISTER: Final = PartyRegister(
    rows=ServiceProvider.objects.all,
    noun="provider",
    article="A",
    subject="service_provider",
    error=ProviderError,
    added=Action.PROVIDER_ADDED,
    changed=Action.PROVIDER_CHANGED,
    ended=Action.PROVIDER_ENDED,
    facts=_facts,
)
