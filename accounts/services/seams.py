"""What other services give to those of security keys, as soon as they are there."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string


def record_bound(**facts: Any) -> None:
    """Put a bound authenticator on the record of all authenticators."""
    try:
        record: Callable[..., object] = import_string("accounts.services.authenticator_records.record_bound")
    except ImportError:
        return
    record(**facts)
