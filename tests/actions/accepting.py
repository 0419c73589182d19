"""Run by itself: a process that keeps posts and decides leads, and says of each that it is accepted.

It forks for every line on its input, `HOME`, so that imports and rules are there already; the fork stops itself,
waits to be watched, and goes on when it is told to (SIGCONT).
"""

import ctypes
import os
import signal
import sys
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from patrol.register.start import start

_PR_SET_PTRACER = 0x59616D61
_ANY = -1


def _open(home: str) -> None:
    os.environ["PATROL_HOME"] = home
    connection.settings_dict["NAME"] = f"{home}/register.sqlite3"


def _accept(flagger: Any, pages: list[Any]) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.actions.triaging import triage
    from patrol.models import Verdict
    from patrol.register.tables import Lead, RunRow
    from pipelines.keep import Keeper

    keeper = Keeper(RunRow.objects.get(), flagger, unflagged_days=7, now=timezone.now)
    for page in pages:
        keeper.keep_all([page])
        os.write(1, f"post {page.posts[0].key}\n".encode())
    desk = Desk.of(people.find("mei"), origin="127.0.0.1")
    for lead in Lead.objects.filter(status="new").order_by("pk"):
        triage.decide(desk, lead.pk, lead.version, Verdict.RELEVANT)
        os.write(1, f"decision {lead.pk}\n".encode())


def _carry(home: str, flagger: Any, pages: list[Any]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY)
    _open(home)
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        _accept(flagger, pages)
    except Exception as error:  # noqa: BLE001  (whatever the disk does to it, it has accepted nothing more)
        os.write(1, f"failed {type(error).__name__}\n".encode())
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Until its input ends: a fork a line; tells its number, and at its end how it ended."""
    start()
    from patrol.actions.rulemaking import rulebook
    from patrol.actions.triaging import triage  # noqa: F401  (forks find it imported)
    from patrol.models import ReadPage

    pages = [ReadPage.model_validate_json(line) for line in sys.argv[1].splitlines()]
    flagger = rulebook.flagger()
    flagger.flag([post.text for page in pages for post in page.posts])
    connections.close_all()
    for line in sys.stdin:
        if not (child := os.fork()):
            _carry(line.strip(), flagger, pages)
        os.waitpid(child, os.WUNTRACED)
        os.write(1, f"stopped {child}\n".encode())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"ended {code}\n".encode())


if __name__ == "__main__":
    main()
