"""The WSGI application: device paths go to the gateway, everything else to Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")

from django.core.wsgi import get_wsgi_application

from releaseconsole.supervisor.web_process import web_process_settle

_console = get_wsgi_application()
web_process_settle()

from compliance.desk.domain.modules.history import ProcessRole  # noqa: E402 (needs Django set up, as the next)
from compliance.desk.services.modules.keeping import evidence_keeper_start  # noqa: E402
from compliance.desk.services.modules.starting import serving_check  # noqa: E402

serving_check()

from updates.gateway.router import gateway_application  # noqa: E402 (its models need Django set up)
from updates.gateway.serving import serving  # noqa: E402 (its models need Django set up)

# Granian imports this after it forked, so the thread started here is this process's own.
serving.start()
evidence_keeper_start(ProcessRole.WEB)
application = gateway_application(_console)
