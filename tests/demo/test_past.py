"""The demo's past and present, in a real process: what the pages are made of afterwards, as it lies on the disk."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from patrol.demo.cast import AUTHORIZATION
from tests.plugins.visitor import Visitor

PACE = 3
"""How many times faster than told, where the machine has nothing else to do."""
pytestmark = pytest.mark.timeout(900)
OPENS = 12
"""Seconds in which a demo opens there. One that takes longer is told slower in proportion, from the second try on."""
MANDATE_ENDED = "No authorization covers this source now"
TOLD = (
    "renew the mandate of",
    "Somebody posts on",
    "A new lead waits in the queue",
    "breaks: it answers 500",
    "The site answered with an error of its own.",
    "Somebody asks for help on",
    "A possible victim stands first in the queue",
    "is over; nothing more may be asked of it",
    MANDATE_ENDED,
)
"""What the terminal says within three minutes of the story."""
DEEDS = (TOLD[0], *TOLD[1::2])
"""What happens in the seconds of the story."""
SEEN = dict(zip(TOLD[1::2], TOLD[2::2], strict=True))
"""What comes of it: when, is the machine's affair, but never before."""
RENEWED = "supervisor asked and supervisor2 approved"
LINK = re.compile(r"^(\w+)\s+(http://\S+/enter/\S+)", re.MULTILINE)


class Told(Exception):
    """Not everything was told in time."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a demo said until its story was over, and the data directory that it left."""
    pace = max(0.5, PACE * _share())
    for _ in range(2):
        folder = tmp_path_factory.mktemp("story")
        said, opened = _tell(folder, pace)
        if all(line in said for line in TOLD):
            return said, folder / "kept"
        pace = max(0.3, min(1.5, PACE * OPENS / opened / 3))
    raise Told(said)


def _share(of_seconds: float = 0.3) -> float:
    """How much of a core this machine gives who wants one: less than 1 where it has other work."""
    wall, begun = time.monotonic(), time.process_time()
    while time.process_time() - begun < of_seconds:
        pass
    return min(1.0, of_seconds / (time.monotonic() - wall))


def _tell(folder: Path, pace: float) -> tuple[str, float]:
    """What the demo says until all is told, or it is too late for the rest; and after how many seconds it opened."""
    command = [sys.executable, "-m", "patrol", "demo", "--pace", str(pace)]
    environment = {name: value for name, value in os.environ.items() if "PATROL_" not in name}
    begun = time.monotonic()
    with (folder / "out").open("w") as out:
        demo = subprocess.Popen(
            [*command, "--keep", str(folder / "kept")],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**environment, "HOME": str(folder)},
            start_new_session=True,
        )
    said, opened = "", 0.0
    try:
        while demo.poll() is None and not all(line in said for line in TOLD):
            seconds = time.monotonic() - begun
            late = MANDATE_ENDED in said and "A new lead waits" not in said
            if late or seconds > (opened or 120) + 90 + 150 / pace:
                break
            time.sleep(0.2)
            said = (folder / "out").read_text()
            opened = opened or ("enter/" in said and seconds) or 0.0
        if all(line in said for line in TOLD):
            renew(dict(LINK.findall(said)))
            _until_told(folder / "out", RENEWED, 60 + 180 / pace)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(240)
    return (folder / "out").read_text(), opened or OPENS


