"""Compiles the shipped rules and makes an empty register: `python -m patrol.demo.warm FOLDER`, once at `make install`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from patrol.config import read_rules
from patrol.settings import Settings
from pipelines.flow import warm
from pipelines.rules import Ruleset


def _empty(folder: Path) -> None:
    """Made in a data directory that is gone afterwards."""
    from patrol.register.start import start  # noqa: PLC0415  (reads its settings as they are now)

    start(web=True)
    from django.db import connections  # noqa: PLC0415  (once Django is set up)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415  (same)

    from patrol.actions.maintaining import setup  # noqa: PLC0415  (tables)
    from patrol.register.sqlite import empty  # noqa: PLC0415  (same)

    setup.make_tables(Settings())
    connections.close_all()
    empty.keep(Settings().database_path, MigrationLoader(None), folder)


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    os.environ["PATROL_CACHE"] = str(folder)
    warm()
    Ruleset.build(*read_rules(Settings().config))
    with TemporaryDirectory() as home:
        os.environ |= {"PATROL_HOME": home, "PATROL_DATABASE_URL": "", "PATROL_QUEUE": ""}
        _empty(folder)
