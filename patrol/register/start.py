"""Opens the register in this process."""

import os

import django

from patrol import logs
from patrol.settings import Settings


def start(*, web: bool = False) -> None:
    """Make the tables usable here; `web` adds the workbench's parts. Reads `PATROL_*` once; twice is harmless.

    Files that this process makes are its user's alone from here on.
    """
    os.umask(0o077)
    module = "patrol.web.django_settings" if web else "patrol.register.django_settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
    logs.configure(Settings())
    django.setup()
