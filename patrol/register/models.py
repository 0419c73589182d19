"""Where Django looks for tables; they stand in `tables/`."""

from patrol.register.tables import *  # noqa: F403  (Django's convention: importing registers them)
