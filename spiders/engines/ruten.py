"""Reads the JSON that Ruten's own pages are drawn from: a search, and the products that it names.

A search (`/api/search/v3/index.php/core/prod?q=...`) knows only numbers; one
further request (`/api/prod/v2/index.php/prod?id=...`) gives up to a hundred
products: name, seller, price, and when it was put up. What a seller writes
about a product stands on its own page, which is not read here.
"""

import re
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from patrol.models import Outcome, Post, ThreadLink
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, document, records
from spiders.onward import asked, asking
from spiders.page import LayoutChanged, Page
from spiders.plain import Body
from spiders.walls import Wall, login_page

_MOST = 100
"""Products of one answer, as many as Ruten gives."""

_START = r"^\ufeff?\s*"
_ITEM = "https://www.ruten.com.tw/item/show?"
_API = "https://rtapi.ruten.com.tw/api"
_SEARCH = re.compile(r"^/find/?$")


class Ruten(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.FEED, _START + r"\{\s*\"TotalRows\"\s*:\s*\d+"),
        Sign(Where.FEED, _START + r"\[\s*\{\s*\"ProdId\"\s*:"),
        Sign(Where.MARKER, "meta[property='og:site_name'][content*='露天'], link[href*='static.ruten.com.tw']"),
    )  # fmt: skip

    def kind(self, page: Page) -> Kind | None:
        if records(page) is not None:
            return "thread"
        return "list" if document(page) is not None else None

    def thread_rows(self, page: Page) -> list[Any]:
        """The products of a search, all in one address."""
        data = document(page)
        return [data] if data is not None and data.each("Rows") else []

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        numbers = [number for one in row.each("Rows") if (number := one.maybe("Id"))]
        if not numbers:
            raise LayoutChanged(page.url, ["Rows.Id"])
        parts = urlsplit(page.url)
        url = f"{parts.scheme}://{parts.netloc}/api/prod/v2/index.php/prod?id={','.join(numbers[:_MOST])}"
        return ThreadLink(url=url, key=f"found-{numbers[0]}-{len(numbers)}")

    def post_rows(self, page: Page) -> list[Record]:
        return records(page) or []

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        number = row.one("ProdId")
        return page.post(
            key=number,
            url=f"{_ITEM}{number}",
            author=row.maybe("SellerNick", "SellerId"),
            posted_at=row.time("PostTime"),
            title=row.one("ProdName", "Name"),
            body=Body(_price(row), _pictures(row)),
        )

    def next_page(self, page: Page) -> str | None:
        data = document(page)
        total = data.number("TotalRows") if data else None
        start, most = asked(page.url, "offset", 1), asked(page.url, "limit", _MOST)
        return asking(page.url, offset=start + most) if total and start + most <= total else None

    def stands(self, page: Page) -> Wall | None:
        if document(page) is None and records(page) is None and self.better(page.url) is None:
            return login_page(page, "Ruten") or Wall(
                Outcome.LAYOUT_CHANGED,
                "This page draws itself: start with a search, `/find/?q=...`.",
            )
        return None

    def empty(self, page: Page) -> bool:
        data = document(page)
        return data is not None and data.get("Rows") == []

    def better(self, url: str) -> str | None:
        parts = urlsplit(url)
        words = parse_qs(parts.query).get("q")
        if not _SEARCH.match(parts.path) or not words:
            return None
        search = f"{_API}/search/v3/index.php/core/prod"
        return asking(search, q=words[0], type="direct", sort="new/dc", offset=1, limit=_MOST)


def _price(row: Record) -> str:
    """Its price with the currency: `TWD 1200`, `TWD 900–1200`."""
    prices = row.get("PriceRange")
    said = (
        [str(one) for one in prices if isinstance(one, int | float)]
        if isinstance(prices, list)
        else []
    )
    span = "–".join(dict.fromkeys(said))
    return f"{row.maybe('Currency') or ''} {span}".strip() if span else ""


def _pictures(row: Record) -> int:
    photos = row.get("Photos")
    return len(photos) if isinstance(photos, list) else int(row.get("Image") is not None)
