"""Three nodes, and what happens to them: what the index has acknowledged is found, each post once, and the outbox drains."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from patrol.settings import Settings
from tests.elastic.node import FIRST
from tests.elastic.three import NAMES, Three, three_nodes
from tests.plugins.warm import Command, Warm
from tests.search.conftest import NOON, Kept

pytestmark = [pytest.mark.elastic, pytest.mark.faults, pytest.mark.sweep]
POSTS = int(os.environ.get("POSTS", "100000"))
"""Of the first test; the others take a tenth."""
AT_ONCE = 1_000
PATIENCE_SECONDS = 900
FAMILY = "patrol-v*"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    watched = {
        "cluster.routing.allocation.disk.threshold_enabled": "true",
        "cluster.info.update.interval": "10s",
    }
    watched |= {
        f"cluster.routing.allocation.disk.watermark.{level}": "1mb"
        for level in ("low", "high", "flood_stage")
    }
    with three_nodes(FIRST, tmp_path_factory.mktemp("three"), **watched) as started:
        yield started


@pytest.fixture
def settings(three: Three, register: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("PATROL_SEARCH_URL", three.urls)
    yield Settings()
    down = [name for name in NAMES if three.nodes[name].down]
    if down:
        three.start(down)
    three.until_green()
    for name in three.ask(f"/{FAMILY}/_alias"):
        three.ask(f"/{name}", method="DELETE")


@pytest.fixture
def projector(settings: Settings, register: Path, tmp_path: Path, warm: Warm) -> Iterator[Command]:
    process = warm.patrol("projector", "--home", str(register), err=tmp_path / "told")
    yield process
    process.kill()
    process.communicate()


def plant(kept: Kept, posts: int, at_once: int = AT_ONCE) -> None:
    """Sightings over three months, a lead for each thousand, and what the index is to hear of them."""
    from patrol.models import Post
    from patrol.register.sealing import seal
    from patrol.register.tables import OutboxRow, Sighting

    for begin in range(0, posts, at_once):
        at = NOON - timedelta(days=90 * begin / posts)
        lead = kept.lead(at)
        capture = kept.capture(at)
        keys = [f"b{lead.pk}-{number}" for number in range(min(at_once, posts - begin))]
        made = Sighting.objects.bulk_create(
            Sighting(
                source=kept.source,
                key=key,
                words_hmac=key,
                version=1,
                authorization=kept.mandate,
                run=kept.run,
                capture=capture,
                lead=lead,
                unit=lead.retention,
                body=seal(
                    lead.retention,
                    Post(
                        source="harbor",
                        key=key,
                        url="u",
                        author=None,
                        posted_at=None,
                        text=f"徵兼職伴遊，加賴 {key}",
                    )
                    .model_dump_json()
                    .encode(),
                ),
                duplicate_hmac=key,
                score=50,
                parts=[],
                ruleset_sha256="",
                engine="phpbb",
                first_seen_at=at,
                last_seen_at=at,
            )
            for key in keys
        )
        OutboxRow.objects.bulk_create(
            OutboxRow(kind="post", subject=each.pk, op="put", written_at=at, next_at=at)
            for each in made
        )


def wanted() -> set[str]:
    """What the register has."""
    from patrol.register.tables import Lead, Sighting

    posts = {f"post:{number}" for number in Sighting.objects.values_list("pk", flat=True)}
    return posts | {f"lead:{number}" for number in Lead.objects.values_list("pk", flat=True)}


def waiting() -> int:
    from patrol.register.tables import OutboxRow

    return OutboxRow.objects.count()


def acknowledged() -> set[str]:
    """What has left the outbox: the index said that it has it."""
    from patrol.register.tables import OutboxRow

    rows = OutboxRow.objects.values_list("kind", "subject")
    return wanted() - {f"{kind}:{number}" for kind, number in rows}


def held(three: Three) -> Counter[str]:
    """Every document of every index by its id, whether an alias leads there or not."""
    found: Counter[str] = Counter()
    three.ask(f"/{FAMILY}/_refresh", method="POST")
    path, body = (
        f"/{FAMILY}/_search?scroll=5m&allow_partial_search_results=false",
        {"size": 10_000, "_source": False, "sort": ["_doc"]},
    )
    while hits := (answer := three.ask(path, body, "POST"))["hits"]["hits"]:
        found.update(hit["_id"] for hit in hits)
        path, body = "/_search/scroll", {"scroll": "5m", "scroll_id": answer["_scroll_id"]}
    return found


def _found(three: Three, told: set[str]) -> bool:
    return told <= held(three).keys()


def until(true: Callable[[], object], what: str, process: Command) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with suppress(OSError):
            if true():
                return
        assert process.poll() is None, f"ended before: {what}"
        assert time.monotonic() < deadline, f"never: {what}; {waiting()} rows wait"
        time.sleep(0.1)


def feed(three: Three, kept: Kept, process: Command, posts: int) -> None:
    """Its months are there in two copies; then a bulk of posts comes, of which most still wait."""
    plant(kept, 90, at_once=10)
    until(lambda: not waiting(), "the first are told", process)
    three.until_green()
    process.send_signal(signal.SIGSTOP)
    plant(kept, posts)
    process.send_signal(signal.SIGCONT)
    until(lambda: waiting() < 0.9 * posts, "some of the rows are told", process)


def all_found_once(three: Three) -> None:
    from patrol.register.tables import OutboxRow

    assert not OutboxRow.objects.exclude(dead_because=None).exists()
    assert held(three) == Counter(wanted())


@pytest.mark.timeout(3_000)
def test_first_copys_node_is_killed_during_a_bulk(
    three: Three, settings: Settings, kept: Kept, register: Path, request: pytest.FixtureRequest
) -> None:
    """kill -9, twice: of the node that writes, and of the one that took over, when the first is back."""
    process = request.getfixturevalue("projector")
    feed(three, kept, process, POSTS)
    for _ in range(2):
        victim = three.holder(f"{FAMILY}-2026-*")
        three.kill(victim)
        told = acknowledged()
        assert waiting(), "it was killed in the midst of it"
        until(partial(_found, three, told), "what was told is found", process)
        three.start([victim])
        plant(kept, POSTS // 10)
        three.until_green()
    until(lambda: not waiting(), "the outbox is empty", process)
    all_found_once(three)


@pytest.mark.timeout(3_000)
def test_two_of_three_are_killed(
    three: Three, settings: Settings, kept: Kept, register: Path, request: pytest.FixtureRequest
) -> None:
    """No majority, so nothing is taken, and searching says so; with them back all goes on by itself."""
    from patrol.search import IndexAway, Query, open_index

    process = request.getfixturevalue("projector")
    feed(three, kept, process, POSTS // 10)
    first, second = three.holder(FAMILY), three.holder(FAMILY, primary=False)
    three.kill(first, second)
    told = acknowledged()
    with pytest.raises(IndexAway, match="unavailable since"):
        open_index(settings).search(Query())
    three.start([first, second])
    until(partial(_found, three, told), "what was told is found", process)
    until(lambda: not waiting(), "the outbox is empty", process)
    three.until_green()
    all_found_once(three)
    assert open_index(settings).count(Query(), {}).total == len(wanted())


@pytest.mark.timeout(3_000)
def test_disk_above_its_flood_stage_and_below_again(
    three: Three, settings: Settings, kept: Kept, register: Path, request: pytest.FixtureRequest
) -> None:
    """The server blocks its indices by itself, and takes the block away by itself: so does the outbox."""
    from patrol.register.tables import OutboxRow

    plant(kept, AT_ONCE)
    process = request.getfixturevalue("projector")
    until(lambda: not waiting(), "the outbox is empty", process)
    _watermarks(three, "1000tb")
    until(lambda: _blocked(three), "the disk is too full", process)
    plant_more = [kept.lead() for _ in range(3)]
    until(lambda: OutboxRow.objects.filter(attempts__gt=1).count() == 3, "they wait", process)
    assert not OutboxRow.objects.exclude(dead_because=None).exists()
    _watermarks(three, None)
    until(lambda: not waiting(), "the outbox is empty", process)
    assert len(plant_more) == 3
    all_found_once(three)


def _watermarks(three: Three, free: str | None) -> None:
    """So much must be free."""
    levels = ("low", "high", "flood_stage")
    change = {f"cluster.routing.allocation.disk.watermark.{level}": free for level in levels}
    three.ask("/_cluster/settings", {"persistent": change}, "PUT")


def _blocked(three: Three) -> bool:
    told = three.ask(f"/{FAMILY}/_settings/index.blocks.*")
    return bool(told) and all(each["settings"] for each in told.values())
