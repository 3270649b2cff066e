"""The offline script, run as its operator runs it, and the file that it shares with the console."""

import ast
import json
import runpy
import stat
import sys
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from releaseconsole.kernel import clock
from releaseconsole.kernel.encoding import b64url_decode, b64url_encode, canonical_json
from releaseconsole.kernel.jose.documents import document_verify
from releaseconsole.kernel.jose.ec_keys import ES256Key
from releaseconsole.kernel.jose.public_keys import public_key_import
from signing.domain import ceremony
from signing.domain.ceremony import CeremonyKind, answer_read, request_write
from signing.domain.trust_content import DelegationContent, RotationContent
from signing.domain.trust_documents import DELEGATION, MAX_VERSION_LEAD, ROOT_ROTATION
from signing.errors import CeremonyRefusedError
from tests.support.root_machine import PASSPHRASE, SCRIPT, RefusedOnMachineError, RootMachine
from tests.support.tokens import APP_ID, ISSUER

CURRENT, STANDBY = ES256Key.generate().public_jwk(), ES256Key.generate().public_jwk()
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> RootMachine:
    machine = RootMachine(tmp_path_factory.mktemp("offline"))
    machine.new_root()
    return machine


@pytest.fixture(scope="module")
def root(machine: RootMachine) -> dict[str, Any]:
    jwk: dict[str, Any] = json.loads((machine.folder / "root.jwk.json").read_bytes())
    return jwk


def now() -> int:
    return int(clock.epoch_seconds())


def delegation(signer: dict[str, Any], /, **changed: Any) -> dict[str, Any]:
    content = DelegationContent(issuer=ISSUER, app_id=APP_ID, root_kid=signer["kid"], keys=[CURRENT, STANDBY])
    claims = content.claims(version=now(), issued=now()) | changed
    return {name: value for name, value in claims.items() if value is not ...}


def request(root: dict[str, Any], **changed: Any) -> bytes:
    return request_write(CeremonyKind.DELEGATION, delegation(root, **changed))


def test_what_it_signs_is_a_delegation_to_the_console(machine: RootMachine, root: dict[str, Any]) -> None:
    asked = request(root)
    answer = answer_read(machine.sign(asked), kind=CeremonyKind.DELEGATION)
    (text,) = answer.signed
    keys = {root["kid"]: public_key_import(root)}
    claims = document_verify(text, kind=DELEGATION, keys=keys, issuer=ISSUER, audience=APP_ID, now=now())
    assert claims == answer.claims == json.loads(asked)["claims"]


def test_a_rotation_is_signed_by_one_machine_after_the_other(
    machine: RootMachine, root: dict[str, Any]
) -> None:
    new = machine.new_root("new")
    content = RotationContent(issuer=ISSUER, app_id=APP_ID, old=root, new=new)
    asked = request_write(CeremonyKind.ROOT_ROTATION, content.claims(version=now(), issued=now()))
    answer = answer_read(machine.sign(machine.sign(asked), root="new"), kind=CeremonyKind.ROOT_ROTATION)
    keys = {jwk["kid"]: public_key_import(jwk) for jwk in (root, new)}
    for text in answer.signed:
        document_verify(text, kind=ROOT_ROTATION, keys=keys, issuer=ISSUER, audience=APP_ID, now=now())
    assert len(answer.signed) == 2


def test_the_private_half_is_encrypted_and_its_owner_s_alone(
    machine: RootMachine, root: dict[str, Any]
) -> None:
    path = machine.folder / "root.key.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_bytes())
    assert (kept["format"], kept["kid"]) == ("release-console-root-key/1", root["kid"])
    # A memory-hard function, and a cost at which guessing doesn't pay.
    assert (kept["kdf"]["name"], kept["kdf"]["n"], kept["kdf"]["r"]) == ("scrypt", 2**17, 8)
    assert len(b64url_decode(kept["kdf"]["salt"])) == 16
    key = Scrypt(b64url_decode(kept["kdf"]["salt"]), length=32, n=2**17, r=8, p=1).derive(PASSPHRASE.encode())
    nonce, sealed = b64url_decode(kept["nonce"]), b64url_decode(kept["sealed"])
    opened = load_der_private_key(AESGCM(key).decrypt(nonce, sealed, root["kid"].encode()), None)
    public = opened.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert b64url_decode(root["x"]) in public


