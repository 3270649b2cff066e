"""`make demo`: fill the running console with a team at work, then let a fleet of phones live for a while.

A second run finds everything there, prints the same credentials, and only lets the fleet live again.
`FLEET_SIZE` and `DURATION` (seconds) say how many phones, and for how long; 0 lets none live.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from demo import story
from demo.connection import Connection
from demo.console_api import ConsoleAPI
from demo.fleet import Fleet, phones_of
from demo.record import DemoError, Record, record_path, record_read
from demo.running_console import configuration_adopt
from releaseconsole.kernel.errors import ConsoleError

OK: Final = 200
# Every web process has a new release by then (promise 4 of the design).
SECONDS_TO_SPREAD: Final = 1.0
_NOT_ALLOWED: Final = (
    "The demo makes people whose passwords are in a file, so it needs a console that is meant for it.\n"
    "Start the console with CONSOLE_DEMO=1 make run, or run CONSOLE_DEMO=1 make demo."
)


def main() -> int:
    """Fill the console; returns the exit code."""
    configuration_adopt()
    try:
        _fill()
    except (DemoError, ConsoleError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _fill() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    import django  # noqa: PLC0415 (its settings read the environment that was adopted just now)
    from django.conf import settings  # noqa: PLC0415 (likewise)

    if not (settings.DEBUG or settings.CONSOLE_DEMO):
        raise DemoError(_NOT_ALLOWED)
    django.setup()
    # Their models need Django set up.
    from demo import access, beta, compliance, delivery, exports, team  # noqa: PLC0415

    base_url: str = settings.PUBLIC_URL
    with Connection(base_url) as connection:
        _console_must_answer(connection, base_url)
        record = _record_of(base_url)
        team.policy_ensure()
        team.people_ensure(record)
        team.apps_ensure(record)
        team.tokens_ensure(record, connection)
        fleets = _fleets(base_url, int(os.environ.get("FLEET_SIZE", "200")))
        apis = {app_id: ConsoleAPI(connection, app_id, record.api_tokens[app_id]) for app_id in fleets}
        for app_id, fleet in fleets.items():
            _tell_story(app_id, apis[app_id], fleet)
        delivery.delivery_ensure(record, apis)
        beta.beta_ensure(record)
        access.access_ensure(record)
        exports.export_ensure(record)
        compliance.compliance_ensure(record, connection)
    _print_people(record)
    _live(list(fleets.values()), float(os.environ.get("DURATION", "60")))


def _console_must_answer(connection: Connection, base_url: str) -> None:
    try:
        status = connection.request("GET", "/readyz").status
    except OSError:
        status = 0
    if status != OK:
        raise DemoError(f"No console is ready at {base_url}. Start one first: CONSOLE_DEMO=1 make run")


def _record_of(base_url: str) -> Record:
    record = record_read() if record_path().exists() else Record(base_url)
    record.base_url = base_url
    record.write()
    return record


def _fleets(base_url: str, size: int) -> dict[str, Fleet]:
    return {
        app_id: Fleet(base_url, phones_of(app_id, round(size * app.share_of_fleet)))
        for app_id, app in story.APPS.items()
    }


def _tell_story(app_id: str, api: ConsoleAPI, fleet: Fleet) -> None:
    """Tell the chapters that haven't happened yet."""
    news = False
    for chapter in story.APPS[app_id].chapters:
        if isinstance(chapter, story.Visit):
            if news:
                time.sleep(SECONDS_TO_SPREAD)
                fleet.visit()
            continue
        state = api.releases(chapter.channel).get(chapter.version, {}).get("state")
        if isinstance(chapter, story.RollBack):
            news = state == "live"
            if news:
                api.roll_back(chapter.channel, chapter.version)
                print(f"{app_id}: {chapter.version} was rolled back on {chapter.channel}")
            continue
        news = state is None
        if news:
            api.upload(chapter.version)
            api.publish(
                chapter.channel,
                chapter.version,
                notes=chapter.notes,
                rollout_bps=chapter.rollout_bps,
                plan=chapter.plan,
            )
            print(f"{app_id}: {chapter.version} is live on {chapter.channel}")


def _print_people(record: Record) -> None:
    print(f"\nSign in at {record.base_url}/console/ with e-mail, password and a code from the TOTP secret.\n")
    rows = [("role", "e-mail", "password", "TOTP secret")]
    rows += [(person.role, person.email, person.password, person.totp_secret) for person in record.people]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print("\nLinks of the beta, which nobody can be shown again:")
    for name, link in record.beta_links.items():
        print(f"  {name}: {link}")
    print(f"\nAll of this, and an API token per app, is in {record_path()}.")


def _live(fleets: list[Fleet], seconds: float) -> None:
    if not seconds:
        return
    time.sleep(SECONDS_TO_SPREAD)
    print(f"\nThe fleet lives for {seconds:.0f} seconds; watch the release pages. Ctrl-C ends it early.")
    with ThreadPoolExecutor(len(fleets)) as pool:
        try:
            list(pool.map(lambda fleet: fleet.live(seconds), fleets))
        except KeyboardInterrupt:
            for fleet in fleets:
                fleet.stop()
    for fleet in fleets:
        print(f"In all: {fleet.summary()}")


if __name__ == "__main__":
    sys.exit(main())
