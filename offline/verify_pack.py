#!/usr/bin/env python3
"""Verifies an export pack of a Release Console's audit log, offline; VERIFY.md says in words how.

One file: Python 3.9 or later with its standard library, and the `openssl` command. It trusts nothing in the
pack, and ends with 0: it holds, 1: it doesn't, and where, 2: it couldn't be checked.

    python3 -I verify.py [PACK] [--key audit-log-keys.pem] [--checkpoint checkpoint.txt]
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import heapq
import io
import json
import re
import subprocess
import sys
import tempfile
from functools import reduce
from operator import getitem, itemgetter
from pathlib import Path
from typing import IO, Any

FORMAT = "release-console-audit-export/1"
BEFORE_MANIFEST = b"release-console audit export manifest v1\n\n"  # so that it's never a checkpoint
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
COMMENTED_KEY = re.compile(r"((?:#.*\n)*)-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----")
NEEDED = {"events.jsonl", "headers.jsonl", "events.csv", "checkpoint.txt", "proof.json", "log.pub.pem",
          "audit_log_keys.json", "report.pdf", "verify.py", "VERIFY.md"}  # fmt: skip
ORDERED = ("id", "period", "filter", "personal", "reason", "requested_at", "requested_by")
COLUMNS = ["sequence", "at", "who", "did", "action", "outcome", "actor_kind", "actor_id", "app",
           "object_type", "object_id", "facts", "personal", "event_id", "leaf_hash"]  # fmt: skip
OUTSIDE_PERIOD, FILTERED_OUT = "outside the period", "not asked for by the filter"
ERASING = {"compliance:content:expire": "retention", "compliance:disclosure:erase": "privacy"}  # action: why


class Refused(Exception):  # noqa: N818 (what this is about, in one word)
    """The pack doesn't hold; the text says where."""


class NotChecked(Exception):  # noqa: N818 (the same)
    """What would show whether it holds isn't there."""


def need(holds: object, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)


class Pack:
    """The files of a pack; `at` is the one that was opened last."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at = folder, ""

    def open(self, name: str) -> IO[bytes]:
        self.at = name
        need((self.folder / name).exists(), f"{name} is missing")
        return (self.folder / name).open("rb")

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()


class Tree:
    """The log's Merkle tree (RFC 6962), put together from left to right out of perfect subtrees."""

    def __init__(self, first: int, left: list[str], where: str) -> None:
        self.size = 0
        self.parts: list[tuple[int, bytes]] = []  # level and hash; the levels fall
        self.add_until(first, left, where)

    def add(self, level: int, digest: bytes) -> None:
        self.size += 1 << level
        while self.parts and self.parts[-1][0] == level:
            level, digest = level + 1, sha256(b"\x01", self.parts.pop()[1], digest)
        self.parts.append((level, digest))

    def add_until(self, end: int, hashes: list[str], where: str) -> None:
        """Add the entries up to `end`, of which only the hashes of the perfect subtrees are known."""
        for text in hashes:
            need(self.size < end, f"{where}: it has more hashes than there are subtrees")
            widest = (end - self.size).bit_length() - 1
            level = min(widest, (self.size & -self.size).bit_length() - 1) if self.size else widest
            self.add(level, base64.b64decode(text, validate=True))
        need(self.size == end, f"{where}: its hashes reach entry {self.size}, not {end}")

    def root(self, size: int, right: list[str], where: str) -> bytes:
        self.add_until(size, right, where)
        root = self.parts[-1][1] if self.parts else sha256()
        for _, left in reversed(self.parts[:-1]):
            root = sha256(b"\x01", left, root)
        return root


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def digest_of(text: str) -> str:
    return base64.urlsafe_b64encode(sha256(text.encode())).rstrip(b"=").decode()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parse(text: str, where: str) -> Any:
    """Read JSON that has one spelling only: nobody can read it in another way."""
    value = json.loads(text)
    need(canonical(value) == text, f"{where}: it isn't written in the one way")
    return value


