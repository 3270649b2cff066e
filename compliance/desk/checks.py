"""System checks of the PHI register: what it declares of storage and the log is so, or nothing starts."""

from typing import Any, Final

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register

from compliance.desk.domain.event_facts import FACTS
from compliance.desk.domain.phi.inventory import field_faults
from compliance.ledger.domain.commitments import COMMITTED

_IDS: Final = {"storage": "desk.E001", "log": "desk.E002"}


@register(Tags.models)
def phi_inventory_check(**_: Any) -> list[CheckMessage]:
    """Hold the inventory of fields that may hold PHI to the models and to the audit log's facts."""
    columns = {
        f"{field.model._meta.label}.{field.name}"  # noqa: SLF001 (Django's documented API of models)
        for model in apps.get_models()
        for field in model._meta.local_fields  # noqa: SLF001 (as above)
    }
    faults = field_faults(columns, FACTS.values(), COMMITTED)
    return [Error(words, hint="See docs/phi.md.", id=_IDS[rule]) for rule, words in faults]
