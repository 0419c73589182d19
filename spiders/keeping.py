"""Pages that wait are kept together: one commit, and one wait for the disk, for all of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from scrapy.crawler import Crawler

from patrol.errors import PatrolError
from patrol.models import Outcome, ReadPage

if TYPE_CHECKING:
    from spiders.spider import BoardSpider

TOGETHER = 8
"""Pages that are kept at once. More would make whoever wants to write meanwhile wait for long."""

AHEAD = 3 * TOGETHER
"""Pages of a host that may be asked without pause, which may be under way or unkept at once: one group
is written while the next one gathers."""

Write = Callable[[Callable[[], None]], Awaitable[Any]]


class Group:
    """Gathers pages while others are being kept. A page counts when `keep` has returned."""

    def __init__(self, keep: Callable[[Sequence[ReadPage]], None], write: Write) -> None:
        self._keep = keep
        self._write = write
        self._waiting: deque[tuple[ReadPage, asyncio.Future[None]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def keep(self, page: ReadPage) -> None:
        """Wait until the page is durable. What goes wrong with one page is raised for all of its group."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((page, kept))
        if self._task is None:
            self._task = asyncio.ensure_future(self._empty())
        await kept

    async def _empty(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), TOGETHER))]
            error = await self._written([page for page, _ in group])
            for _, kept in group:
                if kept.done():
                    continue  # nobody waits for it any more
                if error is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(error)
        self._task = None

    async def _written(self, pages: Sequence[ReadPage]) -> Exception | None:
        try:
            await self._write(lambda: self._keep(pages))
        except Exception as error:  # noqa: BLE001  (raised for each page of the group)
            return error
        return None


class Keeping:
    """Item pipeline: hands each page to `keep` and tells the spider when it is durable."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Keeping":
        return cls(crawler)

    async def process_item(self, item: ReadPage) -> ReadPage:
        """Wait until the page is kept."""
        spider = cast("BoardSpider", self._crawler.spider)
        kept = spider.unkept.pop(id(item))
        try:
            await spider.keep(item)
        except Exception as error:  # noqa: BLE001  (whatever fails here, the run ends and says so)
            words = error.what if isinstance(error, PatrolError) else type(error).__name__
            spider.verdict.note(Outcome.CRASHED, f"A page could not be kept: {words}.")
            spider.walk.stop()
            spider.gate.close()
            kept.set_result(False)
        else:
            kept.set_result(True)
        return item
