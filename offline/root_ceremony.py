#!/usr/bin/env python3
"""Signs for an app's root key on a machine that has no network (docs/offline-root.md).

One file to carry over: Python 3.9 or later, its standard library and `cryptography`, nothing of the console.
It trusts no word of a request: what it shows and signs is decoded from the exact bytes to be signed, and must
be written as the console writes it, so that nobody can read them in two ways.

    new-root   make a root key: an encrypted private half and a public one, to register at the console
    show       say in words what a request asks to be signed
    sign       sign a request, after the operator has typed the app's id and "yes"
    verify     check a signed request against a root's public half
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime as dt
import getpass
import hashlib
import json
import os
import re
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# These agree with signing/domain/ceremony.py and signing/domain/trust_documents.py; a test compares them.
FORMAT = "release-console-ceremony/1"
TYPES = {"delegation": "delegation+jws", "root-rotation": "root-rotation+jws"}
CLAIMS = {
    "delegation": {"iss", "aud", "iat", "exp", "version", "root", "keys"},
    "root-rotation": {"iss", "aud", "iat", "exp", "version", "old", "new"},
}
MEMBERS = {"format", "kind", "app_id", "issuer", "payload", "claims", "signed"}
JWK_MEMBERS = {"kty", "crv", "x", "y", "alg", "use", "kid"}
DAY = 24 * 60 * 60
LONGEST = {"delegation": 366 * DAY, "root-rotation": 20 * 366 * DAY}
# A request travels by hand: days, not months. The console's clock may be a little ahead of this machine's.
OLDEST = 30 * DAY
AHEAD = DAY
# A version is the second of issue or a little more. Apps never go back from a higher one: with one far ahead
# the chain would end here.
VERSION_LEAD = DAY
LARGEST_FILE = 64 * 1024
LONGEST_TEXT = 512
SHORTEST_PASSPHRASE = 12
FEWEST_DISTINCT = 5
KEY_FORMAT = "release-console-root-key/1"
KEY_MEMBERS = {"format", "kid", "kdf", "nonce", "sealed"}
# The stick may be found by somebody with a rack of graphics cards: memory is what they have least of.
KDF = {"n": 2**17, "r": 8, "p": 1}
SALT = 16
NONCE = 12
WIDTH = 32


class Refused(Exception):  # noqa: N818 (this is what the operator reads)
    """Nothing was signed, and this is why."""


def plain(text: str) -> str:
    """Escape whatever could paint on the terminal or pass for something else: all but plain ASCII."""
    return text.encode("unicode_escape").decode("ascii")


def encode(data: bytes) -> str:
    """Encode as unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: object) -> bytes:
    """Decode unpadded base64url in its only spelling."""
    if not isinstance(text, str):
        raise Refused("Something that should be base64url isn't text.")
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        data = b""
    if encode(data) != text:
        raise Refused("Something that should be base64url isn't.")
    return data


def canonical(value: object) -> bytes:
    """Write JSON as the console does: sorted members, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def thumbprint(jwk: dict[str, Any]) -> str:
    """Name a key by RFC 7638."""
    return encode(hashlib.sha256(canonical({name: jwk[name] for name in ("crv", "kty", "x", "y")})).digest())


def public_key(jwk: object) -> ec.EllipticCurvePublicKey:
    """Read a public JWK: P-256, for ES256, named by its thumbprint, with no other member."""
    if not isinstance(jwk, dict) or set(jwk) != JWK_MEMBERS:
        raise Refused("A public key has exactly kty, crv, x, y, alg, use and kid.")
    if (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) != ("EC", "P-256", "ES256", "sig"):
        raise Refused("Only P-256 keys for ES256 are known.")
    x, y = decode(jwk["x"]), decode(jwk["y"])
    if (len(x), len(y)) != (WIDTH, WIDTH) or jwk["kid"] != thumbprint(jwk):
        # By its true name: the one in the file may be any text.
        raise Refused(f"Key {thumbprint(jwk)} isn't what its name says.")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    )
    try:
        return numbers.public_key()
    except ValueError:
        raise Refused(f"Key {jwk['kid']!r} isn't on the curve.") from None


def public_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """Write the public half of a key."""
    numbers = key.public_key().public_numbers()
    x, y = (encode(number.to_bytes(WIDTH, "big")) for number in (numbers.x, numbers.y))
    jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "ES256", "use": "sig"}
    return {**jwk, "kid": thumbprint(jwk)}


def parse(data: bytes) -> dict[str, Any]:
    """Read one JSON object in which no member stands twice."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Refused("A member stands twice.")
        return dict(pairs)

    def constant(name: str) -> None:
        raise Refused(f"JSON has no {name}.")

    try:
        value = json.loads(data.decode(), object_pairs_hook=members, parse_constant=constant)
    except (ValueError, RecursionError):
        raise Refused("This isn't JSON.") from None
    if not isinstance(value, dict):
        raise Refused("This isn't a JSON object.")
    return value


