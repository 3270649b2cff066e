"""The WSGI application: device paths go to the gateway, everything else to Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