def files_check(pack: Pack, files: dict[str, Any]) -> None:
    there = {each.name for each in pack.folder.iterdir()} - {"manifest.json", "manifest.sig"}
    for name in sorted(there | NEEDED | set(files)):
        digest = hashlib.sha256()
        with pack.open(name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
        named = files.get(name, {}).get("sha256")
        need(named == digest.hexdigest(), f"{name}: the manifest names no such file; it was changed or added")


def signature_check(pem: bytes, signature: bytes, body: bytes, where: str) -> None:
    """Verify ECDSA on P-256 over SHA-256; the key is PEM as openssl writes it, the signature DER."""
    spki = spki_of(pem)
    need(pem_write(base64.b64encode(spki).decode()) == pem and spki[:-65] == P256, f"{where}: no P-256 key")
    with tempfile.TemporaryDirectory() as folder:
        key, value = Path(folder) / "key.pem", Path(folder) / "signature.der"
        key.write_bytes(pem)
        value.write_bytes(signature)
        command = ["openssl", "dgst", "-sha256", "-verify", str(key), "-signature", str(value)]
        code = subprocess.run(command, input=body, capture_output=True, check=False).returncode  # noqa: S603
        need(code == 0, f"{where}: the signature doesn't hold")


def spki_of(pem: bytes) -> bytes:
    return base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))