def read(path: str) -> bytes:
    """Read a small file."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as exc:
        raise Refused(f"{path} can't be read: {exc.strerror}.") from None
    if len(data) > LARGEST_FILE:
        raise Refused(f"{path} is larger than any request.")
    return data


def write(path: str, data: bytes, *, mode: int) -> None:
    """Write a new file; never over another one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as exc:
        raise Refused(f"{path} can't be made: {exc.strerror}.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def request_read(path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a request; returns it and the claims decoded from its payload, which are the ones to be shown."""
    request = parse(read(path))
    if request.get("format") != FORMAT or set(request) != MEMBERS:
        raise Refused(f"{path} isn't a {FORMAT} file.")
    if not all(isinstance(request[name], str) for name in ("kind", "app_id", "issuer")):
        raise Refused("The file's kind, app or issuer isn't text.")
    if request["kind"] not in TYPES:
        raise Refused("Nothing of the kind that the file names is signed here.")
    payload = decode(request["payload"])
    claims = parse(payload)
    if canonical(claims) != payload:
        raise Refused("The payload isn't written as the console writes it.")
    if claims != request["claims"]:
        raise Refused("The readable claims aren't those of the payload: somebody has edited this file.")
    if (claims.get("aud"), claims.get("iss")) != (request["app_id"], request["issuer"]):
        raise Refused("The payload is for another app or console than the file says.")
    if not isinstance(request["signed"], list):
        raise Refused("The signatures aren't a list.")
    claims_check(request["kind"], claims)
    return request, claims


def claims_check(kind: str, claims: dict[str, Any]) -> None:
    """Refuse claims that no honest console asks a root to sign."""
    if set(claims) != CLAIMS[kind]:
        raise Refused(f"A {kind} has exactly the claims {', '.join(sorted(CLAIMS[kind]))}.")
    texts_check(claims)
    for name in ("iat", "exp", "version"):
        if type(claims[name]) is not int or not 0 < claims[name] < 2**53:
            raise Refused(f"Claim {name} isn't a whole number.")
    if claims["version"] > claims["iat"] + VERSION_LEAD:
        raise Refused(
            f"Version {claims['version']} ({when(claims['version'])}) is more than a day ahead of "
            f"the time at which the request was made ({when(claims['iat'])}): somebody has changed it."
        )
    if not 0 < claims["exp"] - claims["iat"] <= LONGEST[kind]:
        raise Refused(f"A {kind} is good for {LONGEST[kind] // DAY} days at most.")
    keys_check(kind, claims)


def texts_check(claims: dict[str, Any]) -> None:
    """Refuse texts that could deceive the operator to whom they are shown."""
    for name in sorted({"iss", "aud", "root"} & set(claims)):
        # What is shown to the operator mustn't be able to move the cursor about, nor to fill up lines with
        # spaces until the next one looks like ours.
        text = claims[name]
        if not isinstance(text, str) or not text.isprintable() or any(map(str.isspace, text)):
            raise Refused(f"Claim {name} isn't printable text without spaces.")
        if len(text) > LONGEST_TEXT:
            raise Refused(f"Claim {name} is longer than {LONGEST_TEXT} characters.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", claims.get("root", "none")):
        raise Refused("Claim root isn't a key's name.")


def keys_check(kind: str, claims: dict[str, Any]) -> None:
    """Refuse keys that aren't public ones for ES256, and a key that stands in two places."""
    keys = claims["keys"] if kind == "delegation" else [claims["old"], claims["new"]]
    if not isinstance(keys, list) or not 1 <= len(keys) <= 2:  # noqa: PLR2004 (current and standby)
        raise Refused("A delegation names one or two keys.")
    for jwk in keys:
        public_key(jwk)
    if len({jwk["kid"] for jwk in keys} | {claims.get("root", "")}) != len(keys) + 1:
        raise Refused("One key stands in two places.")


def clock_check(claims: dict[str, Any]) -> None:
    """Refuse times that don't go with this machine's clock."""
    now = int(time.time())
    if not now - OLDEST <= claims["iat"] <= now + AHEAD:
        raise Refused(
            f"The request was made at {when(claims['iat'])}, and this machine's clock says {when(now)}. "
            "Set the clock if it is wrong; if it is right, export the request again."
        )
    if claims["exp"] <= now:
        raise Refused(f"It would have been over since {when(claims['exp'])}.")


def when(seconds: int) -> str:
    """Write a time for people."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")  # noqa: UP017 (3.9)
    except (ValueError, OverflowError, OSError):
        return f"an impossible time ({seconds})"


def describe(request: dict[str, Any], claims: dict[str, Any]) -> str:
    """Say what would be signed."""
    lines = [
        f"What:     {request['kind']}",
        f"App:      {claims['aud']}",
        f"Console:  {claims['iss']}",
        f"Made at:  {when(claims['iat'])} ({claims['iat']})",
        f"Version:  {when(claims['version'])} ({claims['version']})",
        f"Good to:  {when(claims['exp'])}, {(claims['exp'] - claims['iat']) // DAY} days",
    ]
    if request["kind"] == "delegation":
        lines.append(f"Root:     {claims['root']}")
        names = ("current", "standby")
        lines += [f"Key:      {jwk['kid']} ({name})" for jwk, name in zip(claims["keys"], names)]  # noqa: B905 (3.9)
        lines.append("Whoever has one of these keys can tell the app which token keys to trust.")
    else:
        lines.append(f"Old root: {claims['old']['kid']}")
        lines.append(f"New root: {claims['new']['kid']}")
        lines.append("Apps that trust the old root will trust the new one instead.")
    return "\n".join(plain(line) for line in lines)


def signers(request: dict[str, Any], claims: dict[str, Any]) -> set[str]:
    """Name the keys that have to sign."""
    return (
        {claims["root"]} if request["kind"] == "delegation" else {claims["old"]["kid"], claims["new"]["kid"]}
    )


def sign_bytes(request: dict[str, Any], kid: str) -> str:
    """Build what is signed: header and payload, as compact JWS has them."""
    header = canonical({"alg": "ES256", "kid": kid, "typ": TYPES[request["kind"]]})
    return f"{encode(header)}.{request['payload']}"


def passphrase(arguments: argparse.Namespace, *, is_new: bool) -> str:
    """Ask for the passphrase, or read the first line of a file."""
    if arguments.passphrase_file:
        try:
            return (read(arguments.passphrase_file).decode().splitlines() or [""])[0]
        except UnicodeDecodeError:
            raise Refused("The passphrase isn't UTF-8.") from None
    text = getpass.getpass("Passphrase of the root key: ")
    if is_new and getpass.getpass("Once more: ") != text:
        raise Refused("The two aren't the same.")
    return text


def passphrase_check(text: str) -> None:
    """Refuse a passphrase that is guessed at once, whatever a guess costs."""
    if len(text) < SHORTEST_PASSPHRASE or len(set(text)) < FEWEST_DISTINCT:
        raise Refused(
            f"A passphrase has {SHORTEST_PASSPHRASE} or more characters, {FEWEST_DISTINCT} of them "
            "different; six random words are good."
        )


def vault(secret: str, salt: bytes) -> AESGCM:
    """Stretch a passphrase with scrypt: each guess costs 128 MiB and a good part of a second."""
    try:
        return AESGCM(Scrypt(salt, 32, KDF["n"], KDF["r"], KDF["p"]).derive(secret.encode()))
    except MemoryError:
        raise Refused("This machine has too little free memory: 128 MiB are needed.") from None


def key_seal(key: ec.EllipticCurvePrivateKey, secret: str) -> bytes:
    """Write a root key, encrypted; its public name is bound to it."""
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    kid = public_jwk(key)["kid"]
    kept = {
        "format": KEY_FORMAT,
        "kid": kid,
        "kdf": {"name": "scrypt", **KDF, "salt": encode(salt)},
        "nonce": encode(nonce),
        "sealed": encode(vault(secret, salt).encrypt(nonce, private, kid.encode())),
    }
    return json.dumps(kept, indent=2).encode() + b"\n"


def new_root(arguments: argparse.Namespace) -> None:
    """Make a root key."""
    secret = passphrase(arguments, is_new=True)
    passphrase_check(secret)
    key = ec.generate_private_key(ec.SECP256R1())
    write(arguments.key, key_seal(key, secret), mode=0o600)
    jwk = public_jwk(key)
    write(arguments.public, json.dumps(jwk, indent=2).encode() + b"\n", mode=0o644)
    print(f"Root {jwk['kid']}\nPrivate half, encrypted: {plain(arguments.key)}")
    print(f"Public half: {plain(arguments.public)}")


def show(arguments: argparse.Namespace) -> None:
    """Say what a request asks for."""
    request, claims = request_read(arguments.file)
    print(describe(request, claims))


def sign(arguments: argparse.Namespace) -> None:
    """Sign a request, once the operator has agreed to what it says."""
    request, claims = request_read(arguments.file)
    clock_check(claims)
    print(describe(request, claims))
    key = private_key(arguments)
    kid = public_jwk(key)["kid"]
    if kid not in signers(request, claims):
        raise Refused(f"This request isn't for root {kid}.")
    # Typed, not clicked: the one moment at which a person compares the request with what they came to do.
    if input("Type the app's id to go on: ").strip() != claims["aud"]:
        raise Refused("That isn't the app of this request.")
    if input('Type "yes" to sign: ').strip() != "yes":
        raise Refused("Not signed.")
    signing_input = sign_bytes(request, kid)
    r, s = utils.decode_dss_signature(key.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encode(r.to_bytes(WIDTH, "big") + s.to_bytes(WIDTH, "big"))
    request["signed"].append(f"{signing_input}.{signature}")
    write(arguments.out, json.dumps(request, indent=2, ensure_ascii=False).encode() + b"\n", mode=0o644)
    print(f"Signed by root {kid}: {plain(arguments.out)}")


def private_key(arguments: argparse.Namespace) -> ec.EllipticCurvePrivateKey:
    """Open the root key."""
    kept = parse(read(arguments.key))
    kdf = kept.get("kdf")
    if kept.get("format") != KEY_FORMAT or set(kept) != KEY_MEMBERS or not isinstance(kdf, dict):
        raise Refused(f"{arguments.key} isn't a {KEY_FORMAT} file.")
    # Exactly these, so that a file can't ask for all memory, nor a swapped one for a cheap guess.
    if {**kdf, "salt": ""} != {"name": "scrypt", **KDF, "salt": ""} or not isinstance(kept["kid"], str):
        raise Refused(f"{arguments.key} has parameters of scrypt that aren't used here.")
    salt, nonce, sealed = decode(kdf.get("salt")), decode(kept["nonce"]), decode(kept["sealed"])
    if (len(salt), len(nonce)) != (SALT, NONCE):
        raise Refused(f"{arguments.key} is damaged.")
    secret = passphrase(arguments, is_new=False)
    try:
        private = vault(secret, salt).decrypt(nonce, sealed, kept["kid"].encode())
        key = serialization.load_der_private_key(private, password=None)
    except (InvalidTag, ValueError, TypeError):
        raise Refused(f"{arguments.key} doesn't open with this passphrase.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refused(f"{arguments.key} isn't a root key.")
    return key


def verify(arguments: argparse.Namespace) -> None:
    """Check that a root has signed a request."""
    request, claims = request_read(arguments.file)
    jwk = parse(read(arguments.root))
    key = public_key(jwk)
    signing_input = sign_bytes(request, jwk["kid"])
    for text in request["signed"]:
        head, _, signature = str(text).rpartition(".")
        raw = decode(signature) if head == signing_input else b""
        if len(raw) == 2 * WIDTH and verifies(key, raw, signing_input):
            print(describe(request, claims))
            print(f"Signed by root {jwk['kid']}.")
            return
    raise Refused(f"Root {jwk['kid']} hasn't signed this.")


def verifies(key: ec.EllipticCurvePublicKey, raw: bytes, signing_input: str) -> bool:
    """Verify R||S."""
    r, s = int.from_bytes(raw[:WIDTH], "big"), int.from_bytes(raw[WIDTH:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), signing_input.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def arguments_parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Signs for an app's root key, on a machine without network.")
    commands = parser.add_subparsers(required=True, dest="command")
    making = commands.add_parser("new-root", help="make a root key")
    making.add_argument("--key", default="root.key.json", help="where the private half goes (%(default)s)")
    making.add_argument("--public", default="root.jwk.json", help="where the public half goes (%(default)s)")
    making.set_defaults(run=new_root)
    showing = commands.add_parser("show", help="say what a request asks to be signed")
    showing.set_defaults(run=show)
    signing = commands.add_parser("sign", help="sign a request")
    signing.add_argument("--key", required=True, help="the root's private half")
    signing.add_argument("--out", required=True, help="where the signed request goes")
    signing.set_defaults(run=sign)
    verifying = commands.add_parser("verify", help="check a signed request")
    verifying.add_argument("--root", required=True, help="the root's public half")
    verifying.set_defaults(run=verify)
    for command in (showing, signing, verifying):
        command.add_argument("file", help="the request")
    for command in (making, signing):
        command.add_argument("--passphrase-file", help="read the passphrase from this file's first line")
    return parser.parse_args()


def main() -> int:
    """Run one command."""
    arguments = arguments_parse()
    try:
        arguments.run(arguments)
    except Refused as exc:
        print(f"Refused: {plain(str(exc))}", file=sys.stderr)
        return 1
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        # Whatever else a hostile file brings about: a refusal, and nothing of the file on the screen.
        print(f"Refused: the file isn't what it should be ({type(exc).__name__}).", file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        print("\nNot signed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