def _bent(text: str) -> str:
    """Another text in any case: one in 64 begins with an A already."""
    return ("B" if text.startswith("A") else "A") + text[1:]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda kept: kept | {"kid": CURRENT["kid"]}, id="under another name"),
        pytest.param(lambda kept: kept | {"sealed": _bent(kept["sealed"])}, id="a bent key"),
        pytest.param(lambda kept: kept | {"nonce": "AA"}, id="half a nonce"),
        pytest.param(lambda kept: kept | {"format": "release-console-root-key/2"}, id="another format"),
        pytest.param(lambda kept: kept | {"kdf": kept["kdf"] | {"n": 2**40}}, id="all memory there is"),
        pytest.param(lambda kept: kept | {"kdf": kept["kdf"] | {"n": 2}}, id="hardly any work"),
        pytest.param(lambda kept: kept | {"kdf": []}, id="no parameters"),
        pytest.param(lambda _: {}, id="nothing"),
    ],
)
def test_a_key_file_that_is_none_is_refused(
    machine: RootMachine, root: dict[str, Any], spoil: Callable[[Any], Any]
) -> None:
    kept = json.loads((machine.folder / "root.key.json").read_bytes())
    (machine.folder / "bent.key.json").write_text(json.dumps(spoil(kept)), encoding="utf-8")
    with pytest.raises(RefusedOnMachineError, match=r"^Refused: ") as caught:
        machine.sign(request(root), root="bent")
    assert "Traceback" not in str(caught.value)


def test_a_root_is_never_written_over_another(machine: RootMachine) -> None:
    before = (machine.folder / "root.key.json").read_bytes()
    done = machine.run("new-root", "--passphrase-file", machine.passphrase_file())
    assert (done.returncode, "root.key.json can't be made" in done.stderr) == (1, True)
    assert (machine.folder / "root.key.json").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("short", id="short"),
        pytest.param("größerübe12", id="eleven characters, though more bytes"),
        pytest.param(" " * 16, id="spaces"),
        pytest.param("abcd" * 8, id="four characters over and over"),
    ],
)
def test_a_passphrase_that_is_easily_guessed_is_refused(machine: RootMachine, text: str) -> None:
    file = machine.passphrase_file(text)
    done = machine.run("new-root", "--key", "x.json", "--public", "x.jwk.json", "--passphrase-file", file)
    assert (done.returncode, (machine.folder / "x.json").exists()) == (1, False)
    assert "passphrase" in done.stderr


def test_the_operator_reads_what_would_be_signed(machine: RootMachine, root: dict[str, Any]) -> None:
    (machine.folder / "shown.json").write_bytes(request(root))
    shown = machine.run("show", "shown.json").stdout
    for words in (APP_ID, ISSUER, root["kid"], f"{CURRENT['kid']} (current)", f"{STANDBY['kid']} (standby)"):
        assert words in shown
    assert "365 days" in shown


def test_version_and_time_stand_side_by_side_as_dates(machine: RootMachine, root: dict[str, Any]) -> None:
    """They belong together: a version far from the time of issue was tampered with."""
    (machine.folder / "ahead.json").write_bytes(request(root, iat=1800000000, version=1800086400))
    lines = machine.run("show", "ahead.json").stdout.splitlines()
    made = next(number for number, line in enumerate(lines) if line.startswith("Made at:"))
    assert lines[made].endswith("2027-01-15 08:00 UTC (1800000000)")
    assert lines[made + 1] == "Version:  2027-01-16 08:00 UTC (1800086400)"


