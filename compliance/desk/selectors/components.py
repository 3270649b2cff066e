"""What was said of the components of a cybersecurity audit."""

from dataclasses import dataclass

from compliance.desk.domain.cybersecurity import COMPONENTS, Component
from compliance.desk.models import ComponentStatement
from releaseconsole.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Shown:
    """A component with the statement in force, and those before it, the newest first."""

    component: Component
    said: ComponentStatement | None
    earlier: list[ComponentStatement]


def statements_current() -> dict[int, ComponentStatement]:
    """The statements in force, by component."""
    rows = ComponentStatement.objects.filter(replaced_at=None).select_related("said_by")
    return {row.component: row for row in rows}


def components_shown() -> list[Shown]:
    """List all components, each with what was said of it."""
    said, earlier = statements_current(), dict[int, list[ComponentStatement]]()
    for row in ComponentStatement.objects.exclude(replaced_at=None).order_by("-pk"):
        earlier.setdefault(row.component, []).append(row)
    return [Shown(each, said.get(each.number), earlier.get(each.number, [])) for each in COMPONENTS.values()]


def component_get(*, number: int) -> Shown:
    """Find one.

    Raises:
        NotFoundError: There's none of this number.
    """
    found = next((each for each in components_shown() if each.component.number == number), None)
    if found is None:
        raise NotFoundError("There's no such component.")
    return found
