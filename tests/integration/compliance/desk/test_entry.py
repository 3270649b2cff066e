"""The page of an entry: what it says, what was erased of it, where it is, and the proof to take away."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.domain.engagements import Report
from accounts.domain.roles import Role
from accounts.models import RoleGroup, User
from compliance.ledger.domain.canonical import disclosure_digest
from compliance.ledger.domain.checkpoints import NoteKey
from compliance.ledger.domain.events import SYSTEM, Action
from compliance.ledger.domain.merkle import leaf_hash
from compliance.ledger.domain.proofs import proof_check, proof_parse
from compliance.ledger.models import AuditCheckpoint, AuditDisclosure, AuditErasure, AuditEvent, AuditLeaf
from compliance.ledger.services import audit_record
from compliance.ledger.services.sequencing import events_sequence
from releaseconsole.kernel import clock
from tests.support.actors import engaged
from tests.support.append_only import _without_triggers
from tests.support.ledger import SoftwareSigner
from tests.support.people import signed_in
from tests.support.shipping import recorded

LOG = "/console/compliance/log/"
VERIFIER = Path(__file__).parents[4] / "offline" / "verify_entry.py"


def record(action: Action = Action.APP_SHUT_OFF, **facts: Any) -> AuditEvent:
    with transaction.atomic():
        event = audit_record(**{"action": action, "actor": SYSTEM, "now": clock.now(), **facts})
    events_sequence()
    return event


def place(event: AuditEvent) -> int:
    return AuditLeaf.objects.get(number=event.number).sequence


def page(person: User, event: AuditEvent) -> str:
    answer = signed_in(person).get(f"{LOG}{place(event)}/")
    assert answer.status_code == 200
    return answer.content.decode()


def erase(event: AuditEvent, **permit: Any) -> AuditEvent:
    """What a privacy request comes to, as the database allows it."""
    tombstone = record(Action.DISCLOSURES_ERASED)
    with transaction.atomic():
        AuditErasure.objects.create(
            first=event.number, last=event.number, kind="privacy", tombstone=tombstone, **permit
        )
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_auditdisclosure WHERE event_id = %s", [event.number])
            if not permit["disclosures_only"]:
                cursor.execute("DELETE FROM ledger_auditcontent WHERE event_id = %s", [event.number])
    return tombstone


@contextmanager
def changing_allowed() -> Iterator[Callable[[str, list[Any]], None]]:
    """What somebody can do who owns the database: the triggers are off meanwhile."""
    off, on = _without_triggers(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in off:
            cursor.execute(statement)
        yield cursor.execute
        for statement in on:
            cursor.execute(statement)


def test_an_entry_says_what_it_holds_in_words_and_as_it_is_hashed(audra: User, rita: User) -> None:
    event = record(
        actor=rita.actor,
        app_id="com.example.clinic",
        subject=("app", "com.example.clinic"),
        detail={
            "reason": "It crashes.",
            "channels": ["beta"],
            "limits": {"from": 1, "to": None},
            "sure": True,
        },
    )
    said = page(audra, event)
    for words in (
        "Rita",
        "shut an app off",
        "It crashes.",
        "beta",
        "yes",
        '"from": 1',
        "updates:app:shut_off",
    ):
        assert words in said.replace("&quot;", '"')
    assert bytes(event.header).decode() in said.replace("&quot;", '"')
    assert bytes(event.content.content).decode() in said.replace("&quot;", '"')
    assert bytes(event.leaf_hash).hex() in said
    assert "about=app&amp;id=com.example.clinic&amp;order=oldest&amp;app=com.example.clinic" in said
    assert f"who=person%3A{rita.pk}&amp;order=oldest" in said


def test_an_entry_knows_its_neighbours(audra: User) -> None:
    first, second = record(), record()
    assert f'rel="next" href="{LOG}{place(second)}/"' in page(audra, first)
    assert f'rel="prev" href="{LOG}{place(first)}/"' in page(audra, second)


@pytest.mark.parametrize("sequence", ["999999", str(2**63), "9" * 40])
def test_an_entry_that_is_not_there_is_not_found(sequence: str, audra: User) -> None:
    client = signed_in(audra)
    assert client.get(f"{LOG}{sequence}/").status_code == 404
    assert client.post(f"{LOG}{sequence}/prove/").status_code == 404


def test_reading_personal_values_is_recorded_once(audra: User) -> None:
    plain, personal = record(), record(detail={"reason": "It crashes."})
    client = signed_in(audra)
    for event in (plain, personal, personal):
        client.get(f"{LOG}{place(event)}/")
    (read,) = recorded(Action.LOG_READ)
    assert (read.object_type, read.object_id) == ("audit_entry", str(place(personal)))


@pytest.mark.parametrize("who", ["an administrator", "an external auditor"])
def test_who_may_not_export_sees_the_commitment_of_a_personal_value_and_not_the_value(
    who: str, ada: User, olaf: User
) -> None:
    event = record(detail={"reason": "It crashes.", "version": "1.4.0"})
    if who == "an external auditor":
        olaf.groups.add(RoleGroup.objects.get(name=Role.EXTERNAL_AUDITOR.value))
        engaged(olaf, Report.AUDIT_LOG)
    client = signed_in(ada if who == "an administrator" else olaf)
    said = client.get(f"{LOG}{place(event)}/").content.decode()
    assert "It crashes." not in said
    assert "It crashes." not in client.get(LOG).content.decode()
    told = event.disclosures.get()
    assert disclosure_digest(told.name, told.salt, told.value) in said
    assert told.salt not in said
    assert "withheld" in said
    assert "export the audit log" in said
    assert "1.4.0" in said
    assert ">holds<" in said
    assert recorded(Action.LOG_READ) == []


def test_what_was_erased_is_said_with_its_permit(audra: User) -> None:
    event = record(detail={"reason": "It crashes.", "sure": True})
    tombstone = erase(event, disclosures_only=True)
    said = page(audra, event)
    assert "It crashes." not in said
    assert "1 value was erased" in said
    assert "a request for deletion" in said
    assert f'href="{LOG}{place(tombstone)}/">permit' in said
    assert ">holds<" in said


def test_an_entry_without_its_content_still_says_who_did_what(audra: User) -> None:
    event = record(detail={"sure": True})
    erase(event, disclosures_only=False)
    said = page(audra, event)
    assert "Its content was erased" in said
    assert "shut an app off" in said
    assert ">holds<" in said


@pytest.mark.parametrize("what", ["header", "column", "content", "disclosure"])
def test_an_entry_that_was_changed_says_so(what: str, audra: User) -> None:
    event = record(detail={"reason": "It crashes."})
    with changing_allowed() as execute:
        if what == "header":
            execute(
                "UPDATE ledger_auditevent SET header = %s WHERE number = %s",
                [bytes(event.header).replace(b"shut_off", b"change"), event.number],
            )
        elif what == "column":
            execute("UPDATE ledger_auditevent SET outcome = 'denied' WHERE number = %s", [event.number])
        elif what == "content":
            execute(
                "UPDATE ledger_auditcontent SET content = %s WHERE event_id = %s",
                [bytes(event.content.content).replace(b"{}", b'{"a":1}'), event.number],
            )
        else:
            execute("UPDATE ledger_auditdisclosure SET salt = 'x' WHERE event_id = %s", [event.number])
    assert "doesn&#x27;t hold" in page(audra, event) or "doesn't hold" in page(audra, event)


def test_an_entry_under_no_checkpoint_gets_one_when_it_is_proved(
    audra: User, ledger_signer: SoftwareSigner
) -> None:
    event = record()
    assert "no checkpoint yet" in page(audra, event)
    before = AuditCheckpoint.objects.count()
    proof = prove(signed_in(audra), event)
    assert AuditCheckpoint.objects.count() == before + 1
    assert proof_parse(proof).extra == bytes(event.header)
    checkpoint = AuditCheckpoint.objects.latest("pk")
    keys = [NoteKey(checkpoint.origin, key.spki) for key in ledger_signer.keys()]  # noqa: SIM118 (no dictionary)
    assert proof_check(proof, leaf_hash(bytes(event.header)), keys).size == checkpoint.size
    assert "under a signed checkpoint" in page(audra, event)
    (taken,) = recorded(Action.PROOF_TAKEN)
    assert (taken.object_id, taken.actor_id) == (str(place(event)), str(audra.pk))
    assert taken.detail == {"checkpoint_size": checkpoint.size}


def test_without_a_signer_the_page_says_that_nothing_can_be_proved(
    audra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = record()
    monkeypatch.setattr("compliance.ledger.backends.signer._registry.signer", None)
    answer = signed_in(audra).post(f"{LOG}{place(event)}/prove/", follow=True)
    assert answer.redirect_chain == [(f"{LOG}{place(event)}/", 302)]
    assert b"No key can sign" in answer.content
    assert recorded(Action.PROOF_TAKEN) == []


def prove(client: Client, event: AuditEvent) -> str:
    answer = client.post(f"{LOG}{place(event)}/prove/")
    assert answer.headers["Content-Disposition"].endswith('.tlog-proof"')
    return answer.content.decode()


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script as an auditor would who has nothing but Python and openssl."""
    command = ["env", "-i", sys.executable, "-I", "verify_entry.py", "entry.tlog-proof", "keys.pem"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def handed_out(audra: User, tmp_path: Path) -> Path:
    """The three files that a page hands out, of an entry amid others."""
    client = signed_in(audra)
    for _ in range(5):
        record()
    event = record(Action.RELEASE_HALTED, detail={"version": "1.4.0"})
    for _ in range(3):
        record()
    (tmp_path / "entry.tlog-proof").write_text(prove(client, event))
    (tmp_path / "keys.pem").write_bytes(client.get(f"{LOG}keys/").content)
    (tmp_path / "verify_entry.py").write_bytes(client.get(f"{LOG}verify_entry.py").content)
    return tmp_path


def test_what_the_page_hands_out_verifies_in_an_empty_environment(handed_out: Path) -> None:
    said = verified(handed_out)
    assert (said.returncode, said.stderr) == (0, "")
    assert "VERIFIED" in said.stdout
    assert "updates:release:halt" in said.stdout


def _header(text: str) -> str:
    head, _, rest = text.partition("\nindex")
    return f"{head[:-8]}AAAA{head[-4:]}\nindex{rest}"


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        pytest.param(_header, "don't lead to the root", id="header"),
        pytest.param(lambda text: text.replace("\nindex ", "\nindex 1"), "REFUSED", id="index"),
        pytest.param(lambda text: text.replace("/audit-log/", "/audit-lag/"), "of another log", id="origin"),
        pytest.param(lambda text: text[:-20] + "AAAA" + text[-16:], "doesn't hold", id="signature"),
        pytest.param(lambda text: text.replace("\n\n", "\nAAAA\n\n", 1), "isn't one", id="path-with-more"),
        pytest.param(lambda text: text.replace("extra ", "extra !"), "isn't base64", id="not-base64"),
        pytest.param(lambda _: "hello", "isn't a proof", id="no-proof"),
    ],
)
def test_a_proof_that_was_touched_is_refused(
    tamper: Callable[[str], str], why: str, handed_out: Path
) -> None:
    file = handed_out / "entry.tlog-proof"
    file.write_text(tamper(file.read_text()))
    said = verified(handed_out)
    assert said.returncode == 1, said.stdout + said.stderr
    assert why in said.stdout


