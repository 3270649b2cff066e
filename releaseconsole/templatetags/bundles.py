"""What pages about bundles write beside `console`."""

from django import template
from django.template.defaultfilters import filesizeformat

register = template.Library()


@register.filter
def byte_delta(size: int) -> str:
    """Write by how much something grew or shrank."""
    if not size:
        return "\u00b10"
    sign = "+" if size > 0 else "\u2212"
    return f"{sign}{filesizeformat(abs(size))}"
