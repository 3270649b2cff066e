"""`manage.py console`: the whole product under one process."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from compliance.desk.services.modules.starting import serving_check
from releaseconsole.bootstrap import bootstrap, setup_url_issue
from releaseconsole.supervisor.address import address_check, reachable_host
from releaseconsole.supervisor.errors import SupervisorError
from releaseconsole.supervisor.lock import lock_take
from releaseconsole.supervisor.loop import Supervisor
from releaseconsole.supervisor.plan import PlanOptions, children_plan
from releaseconsole.supervisor.process import Child
from releaseconsole.supervisor.readiness import web_answers, web_failures
from releaseconsole.supervisor.redis_server import redis_answers, redis_binary_find
from releaseconsole.supervisor.signals import Signals


class Command(BaseCommand):
    help = "Run the console: a private Redis, the worker, beat and the web server, until Ctrl-C."
    requires_system_checks = []  # they need the secrets that bootstrap makes

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run()
        except SupervisorError as exc:
            raise CommandError(exc.message) from exc
        except ImproperlyConfigured as exc:
            raise CommandError(str(exc)) from exc

    def _run(self) -> None:
        os.umask(0o077)  # database, Redis and logs too are nobody else's, wherever settings put them
        settings.VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock_take(settings.VAR_DIR / "console.lock") as lock:
            address_check(settings.HOST, settings.PORT)
            children = _children(lock.fileno())
            with Signals() as signals:
                bootstrap(say=self._say)
                serving_check()
                Supervisor(children, ready=_readiness(), signals=signals, say=self._say).run(self._announce)
        self._say("The console has ended.")

    def _announce(self) -> None:
        self._say(f"\nThe console runs at {settings.PUBLIC_URL}/console/")
        if url := setup_url_issue():
            self._say(f"Nobody has been set up. The first administrator starts here, once: {url}")
        if failures := web_failures(reachable_host(settings.HOST), settings.PORT):
            self._say(f"Not everything is well ({', '.join(failures)}). Run: manage.py doctor")
        self._say(f"Logs are in {settings.VAR_DIR / 'log'}. Press Ctrl-C to end the console.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _children(lock: int) -> tuple[Child, ...]:
    plan = children_plan(
        PlanOptions(
            python=sys.executable,
            var_dir=settings.VAR_DIR,
            host=settings.HOST,
            port=settings.PORT,
            web_workers=settings.WEB_WORKERS,
            web_threads=settings.WEB_THREADS,
            redis_binary=None if settings.REDIS_URL else redis_binary_find(),
            redis_socket=settings.REDIS_SOCKET,
        )
    )
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return tuple(
        Child(
            spec,
            log=settings.VAR_DIR / "log" / f"{spec.name}.log",
            cwd=settings.BASE_DIR,
            environment=environment,
            keep_open=(lock,),
        )
        for spec in plan
    )


def _readiness() -> dict[str, Any]:
    host = reachable_host(settings.HOST)
    return {
        "redis": lambda: redis_answers(settings.REDIS_SOCKET),
        "web": lambda: web_answers(host, settings.PORT),
    }