def test_verify_tells_a_signed_file_from_another(machine: RootMachine, root: dict[str, Any]) -> None:
    (machine.folder / "unsigned.json").write_bytes(request(root))
    (machine.folder / "good.json").write_bytes(machine.sign(request(root)))
    other = machine.new_root("other")
    assert machine.run("verify", "good.json", "--root", "root.jwk.json").returncode == 0
    assert machine.run("verify", "unsigned.json", "--root", "root.jwk.json").returncode == 1
    assert machine.run("verify", "good.json", "--root", "other.jwk.json").returncode == 1
    text = (machine.folder / "good.json").read_text(encoding="utf-8")
    (machine.folder / "bent.json").write_text(text.replace(root["kid"], other["kid"]), encoding="utf-8")
    assert machine.run("verify", "bent.json", "--root", "root.jwk.json").returncode == 1


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        pytest.param({"app_id": "com.example.bank"}, "isn't the app", id="another app"),
        pytest.param({"yes": "y"}, "Not signed", id="half a yes"),
        pytest.param({"yes": ""}, "Not signed", id="nothing"),
    ],
)
def test_nothing_is_signed_before_the_operator_says_so(
    machine: RootMachine, root: dict[str, Any], typed: dict[str, str], why: str
) -> None:
    with pytest.raises(RefusedOnMachineError, match=why):
        machine.sign(request(root), **typed)


def test_a_wrong_passphrase_opens_nothing(machine: RootMachine, root: dict[str, Any]) -> None:
    (machine.folder / "request.json").write_bytes(request(root))
    wrong = machine.passphrase_file("another passphrase than that")
    done = machine.run(
        "sign", "request.json", "--key", "root.key.json", "--out", "no.json", "--passphrase-file", wrong
    )
    assert (done.returncode, "doesn't open" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"exp": lambda: now() + 367 * DAY}, "366 days", id="more than a year"),
        pytest.param(
            {name: lambda: now() - 31 * DAY for name in ("iat", "version")} | {"exp": lambda: now() + DAY},
            "clock",
            id="an old request",
        ),
        pytest.param({"iat": lambda: now() + 2 * DAY}, "clock", id="from the future"),
        pytest.param({"iat": lambda: now() - DAY, "exp": lambda: now() - 1}, "over since", id="over"),
        pytest.param({"keys": list}, "one or two", id="no key"),
        pytest.param({"keys": lambda: [CURRENT, CURRENT]}, "two places", id="one key twice"),
        pytest.param({"keys": lambda: [CURRENT | {"d": "x"}]}, "exactly", id="a private half"),
        pytest.param({"keys": lambda: [CURRENT | {"x": STANDBY["x"]}]}, "its name", id="a misnamed key"),
        pytest.param({"root": lambda: CURRENT["kid"]}, "two places", id="a root that isn't one"),
        pytest.param({"root": lambda: "\x1b[2J"}, "printable", id="a cursor that moves"),
        pytest.param({"root": lambda: "a" * 65}, "isn't a key's name", id="a root's name that fills a line"),
        pytest.param({"aud": lambda: [APP_ID]}, "another app", id="several apps"),
        pytest.param({"version": lambda: ...}, "exactly", id="no version"),
        pytest.param({"version": lambda: 2**53 - 1}, "more than a day", id="a version that none follows"),
        pytest.param(
            {"version": lambda: now() + DAY + 60}, "more than a day", id="a version ahead of its time"
        ),
        pytest.param({"version": lambda: 0}, "whole number", id="a version before the first"),
        pytest.param({"version": lambda: True}, "whole number", id="a version that is none"),
        pytest.param({"scope": lambda: "all"}, "exactly", id="a claim too many"),
    ],
)
def test_what_no_honest_console_asks_for_is_refused(
    machine: RootMachine, root: dict[str, Any], changed: dict[str, Callable[[], Any]], why: str
) -> None:
    claims = delegation(root, **{name: value() for name, value in changed.items()})
    asked = json.loads(request(root)) | {
        "claims": claims,
        "payload": b64url_encode(canonical_json(claims)),
    }
    with pytest.raises(RefusedOnMachineError, match=why) as caught:
        machine.sign(json.dumps(asked).encode())
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"claims": {}}, "edited", id="readable claims that lie"),
        pytest.param({"app_id": "com.example.bank"}, "another app", id="another app on the outside"),
        pytest.param({"payload": b64url_encode(b'{"a": 1}')}, "as the console writes", id="another spelling"),
        pytest.param({"payload": b64url_encode(b'{"a":1,"a":2}')}, "twice", id="a member twice"),
        pytest.param({"payload": "!"}, "base64url", id="no base64url"),
        pytest.param({"payload": 7}, "isn't text", id="no text"),
        pytest.param({"format": "release-console-ceremony/2"}, "isn't a release", id="another format"),
        pytest.param({"kind": "trust"}, "Nothing of the kind", id="another kind"),
        pytest.param({"kind": []}, "isn't text", id="a kind that is none"),
        pytest.param({"more": 1}, "isn't a release", id="a member too many"),
        pytest.param({"signed": {}}, "list", id="signatures that are none"),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(
    machine: RootMachine, root: dict[str, Any], changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(RefusedOnMachineError, match=why) as caught:
        machine.sign(json.dumps(json.loads(request(root)) | changed).encode())
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"[" * 60_000, b" " * 70_000])
def test_a_file_that_is_none_is_refused(machine: RootMachine, data: bytes) -> None:
    with pytest.raises(RefusedOnMachineError) as caught:
        machine.sign(data)
    assert "Traceback" not in str(caught.value)