def pem_write(spki: str) -> bytes:
    lines = [spki[at : at + 64] for at in range(0, len(spki), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode()


def checkpoint_check(data: bytes, pems: list[bytes], where: str) -> Any:
    """Verify a signed checkpoint (C2SP tlog-checkpoint); returns origin, size, root, and the key."""
    body, _, signatures = data.partition(b"\n\n")
    origin, size, root = body.decode().split("\n")
    for line in signatures.decode().splitlines():
        dash, name, encoded = line.split(" ")
        value = base64.b64decode(encoded, validate=True)
        for pem in pems:
            if (dash, name, value[:4]) == ("\u2014", origin, sha256(spki_of(pem))[:4]):
                signature_check(pem, value[4:], body + b"\n", where)
                return origin, int(size), base64.b64decode(root, validate=True), pem
    raise Refused(f"{where}: no key of audit_log_keys.json has signed it")


def lines_of(pack: Pack, name: str) -> Any:
    with pack.open(name) as file:
        for number, line in enumerate(file, 1):
            entry = parse(line[:-1].decode(), f"{name}, line {number}")
            where = f"{name}, entry {entry['sequence']}"
            need(len(entry) == (6 if name == "events.jsonl" else 2), f"{where}: it has other members")
            yield entry["sequence"], name, entry


def exclusion_of(header: Any, manifest: Any) -> str | None:
    """Apply the filter: why an entry isn't shown; None: it is."""
    begin, end, at = manifest["period"]["from"], manifest["period"]["before"], header["at"]
    if (begin and at < begin) or (end and at >= end):
        return OUTSIDE_PERIOD
    for name, wanted in manifest["filter"].items():
        if reduce(getitem, name.split("."), header) not in wanted:
            return FILTERED_OUT
    return None


def content_check(entry: Any, header: Any, where: str, erasures: Any, *, personal: bool) -> dict[str, int]:
    """Check what an entry tells against its header; returns how much of it was erased or withheld."""
    withheld = entry["withheld"]
    if entry["content"] is None:
        need(not entry["disclosures"] and not withheld, f"{where}: its content is missing, its values aren't")
        gone_check(entry, header, where, erasures, values=None)
        return {"content_erased": 1}
    need(digest_of(entry["content"]) == header["content"], f"{where}: its header has another content's hash")
    committed = list(parse(entry["content"], where).get("_sd", []))
    for each in entry["disclosures"]:
        digest = digest_of(canonical([each["salt"], each["name"], each["value"]]))
        need(digest in committed and len(each) == 3, f"{where}: it doesn't commit to this {each['name']!r}")
        committed.remove(digest)
    need(withheld in range(1 if personal else len(committed) + 1), f"{where}: it can't withhold that much")
    gone_check(entry, header, where, erasures, values=len(committed) - withheld)
    return {"values_erased": len(committed) - withheld, "values_withheld": withheld}


def gone_check(entry: Any, header: Any, where: str, erasures: Any, values: int | None) -> None:
    """Check that so many values (None: the content) were erased, as later entries of the log say."""
    what, place = "content" if values is None else "disclosures", entry["sequence"]
    names: set[str | None] = set()  # of values that may be missing; None: all
    for each in entry["gone"]:
        by = erasures.get(each["said_by"])
        told = by and place < each["said_by"] and any(first <= place <= last for first, last in by["of"])
        told = told and header["at"] <= by["until"] and what in {by["what"], "disclosures"}
        same = told and each == {"said_by": each["said_by"], "why": by["why"], "what": what}
        need(same, f"{where}: nothing that is proved says {each}")
        # Who erases what says so could erase anything from before it: so that is kept for six years.
        is_kept = values is None and header["action"] in ERASING
        until = f"{int(header['at'][:4]) + 6}{header['at'][4:]}" if is_kept else ""
        need(by["at"] >= until, f"{where}: it says what was erased, and was erased before its time")
        names |= {None} if by["names"] is None else set(by["names"])
    said = None in names or (values is not None and values <= len(names))
    need(said and (values != 0 or not names), f"{where}: something is missing, and nothing says why")


def erasures_check(entries: Any, size: int, root: bytes) -> dict[int, Any]:
    """Check the entries that say what was erased, the latest first; returns what each says."""
    erasures: dict[int, Any] = {}
    for entry in entries:
        where = f"proof.json, entry {entry['sequence']} (an erasure)"
        header = parse(entry["header"], where)
        content_check(entry, header, where, erasures, personal=False)
        proved = header["outcome"] == "done" and one_root(entry, size, where) == root
        need(proved, f"{where}: it isn't in the log that was signed, or it says what wasn't done")
        # One that was erased in its turn may have spoken of all from before it, by place and by time.
        gone = {"sequences": [[0, entry["sequence"] - 1]], "what": "content"}
        facts = gone if entry["content"] is None else json.loads(entry["content"])["facts"]
        why = ERASING[header["action"]]
        what = facts["what"] if why == "retention" else "disclosures"
        until = header["at"] if entry["content"] is None else "9999"
        told = {"at": header["at"], "until": until, "why": why, "what": what, "of": facts["sequences"]}
        erasures[entry["sequence"]] = {**told, "names": facts.get("fields")}
    return erasures


def row_check(row: list[str], entry: Any, header: Any, where: str) -> None:
    """Compare a row of events.csv with its entry; a leading apostrophe is no part of a value."""
    content, told, actor, thing = entry["content"], entry["disclosures"], header["actor"], header["object"]
    facts = "" if content is None else canonical(json.loads(content)["facts"])
    personal = canonical({each["name"]: each["value"] for each in told}) if told else ""
    expected = [str(entry["sequence"]), header["at"], None, None, header["action"], header["outcome"],
                actor["kind"], actor["id"], header["app"], thing["type"], thing["id"], facts, personal,
                header["id"], sha256(b"\x00", entry["header"].encode()).hex()]  # fmt: skip
    need(len(row) == len(COLUMNS), f"events.csv: the row of {where} is missing, or has other columns")
    for name, cell, value in zip(COLUMNS, row, expected):  # noqa: B905 (Python 3.9 has no "strict")
        need(value in {None, cell.removeprefix("'")}, f"events.csv: {name} of {where} isn't what that says")


def entries_check(pack: Pack, manifest: Any, proof: Any, erasures: Any, size: int, *, kept: int) -> Any:
    """Check each entry by itself, and put all of them into the tree; returns roots that follow, by size."""
    roots: dict[int, bytes] = {}
    ends: list[str] = []  # times of the first and the last entry
    tree = Tree(proof["first"], proof["left"], "proof.json, left of the entries")
    counts = {"content_erased": 0, "values_erased": 0, "values_withheld": 0, "shown": 0}
    excluded = {OUTSIDE_PERIOD: 0, FILTERED_OUT: 0}
    need(proof["first"] == manifest["entries"]["first"], "proof.json: it proves other entries than those")
    rows = csv.reader(io.TextIOWrapper(pack.open("events.csv"), "utf-8-sig", newline=""))
    need(next(rows, None) == COLUMNS, "events.csv: its columns aren't those of a pack")
    both = [lines_of(pack, name) for name in ("events.jsonl", "headers.jsonl")]
    for _, name, entry in heapq.merge(*both, key=itemgetter(0)):  # by place in the log
        where = f"{name}, entry {entry['sequence']}"
        need(entry["sequence"] == tree.size, f"{where}: entry {tree.size} should be there")
        header = parse(entry["header"], where)
        ends = [*ends[:1], header["at"]]
        reason = exclusion_of(header, manifest)
        asks = "leaves it out" if reason else "asks for it, and it is left out"
        need((reason is None) == (name == "events.jsonl"), f"{where}: the filter {asks}")
        if reason is None:
            row_check(next(rows, []), entry, header, where)
            erased = content_check(entry, header, where, erasures, personal=manifest["personal"])
            for what, count in {"shown": 1, **erased}.items():
                counts[what] += count
        else:
            excluded[reason] += 1
        tree.add(0, sha256(b"\x00", entry["header"].encode()))
        roots |= {kept: tree.root(kept, [], "")} if tree.size == kept else {}
    need(next(rows, None) is None, "events.csv: it has more rows than there are entries")
    told, found = (manifest["counts"], manifest["entries"]["end"]), {**counts, "excluded": excluded}
    need(told == (found, tree.size), "manifest.json: its counts aren't those of the entries")
    # They reach beyond the period, or to the end of the log: none of it is beside them.
    begin, end = manifest["period"]["from"], manifest["period"]["before"]
    reach = proof["first"] == 0 or (ends and begin and ends[0] < begin)
    need(reach, "manifest.json: the entries begin within the period; earlier ones are left out")
    reach = tree.size == size or (ends and end and ends[-1] >= end)
    need(reach, "manifest.json: the entries end within the period; later ones are left out")
    return {**roots, size: tree.root(size, proof["right"], "proof.json, right of the entries")}


def one_root(entry: Any, size: int, where: str) -> bytes:
    """Compute the root of the log from one entry of it."""
    tree = Tree(entry["sequence"], entry["left"], where)
    tree.add(0, sha256(b"\x00", entry["header"].encode()))
    return tree.root(size, entry["right"], where)


def order_check(order: Any, manifest: Any, size: int) -> bytes:
    """Check that what was ordered, and why, is what the pack says; returns the root that follows."""
    where = f"proof.json, entry {order['sequence']} (the order)"
    header = parse(order["header"], where)
    content_check(order, header, where, {}, personal=True)
    facts = json.loads(order["content"])["facts"]
    told = {**facts, **{each["name"]: each["value"] for each in order["disclosures"]}}
    by = {**manifest["requested_by"], **header["actor"]}
    told |= {"id": header["object"]["id"], "requested_at": header["at"], "requested_by": by}
    same = (header["action"], header["outcome"]) == ("compliance:export:order", "done")
    same &= all(told[name] == manifest[name] for name in ORDERED)
    need(same, f"{where}: it orders something else than the manifest says")
    return one_root(order, size, where)


def kept_check(kept: Any, roots: Any, origin: str, where: str) -> None:
    """Hold the checkpoint that somebody kept against what the pack proves of the log."""
    need(kept[0] == origin, f"{where}: this checkpoint is of another log")
    if kept[1] not in roots:
        ask = "/api/v1/audit/consistency?from={}&to={}".format(*sorted([kept[1], max(roots)]))
        raise NotChecked(f"{where}: the pack holds, but proves nothing about this; ask the console for {ask}")
    need(roots[kept[1]] == kept[2], f"{where}: the log doesn't continue this checkpoint; its root is another")


def verify(pack: Pack, key: Path | None, known: Path | None) -> str:
    signed, signature, pem = (pack.read(name) for name in ("manifest.json", "manifest.sig", "log.pub.pem"))
    signature_check(pem, signature, BEFORE_MANIFEST + signed, "manifest.json, manifest.sig or log.pub.pem")
    manifest = json.loads(signed)
    need(manifest["format"] == FORMAT, f"manifest.json: its format isn't {FORMAT}")
    files_check(pack, manifest["files"])
    keys = {pem_write(each["spki"]): each for each in json.loads(pack.read("audit_log_keys.json"))["keys"]}
    origin, size, root, signer = checkpoint_check(pack.read("checkpoint.txt"), list(keys), "checkpoint.txt")
    used = [*dict.fromkeys((pem, signer))]
    good = pem in keys and not any(keys[each]["revoked_at"] for each in used)
    need(good, "audit_log_keys.json: it lacks the pack's key, or one that signed was revoked")
    pack.at = str(known)
    kept = checkpoint_check(known.read_bytes(), list(keys), pack.at) if known else (origin, size, root)
    proof = json.loads(pack.read("proof.json"))
    erasures = erasures_check(proof["erasures"], size, root)
    changed = "what is there isn't in the log that was signed; it was changed"
    roots = entries_check(pack, manifest, proof["entries"], erasures, size, kept=kept[1])
    need(roots[size] == root, f"events.jsonl, headers.jsonl: {changed}")
    need(order_check(proof["order"], manifest, size) == root, f"proof.json, the order: {changed}")
    if "previous.txt" in manifest["files"] or proof["previous"]:
        before = checkpoint_check(pack.read("previous.txt"), list(keys), "previous.txt")
        tree = Tree(before[1], proof["previous"]["left"], "proof.json, previous")
        roots[before[1]] = tree.root(before[1], [], "")
        found = tree.root(size, proof["previous"]["right"], "proof.json, previous")
        need(found == root, f"previous.txt: {changed}")
        kept_check(before, roots, origin, "previous.txt")
    written = COMMENTED_KEY.findall(key.read_text("ascii", "replace")) if key else []
    brought = {pem_write("".join(text.split())) for notes, text in written if "# REVOKED" not in notes}
    lacking = " ".join(sha256(spki_of(each)).hex() for each in used if key and each not in brought)
    need(not lacking, f"{key}: it lacks keys that signed, or says that they were revoked: SHA-256 {lacking}")
    kept_check(kept, roots, origin, str(known))
    log = f"{json.dumps(origin)}, {size} entries, root {base64.b64encode(root).decode()}"
    return summary(manifest, log, used, brought=bool(key))


def summary(manifest: dict[str, Any], log: str, used: list[bytes], *, brought: bool) -> str:
    """Say what was checked, in what was checked: not in the words of the pack."""
    entries, counts, period = manifest["entries"], manifest["counts"], manifest["period"]
    excluded = ", ".join(f"{count} {why}" for why, count in counts["excluded"].items())
    keys = "".join(f"\n  key       SHA-256 {sha256(spki_of(pem)).hex()}" for pem in used)
    whose = "of those that you brought" if brought else "the pack's own: compare all with what you were told"
    return f"""OK: this pack {"holds" if brought else "is consistent; its keys say whose it is"}.
  log       {log}{keys}
            {whose}
  entries   {entries["first"]} to before {entries["end"]}: none is missing or changed
  period    from {json.dumps(period["from"])} until before {json.dumps(period["before"])} (null: no limit)
  filter    {json.dumps(manifest["filter"])}
  shown     {counts["shown"]}; left out, each rightly: {excluded}
  erased    content of {counts["content_erased"]} and {counts["values_erased"]} values, as the log says
  withheld  {counts["values_withheld"]} personal values beside those, which were not asked for"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Verify an export pack of the audit log, offline.")
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=Path, help="the log's public keys, as you know them")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept")
    asked = parser.parse_args()
    csv.field_size_limit(1 << 30)
    pack = Pack(asked.pack)
    try:
        print(verify(pack, asked.key, asked.checkpoint))
    except Refused as error:
        sys.exit(f"FAILED: {error}.")
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        sys.exit(f"FAILED: {pack.at}: it's malformed ({type(error).__name__}: {error}).")
    except (OSError, NotChecked) as error:
        print(f"NOT CHECKED: {error}.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
