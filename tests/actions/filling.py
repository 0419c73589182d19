"""Run by itself on a disk of a few megabytes: fills it, and tells what is still shown, done and recorded.

`python -m tests.actions.filling HOME [bare|doors]`; with `bare`, nothing is set aside beforehand. Writes one JSON object.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from patrol.register.start import start

HOME = Path(sys.argv[1])
BALLAST = HOME / "ballast"
WORD = "a long enough sentence"


def fill() -> None:
    """To the last block."""
    file = os.open(BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (1 << 20, 4096):
        try:
            while os.write(file, bytes(size)) == size:
                pass
        except OSError as error:
            assert error.strerror == "No space left on device"  # noqa: PT017
    os.close(file)


def recorded() -> list[list[Any]]:
    from patrol.register import log

    return [
        [row.record.verb, row.record.result, row.record.details.get("error")]
        for row in reversed(log.each(limit=100_000))
    ]


def look(client: Any) -> int:
    status: int = client.get("/leads/1/").status_code
    return status


def end_run() -> str:
    from patrol.actions.collecting import runs
    from patrol.actions.desk import Desk
    from patrol.errors import PatrolError
    from patrol.models import Outcome
    from patrol.register.tables import RunRow

    run = RunRow.objects.get(ended_at=None)
    try:
        return runs.end(Desk.system("run"), run.pk, runs.Ended(Outcome.CRASHED, "Nothing is kept."))
    except PatrolError as error:
        return type(error).__name__


def revoke() -> bool:
    from patrol.actions.collecting import mandates
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.register.tables import AuthorizationRow

    lin = Desk.of(people.find("lin"), origin=None)
    return mandates.revoke(lin, AuthorizationRow.objects.get().pk, "Over.").revoked_at is not None


def begin_run() -> str:
    from patrol.actions.collecting import sources
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.errors import PatrolError

    try:
        sources.run_now(Desk.of(people.find("lin"), origin=None), "harbor")
    except PatrolError as error:
        return type(error).__name__
    return "queued"


def by_link(token: str) -> int:
    from django.test import Client

    status: int = Client(SERVER_NAME="localhost").post(f"/enter/{token}/").status_code
    return status


def by_password(word: str) -> int:
    from django.test import Client

    form = {"login": "lin", "password": word}
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    status: int = client.post("/account/login/", form).status_code
    return status


def anew(kept: Any) -> None:
    """Full once more, with the reserve held and no room left in the journal: the next write finds it out."""
    from django.db import connection

    BALLAST.unlink(missing_ok=True)
    kept.no_room()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill()


def doors(client: Any, kept: Any) -> dict[str, Any]:
    """Signing in and out and one's own account, each once as the first that finds the disk full, and once after it."""
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.register.tables import Person, SignInLink

    lin = Person.objects.get(account="lin")
    lin.set_password(WORD)
    lin.save()
    token = people.issue_link(Desk.command_line(), "lin")
    ways: dict[str, Callable[[], int]] = {
        "password": lambda: by_password(WORD),
        "wrong password": lambda: by_password("another sentence"),
        "link": lambda: by_link(token),
        "wrong link": lambda: by_link("x" * 32),
        "language": lambda: client.post("/account/language/", {"language": "en"}).status_code,
        "years": lambda: client.post("/account/years/", {"years": "republic"}).status_code,
        "sign out": lambda: client.post("/account/logout/").status_code,
    }
    told: dict[str, Any] = {}
    for name, ask in ways.items():
        anew(kept)
        before = len(recorded())
        told[name] = [ask(), ask()], recorded()[before:]
    mei = Person.objects.get(account="mei")
    used = SignInLink.objects.filter(used_at=None).count() == 0
    return {
        "asked": told,
        "changed": [used, mei.language, mei.counts_republic],
        "left": look(client),
    }


def main() -> None:
    os.environ["PATROL_HOME"] = str(HOME)
    start(web=True)
    from django.test import Client

    from patrol.register import log
    from patrol.register.reserve import Reserve
    from patrol.register.tables import Lead, Person

    kept = log.set_aside()
    assert kept is not None
    if "bare" in sys.argv:
        kept.leave()
        Reserve.no_room = lambda _self: False  # type: ignore[assignment, method-assign]
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(Person.objects.get(account="mei"))
    told: dict[str, Any] = {"before": look(client), "held_before": kept.held()}
    if "doors" in sys.argv:
        print(json.dumps(told | doors(client, kept)))  # noqa: T201
        return
    fill()
    looks = 0
    while (status := look(client)) == 200:
        looks += 1
        fill()
    told |= {"looks": looks, "full": status, "held_full": kept.held()}
    if "bare" in sys.argv:
        print(json.dumps(told | {"records": recorded()}))  # noqa: T201
        return
    answer = client.get("/leads/1/")
    told |= {"again": answer.status_code, "said": "磁碟已滿" in answer.content.decode()}
    told["refused"] = client.get("/people/").status_code
    form = {"version": 1, "verdict": "relevant"}
    told["decided"] = client.post("/leads/1/decide/", form).status_code
    told["lead"] = Lead.objects.get(pk=1).status
    told |= {"run": end_run(), "next_run": begin_run(), "revoked": revoke(), "records": recorded()}
    BALLAST.unlink()
    told |= {"after": look(client), "held_after": kept.held(), "next_after": begin_run()}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
