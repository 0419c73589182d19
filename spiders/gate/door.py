"""The gate in Scrapy's way: one downloader middleware and one download handler.

They stand in the downloader, so `engine.download_async` passes them as well,
and every redirect and every retry is a request of its own.
"""

import re
from typing import Any, cast

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Headers, Response

from spiders.gate import media
from spiders.gate.agent import agent
from spiders.gate.gate import Aborted, Gate
from spiders.gate.inspection import Inspection
from spiders.gate.pace import BACKOFF, UNSAID_WAIT, retry_after
from spiders.gate.proxy import REFUSED, Proxy, ProxyRefused
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.robots_files import RobotsAnswer
from spiders.gate.scope import Place, place
from spiders.gate.size import ACCEPT_ENCODING, SECONDS
from spiders.gate.tls import Telling

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})

NETWORK_FAULTS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    OSError,
)
"""What the network does. Scrapy wraps Twisted's errors in these."""

TRANSIENT = frozenset({502, 504})
"""Answers of a proxy whose server was away for a moment."""

HOPS = "patrol_hops"
"""Key in `meta`: every address asked for on the way, first to last."""
PLACE = "patrol_place"
RETRIES = "patrol_retries"
ROBOTS = "patrol_robots"
SCRIPT = "patrol_script"
"""Set where a browser asks for a script that a page runs: then its name and its type are allowed."""
INSPECTION = "patrol_inspection"
PROXIED = "patrol_proxied"
"""By which proxy the request went; absent where it was sent directly."""
AGE = "patrol_age"
"""The cookie by which an age was declared with this request; absent where none was."""
ALLOWED = "patrol_allowed"
"""Why the site's robots.txt let it be asked for."""
IF_CHANGED = "patrol_if_changed"
"""Headers by which a page is asked for only if it changed. They are of that address: no redirect takes them along."""

_STATUS = re.compile(r"'status': (\d{3})")
"""In the words in which Scrapy tells that a proxy opened no tunnel."""

_FOREIGN_META = ("proxy", "bindaddress", "download_maxsize", "download_slot", "_auth_proxy")
"""What other parts of Scrapy understand as leave to go another way."""


def request_to(address: str, **keywords: Any) -> Request:
    """A request for a canonical address, which Scrapy sends as it stands."""
    meta = {**keywords.pop("meta", {}), "verbatim_url": True}
    return Request(address, meta=meta, dont_filter=True, **keywords)


def went(request: Request) -> dict[str, Any]:
    """How a request went, as its capture tells it."""
    meta = request.meta
    return {
        "hops": meta.get(HOPS, ()),
        "proxied": meta.get(PROXIED),
        "robots": meta.get(ALLOWED),
        "age_declared": meta.get(AGE),
    }


