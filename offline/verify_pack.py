#!/usr/bin/env python3
"""Verifies an export pack of a Release Console's audit log, offline.

One file: Python 3.9 or later with its standard library, and the `openssl` command. It trusts nothing in the
pack: it hashes every entry itself, joins the hashes to the root of the log that was signed, and applies the
filter to each entry, shown or not. VERIFY.md says in words what it does, and what it can't show.

    python3 -I verify.py [PACK] [--key log.pub.pem] [--checkpoint checkpoint.txt]

PACK is the unpacked folder; without it, the folder that this file is in. With `--key` the pack must be signed
by the key that you brought, with `--checkpoint` continue the log that you know.
Ends with 0: it holds, 1: it doesn't, and where, 2: it couldn't be checked.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import heapq
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

FORMAT = "release-console-audit-export/1"
BEFORE_MANIFEST = b"release-console audit export manifest v1\n\n"  # so that it's never a checkpoint
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
NEEDED = {
    "events.jsonl", "headers.jsonl", "events.csv", "checkpoint.txt", "proof.json", "audit_log_keys.json",
    "log.pub.pem", "report.pdf", "verify.py", "VERIFY.md",
}  # fmt: skip
OUTSIDE_PERIOD, FILTERED_OUT = "outside the period", "not asked for by the filter"


class Refused(Exception):  # noqa: N818 (what this is about, in one word)
    """The pack doesn't hold; the text says where."""


class Pack:
    """The files of a pack; `at` is the one that was opened last."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at = folder, ""

    def open(self, name: str) -> IO[bytes]:
        self.at = name
        try:
            return (self.folder / name).open("rb")
        except FileNotFoundError:
            raise Refused(f"{name} is missing") from None

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()


class Tree:
    """The log's Merkle tree (RFC 6962), put together from left to right out of perfect subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.parts: list[tuple[int, bytes]] = []  # level and hash; the levels fall

    def add(self, level: int, digest: bytes) -> None:
        self.size += 1 << level
        while self.parts and self.parts[-1][0] == level:
            level, digest = level + 1, node_hash(self.parts.pop()[1], digest)
        self.parts.append((level, digest))

    def add_until(self, end: int, hashes: list[str], where: str) -> None:
        """Add the entries up to `end`, of which only the hashes of the perfect subtrees are known."""
        for text in hashes:
            if self.size >= end:
                raise Refused(f"{where}: it has more hashes than there are subtrees")
            widest = (end - self.size).bit_length() - 1
            level = min(widest, (self.size & -self.size).bit_length() - 1) if self.size else widest
            self.add(level, base64.b64decode(text, validate=True))
        if self.size != end:
            raise Refused(f"{where}: its hashes reach entry {self.size}, not {end}")

    def root(self) -> bytes:
        root = self.parts[-1][1] if self.parts else hashlib.sha256(b"").digest()
        for _, left in reversed(self.parts[:-1]):
            root = node_hash(left, root)
        return root


def leaf_hash(header: str) -> bytes:
    return hashlib.sha256(b"\x00" + header.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parse(text: str, where: str) -> Any:
    """Read JSON that has one spelling only: nobody can read it in another way."""
    value = json.loads(text)
    if canonical(value) != text:
        raise Refused(f"{where}: it isn't written in the one way")
    return value


def files_check(pack: Pack, files: dict[str, Any]) -> None:
    there = {each.name for each in pack.folder.iterdir()} - {"manifest.json", "manifest.sig"}
    for name in sorted(there | NEEDED | set(files)):
        digest = hashlib.sha256()
        with pack.open(name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
        if name not in files or digest.hexdigest() != files[name]["sha256"]:
            raise Refused(f"{name}: it isn't a file that the manifest names; it was changed or added")


def signature_check(pem: bytes, signature: bytes, body: bytes, where: str) -> None:
    """Verify ECDSA on P-256 over SHA-256; the key is PEM as openssl writes it, the signature DER."""
    spki = spki_of(pem)
    if pem_write(b64(spki)) != pem or not spki.startswith(P256) or len(spki) != len(P256) + 65:
        raise Refused(f"{where}: the key isn't one on P-256")
    with tempfile.TemporaryDirectory() as folder:
        key, value = Path(folder) / "key.pem", Path(folder) / "signature.der"
        key.write_bytes(pem)
        value.write_bytes(signature)
        command = ["openssl", "dgst", "-sha256", "-verify", str(key), "-signature", str(value)]
        if subprocess.run(command, input=body, capture_output=True, check=False).returncode:  # noqa: S603
            raise Refused(f"{where}: the signature doesn't hold")


def spki_of(pem: bytes) -> bytes:
    return base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))


