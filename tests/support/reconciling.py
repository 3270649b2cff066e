"""A process of its own that reconciles an app's release-token keys, for tests that kill it.

    python -m tests.support.reconciling APP_ID ISO_TIME...

The environment names the database. It says `ready` once everything is loaded, waits for a line, and then
reconciles at each time in turn, saying so. It ends with its input.
"""

import os
import sys
from datetime import datetime

import django


def main(app_id: str, times: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    django.setup()
    from releaseconsole.kernel.jose.algorithms import Algorithm
    from signing.domain.key_owner import KeyOwner
    from signing.domain.lifecycle import KeyPurpose
    from signing.services.reconcile import owner_reconcile

    owner = KeyOwner(KeyPurpose.RELEASE_TOKEN, app_id, Algorithm.ES256)
    print("ready", flush=True)
    sys.stdin.readline()
    for time in times:
        owner_reconcile(owner, now=datetime.fromisoformat(time))
        print(time, flush=True)
    sys.stdin.read()  # so that who is to be killed is still there


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
