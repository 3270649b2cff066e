"""RFC 6962, section 2.1, word for word and as slow as that: what the tree's own code is compared with."""

import hashlib
from collections.abc import Sequence


def textbook_root(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = _k(len(entries))
    return hashlib.sha256(b"\x01" + textbook_root(entries[:k]) + textbook_root(entries[k:])).digest()


def textbook_path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = _k(len(entries))
    if m < k:
        return [*textbook_path(m, entries[:k]), textbook_root(entries[k:])]
    return [*textbook_path(m - k, entries[k:]), textbook_root(entries[:k])]


def textbook_proof(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return _subproof(m, entries, whole=True)


def _subproof(m: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if whole else [textbook_root(entries)]
    k = _k(n)
    if m <= k:
        return [*_subproof(m, entries[:k], whole=whole), textbook_root(entries[k:])]
    return [*_subproof(m - k, entries[k:], whole=False), textbook_root(entries[:k])]


def _k(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
