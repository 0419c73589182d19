"""How long officers wait for pages, twenty at once, on a register with a million posts and 100,000 leads.

`patrol serve` runs as it does for a unit, with its projector and the embedded
index. Each officer does something every three seconds: reads the queue (and
the counts beside it), opens a lead, decides on it, searches. The peer is the
bare template: the queue's page rendered again from what its view had found,
its rows by Django's templates too (`queue_row.html`), which a test holds equal
to those that the page writes.

`PATROL_BENCH_LEADS`, `PATROL_BENCH_POSTS` and `PATROL_BENCH_SECONDS` ask for less.
"""

import gzip
import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

LEADS = int(os.environ.get("PATROL_BENCH_LEADS", "100000"))
POSTS = int(os.environ.get("PATROL_BENCH_POSTS", "1000000"))
SECONDS = int(os.environ.get("PATROL_BENCH_SECONDS", "120"))
OFFICERS = 20
EVERY_SECONDS = 3.0
"""From one act of an officer to the next."""

PASSES = 30
"""Of the queue's page, and of its bare template."""

ROWS = "{% lead_rows queue.rows %}"
"""Where the queue's template says that its rows stand."""

_WORDS = (
    "手機",
    "面交",
    "推薦",
    "電影",
    "機車",
    "考試",
    "coffee",
    "garden",
    "weekend 公園",
    "車站 晚餐",
)
_READY_SECONDS = 60
_LINK = re.compile(r'/leads/(\d+)/"|href="/leads/(\d+)/')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_VERSION = re.compile(r'name="version" value="(\d+)"')
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')


class _Answer(NamedTuple):
    address: str
    status: int
    text: str
    sent: int
    """Bytes of the body on the wire."""
    seconds: float


def measure() -> dict[str, Any]:
    """Milliseconds that nineteen of twenty pages take at most, by kind."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as home:
        begun = time.perf_counter()
        sessions = _made(Path(home))
        made_seconds = time.perf_counter() - begun
        with _serving() as process:
            first_load = _first_load(sessions[0])
            took, refused = _crowd(sessions)
            process.kill()
        restart = _restarted(sessions[0])
        page, bare = _rendered(sessions[0])
    p95 = {kind: _p95(some) for kind, some in took.items()}
    return {
        "figure": p95["queue"],
        "unit": "ms that nineteen of twenty queue pages take at most",
        "peer_name": "ms to render the same queue page, rows and all, by templates from what its view had found",
        "peer": round(bare * 1_000, 2),
        "ratio": round(bare / page, 3),
        "queue_p95_ms": p95["queue"],
        "lead_p95_ms": p95["lead"],
        "decision_p95_ms": p95["decision"],
        "search_p95_ms": p95["search"],
        "counts_p95_ms": p95["counts"],
        "first_load_kb": round(first_load / 1_000, 1),
        "restart_seconds": round(restart, 1),
        "goal": "queue_p95_ms under 300, lead_p95_ms under 200, decision_p95_ms under 200, search_p95_ms under 500, "
        "first_load_kb at most 120, restart_seconds under 10, ratio at least 0.5",
        "settings": {
            "leads": LEADS,
            "posts_seen": POSTS,
            "officers": OFFICERS,
            "seconds_between_acts": EVERY_SECONDS,
            "seconds": SECONDS,
            "acts": sum(map(len, took.values())),
            "acts_of_each_kind": " ".join(f"{kind}:{len(some)}" for kind, some in took.items()),
            "median_ms": " ".join(
                f"{kind}:{statistics.median(some) * 1_000:.0f}" for kind, some in took.items()
            ),
            "decisions_a_colleague_was_first": refused,
            "page_ms_alone": round(page * 1_000, 2),
            "made_seconds": round(made_seconds),
        },
    }


def _p95(took: Sequence[float]) -> float:
    return round(sorted(took)[len(took) * 95 // 100] * 1_000, 1)


# -- The register -----------------------------------------------------------------------------


def _made(home: Path) -> list[str]:
    """A full register and its index. Returns an officer's session each."""
    from patrol.demo.stage import free_port, settle

    settings = settle(home, "", f"127.0.0.1:{free_port()}")
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import setup
    from patrol.search import open_index
    from patrol.search.outbox import project
    from pipelines.fold import fold_all

    setup.create(settings, Desk.command_line())
    from benches._register import fill, tell_index

    fill(LEADS, POSTS)
    tell_index()
    index = open_index(settings, writer=True)
    while project(index, fold_all).done:
        pass
    index.close()
    return [_signed_in(f"officer{number}") for number in range(OFFICERS)]


def _signed_in(account: str) -> str:
    from django.test import Client

    from patrol.register.tables import Person, Unit

    unit = Unit.objects.get(name="bench")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.create(account=account, role="officer", unit=unit))
    return client.cookies["patrol"].value