class Door:
    """Downloader middleware: refuses before sending, follows redirects, retries what the network lost."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        spider = cast("Any", crawler.spider)
        self._gate: Gate = spider.gate
        self._contact: str = spider.job.contact
        self._headers = {
            "Accept": media.ACCEPT,
            "Accept-Language": "zh-TW,zh;q=0.9,en;q=0.7",
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        crawler.signals.connect(self._headers_arrived, signals.headers_received)
        crawler.signals.connect(self._bytes_arrived, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Door":
        return cls(crawler)

    async def process_request(self, request: Request) -> Request | None:
        """Judge a request before it is sent. Raises `Refusal`."""
        try:
            where = _asked(request)
            if where.href != request.url:
                meta = {**request.meta, "verbatim_url": True}
                return request.replace(url=where.href, meta=meta, dont_filter=True)
            self._gate.check(where, script=bool(request.meta.get(SCRIPT)))
            if not request.meta.get(ROBOTS):
                request.meta[ALLOWED] = await self._gate.check_robots(where, self._fetch_robots)
        except Refusal as refusal:
            raise self._gate.refuse(refusal) from None
        for key in _FOREIGN_META:
            request.meta.pop(key, None)
        request.meta[PLACE] = where
        request.meta["download_timeout"] = SECONDS
        request.meta.setdefault(HOPS, []).append(where.href)
        name = agent(self._gate.standing.user_agent, self._contact)
        conditions = request.meta.get(IF_CHANGED, {})
        request.headers = Headers({"User-Agent": name, **self._headers, **conditions})
        if cookie := self._gate.age_cookie(where):
            request.headers["Cookie"] = request.meta[AGE] = cookie
        return None

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Take the inspected body, or follow a redirect. Raises `Refusal`."""
        where: Place = request.meta[PLACE]
        inspection: Inspection = request.meta.pop(INSPECTION)
        try:
            self._gate.addresses.check_peer(where.hostname, where.port, response.ip_address)
            body = inspection.finish(len(response.body))
            if response.status in REDIRECTS and response.headers.get("Location"):
                return self._redirected(request, response, where)
            script = bool(request.meta.get(SCRIPT))
            media.check_headers(_types(request, response.headers), script=script)
        except Refusal as refusal:
            raise self._gate.refuse(refusal) from None
        self._note_wait(where, response)
        if response.status in TRANSIENT and (again := await self._again(request)):
            return again
        headers = response.headers
        headers.pop("Content-Encoding", None)
        return Response(
            response.url,
            status=response.status,
            headers=headers,
            body=body,
            request=request,
            certificate=response.certificate,
            ip_address=response.ip_address,
            flags=response.flags,
        )

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Tell a refusal from a fault of the network, and try the latter again. Raises `Refusal`."""
        inspection: Inspection | None = request.meta.pop(INSPECTION, None)
        if isinstance(exception, Refusal):
            self._gate.refuse(exception)
            return None
        refusal = self._cause(request, exception, inspection)
        if refusal is not None:
            raise self._gate.refuse(refusal) from None
        if PLACE not in request.meta:
            return None  # its robots.txt did not come; that was tried often enough
        if isinstance(exception, Aborted):
            return _copy(request)
        if isinstance(exception, NETWORK_FAULTS) and not isinstance(exception, ProxyRefused):
            return await self._again(request)
        return None

    def _cause(
        self, request: Request, exception: Exception, inspection: Inspection | None
    ) -> Refusal | None:
        """The refusal behind an exception by which Scrapy or Twisted told of it."""
        if isinstance(exception, StopDownload) and inspection is not None:
            return inspection.refusal
        if isinstance(exception, DownloadCancelledError):
            return Refusal(Reason.SIZE, "The answer is too large.")
        if isinstance(exception, Aborted) and self._gate.closed:
            return Refusal(Reason.AUTHORIZATION, "The run ended while the request was under way.")
        if isinstance(exception, CannotResolveHostError) and PLACE in request.meta:
            where: Place = request.meta[PLACE]
            return self._gate.addresses.refused.get((where.hostname, where.port))
        return None

    def _redirected(self, request: Request, response: Response, where: Place) -> Request:
        location = (response.headers.get("Location") or b"").decode("utf-8", "replace")
        target = place(location, where.href)
        if len(request.meta[HOPS]) > MOST_REDIRECTS:
            raise Refusal(Reason.REDIRECTS, f"{where.host} redirects more than five times.")
        return _copy(request, target.href)

    def _note_wait(self, where: Place, response: Response) -> None:
        asked = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"))
        if response.status == 429:
            self._gate.pace.cool(where.host, asked or UNSAID_WAIT)
        elif response.status == 503 and asked:
            self._gate.pace.cool(where.host, asked)

    async def _again(self, request: Request) -> Request | None:
        tried = request.meta.get(RETRIES, 0)
        if tried >= len(BACKOFF):
            return None
        await self._gate.rest(BACKOFF[tried])
        again = _copy(request)
        again.meta[RETRIES] = tried + 1
        return again

    async def _fetch_robots(self, address: str) -> RobotsAnswer:
        response = await self._crawler.engine.download_async(
            request_to(address, meta={ROBOTS: True})
        )
        return RobotsAnswer(response.status, response.body)

    def _headers_arrived(self, headers: Headers, body_length: int, request: Request) -> None:
        inspection: Inspection = request.meta[INSPECTION]
        self._gate.pace.answered(request.meta[PLACE].host)
        types = [] if headers.get("Location") else _types(request, headers)
        encodings = ",".join(_values(headers, "Content-Encoding"))
        length = body_length if isinstance(body_length, int) else None
        try:
            inspection.begin(types, encodings, length, script=bool(request.meta.get(SCRIPT)))
        except Refusal:
            raise StopDownload(fail=True) from None

    def _bytes_arrived(self, data: bytes, request: Request) -> None:
        try:
            request.meta[INSPECTION].feed(data)
        except Refusal:
            raise StopDownload(fail=True) from None


class Handler(HTTP11DownloadHandler):
    """Scrapy's own HTTP/1.1 handler; nothing leaves it before the gate's last word."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = Telling(self._contextFactory)  # type: ignore[assignment]  # zope says so
        self._gate: Gate = cast("Any", crawler.spider).gate

    async def download_request(self, request: Request) -> Response:
        """Send one request. Raises `Refusal` at the last moment, `Aborted` when cut."""
        where = request.meta.get(PLACE)
        if where is None or where.href != request.url:
            raise Refusal(Reason.SCOPE, "A request that came past the gate's door is not sent.")
        await self._gate.depart(where, request.meta.get(ALLOWED))
        request.meta[INSPECTION] = Inspection(where)
        proxy = self._gate.addresses.proxy
        if proxy is None:
            return await self._gate.fly(super().download_request(request))
        return await self._gate.fly(self._forwarded(request, where, proxy))

    async def _forwarded(self, request: Request, where: Place, proxy: Proxy) -> Response:
        """Send it by the proxy: HTTPS through a tunnel, the rest as it stands. Raises `ProxyRefused`.

        Only this copy of the request names the proxy and who we are to it.
        """
        try:
            way = await self._gate.addresses.through(where.hostname, where.port, proxy)
        except OSError as error:
            raise CannotResolveHostError(where.hostname) from error
        request.meta[PROXIED] = way
        door = f"[{way.address}]" if ":" in way.address else way.address
        meta = {**request.meta, "proxy": f"http://{door}:{proxy.port}"}
        forwarded = request.replace(meta=meta, dont_filter=True)
        if said := proxy.authorization():
            forwarded.headers["Proxy-Authorization"] = said
        try:
            response = await super().download_request(forwarded)
        except TunnelError as error:
            raise ProxyRefused(_tunnel_status(error)) from error
        if response.status == REFUSED and where.scheme == "http":
            raise ProxyRefused(REFUSED)
        return response


