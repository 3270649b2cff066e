"""Django's settings, by subject; every deployment difference is an environment variable (see environment.py).

All of them are names of this module: Django, and whoever else imports it, needn't know where one is set.
"""

from releaseconsole.settings.answers import *  # noqa: F403 (names of this module)
from releaseconsole.settings.devices import *  # noqa: F403 (names of this module)
from releaseconsole.settings.keys import *  # noqa: F403 (names of this module)
from releaseconsole.settings.log import *  # noqa: F403 (names of this module)
from releaseconsole.settings.outside import *  # noqa: F403 (names of this module)
from releaseconsole.settings.parts import *  # noqa: F403 (names of this module)
from releaseconsole.settings.people import *  # noqa: F403 (names of this module)
from releaseconsole.settings.place import *  # noqa: F403 (names of this module)
from releaseconsole.settings.privacy import *  # noqa: F403 (names of this module)
from releaseconsole.settings.schedule import *  # noqa: F403 (names of this module)
from releaseconsole.settings.single_sign_on import *  # noqa: F403 (names of this module)
from releaseconsole.settings.stores import *  # noqa: F403 (names of this module)