def pem_write(spki: str) -> bytes:
    lines = [spki[at : at + 64] for at in range(0, len(spki), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode()


def note_read(data: bytes, where: str) -> tuple[str, int, bytes]:
    """Read a checkpoint (C2SP tlog-checkpoint): origin, size and root of the log."""
    lines = data.decode().split("\n\n")[0].split("\n")
    if len(lines) != 3:
        raise Refused(f"{where}: it isn't a checkpoint of this log")
    return lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)


def checkpoint_check(data: bytes, pems: list[bytes], where: str) -> tuple[str, int, bytes, bytes]:
    """Verify a signed checkpoint; returns origin, size, root and the key."""
    origin, size, root = note_read(data, where)
    body, _, signatures = data.partition(b"\n\n")
    for line in signatures.decode().splitlines():
        dash, name, encoded = line.split(" ")
        value = base64.b64decode(encoded, validate=True)
        for pem in pems:
            if (dash, name, value[:4]) == ("\u2014", origin, hashlib.sha256(spki_of(pem)).digest()[:4]):
                signature_check(pem, value[4:], body + b"\n", where)
                return origin, size, root, pem
    raise Refused(f"{where}: no key of audit_log_keys.json has signed it")


def lines_of(pack: Pack, name: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    with pack.open(name) as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                raise Refused(f"{name}, line {number}: it's cut off")
            entry = parse(line[:-1].decode(), f"{name}, line {number}")
            yield entry["sequence"], name, entry


def exclusion_of(header: dict[str, Any], manifest: dict[str, Any]) -> str | None:
    """Apply the filter: why an entry isn't shown; None: it is."""
    begin, end, at = manifest["period"]["from"], manifest["period"]["before"], header["at"]
    if (begin and at < begin) or (end and at >= end):
        return OUTSIDE_PERIOD
    for name, wanted in manifest["filter"].items():
        value: Any = header
        for step in name.split("."):
            value = value[step]
        if value not in wanted:
            return FILTERED_OUT
    return None


def content_check(
    entry: dict[str, Any], header: dict[str, Any], where: str, *, personal: bool
) -> dict[str, int]:
    """Check what an entry tells against its header; returns how much of it was erased."""
    gone = {each["what"] for each in entry["gone"]}
    if entry["content"] is None:
        if "content" not in gone or entry["disclosures"]:
            raise Refused(f"{where}: its content is missing, and nothing says why")
        return {"content_erased": 1}
    if b64url(hashlib.sha256(entry["content"].encode()).digest()) != header["content"]:
        raise Refused(f"{where}: its content isn't the one that its header holds the hash of")
    committed = list(parse(entry["content"], where).get("_sd", []))
    for each in entry["disclosures"]:
        told = canonical([each["salt"], each["name"], each["value"]])
        digest = b64url(hashlib.sha256(told.encode()).digest())
        if digest not in committed:
            raise Refused(f"{where}: its content doesn't commit to this value of {each['name']!r}")
        committed.remove(digest)
    if committed and personal and "disclosures" not in gone:
        raise Refused(f"{where}: a personal value is missing, and nothing says why")
    return {"values_erased" if personal else "values_withheld": len(committed)}


def row_check(row: dict[str, str] | None, entry: dict[str, Any], header: dict[str, Any], where: str) -> None:
    """Compare a row of events.csv with its entry; a leading apostrophe is no part of a value."""
    content, told = entry["content"], entry["disclosures"]
    expected = {
        "sequence": str(entry["sequence"]), "at": header["at"], "action": header["action"],
        "outcome": header["outcome"], "app": header["app"],
        "actor_kind": header["actor"]["kind"], "actor_id": header["actor"]["id"],
        "object_type": header["object"]["type"], "object_id": header["object"]["id"],
        "facts": "" if content is None else canonical(json.loads(content)["facts"]),
        "personal": canonical({each["name"]: each["value"] for each in told}) if told else "",
        "event_id": header["id"], "leaf_hash": leaf_hash(entry["header"]).hex(),
    }  # fmt: skip
    if row is None:
        raise Refused(f"events.csv: the row of {where} is missing")
    for name, value in expected.items():
        cell = row.get(name) or ""
        if (cell.removeprefix("'")) != value:
            raise Refused(f"events.csv: {name} of the row for {where} isn't what that says")


def entries_check(pack: Pack, manifest: dict[str, Any], proof: dict[str, Any], size: int) -> Tree:
    """Check each entry by itself, and put all of them into the tree."""
    tree, counts = Tree(), {"content_erased": 0, "values_erased": 0, "values_withheld": 0, "shown": 0}
    excluded = {OUTSIDE_PERIOD: 0, FILTERED_OUT: 0}
    if proof["first"] != manifest["entries"]["first"]:
        raise Refused("proof.json: it proves other entries than the manifest names")
    tree.add_until(proof["first"], proof["left"], "proof.json, left of the entries")
    rows = csv.DictReader(io.TextIOWrapper(pack.open("events.csv"), "utf-8-sig", newline=""))
    both = [lines_of(pack, name) for name in ("events.jsonl", "headers.jsonl")]
    for _, name, entry in heapq.merge(*both, key=itemgetter(0)):  # by place in the log
        where = f"{name}, entry {entry['sequence']}"
        if entry["sequence"] != tree.size:
            raise Refused(f"{where}: entry {tree.size} should be there")
        header = parse(entry["header"], where)
        reason = exclusion_of(header, manifest)
        if (reason is None) != (name == "events.jsonl"):
            raise Refused(
                f"{where}: the filter {'leaves it out' if reason else 'asks for it, and it is left out'}"
            )
        if reason is None:
            row_check(next(rows, None), entry, header, where)
            for what, count in content_check(entry, header, where, personal=manifest["personal"]).items():
                counts[what] += count
            counts["shown"] += 1
        else:
            excluded[reason] += 1
        tree.add(0, leaf_hash(entry["header"]))
    if next(rows, None) is not None:
        raise Refused("events.csv: it has more rows than there are entries")
    if tree.size != manifest["entries"]["end"] or {**counts, "excluded": excluded} != manifest["counts"]:
        raise Refused("manifest.json: its counts aren't those of the entries")
    tree.add_until(size, proof["right"], "proof.json, right of the entries")
    return tree


def order_check(order: dict[str, Any], manifest: dict[str, Any], size: int) -> bytes:
    """Check that what was ordered, and why, is what the pack says; returns the root that follows."""
    where, tree = f"proof.json, entry {order['first']} (the order)", Tree()
    header = parse(order["header"], where)
    content_check({**order, "gone": []}, header, where, personal=True)
    facts = json.loads(order["content"])["facts"]
    told = {**facts, **{each["name"]: each["value"] for each in order["disclosures"]}}
    same = all(told[name] == manifest[name] for name in ("period", "filter", "personal", "reason"))
    if not same or (header["action"], header["object"]["id"]) != ("compliance:export:order", manifest["id"]):
        raise Refused(f"{where}: it orders something else than the manifest says")
    tree.add_until(order["first"], order["left"], where)
    tree.add(0, leaf_hash(order["header"]))
    tree.add_until(size, order["right"], where)
    return tree.root()


def previous_check(pack: Pack, proof: dict[str, Any], pems: list[bytes], origin: str, size: int) -> bytes:
    """Check that this log begins with the earlier one; returns the root that follows."""
    before_origin, before, before_root, _ = checkpoint_check(pack.read("previous.txt"), pems, "previous.txt")
    tree = Tree()
    if before_origin != origin or before > size:
        raise Refused("previous.txt: it's of another log, or of a longer one")
    tree.add_until(before, proof["left"], "proof.json, previous")
    if tree.root() != before_root:
        raise Refused("previous.txt: the log doesn't continue it")
    tree.add_until(size, proof["right"], "proof.json, previous")
    return tree.root()


def verify(pack: Pack, key: Path | None, known: Path | None) -> str:
    signed, signature, pem = (pack.read(name) for name in ("manifest.json", "manifest.sig", "log.pub.pem"))
    signature_check(pem, signature, BEFORE_MANIFEST + signed, "manifest.json, manifest.sig or log.pub.pem")
    manifest = json.loads(signed)
    if manifest["format"] != FORMAT:
        raise Refused(f"manifest.json: its format isn't {FORMAT}")
    files_check(pack, manifest["files"])
    keys = {pem_write(each["spki"]): each for each in json.loads(pack.read("audit_log_keys.json"))["keys"]}
    origin, size, root, signer = checkpoint_check(pack.read("checkpoint.txt"), list(keys), "checkpoint.txt")
    if pem not in keys or keys[signer]["revoked_at"]:
        raise Refused("audit_log_keys.json: it lacks the pack's key, or the checkpoint's was revoked")
    proof = json.loads(pack.read("proof.json"))
    roots = {
        "events.jsonl, headers.jsonl": entries_check(pack, manifest, proof["entries"], size).root(),
        "proof.json, the order": order_check(proof["order"], manifest, size),
    }
    if "previous.txt" in manifest["files"] or proof["previous"]:
        roots["previous.txt"] = previous_check(pack, proof["previous"], list(keys), origin, size)
    for where, found in roots.items():
        if found != root:
            raise Refused(f"{where}: what is there isn't in the log that was signed; it was changed")
    own_check(pack, key, known, {pem, signer})
    return summary(manifest, origin, size, root, signer)


def own_check(pack: Pack, key: Path | None, known: Path | None, used: set[bytes]) -> None:
    """Hold the pack against what the reader brought."""
    if key and used != {key.read_bytes()}:
        raise Refused(f"the pack isn't signed by the key in {key}, or not by that alone")
    if known:
        names = [name for name in ("checkpoint.txt", "previous.txt") if (pack.folder / name).exists()]
        if note_read(known.read_bytes(), str(known)) not in [
            note_read(pack.read(name), name) for name in names
        ]:
            raise Refused(f"the checkpoint in {known} is neither this pack's nor the one that it continues")


def summary(manifest: dict[str, Any], origin: str, size: int, root: bytes, signer: bytes) -> str:
    entries, counts = manifest["entries"], manifest["counts"]
    excluded = ", ".join(f"{count} {why}" for why, count in counts["excluded"].items())
    return f"""OK: this pack holds.
  log       {origin}, {size} entries, root {b64(root)}
  key       SHA-256 {hashlib.sha256(spki_of(signer)).hexdigest()}: compare it with what you were told
  entries   {entries["first"]} to before {entries["end"]}: none is missing or changed
  period    {manifest["period_words"]}
  filter    {manifest["filter_words"]}
  shown     {counts["shown"]}; left out, each rightly: {excluded}
  erased    the content of {counts["content_erased"]}, and {counts["values_erased"]} personal values
  withheld  {counts["values_withheld"]} personal values, which were not asked for"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify an export pack of the audit log, offline.")
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=Path, help="the log's public key, as you know it")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that you kept")
    asked = parser.parse_args()
    csv.field_size_limit(1 << 30)
    pack = Pack(asked.pack)
    try:
        print(verify(pack, asked.key, asked.checkpoint))
    except Refused as error:
        print(f"FAILED: {error}.", file=sys.stderr)
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        print(f"FAILED: {pack.at}: it's malformed ({type(error).__name__}: {error}).", file=sys.stderr)
    except OSError as error:
        print(f"NOT CHECKED: {error}. Is openssl installed, and the pack readable?", file=sys.stderr)
        return 2
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
