"""Having files forget what the console deleted: it's in them until they are written anew.

Every letter to somebody outside is deleted once it's sent, so their address is in SQLite's write-ahead log
for as long as nothing else takes its place. What devices of erased people say on its way to being dropped is
in Redis' append-only file.
"""

from compliance.desk.backends.database_compaction import wal_truncate
from compliance.desk.backends.redis_search import redis_compact
from updates.backends.events import erased_passed_note, erased_passed_take


def leftovers_forget() -> bool:
    """Empty the one, and have the other written anew if anything went through it; says whether it could.

    What can't be had now is tried again the next time.
    """
    could = wal_truncate()
    if erased_passed_take() and not redis_compact():
        erased_passed_note()
        return False
    return could
