"""Scrapy with everything off that is not needed: what is on is listed here, and a golden test keeps it so."""

from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from spiders.browser.chromium import MOST_REQUESTS
from spiders.gate.size import LARGEST_MAP, SECONDS
from spiders.job import Job

_HANDLER = "spiders.gate.door.Handler"

_ONLY: dict[str, dict[str, Any]] = {
    "DOWNLOAD_HANDLERS_BASE": {"http": _HANDLER, "https": _HANDLER},
    "DOWNLOADER_MIDDLEWARES_BASE": {"spiders.gate.door.Door": 500},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {
        "scrapy.extensions.closespider.CloseSpider": 0,
        "spiders.memory.Memory": 0,
    },
}
"""All components of a run. Scrapy's own lists are replaced, not switched off one by one.

What is not named is not even imported, which saves half a second and 30 MB a
run; and nothing that a later Scrapy adds is on without being named here. The
gate does what the middlewares left out do, and checks it; proxies, cookies and
caches are not wanted at all.
"""

CONCURRENT = 4
"""Requests under way to a host that may be asked without pause; otherwise one."""

MEMORY_MB = 600
"""A run that needs more is stopped."""


class Silent(LogFormatter):
    """Says nothing of pages and items: no collected text, no address, no author in any log."""

    def crawled(  # type: ignore[override]  # Scrapy's documentation allows None
        self, request: Request, response: Response, spider: Spider
    ) -> LogFormatterResult | None:
        """Nothing."""

    def scraped(  # type: ignore[override]
        self, item: Any, response: Any, spider: Spider
    ) -> LogFormatterResult | None:
        """Nothing."""


def width(job: Job) -> int:
    """Requests that may be under way at once."""
    return CONCURRENT if job.source.seconds_between_requests == 0 else 1


def settings(job: Job) -> dict[str, Any]:
    """Scrapy's settings for one run."""
    return {
        **_ONLY,
        "ITEM_PIPELINES": {"spiders.keeping.Keeping": 500},
        "CONCURRENT_REQUESTS": 2 * CONCURRENT,
        "CONCURRENT_REQUESTS_PER_DOMAIN": width(job),
        "CONCURRENT_ITEMS": 1,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": SECONDS,
        "DOWNLOAD_MAXSIZE": LARGEST_MAP,  # the gate cuts pages earlier
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DEPTH_LIMIT": job.source.list_pages + job.source.thread_pages,
        "CLOSESPIDER_TIMEOUT": job.source.deadline_minutes * 60 + 15,
        "CLOSESPIDER_PAGECOUNT": job.source.max_pages * (MOST_REQUESTS if job.source.browser else 4)
        + 20,
        "MEMUSAGE_ENABLED": True,
        "MEMUSAGE_LIMIT_MB": MEMORY_MB,
        "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
        "REDIRECT_ENABLED": False,
        "REDIRECT_MAX_TIMES": 5,
        "METAREFRESH_ENABLED": False,
        "RETRY_ENABLED": False,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [502, 504],
        "COOKIES_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "REFERER_ENABLED": False,
        "REFERRER_POLICY": "no-referrer",
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "JOBDIR": None,
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "LOG_ENABLED": False,
        "LOG_FORMATTER": "spiders.scrapy_settings.Silent",
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
    }