PAINTED = "\x1b[2J\r\nWhat:     delegation\u202e\u2028" + " " * 200


@pytest.mark.parametrize("command", ["show", "verify"])
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"keys": [CURRENT | {"kid": PAINTED}]}, id="a key's name"),
        pytest.param({"keys": [CURRENT | {"kid": [PAINTED]}]}, id="a key's name that is none"),
        pytest.param({"iss": PAINTED}, id="an issuer that moves the cursor"),
        pytest.param({"iss": "https://a.example" + " " * 63 + "Key:      GOOD"}, id="an issuer with lines"),
        pytest.param({"iss": "https://a.example/" + "x" * 512}, id="an issuer that fills the screen"),
        pytest.param({"aud": "com.example\u2003clinic"}, id="an app with a wide space"),
        pytest.param({"root": PAINTED}, id="a root"),
        pytest.param({PAINTED: 1}, id="a claim"),
        pytest.param({"version": float("nan")}, id="no number"),
        pytest.param({"iss": "\ud800"}, id="half a character"),
    ],
)
def test_nothing_in_a_file_paints_on_the_terminal(
    machine: RootMachine, root: dict[str, Any], changed: dict[str, Any], command: str
) -> None:
    claims = delegation(root) | changed
    asked = json.loads(request(root)) | {"claims": claims}
    asked |= {"app_id": claims["aud"], "issuer": claims["iss"]}
    asked["payload"] = b64url_encode(spelt(claims))
    (machine.folder / "painted.json").write_text(json.dumps(asked), encoding="utf-8")
    options = ["--root", "root.jwk.json"] if command == "verify" else []
    done = machine.run(command, "painted.json", *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Refused: ")
    assert all(" " <= character <= "~" for character in done.stderr.removesuffix("\n"))
    assert "  " not in done.stderr


def spelt(claims: dict[str, Any]) -> bytes:
    """As the console would write them, were they possible."""
    text = json.dumps(claims, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogatepass")


def test_letters_that_look_like_others_are_shown_escaped(machine: RootMachine, root: dict[str, Any]) -> None:
    issuer = "https://b\u0430nk.example"
    (machine.folder / "alike.json").write_bytes(request(root, iss=issuer))
    assert r"https://b\u0430nk.example" in machine.run("show", "alike.json").stdout


@pytest.mark.parametrize("outside", ["kind", "format", "app_id", "issuer"])
def test_what_stands_outside_the_claims_does_not_paint_either(
    machine: RootMachine, root: dict[str, Any], outside: str
) -> None:
    asked = json.loads(request(root)) | {outside: PAINTED}
    with pytest.raises(RefusedOnMachineError) as caught:
        machine.sign(json.dumps(asked).encode())
    assert str(caught.value).removesuffix("\n").isprintable()
    assert "Traceback" not in str(caught.value)
    assert "  " not in str(caught.value)


@pytest.mark.parametrize("constant", [b"NaN", b"-Infinity", b"1" * 5000, b"[" * 1500 + b"]" * 1500])
def test_a_value_that_json_does_not_have_is_refused(
    machine: RootMachine, root: dict[str, Any], constant: bytes
) -> None:
    payload = b64url_encode(b'{"a":' + constant + b"}")
    asked = json.loads(request(root)) | {"payload": payload}
    with pytest.raises(RefusedOnMachineError, match=r"^Refused: ") as caught:
        machine.sign(json.dumps(asked).encode())
    assert "Traceback" not in str(caught.value)


def test_it_signs_for_its_own_root_only(machine: RootMachine, root: dict[str, Any]) -> None:
    other = ES256Key.generate().public_jwk()
    with pytest.raises(RefusedOnMachineError, match="isn't for root"):
        machine.sign(request(other))


def test_it_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert not imported & {"socket", "urllib", "http", "subprocess"}


def test_script_and_console_agree_on_the_format() -> None:
    names = runpy.run_path(str(SCRIPT))
    assert names["FORMAT"] == ceremony.FORMAT
    assert names["OLDEST"] == ceremony.MAX_AGE
    assert names["LARGEST_FILE"] == ceremony.MAX_FILE_BYTES
    for kind, document in ceremony.DOCUMENT_KINDS.items():
        assert names["TYPES"][kind.value] == document.typ
        assert names["CLAIMS"][kind.value] == set(document.required)
        assert names["LONGEST"][kind.value] == document.max_life
    assert names["VERSION_LEAD"] == MAX_VERSION_LEAD
    assert set(names["TYPES"]) == {kind.value for kind in CeremonyKind}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"signed": []}, id="unsigned"),
        pytest.param({"signed": ["a.b.c"]}, id="a signature of something else"),
        pytest.param({"signed": [7]}, id="a signature that is none"),
        pytest.param({"kind": "root-rotation"}, id="another kind"),
        pytest.param({"payload": None}, id="no payload"),
        pytest.param({"payload": b64url_encode(b"{}")}, id="no delegation"),
        pytest.param({"more": 1}, id="a member too many"),
        pytest.param({"format": ""}, id="another format"),
    ],
)
def test_the_console_takes_no_answer_that_is_none(
    machine: RootMachine, root: dict[str, Any], changed: dict[str, Any], signed_once: bytes
) -> None:
    answer_read(signed_once, kind=CeremonyKind.DELEGATION)
    spoilt = json.dumps(json.loads(signed_once) | changed).encode()
    with pytest.raises(CeremonyRefusedError):
        answer_read(spoilt, kind=CeremonyKind.DELEGATION)


@pytest.fixture(scope="module")
def signed_once(machine: RootMachine, root: dict[str, Any]) -> bytes:
    return machine.sign(request(root))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b" " * (ceremony.MAX_FILE_BYTES + 1)])
def test_the_console_takes_no_rubbish(data: bytes) -> None:
    with pytest.raises(CeremonyRefusedError):
        answer_read(data, kind=CeremonyKind.DELEGATION)


def test_the_console_takes_its_own_spelling_only(root: dict[str, Any]) -> None:
    claims = delegation(root)
    payload = b64url_encode(json.dumps(claims).encode())
    spaced = json.loads(request(root)) | {"payload": payload, "signed": [f"head.{payload}.signature"]}
    with pytest.raises(CeremonyRefusedError, match="isn't written as"):
        answer_read(json.dumps(spaced).encode(), kind=CeremonyKind.DELEGATION)
