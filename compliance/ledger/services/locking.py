"""Taking turns across processes and hosts: PostgreSQL's advisory locks, until the transaction ends.

SQLite needs none: its transactions are IMMEDIATE, so there the whole database is locked already.
"""

from enum import IntEnum

from django.db import connection


class Turn(IntEnum):
    """What is done by one at a time; the numbers are the database's for all of the console."""

    SEQUENCING = 0x6175_6469_745F_6C6F  # "audit_lo"
    ERASING = 0x6175_6469_745F_6572  # "audit_er"
    BEGINNING = 0x6175_6469_745F_6265  # "audit_be"
    EVIDENCE = 0x6175_6469_745F_6576  # "audit_ev"


def turn_take(turn: Turn) -> None:
    """Wait for one's turn; it's over when the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [turn.value])