def _until_told(out: Path, line: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while line not in out.read_text() and time.monotonic() < deadline:
        time.sleep(0.1)


def renew(links: dict[str, str]) -> None:
    """Point 7 of the story: a supervisor asks for a new mandate and cannot approve it; another one does."""
    asking, approving = Visitor(links["supervisor"]), Visitor(links["supervisor2"])
    today = datetime.now(UTC)
    page = asking.open("/sources/open_chats/")
    fields = {
        **page.fields("authorizations/"),
        "basis": "示範條例第 7 條（虛構）",
        "number": "示範少字第 00043 號",
        "categories": ["fraud", "organized_crime"],
        "valid_from": f"{today:%Y-%m-%d}",
        "valid_until": f"{today + timedelta(days=9):%Y-%m-%d}",
    }
    assert asking.send("/sources/open_chats/authorizations/", fields) == 200
    page = asking.open("/sources/open_chats/")
    assert "/approve/" not in page.text
    page = approving.open("/sources/open_chats/")
    (place,) = re.findall(r"/authorizations/\d+/approve/", page.text)
    assert asking.send(place, page.fields("approve/")) >= 400
    assert approving.send(place, page.fields("approve/")) == 200


def test_a_mandate_is_renewed_by_two(told: tuple[str, Path], register: sqlite3.Connection) -> None:
    assert RENEWED in told[0]
    (begun,) = register.execute(
        "SELECT count(*) FROM register_runrow r JOIN register_authorizationrow a ON a.id = r.authorization_id"
        " WHERE a.number = '示範少字第 00043 號' AND r.begun_at IS NOT NULL"
    ).fetchone()
    assert begun >= 1


def test_each_mandate_names_its_paper_the_sites_terms_and_what_it_leaves_out(
    register: sqlite3.Connection,
) -> None:
    rows = register.execute(
        "SELECT s.name, a.document_sha256, a.terms, a.query_deny FROM register_authorizationrow a"
        " JOIN register_sourcerow s ON s.id = a.source_id WHERE a.number = ?",
        (AUTHORIZATION.number,),
    ).fetchall()
    assert {(paper, terms) for _, paper, terms, _ in rows} == {
        (AUTHORIZATION.sha256, "terms_permit")
    }
    denied = {(name, pattern) for name, _, _, said in rows for pattern in json.loads(said)}
    assert {
        ("harbor_forum", "mode=post"),
        ("night_market", "mod=post"),
        ("open_chats", "mode=post"),
        ("town_feed", "sid"),
    } <= denied, "each by the software that was detected"


@pytest.fixture
def register(told: tuple[str, Path]) -> Iterator[sqlite3.Connection]:
    """The register as it was left."""
    connection = sqlite3.connect(told[1] / "register.sqlite3")
    yield connection
    connection.close()


def test_the_story_is_told_in_its_order(told: tuple[str, Path]) -> None:
    said, _ = told
    assert all(line in said for line in TOLD), said
    assert "Traceback" not in said
    places = [said.index(line) for line in DEEDS]
    assert places == sorted(places)
    assert all(said.index(deed) < said.index(seen) for deed, seen in SEEN.items())
    minutes = re.findall(r"^(\d\d):(\d\d)  ", said, re.MULTILINE)
    assert len(minutes) >= len(TOLD)


def test_the_log_of_past_and_present_verifies(told: tuple[str, Path]) -> None:
    command = [sys.executable, "-m", "patrol", "log", "verify", "--home", str(told[1])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


def test_time_never_goes_back_and_invented_records_say_so(register: sqlite3.Connection) -> None:
    rows = register.execute("SELECT body FROM ledger_record ORDER BY seq").fetchall()
    records = [json.loads(body) for (body,) in rows]
    assert all(one["at"] <= two["at"] for one, two in pairwise(records))
    invented = [record["boot_id"] == "told" for record in records]
    first_true_one = invented.index(False)
    assert first_true_one > 1_000
    assert not any(invented[first_true_one:])
    month = datetime.fromisoformat(records[-1]["at"]) - datetime.fromisoformat(records[0]["at"])
    assert timedelta(days=29) < month < timedelta(days=32)


def test_the_month_has_leads_of_every_kind_and_each_decision_its_record(
    register: sqlite3.Connection,
) -> None:
    kinds = Counter(
        category or kind
        for kind, category in register.execute("SELECT kind, category FROM register_lead")
    )
    assert kinds.total() >= 230
    assert len(kinds) == 11
    assert min(kinds.values()) >= 4
    decided = [
        lead for (lead,) in register.execute("SELECT lead_id FROM register_decision ORDER BY id")
    ]
    logged = register.execute(
        "SELECT subject FROM ledger_index WHERE verb = 'lead.decided' ORDER BY seq"
    )
    assert [f"lead:{lead}" for lead in decided] == [subject for (subject,) in logged]
    verdicts = Counter(
        verdict for (verdict,) in register.execute("SELECT verdict FROM register_decision")
    )
    assert set(verdicts) == {
        "relevant",
        "escalated",
        "referred",
        "dismissed",
        "snoozed",
        "reopened",
    }
    outcomes = {outcome for (outcome,) in register.execute("SELECT outcome FROM register_runrow")}
    assert {"ok", "server_error", "rate_limited", "authorization_ended"} <= outcomes


def test_words_that_nobody_flagged_are_a_week_old_at_most(register: sqlite3.Connection) -> None:
    (oldest,) = register.execute("SELECT min(expires_at) FROM register_backtestpost").fetchone()
    (last,) = register.execute("SELECT max(at) FROM ledger_index").fetchone()
    assert oldest > last


def test_nothing_was_asked_after_the_mandate_had_ended(register: sqlite3.Connection) -> None:
    rows = register.execute(
        "SELECT r.begun_at, r.ended_at, r.pages, a.valid_until, r.detail FROM register_runrow r"
        " JOIN register_sourcerow s ON s.id = r.source_id JOIN register_authorizationrow a ON a.id = r.authorization_id"
        " WHERE s.name = 'open_chats' AND r.outcome = 'authorization_ended'"
    ).fetchall()
    assert len(rows) == 1
    begun, ended, pages, until, detail = rows[0]
    assert begun < until < ended
    assert datetime.fromisoformat(ended) - datetime.fromisoformat(until) < timedelta(seconds=5)
    assert pages >= 2
    assert detail


def test_a_possible_victim_came_last_and_stands_first(
    told: tuple[str, Path], register: sqlite3.Connection
) -> None:
    (said,) = re.findall(r"A possible victim stands first in the queue: \S+/leads/(\d+)/", told[0])
    first = register.execute(
        "SELECT id FROM register_lead WHERE status = 'new' ORDER BY rank DESC, id DESC LIMIT 1"
    ).fetchone()
    assert first == (int(said),)
