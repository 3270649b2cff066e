"""Long forms in groups, each with a heading and a sentence."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.forms.boundfield import BoundField


class GroupedForm(forms.Form):
    """A form that says which of its fields belong together."""

    groups_of_fields: ClassVar[tuple[tuple[str, str, tuple[str, ...]], ...]] = ()

    def groups(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        """Give each group's heading, sentence and fields, without fields that this form hasn't.

        Yields:
            A group each.
        """
        for heading, lead, names in self.groups_of_fields:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield heading, lead, fields
