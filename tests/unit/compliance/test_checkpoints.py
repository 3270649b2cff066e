"""Signed checkpoints: what is believed, and each way of bending one."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from compliance.ledger.domain.checkpoints import Checkpoint, NoteKey, note_compose, note_verify
from compliance.ledger.domain.merkle import EMPTY_ROOT
from compliance.ledger.errors import CheckpointError
from tests.support.audit_notes import ORIGIN, checkpoint, note_key, sign, signature_line, signed

ROOT = bytes(range(32))
BODY = checkpoint().body()
NOTE = signed(BODY)

# Real checkpoints, and the keys as their logs publish them: Sigstore's Rekor and Google's Pixel log.
STRANGERS = [
    pytest.param(
        "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC"
        "96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=",
        "Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n",
        "wNI9ajBEAiARInWIWyCdyG27CO6LPnPekyw20qO0YJfoaPaowGp/XgIgc+qEHS3+GKVClgqq20uDLet7MCoTURUCRdxwWBHHufk=",
        id="rekor",
    ),
    pytest.param(
        "pixel6_transparency_log+91c16e30+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN+4x0Jk1yTwvLFI9A4NDdGZcX0aiWVdWM5"
        "XJVy0M4VWD3AvyW5Q6Hs9A0mcDkpUoYgn+KKPNzFC0H3nN3q6JQ8=",
        "DEFAULT\n10\nbsWRucJU5xJPHb5eBdOm6+DM+VelCZBuvtI3sHERJ9Y=\n",
        "kcFuMDBFAiEAhqMAP8P6qf6QxtUJhzMhbN+MbZ9dwfUHzGQJmffJHtoCIGD0cNe47dHWBoPwYdgBCepB06/+g5O1FmYjXl06owL4",
        id="pixel",
    ),
]


def test_a_signed_checkpoint_is_read_back() -> None:
    note = note_compose(checkpoint(), [(note_key(), sign(BODY))])
    assert note == NOTE
    assert note_verify(note, [note_key()]) == checkpoint()


@pytest.mark.parametrize(("vkey", "body", "encoded"), STRANGERS)
def test_keys_and_signatures_are_those_of_other_peoples_logs(vkey: str, body: str, encoded: str) -> None:
    name, _, material = vkey.split("+", 2)
    key = NoteKey(name, base64.b64decode(material)[1:])
    signature = base64.b64decode(encoded)
    assert key.verifier_key == vkey
    assert key.key_id == signature[:4]
    key.signature_check(body, signature[4:])
    with pytest.raises(CheckpointError):
        key.signature_check(f"{body}\n", signature[4:])


def test_a_flipped_bit_anywhere_in_a_note_is_noticed() -> None:
    data, believed = NOTE.encode(), []
    for bit in range(len(data) * 8):
        bent = bytearray(data)
        bent[bit // 8] ^= 1 << bit % 8
        try:
            note_verify(bent.decode(errors="surrogateescape"), [note_key()])
        except CheckpointError:
            continue
        believed.append(bit)
    assert believed == []


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "console.example/audit\n6",
        "console.example/audit\n",
        "\n",
        "console example",
        "console.example+audit",
        "console\u2003example",
        "console\texample",
        "console\rexample",
        "console\x00example",
        "console\u2028example",
        "console\u200bexample",
        "console\u202eexample",
        "console\ud800",
        "c" * 256,
    ],
)
def test_an_origin_that_could_be_read_as_something_else_is_refused(origin: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        Checkpoint(origin=origin, size=5, root=ROOT)
    assert caught.value.code == "checkpoint_refused"
    with pytest.raises(CheckpointError):
        note_key(name=origin)


@pytest.mark.parametrize(("size", "root"), [(-1, ROOT), (0, ROOT), (5, ROOT[1:]), (5, b""), (5, ROOT + b"0")])
def test_a_root_that_no_log_can_have_is_refused(size: int, root: bytes) -> None:
    with pytest.raises(CheckpointError):
        checkpoint(size, root)


def test_an_empty_log_has_a_checkpoint() -> None:
    empty = checkpoint(0, EMPTY_ROOT)
    assert note_verify(signed(empty.body()), [note_key()]) == empty


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{BODY}extension\n", id="an extension line"),
        pytest.param(f"{BODY}\n", id="an empty line at the end"),
        pytest.param(f"\n{BODY}", id="an empty line at the start"),
        pytest.param(BODY.replace("\n5\n", "\n\n5\n"), id="an empty line inside"),
        pytest.param(f"{ORIGIN}\n5\n", id="no root"),
        pytest.param(BODY.replace("\n5\n", "\n05\n"), id="a leading zero"),
        pytest.param(BODY.replace("\n5\n", "\n+5\n"), id="a sign"),
        pytest.param(BODY.replace("\n5\n", "\n-5\n"), id="a negative size"),
        pytest.param(BODY.replace("\n5\n", "\n5\u0665\n"), id="digits of another script"),
        pytest.param(BODY.replace("\n5\n", "\n0\n"), id="a root of nothing"),
        pytest.param(BODY.replace("\n5\n", f"\n{'9' * 20}\n"), id="a size beyond reason"),
        pytest.param(BODY.replace("=\n", "\n"), id="no padding"),
        pytest.param(BODY.replace("8=\n", "9=\n"), id="other trailing bits"),
        pytest.param(BODY.replace("=\n", "= \n"), id="a space at the end"),
        pytest.param(BODY.replace("AAEC", "AA-C"), id="base64url"),
        pytest.param(f"{ORIGIN}\n5\nAAEC\n", id="a short root"),
        pytest.param(BODY.replace(ORIGIN, f"{ORIGIN} "), id="a space in the origin"),
    ],
)
def test_a_body_is_refused_that_is_signed_but_malformed(body: str) -> None:
    assert body != BODY
    with pytest.raises(CheckpointError):
        note_verify(signed(body), [note_key()])


SIGNATURE = signature_line(BODY)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(f"{BODY}\n", id="no signature"),
        pytest.param(f"{BODY}{SIGNATURE}", id="no empty line"),
        pytest.param(NOTE[:-1], id="no line feed at the end"),
        pytest.param(f"{NOTE}\n", id="an empty line at the end"),
        pytest.param(f"{NOTE}hello\n", id="a line that is no signature"),
        pytest.param(f"{NOTE}hello", id="something after the last line"),
        pytest.param(f"{BODY}\n{SIGNATURE[2:]}", id="no dash"),
        pytest.param(f"{NOTE}— witness.example/w1 AAAA\n", id="a key id without signature"),
        pytest.param(f"{NOTE}— witness.example/w1 AAAAAAB\n", id="an unknown signature without padding"),
        pytest.param(f"{NOTE}— witness+example AAAAAAA=\n", id="an unknown name with a plus"),
        pytest.param(f"{NOTE}—  AAAAAAA=\n", id="an unknown name that is empty"),
        pytest.param(f"{NOTE}— witness\0example AAAAAAA=\n", id="a control character in an unknown name"),
        pytest.param(NOTE.replace("— ", "- "), id="a hyphen"),
        pytest.param(NOTE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(NOTE.replace("\n", "\r\n", 1), id="one CRLF"),
        pytest.param(NOTE.replace(f"— {ORIGIN} ", f"— {ORIGIN}  "), id="two spaces"),
        pytest.param(f"{NOTE}{SIGNATURE[:-1]}=\n", id="a second time, with more padding"),
        pytest.param(NOTE + f"— witness.example/\ud800 {'A' * 8}\n", id="a lone surrogate"),
        pytest.param(NOTE + "— witness.example/w1 AAAAAAA=\n" * 32, id="too many signatures"),
        pytest.param(NOTE + f"— witness.example/w1 {'A' * 262_144}\n", id="too long"),
        pytest.param(signed(BODY, number=2), id="another key of the same name"),
        pytest.param(signed(BODY, name="elsewhere.example/audit"), id="the same key under another name"),
        pytest.param(NOTE + signature_line(f"{BODY}1", number=1), id="a second signature that doesn't hold"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_note_is_refused_that_isnt_signed_as_it_has_to_be(note: str) -> None:
    with pytest.raises(CheckpointError):
        note_verify(note, [note_key()])


def test_a_note_is_refused_where_no_key_is_trusted() -> None:
    with pytest.raises(CheckpointError):
        note_verify(NOTE, [])


def test_signatures_of_strangers_are_ignored_wherever_they_stand() -> None:
    stranger = "— witness.example/w1 AAAAAAA=\n"
    same_id = SIGNATURE.replace(ORIGIN, "elsewhere.example/audit")
    note = f"{BODY}\n{stranger}{signature_line(BODY, number=2)}{SIGNATURE}{same_id}{stranger * 14}"
    assert note_verify(note, [note_key()]) == checkpoint()


def test_the_same_signature_twice_counts_as_it_stands() -> None:
    assert note_verify(NOTE + SIGNATURE, [note_key()]) == checkpoint()


def test_a_checkpoint_signed_by_the_old_and_the_new_key_holds_for_who_has_either() -> None:
    note = note_compose(checkpoint(), [(note_key(1), sign(BODY, 1)), (note_key(2), sign(BODY, 2))])
    for keys in ([note_key(1)], [note_key(2)], [note_key(2), note_key(1)]):
        assert note_verify(note, keys) == checkpoint()


def test_a_trusted_key_doesnt_speak_for_another_log() -> None:
    elsewhere = note_key(2, "elsewhere.example/audit")
    note = signed(BODY, number=2, name=elsewhere.name)
    with pytest.raises(CheckpointError, match=f"No key of {ORIGIN}"):
        note_verify(note, [note_key(), elsewhere])


@pytest.mark.parametrize("number", [None, 2])
def test_a_note_that_doesnt_hold_is_never_composed(number: int | None) -> None:
    signatures = [(note_key(), sign(BODY, number))] if number else []
    with pytest.raises(CheckpointError):
        note_compose(checkpoint(), signatures)


def test_a_signature_in_another_encoding_is_refused() -> None:
    signature = sign(BODY)
    long_form = b"\x30\x81" + signature[1:]  # BER has many spellings of a length, DER one
    for bent in (long_form, signature + b"\0", signature[:-1], b""):
        with pytest.raises(CheckpointError):
            note_key().signature_check(BODY, bent)


def test_a_key_on_another_curve_or_in_another_spelling_is_refused() -> None:
    def spki(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> bytes:
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    point = ec.derive_private_key(1, ec.SECP256R1()).public_key()
    header = note_key().spki[:26].replace(b"\x30\x59", b"\x30\x39").replace(b"\x03\x42", b"\x03\x22")
    compressed = header + point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    others = [
        spki(ec.derive_private_key(1, ec.SECP384R1()).public_key()),
        spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
        compressed,
        note_key().spki + b"\0",
        note_key().spki[:-1],
        b"",
    ]
    for other in others:
        with pytest.raises(CheckpointError):
            NoteKey(ORIGIN, other)
