"""The WSGI application: device paths go to the gateway, everything else to Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")

from django.core.wsgi import get_wsgi_application

from releaseconsole.supervisor.web_process import web_process_settle

application = get_wsgi_application()
web_process_settle()