@contextmanager
def _serving() -> Iterator["subprocess.Popen[bytes]"]:
    """The program that a unit runs."""
    command = [sys.executable, "-m", "patrol", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            while b"http" not in said:
                if not said:
                    raise ValueError(f"`patrol serve` ended with {process.wait()}")
                said = process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _restarted(session: str) -> float:
    """Seconds from a start behind a kill -9 to an officer's queue."""
    begun = time.perf_counter()
    with _serving():
        _good(_Officer(session).ask("/leads/"))
        return time.perf_counter() - begun


# -- The officers -----------------------------------------------------------------------------


class _Officer:
    """One browser: a connection that stays, and a session."""

    def __init__(self, session: str) -> None:
        host, _, port = os.environ["PATROL_BIND"].rpartition(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=_READY_SECONDS)
        self._cookies = {"patrol": session}

    def ask(self, address: str, form: Mapping[str, str] | None = None) -> _Answer:
        """A page as it arrives, redirects not followed."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Accept-Encoding": "gzip",
        }
        body = urlencode(form).encode() if form is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self._connection.request("POST" if body else "GET", address, body, headers)
        response = self._connection.getresponse()
        sent = response.read()
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        plain = gzip.decompress(sent) if response.headers["Content-Encoding"] == "gzip" else sent
        return _Answer(address, response.status, plain.decode(), len(sent), seconds)


def _first_load(session: str) -> int:
    """Bytes of the queue's page with its styles and scripts, as they are sent."""
    officer = _Officer(session)
    page = _good(officer.ask("/leads/"))
    return page.sent + sum(
        _good(officer.ask(address)).sent for address in sorted(set(_ASSET.findall(page.text)))
    )


def _good(answer: _Answer) -> _Answer:
    if answer.status not in {200, 302}:
        raise ValueError(f"{answer.address} answered {answer.status}: {_said(answer.text)}")
    return answer


def _said(page: str) -> str:
    """The words of an error page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())[:300]


def _crowd(sessions: Sequence[str]) -> tuple[dict[str, list[float]], int]:
    """Seconds of each act by its kind, and how often a colleague had been first."""
    took: dict[str, list[float]] = defaultdict(list)
    refused: list[int] = []
    broken: list[Exception] = []
    until = time.perf_counter() + SECONDS

    def work(place: int, session: str) -> None:
        try:
            for kind, answer in _shift(place, session, until):
                if answer.status == 409:
                    refused.append(place)
                took[kind].append((answer if answer.status == 409 else _good(answer)).seconds)
        except Exception as error:  # noqa: BLE001  (raised below)
            broken.append(error)

    threads = [
        threading.Thread(target=work, args=(place, session))
        for place, session in enumerate(sessions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return took, len(refused)


def _shift(place: int, session: str, until: float) -> Iterator[tuple[str, _Answer]]:
    """What an officer does, one thing every three seconds; not all of them at the same instant."""
    chance, officer = Random(place), _Officer(session)  # noqa: S311  (a corpus, not a secret)
    at = time.perf_counter() + place * EVERY_SECONDS / OFFICERS
    time.sleep(place * EVERY_SECONDS / OFFICERS)
    for kind, answer in _acts(chance, officer):
        yield kind, answer
        if kind == "counts":
            continue  # the page asks for them by itself
        at += EVERY_SECONDS
        if at > until:
            return
        time.sleep(max(0.0, at - time.perf_counter()))


def _acts(chance: Random, officer: _Officer) -> Iterator[tuple[str, _Answer]]:
    while True:
        queue = officer.ask(f"/leads/?sort={chance.choice(['score', 'newest', 'oldest'])}")
        yield "queue", queue
        yield "counts", officer.ask("/leads/counts/")
        found = _leads(queue)
        if len(found) < 2:
            raise ValueError(f"{queue.address} answered {queue.status}: {_said(queue.text)}")
        for lead in chance.sample(found, 2):
            shown = officer.ask(f"/leads/{lead}/")
            yield "lead", shown
            form_at = max(
                0, shown.text.find(f'"/leads/{lead}/decide/')
            )  # behind an earlier one's undo
            token, version = _TOKEN.search(shown.text), _VERSION.search(shown.text, form_at)
            if token and version:
                form = {"csrfmiddlewaretoken": token[1], "version": version[1]}
                form |= {"verdict": "relevant", "then": "next"}
                yield "decision", officer.ask(f"/leads/{lead}/decide/", form)
        yield "search", officer.ask(f"/search/?q={quote(chance.choice(_WORDS))}")


def _leads(queue: _Answer) -> list[str]:
    return sorted({one or other for one, other in _LINK.findall(queue.text)})


# -- The bare template ------------------------------------------------------------------------


def _rendered(session: str) -> tuple[float, float]:
    """Seconds for the queue's page in this process, with its queries and its record, and for its template alone."""
    from django.shortcuts import render
    from django.template import engines
    from django.test import Client

    from patrol.web.views import leads

    by_template = engines["django"].from_string(_peer())

    seen: list[tuple[Any, dict[str, Any]]] = []

    def noting(request: Any, template: str, context: dict[str, Any]) -> Any:
        seen.append((request, context))
        return render(request, template, context)

    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies["patrol"] = session
    setattr(leads, "render", noting)  # noqa: B010  (not a name that it exports)
    page, bare = [], []
    for _ in range(PASSES):
        begun = time.perf_counter()
        answer = client.get("/leads/")
        page.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status_code
        request, context = seen[-1]
        begun = time.perf_counter()
        by_template.render(context, request)
        bare.append(time.perf_counter() - begun)
    setattr(leads, "render", render)  # noqa: B010
    return statistics.median(page), statistics.median(bare)


def _peer() -> str:
    """The queue's template with its rows written in it."""
    from django.template.loader import get_template

    page = Path(get_template("queue.html").origin.name).read_text()  # type: ignore[attr-defined]
    row = Path(__file__).with_name("queue_row.html").read_text()
    rows = f"{{% for row in queue.rows %}}{row}{{% endfor %}}"
    assert page.count(ROWS) == 1, "the queue's page writes its rows by another tag"
    return page.replace(ROWS, rows)
