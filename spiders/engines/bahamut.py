"""Reads the forums of Bahamut (`forum.gamer.com.tw`): `B.php` lists, `C.php` threads with the answers below each post.

Posts hang on `post_N`, answers on `Commendcontent_N`. What an author or a
moderator took back is left out; answers that the page folds are counted and
told, since a script has to fetch them. Part of an author's address, which pages
carry for moderators, is not read.
"""

import re
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from patrol.errors import PatrolError
from patrol.models import Post, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Clock, Engine, Kind, Sign, Where
from spiders.page import LayoutChanged, Page, Row

_BOARD = re.compile(r"/B\.php$")
_THREAD = re.compile(r"/C(?:o)?\.php$")
_NUMBER = re.compile(r"\d+")
_ANSWERED_AT = (
    ".edittime@data-tippy-content",
    ".edittime@data-original-title",
    "[data-tippy-content^='留言時間']@data-tippy-content",
    ".edittime@title",
    ".edittime",
)
"""Where an answer keeps its time: the words shown, `3 小時前`, are what a script leaves."""
_AT = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?|\d{1,2}[-/]\d{1,2} \d\d:\d\d|[今昨前]天 ?\d\d:\d\d|\d+ ?(?:分|小時|天|秒)前"
)


class Folded(PatrolError):
    """Answers that the page does not hold."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            what,
            where=url,
            why="Bahamut folds the older answers below a post, and a script fetches them; they are not seen here.",
            do="Open the post itself where its answers matter.",
        )


class Bahamut(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(
            Where.MARKER, "section.c-section .c-post__header__author, section.c-section[id^=post_]"
        ),
        Sign(Where.MARKER, "table.b-list, tr.b-list__row .b-list__main"),
        Sign(Where.SCRIPT, r"i2\.bahamut\.com\.tw/(?:css|js)/forum"),
    )

    def kind(self, page: Page) -> Kind | None:
        path = urlsplit(page.url).path
        if _THREAD.search(path) or page.has("section.c-section[id^=post_]"):
            return "thread"
        return "list" if _BOARD.search(path) or page.has("table.b-list, .b-list__row") else None

    def clock(self, page: Page) -> Clock:  # noqa: ARG002
        return Clock(ZoneInfo("Asia/Taipei"))

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row]:
        return [] if self.kind(page) == "thread" else page.each("tr.b-list__row, .b-list__row")

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        url = row.link(
            "a.b-list__main__title", ".b-list__main a[href*='C.php']", "a[href*='C.php']"
        )
        asked = parse_qs(urlsplit(url).query) if url else {}
        if url is None or "snA" not in asked:
            if row.has(".b-list__main__title"):
                raise LayoutChanged(page.url, ["a.b-list__main__title@href"])
            return None  # an advertisement, or a board that is recommended
        active = row.time(".b-list__time__edittime a", ".b-list__time__edittime")
        count = row.maybe(".b-list__count__number") or ""
        return ThreadLink(
            url=_first_page(url, asked),
            key=f"sn{asked['snA'][0]}",
            title=row.maybe(".b-list__main__title"),
            state=f"{active.at.isoformat()}|{count.partition('/')[0].strip()}" if active else None,
            active_at=active.at if active else None,
        )

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Row]:
        """Every post, and behind it the answers to it."""
        rows: list[Row] = []
        for section in page.each("section.c-section[id^=post_]"):
            rows += [section, *section.each(".c-reply__item"), *section.each("a.more-reply")]
        return rows

    def post(self, page: Page, row: Row, place: int) -> Post | None:  # noqa: ARG002
        if row.node.tag == "a":
            _tell_folded(page, row)
            return None
        return _written(page, row) if row.node.tag == "section" else _answered(page, row)

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        return page.link(
            ".BH-pagebtnA a.pagenow + a", ".BH-pagebtn a.next:not(.no)", "link[rel=next]"
        )

    def last_page(self, page: Page) -> str | None:
        numbered = [
            row for row in page.each(".BH-pagebtnA a") if row.node.text().strip().isdecimal()
        ]
        last = max(numbered, key=lambda row: int(row.node.text().strip()), default=None)
        return last.link("@href") if last is not None and self.kind(page) == "thread" else None

    def previous_page(self, page: Page) -> str | None:
        return page.link(".BH-pagebtnA a:has(+ a.pagenow)", "link[rel=prev]")

    def empty(self, page: Page) -> bool:
        return page.has("table.b-list, .b-list-wrap")


def _first_page(url: str, asked: dict[str, list[str]]) -> str:
    """A thread's own address, without where in it a link leads."""
    bsn = asked.get("bsn", [""])[0]
    return urlsplit(url)._replace(query=f"bsn={bsn}&snA={asked['snA'][0]}", fragment="").geturl()


def _written(page: Page, row: Row) -> Post | None:
    if row.has(".c-section__main.c-disable, .c-disable"):
        return None
    body = row.body(".c-article__content", "article.c-article")
    if body is None:
        raise LayoutChanged(page.url, [".c-article__content"])
    floor = row.maybe(".c-post__header__author a.floor@data-floor")
    return page.post(
        key=f"p{row.one('@id').removeprefix('post_')}",
        url=f"{without_fragment(page.url)}#{row.one('@id')}",
        author=row.maybe(".c-post__header__author a.userid", "a.userid", ".c-post__header__author a.username"),
        posted_at=row.time(".c-post__header__info .edittime@data-mtime", ".edittime@data-mtime", ".c-post__header__info .edittime"),
        title=row.maybe("h1.c-post__header__title", ".c-post__header__title") if floor in {"1", None} else None,
        body=body,
    )  # fmt: skip


def _answered(page: Page, row: Row) -> Post:
    body = row.body(".comment_content", ".reply-content__article span", ".reply-content__article")
    if body is None:
        raise LayoutChanged(page.url, [".comment_content", ".reply-content__article"])
    number = _NUMBER.search(row.maybe("@id", "[id^=Commendcontent_]@id", "@data-csn") or "")
    author = row.maybe("img[data-gamercard-userid]@data-gamercard-userid")
    home = row.link("a.reply-content__user")
    author = (
        author
        or (urlsplit(home).path.strip("/") if home else None)
        or row.maybe(".reply-content__user")
    )
    said = row.maybe(*_ANSWERED_AT) or ""
    at = _AT.search(said)
    return page.post(
        key=f"c{number[0]}" if number else f"c{author}+{body.text[:80]}",
        url=without_fragment(page.url),
        author=author.lower() if author else None,
        posted_at=page.moment(at[0], ".edittime") if at else None,
        body=body,
    )


def _tell_folded(page: Page, row: Row) -> None:
    count = _NUMBER.search(row.node.text())
    style = (row.maybe("@style") or "").replace(" ", "")
    if count is not None and "display:none" not in style:
        raise Folded(page.url, f"{count[0]} older answers below a post are folded")
