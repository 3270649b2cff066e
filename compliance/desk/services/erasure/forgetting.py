"""Having Redis' append-only file forget what devices of erased people said on their way to being dropped."""

from compliance.desk.backends.redis_search import redis_compact
from updates.backends.events import erased_passed_note, erased_passed_take


def streams_forget() -> bool:
    """Have the file written anew, if anything of them went through it; says whether that was done.

    Where it can't be had now, it's tried again the next time.
    """
    if not erased_passed_take():
        return False
    is_done = redis_compact()
    if not is_done:
        erased_passed_note()
    return is_done
