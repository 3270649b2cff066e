"""Deleting rows whose time is over, but for those that a legal hold keeps: they stay until it's lifted."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from compliance.ledger.services.erasing import erasing_lock
from compliance.ledger.services.purges import Purge
from updates.selectors.holding import rows_held


def unheld_delete(over: QuerySet[Any], some: Callable[[QuerySet[Any]], int]) -> Purge:
    """Have rows deleted batch by batch, and count in the end what holds kept of them.

    Args:
        over: Those whose time is over.
        some: Deletes a batch of those that it's given, and says how many; 0: there are none left.
    """
    gone = 0
    while removed := _some_delete(over, some):
        gone += removed
    held = {hold: over.filter(kept).count() for hold, kept in rows_held(over.model).items()}
    return Purge(gone, held)


def _some_delete(over: QuerySet[Any], some: Callable[[QuerySet[Any]], int]) -> int:
    with transaction.atomic():
        erasing_lock()
        kept: list[Q] = list(rows_held(over.model).values())
        return some(over.exclude(reduce(or_, kept)) if kept else over)
