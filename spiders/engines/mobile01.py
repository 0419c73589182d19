"""Reads Mobile01: `topiclist.php` lists, `topicdetail.php` threads.

Its pages stand behind a guard that turns programs from data centres away: that
is told as what it is, and never worked around.
"""

import hashlib
import re
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from patrol.models import Post, ThreadLink
from spiders.engines.base import Clock, Engine, Kind, Sign, Where
from spiders.page import LayoutChanged, Page, Row

_LIST = re.compile(r"/(?:topiclist|forumtopic)\.php$")
_THREAD = re.compile(r"/topicdetail\.php$")
_NUMBER = re.compile(r"(\d+)$")
_LEAD = ".l-docking__navigation .l-toolBar__item"
"""Where the first post of a thread keeps its date."""


class Mobile01(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(
            Where.MARKER,
            ".l-articlePage .l-articlePage__author, .l-articlePage__publish, .l-mainArticle article.l-publishArea",
        ),
        Sign(Where.MARKER, ".l-listTable__tr .c-listTableTd__title, .l-listTable"),
    )

    def kind(self, page: Page) -> Kind | None:
        path = urlsplit(page.url).path
        if _THREAD.search(path) or page.has(".l-articlePage, .l-mainArticle"):
            return "thread"
        return "list" if _LIST.search(path) or page.has(".c-listTableTd__title") else None

    def clock(self, page: Page) -> Clock:  # noqa: ARG002
        return Clock(ZoneInfo("Asia/Taipei"))

    def thread_rows(self, page: Page) -> list[Row]:
        return (
            []
            if self.kind(page) == "thread"
            else page.each(".l-listTable__tr:has(.c-listTableTd__title)", ".l-listTable__tr")
        )

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        hooks = (
            ".c-listTableTd__title a.c-link",
            ".c-listTableTd__title a",
            "a[href*='topicdetail.php']",
        )
        url = row.link(*hooks)
        asked = parse_qs(urlsplit(url).query) if url else {}
        if url is None or "t" not in asked:
            if row.has(".c-listTableTd__title"):
                raise LayoutChanged(page.url, hooks)
            return None
        times = row.each(".l-listTable__td--time")
        active = times[-1].time(".o-fNotes", "@title") if times else None
        count = row.maybe(".l-listTable__td--count .o-fMini", ".l-listTable__td--count") or ""
        forum = asked.get("f", [""])[0]
        return ThreadLink(
            url=urlsplit(url)._replace(query=f"f={forum}&t={asked['t'][0]}", fragment="").geturl(),
            key=f"t{asked['t'][0]}",
            title=row.maybe(*hooks),
            state=f"{active.at.isoformat() if active else ''}|{count}" if active or count else None,
            active_at=active.at if active else None,
        )

    def post_rows(self, page: Page) -> list[Row]:
        """Every post, and behind it the messages below it."""
        rows: list[Row] = []
        for post in page.each(
            ".l-articlePage:has(.l-articlePage__author), .l-mainArticle:has(article.l-publishArea)",
            ".l-articlePage",
        ):
            rows += [post, *map(_message, post.each(".msgContent"))]
        return rows

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        if not row.has("article"):
            return _below(page, row)
        body = row.body(
            "[itemprop=articleBody]",
            "article.l-publishArea",
            ".l-publish__content article",
            ".l-articlePage__publish article",
            "article",
        )
        if body is None:
            raise LayoutChanged(page.url, ["[itemprop=articleBody]", "article"])
        number = _NUMBER.search(
            row.maybe("article@id", "@id", "[id^=ct]@id", "[id^=name_]@id", "a[name]@name") or ""
        )
        order = next(
            (said for said in reversed(row.values("span.o-fNotes")) if said.startswith("#")), None
        )
        first = (
            order in {"#1", None} and place == 0 and row.has(".l-docking, .l-docking__title, h1")
        )
        thread = parse_qs(urlsplit(page.url).query).get("t", [""])[0]
        if number is None and order is None and not first:
            raise LayoutChanged(page.url, ["article@id"])
        return page.post(
            key=f"p{number[1]}" if number else f"t{thread}{order or '#1'}",
            url=f"{page.url.partition('#')[0]}{order or ''}",
            author=row.maybe(".l-articlePage__author .c-authorInfo__id a", ".l-articlePage__author .c-authorInfo__id", ".l-articlePage__author a[href*=userinfo]", "[id^=name_], .u-username"),
            posted_at=row.time("[itemprop=datePublished]@content, time@datetime", *([_LEAD] if first else []), ".l-articleAuthor__tag .o-fNotes", ".l-articlePage__publish span.o-fNotes", "span.o-fNotes", ".o-fNotes"),
            title=row.maybe(".l-docking__title", "h1") if first else None,
            body=body,
        )  # fmt: skip

    def next_page(self, page: Page) -> str | None:
        return page.link(
            "link[rel=next]",
            "a.l-pagination__next",
            ".l-pagination__page.is-active + li a",
            "a.c-pagination.is-active + a",
            "a.c-pagination--next",
        )

    def empty(self, page: Page) -> bool:
        return page.has(".l-listTable, .c-listTable")


def _message(words: Row) -> Row:
    """The nearest element that holds a message's words and its time."""
    above = words.node
    while above.parent is not None and above.css_first(".msgTool") is None:
        above = above.parent
    return Row(words.page, above if above.css_first("article") is None else words.node)


def _below(page: Page, row: Row) -> Post | None:
    """A message below a post, which carries no number of its own; None for an advertisement."""
    body = row.body(".msgContent") or (
        row.body("") if "msgContent" in (row.maybe("@class") or "") else None
    )
    if body is None:
        if row.has(".l-articlePage__author"):
            raise LayoutChanged(page.url, ["[itemprop=articleBody]", "article"])
        return None
    author = row.maybe(".c-authorInfo__id", "[id^=name_], .u-username", "a[href*=userinfo]")
    posted_at = row.time(".msgTool .l-navigation__item span", ".msgTool span")
    said = (author or "", posted_at.at.isoformat() if posted_at else "", body.text)
    thread = parse_qs(urlsplit(page.url).query).get("t", [""])[0]
    return page.post(
        key=f"t{thread}-{hashlib.sha256(chr(10).join(said).encode()).hexdigest()[:16]}",
        url=page.url.partition("#")[0],
        author=author,
        posted_at=posted_at,
        body=body,
    )