def _tunnel_status(error: TunnelError) -> int | None:
    """What the proxy answered; None if that was no HTTP."""
    told = _STATUS.search(str(error))
    return int(told[1]) if told else None


def _asked(request: Request) -> Place:
    if request.method != "GET" or request.body:
        raise Refusal(Reason.METHOD, f"{request.method} is not reading.")
    return place(request.url)


def _copy(request: Request, address: str | None = None) -> Request:
    """The same request once more, or to another address; nothing of the first answer goes with it."""
    meta = {
        key: value
        for key, value in request.meta.items()
        if key not in {PLACE, INSPECTION, AGE, PROXIED}
    }
    meta[HOPS] = list(request.meta[HOPS]) if address else list(request.meta[HOPS])[:-1]
    if address:
        meta.pop(IF_CHANGED, None)
    return request.replace(url=address or request.url, meta=meta, dont_filter=True)


def _types(request: Request, headers: Headers) -> list[str]:
    """Content types to be judged. Servers label a robots.txt as anything; its bytes are judged.

    So are those of a packed sitemap, which is unpacked on the way.
    """
    if request.meta.get(ROBOTS):
        return []
    packed = media.PACKED_TYPES if media.is_packed(request.meta[PLACE]) else frozenset()
    return [value for value in _values(headers, "Content-Type") if value.lower() not in packed]


def _values(headers: Headers, name: str) -> list[str]:
    return [value.decode("latin-1") for value in headers.getlist(name)]