def test_a_path_that_is_too_short_is_refused(handed_out: Path) -> None:
    file = handed_out / "entry.tlog-proof"
    head, _, note = file.read_text().partition("\n\n")
    file.write_text(head.rpartition("\n")[0] + "\n\n" + note)
    assert verified(handed_out).returncode == 1


def test_a_proof_under_somebody_elses_key_is_refused(handed_out: Path) -> None:
    subprocess.run(  # noqa: S602 (its own words)
        "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -out keys.pem",
        shell=True,
        cwd=handed_out,
        check=True,
        capture_output=True,
    )
    said = verified(handed_out)
    assert (said.returncode, "none of the keys" in said.stdout) == (1, True)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("# REVOKED 2020-01-01 00:00:00 UTC: proves nothing", 2, "the key that signed was revoked"),
        ("# Log: another.example", 1, "of another log than the file of keys"),
    ],
)
def test_what_the_file_of_keys_says_of_them_counts(line: str, code: int, said: str, handed_out: Path) -> None:
    keys = re.sub("# Log: .*\n", "", (handed_out / "keys.pem").read_text())
    (handed_out / "keys.pem").write_text(keys.replace("-----BEGIN", f"{line}\n-----BEGIN"))
    done = verified(handed_out)
    assert (done.returncode, said in done.stdout) == (code, True)


@pytest.mark.parametrize("keys", ["", "hello"])
def test_without_keys_nothing_is_said(keys: str, handed_out: Path) -> None:
    (handed_out / "keys.pem").write_text(keys)
    assert verified(handed_out).returncode == 2


def test_without_files_the_script_explains_itself(handed_out: Path) -> None:
    (handed_out / "entry.tlog-proof").unlink()
    assert verified(handed_out).returncode == 2
    usage = subprocess.run(
        [sys.executable, "-I", "verify_entry.py"], cwd=handed_out, capture_output=True, text=True, check=False
    )
    assert (usage.returncode, "Exit code 0: it holds" in usage.stdout) == (2, True)


def test_the_script_is_short_enough_to_read() -> None:
    assert len(VERIFIER.read_text().splitlines()) <= 157


def test_disclosures_are_what_the_page_calls_personal(audra: User) -> None:
    event = record(detail={"reason": "It crashes.", "note": ""})
    assert AuditDisclosure.objects.filter(event=event).count() == 1
    assert "Personal values and free text" in page(audra, event)
