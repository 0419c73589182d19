"""How long the record of a look takes beside a crawler that commits all the time, against the same alone."""

import multiprocessing
import os
import statistics
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

LOOKS = 400
PAUSE_SECONDS = 0.005
POSTS_A_PAGE = 20


def measure() -> dict[str, Any]:
    """p95 of a record's append and commit, in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as home:
        os.environ["PATROL_HOME"] = home
        _make(Path(home))
        alone = _p95()
        context = multiprocessing.get_context("spawn")
        over = context.Event()
        crawler = context.Process(target=_crawl, args=(over,))
        crawler.start()
        time.sleep(2)
        beside = _p95()
        over.set()
        crawler.join(20)
        pages = _pages()
    return {
        "figure": round(beside, 2),
        "unit": "ms, p95 of one record beside a busy crawler",
        "peer_name": "the same without a crawler",
        "peer": round(alone, 2),
        "ratio": round(beside / alone, 2),
        "goal": "figure under 50",
        "settings": {"looks": LOOKS, "posts_a_page": POSTS_A_PAGE, "pages_kept_meanwhile": pages},
    }


def _make(home: Path) -> None:
    from patrol.register.start import start

    start()
    from django.core.management import call_command

    home.mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    from patrol.register.tables import SourceRow, Unit

    SourceRow.objects.create(name="bench", unit=Unit.objects.create(name="bench"), body={})


def _p95() -> float:
    from patrol.actions.desk import Desk
    from patrol.models import Verb

    desk = Desk.system("bench")
    took = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        desk.record(Verb.LEAD_VIEWED, subject="lead:1", count=1)
        took.append((time.perf_counter() - begun) * 1000)
        time.sleep(PAUSE_SECONDS)
    return statistics.quantiles(took, n=20)[-1]


def _crawl(over: Event) -> None:
    from patrol.register.start import start

    start()
    from django.utils import timezone

    from patrol.models import Actor, Record, Verb
    from patrol.register import log
    from patrol.register.tables import SourceRow
    from patrol.register.turn import batch
    from pipelines.seen import see
    from spiders.keeping import TOGETHER

    source = SourceRow.objects.get().pk
    record = Record(verb=Verb.POSTS_KEPT, actor=Actor(account="bench"), count=POSTS_A_PAGE)
    number = 0
    while not over.is_set():
        with batch():
            for page in range(number, number + TOGETHER):
                versions = [(f"p{page}-{place}", "0" * 64) for place in range(POSTS_A_PAGE)]
                see(source, versions, timezone.now(), flagged=False)
            log.append_each([record] * TOGETHER)
        number += TOGETHER


def _pages() -> int:
    from patrol.register.tables import SeenPost

    return SeenPost.objects.count() // POSTS_A_PAGE
