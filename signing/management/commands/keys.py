"""`manage.py keys`: what the pages of keys do, for who has a shell and no browser; by the same rules.

Each operation says what will follow, then asks for password, code and "yes": at a terminal one by one,
otherwise as three lines of standard input. The exit code says how it ended (docs/key-management.md).
"""

import getpass
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.domain.operations import Operation
from accounts.domain.roles import Permission
from accounts.errors import PermissionDeniedError, ReasonMissingError, StepUpRefusedError
from accounts.models import StepUp
from accounts.selectors.policy import policy_current
from accounts.services.approvals import approval_request
from accounts.services.authority import Authority, BreakGlass
from accounts.services.step_up import command_line_prove
from compliance.ledger.domain.events import Action, Outcome
from compliance.ledger.services import audit_record
from releaseconsole.kernel import clock
from releaseconsole.kernel.errors import ConsoleError
from releaseconsole.kernel.jose.algorithms import Algorithm
from signing.domain.consequences import Sentence, consequences
from signing.domain.key_operations import KeyOperation, operations_of
from signing.domain.key_words import PURPOSE_TITLES, STATE_WORDS
from signing.domain.lifecycle import KeyPurpose, KeyState
from signing.errors import KeyStateError
from signing.models import SigningKey
from signing.selectors.cases import key_case
from signing.selectors.overview import key_by_kid, keys_shown, profile_shown
from signing.services.operations import (
    KEY_SERVICES,
    key_import,
    key_import_operation,
    key_operation_now,
    key_read,
)
from signing.services.rules import key_rules

# Stable: scripts rely on them. 1 is whatever the services refuse, 2 is argparse's.
REFUSED, NOT_CONFIRMED, NOT_ALLOWED, CANCELLED, WAITING = 1, 3, 4, 5, 6

_OPERATIONS: Final = {what.name.lower(): what for what in KEY_SERVICES}


