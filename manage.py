#!/usr/bin/env python
"""Django's command line for the console; `python manage.py console` runs the whole product."""

import os
import sys


def main() -> None:
    """Hand the arguments to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "releaseconsole.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 (settings name first)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
