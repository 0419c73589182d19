"""Pages that wait are kept together; none counts before it is durable."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from patrol.models import Capture, ReadPage
from spiders.keeping import TOGETHER, Group


def _page(number: int) -> ReadPage:
    url = f"http://forum.example/{number}"
    capture = Capture(
        requested_url=url,
        url=url,
        status=200,
        headers={},
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        raw_sha256="0" * 64,
        raw_bytes=1,
        charset="utf-8",
        charset_from="header",
    )
    return ReadPage(source="moto", capture=capture, engine="phpbb", kind="thread", posts=())


async def _kept(keep: Callable[[Sequence[ReadPage]], None], pages: int) -> list[object]:
    """What waiting for each of many pages gave, all of them handed over at once."""

    async def write(call: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(None, call)

    group = Group(keep, write)
    waits = (group.keep(_page(number)) for number in range(pages))
    return await asyncio.gather(*waits, return_exceptions=True)


def test_pages_are_kept_in_their_order_and_never_too_many_at_once() -> None:
    groups: list[list[str]] = []
    told = asyncio.run(
        _kept(lambda pages: groups.append([page.capture.url for page in pages]), 3 * TOGETHER)
    )
    assert told == [None] * 3 * TOGETHER
    assert max(map(len, groups)) <= TOGETHER
    assert [url for urls in groups for url in urls] == [
        f"http://forum.example/{number}" for number in range(3 * TOGETHER)
    ]
    assert len(groups) < 3 * TOGETHER


def test_no_page_counts_before_it_is_kept() -> None:
    async def waiting() -> None:
        gate = asyncio.Event()

        async def write(call: Callable[[], None]) -> None:
            await gate.wait()
            call()

        kept: list[int] = []
        group = Group(lambda pages: kept.append(len(pages)), write)
        waits = [asyncio.ensure_future(group.keep(_page(number))) for number in range(2)]
        await asyncio.sleep(0.05)
        assert not any(wait.done() for wait in waits)
        gate.set()
        await asyncio.gather(*waits)
        assert sum(kept) == 2

    asyncio.run(waiting())


def test_what_fails_fails_for_its_whole_group_and_for_no_other() -> None:
    calls: list[int] = []

    def keep(pages: Sequence[ReadPage]) -> None:
        calls.append(len(pages))
        if len(calls) == 1:
            raise OSError("no space")

    told = asyncio.run(_kept(keep, 2 * TOGETHER))
    first = calls[0]
    assert [type(one) for one in told[:first]] == [OSError] * first
    assert told[first:] == [None] * (2 * TOGETHER - first)


@pytest.mark.parametrize("pages", [0, 1])
def test_a_single_page_waits_for_no_other(pages: int) -> None:
    calls: list[int] = []
    asyncio.run(_kept(lambda group: calls.append(len(group)), pages))
    assert calls == [1] * pages