class Command(BaseCommand):
    help = "List keys, or rotate, suspend, resume, revoke, destroy or import one, with password and code."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        listing = commands.add_parser("list", help="List the keys that aren't destroyed.")
        listing.add_argument("--app", default=None, help="Of this app only; 'console' for the console's own.")
        for name in _OPERATIONS:
            acting = commands.add_parser(name, help=f"{name.capitalize()} a key.")
            acting.add_argument("kid", help="The key's id, or a beginning of it that no other key has.")
            _who_and_why(acting)
        importing = commands.add_parser("import", help="Take in a private key as an app's next one.")
        importing.add_argument("--app", required=True)
        importing.add_argument("--pem", required=True, type=Path, help="A file: PKCS #8, not encrypted.")
        _who_and_why(importing)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except StepUpRefusedError as exc:
            raise CommandError(f"{exc.message} [{exc.code}]", returncode=NOT_CONFIRMED) from exc
        except PermissionDeniedError as exc:
            raise CommandError(f"{exc.title} [{exc.code}]", returncode=NOT_ALLOWED) from exc
        except ConsoleError as exc:
            raise CommandError(f"{exc.message} [{exc.code}]", returncode=REFUSED) from exc

    def _run(self, options: Mapping[str, Any]) -> None:
        command = options["command"]
        if command == "list":
            self._list(options["app"])
        elif command == "import":
            self._import(options["app"], options["pem"], options)
        else:
            self._operate(_OPERATIONS[command], key_by_kid(kid=options["kid"]), options)

    def _list(self, app: str | None) -> None:
        rows = keys_shown().exclude(state=KeyState.DESTROYED).order_by("app_id", "purpose", "-epoch")
        if app is not None:
            rows = rows.filter(app_id="" if app == "console" else app)
        for row in rows:
            owner, purpose = row.app_id or "console", PURPOSE_TITLES[KeyPurpose(row.purpose)]
            state = STATE_WORDS[KeyState(row.state)]
            since = f"{row.activated_at:%Y-%m-%d %H:%M}" if row.activated_at else "-"
            self.stdout.write(
                f"{owner}\t{purpose}\t{row.algorithm}\t{state}\t{row.key_id or '-'}\t{row.backend}\t{since}"
            )

    def _operate(
        self,
        what: KeyOperation,
        row: SigningKey,
        options: Mapping[str, Any],
    ) -> None:
        if what not in operations_of(KeyPurpose(row.purpose), KeyState(row.state)):
            raise KeyStateError(f"This can't be done to a key that is {row.get_state_display()}.")
        operation = key_operation_now(what, key_id=row.pk)
        told = consequences(key_case(what, row, rules=key_rules, now=clock.now()))
        self._tell(row.key_id, row.app_id, [(told.headline,), *told.sentences])
        done = KEY_SERVICES[what](key_id=row.pk, authority=self._authority(operation, options))
        self.stdout.write(f"Done: {done.key_id} is {done.get_state_display()}.")

    def _import(self, app_id: str, path: Path, options: Mapping[str, Any]) -> None:
        profile = profile_shown(app_id=app_id)
        try:
            pem = path.read_bytes()
        except OSError as exc:
            raise CommandError(f"{path} can't be read: {exc.strerror}", returncode=REFUSED) from exc
        key = key_read(algorithm=Algorithm(profile.algorithm), pem=pem)
        operation = key_import_operation(app_id=app_id, key=key)
        told: list[Sentence] = [
            ("This key becomes the next key of the app's release tokens; the one in waiting is withdrawn.",),
            ("The console can't know where it has been: a copy left elsewhere can sign too.",),
        ]
        self._tell(str(operation.facts["kid"]), app_id, told)
        authority = self._authority(operation, options, payload=pem)
        done = key_import(app_id=app_id, key=key, authority=authority)
        self.stdout.write(f"Done: {done.key_id} is {done.get_state_display()}. Remove {path} now.")

    def _tell(self, kid: str, app_id: str, sentences: list[Sentence]) -> None:
        self.stdout.write(f"Key {kid} of {app_id or 'the console'}")
        for sentence in sentences:
            self.stdout.write(f"  {''.join(_written(part) for part in sentence)}")

    def _authority(
        self, operation: Operation, options: Mapping[str, Any], *, payload: bytes = b""
    ) -> Authority:
        """Ask for the confirmation, and say what it's enough for; where it isn't, make a request of it.

        Raises:
            ReasonMissingError: A second person is needed, and `--reason` isn't there to tell them why.
            CommandError: It's asked for, and waits: nothing was done yet.
        """
        reason, breaks_glass = str(options["reason"]), bool(options["break_glass"])
        takes_two = operation.name in policy_current().two_people
        if takes_two and not reason.strip():
            raise ReasonMissingError("A second person is needed: say why with --reason.")
        if takes_two and not breaks_glass:
            self.stdout.write("A second person is needed. Nothing happens until somebody else approves it.")
        elif takes_two:
            self.stdout.write("You act alone. Custodians and officers are told; somebody else reviews it.")
        step_up = self._confirmed(str(options["email"]), operation)
        if not takes_two:
            return step_up
        if breaks_glass:
            return BreakGlass(step_up, reason)
        row = approval_request(operation=operation, payload=payload, reason=reason, step_up=step_up)
        address = f"{settings.PUBLIC_URL}{reverse('accounts:approval', args=[row.pk])}"
        raise CommandError(f"Asked for; nothing is done yet. Approve it at {address}", returncode=WAITING)

    def _confirmed(self, email: str, operation: Operation) -> StepUp:
        """Ask for both factors and a yes.

        Raises:
            CommandError: Anything but yes.
            StepUpRefusedError: The factors don't match.
            PermissionDeniedError: They do, but this person may not operate keys; that's on the audit log.
        """
        password, code, yes = _asked()
        if yes.strip() != "yes":
            raise CommandError("Nothing was done.", returncode=CANCELLED)
        user, step_up = command_line_prove(email=email, password=password, code=code, operation=operation)
        if not user.may(Permission.KEY_OPERATE):
            audit_record(
                action=Action.ACCESS_DENIED,
                actor=user.actor,
                now=clock.now(),
                outcome=Outcome.DENIED,
                detail={"permission": Permission.KEY_OPERATE.value, "path": "manage.py keys"},
            )
            raise PermissionDeniedError(Permission.KEY_OPERATE.value)
        return step_up


def _who_and_why(parser: CommandParser) -> None:
    parser.add_argument("--as", dest="email", required=True, help="Who does it: their e-mail.")
    parser.add_argument("--reason", default="", help="Why; needed where a second person is.")
    parser.add_argument(
        "--break-glass", action="store_true", help="Don't wait for the second person; it's reviewed after."
    )


def _asked() -> tuple[str, str, str]:
    if sys.stdin.isatty():
        # The yes comes first: a code shouldn't grow old while somebody thinks.
        yes = input('Type "yes" to go on: ')
        return getpass.getpass("Password: "), input("One-time code: ").strip(), yes
    password, code, yes = (sys.stdin.readline().rstrip("\r\n") for _ in range(3))
    return password, code.strip(), yes


def _written(part: str | datetime) -> str:
    return f"{part.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(part, datetime) else part
