"""Reads Yahoo's auctions of Taiwan (`tw.bid.yahoo.com`): searches, and the products that they lead to.

Its pages carry what they draw as data: `#isoredux-data`, or
`window.ISO_REDUX_DATA`. A search is a list; a product is one post, with its
seller as author and its price behind the description.
"""

import re
from typing import Any, ClassVar

from patrol.models import Outcome, Post, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, begun
from spiders.onward import asked, asking
from spiders.page import LayoutChanged, Page
from spiders.plain import Body
from spiders.walls import Wall, login_page

_DATA = re.compile(r"ISO_REDUX_DATA\s*=\s*(?=\{)")
_MEMBERS = re.compile(r"登入後|請先登入|限制級")
_NUMBER = re.compile(r"(\d{6,})(?:$|[/?#])")


class YahooAuctions(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.MARKER, "script#isoredux-data"),
        Sign(Where.SCRIPT, r"window\.ISO_REDUX_DATA\s*="),
    )

    def kind(self, page: Page) -> Kind | None:
        data = _state(page)
        if data is None:
            return None
        if isinstance(data.get("item"), dict) and data.get("item.title"):
            return "thread"
        return "list" if isinstance(data.get("search.ecsearch"), dict) else None

    def thread_rows(self, page: Page) -> list[Any]:
        data = _state(page)
        if data is None or self.kind(page) != "list":
            return []
        return [row for row in data.each("search.ecsearch.hits") if len(row.value) > 1]

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        url = page.absolute(row.maybe("ec_item_url", "pres_data.producturl"))
        if url is None:
            raise LayoutChanged(page.url, ["search.ecsearch.hits.ec_item_url"])
        number = row.maybe("ec_productid") or _key(url)
        title = row.maybe("ec_title", "pres_data.productname_disp")
        return ThreadLink(
            url=without_fragment(url),
            key=number,
            title=title,
            state=f"{row.maybe('ec_price') or ''}|{title or ''}"[:500],
        )

    def post_rows(self, page: Page) -> list[Record]:
        data = _state(page)
        item = data.get("item") if data is not None and self.kind(page) == "thread" else None
        return [Record(page, item)] if isinstance(item, dict) else []

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        body = row.body("description") or Body(row.maybe("shortDescription") or "", 0)
        price = row.maybe("price", "currentPrice", "buyPrice")
        tags = row.get("hashtags")
        words = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
        lines = [body.text, f"TWD {price}" if price else "", " ".join(words)]
        return page.post(
            key=row.maybe("id") or _key(page.url),
            url=without_fragment(page.link("link[rel=canonical]") or page.url),
            author=row.maybe("seller.nickname", "seller.nickName", "seller.name", "seller.storeName", "seller.ecid", "sellerId"),
            posted_at=row.time("startTime", "postTime", "createTime", "createdTime", "startTs", "listedTime"),
            title=row.one("title"),
            body=Body("\n".join(filter(None, lines)), body.media + _pictures(row)),
        )  # fmt: skip

    def next_page(self, page: Page) -> str | None:
        """The following page of a search, as far as it still holds anything."""
        if not self.thread_rows(page):
            return None
        return page.link("link[rel=next]", "a[rel=next]") or asking(
            page.url, pg=asked(page.url, "pg", 1) + 1
        )

    def stands(self, page: Page) -> Wall | None:
        data = _state(page)
        if data is None or self.kind(page) is None:
            said = _MEMBERS.search(" ".join([page.title, *page.values("h1", 1)]))
            if said is not None:
                return Wall(
                    Outcome.LOGIN_WALL,
                    f"Yahoo shows this page to members only: it says “{said[0]}”.",
                )
            return login_page(page, "Yahoo") or Wall(
                Outcome.LAYOUT_CHANGED,
                "This page holds neither a search nor a product that can be read.",
            )
        return None

    def empty(self, page: Page) -> bool:
        data = _state(page)
        return data is not None and not data.each("search.ecsearch.hits")


def _state(page: Page) -> Record | None:
    """What the page was drawn from, parsed once for all questions about it."""
    if "redux" not in page.notes:
        page.notes["redux"] = _parsed(page)
    found = page.notes["redux"]
    return found if isinstance(found, Record) else None


def _parsed(page: Page) -> Record | None:
    node = page.node.css_first("#isoredux-data")
    said = (
        [node.text(deep=True), node.attributes.get("data-state") or ""] if node is not None else []
    )
    named = _DATA.search(page.markup)
    if named is not None:
        said.append(page.markup[named.end() :])
    for text in said:
        bare = text[found.end() :] if (found := _DATA.search(text)) else text
        try:
            value, _ = begun(bare.strip())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return Record(page, value)
    return None


def _key(url: str) -> str:
    found = _NUMBER.search(url)
    return found[1] if found else without_fragment(url)


def _pictures(row: Record) -> int:
    pictures = row.get("images")
    return len(pictures) if isinstance(pictures, list) else 0
