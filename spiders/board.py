"""A board that is told by lists of hooks: what differs between two programs is a list, what they share stands here.

Ids with the post's own number last longest, so rows are found by them; where a
theme has dropped them, by what holds the words: a row is the largest element
around them that holds no other post's.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from selectolax.lexbor import LexborNode

from patrol.models import Post, PostedAt, Precision, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Clock, Engine, Kind
from spiders.page import LayoutChanged, Page, Row, around
from spiders.pager import last_numbered, next_numbered
from spiders.plain import Body, line_of, read_body
from spiders.zones import named_zone, read_zone

_NAME_EDGES = " \u200e\u200f:»«,\xa0"
_PARTS = re.compile(r"[»«|(\u2022\u00b7\u2192]|\s[-\u2013]\s|\xa0[\xa0 ]*|\n")
_LAST_NUMBER = re.compile(r"(\d{1,12})$")
_COUNT = re.compile(r"\d[\d.,'\u2019\u00a0]*")
_BOARD_NAME = re.compile(r"\s[-|\u2013\u2014\u00b7]\s[^|]*$")
_DATE_LENGTH = (10, 45)
"""Characters of a date with its time of day, and no more."""
_EITHER_WAY = re.compile(
    r"(?<![\d./-])\d{1,2}[-/]\d{1,2}[-/]((?:19|20)\d{2})(?!\d)(?=.{0,6}\d{1,2}[:h]\d{2})"
)
ADVERTISEMENT = ".adsbygoogle, ins, iframe, [id^=google_ads], [id^=div-gpt-ad], [class*=advert]"
"""What an advertisement in the frame of a post holds, which nobody wrote and at no time."""
_TIMED = frozenset({Precision.SECOND, Precision.MINUTE})


class Board(Engine):
    """An engine that is made of hooks. What a program does otherwise, its engine says itself."""

    on_thread: ClassVar[str] = ""
    """Selector of what only a thread's page holds."""
    on_list: ClassVar[str] = ""
    """Selector of what only a list of threads holds."""
    thread_url: ClassVar[re.Pattern[str]]
    list_url: ClassVar[re.Pattern[str]]

    rows: ClassVar[tuple[str, ...]]
    """Elements with a post's number."""
    own_number: ClassVar[re.Pattern[str]]
    """The number in what `number` finds."""
    number: ClassVar[tuple[str, ...]] = ("@id",)
    anchor: ClassVar[str] = "post{}"
    """What stands behind `#` in a post's address."""
    permalink: ClassVar[tuple[str, ...]] = ()
    author: ClassVar[tuple[str, ...]]
    posted_at: ClassVar[tuple[str, ...]]
    undated: ClassVar[str] = ""
    """Parts beside a date that hold another one, such as that of an edit."""
    body: ClassVar[tuple[str, ...]]
    not_said: ClassVar[str] = ""
    also: ClassVar[str] = ""
    """Words and files of a post that stand outside of its body."""
    withdrawn: ClassVar[str] = ""
    """Selector of what stands in the place of a post that was deleted or hidden."""
    title: ClassVar[tuple[str, ...]] = ("h1",)
    """The page's title, without the board's name, where none of them is there."""

    thread_hooks: ClassVar[tuple[str, ...]]
    """Links to threads, as lists hold them."""
    thread_ids: ClassVar[tuple[str, ...]] = ()
    """Where a row itself holds its thread's number; its address may show another."""
    thread_number: ClassVar[re.Pattern[str]]
    """The thread's number in its address."""
    thread_tags: ClassVar[frozenset[str]] = frozenset({"li", "tr", "article"})
    thread_class: ClassVar[str] = ""
    """What a list's rows are: elements of these tags, or with this class."""
    active: ClassVar[tuple[str, ...]] = ()
    replies: ClassVar[tuple[str, ...]] = ()
    visit: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")
    """Parts of a thread's address that belong to one visit or one post."""

    next_hooks: ClassVar[tuple[str, ...]] = ("link[rel=next]", "a[rel=next]")
    previous_hooks: ClassVar[tuple[str, ...]] = ("link[rel=prev]", "a[rel=prev]")
    numbers: ClassVar[tuple[str, ...]] = ()
    """Links with the numbers of pages."""
    current: ClassVar[str] = ""
    """Number of this page, where the next one is marked by nothing but its number."""
    elsewhere: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")
    """Addresses that programs call the next page, and that are another thread."""
    clocks: ClassVar[str] = ""
    clocks_beside: ClassVar[str] = ""
    """An element behind which, in the same one, some block tells it."""
    empty_frame: ClassVar[str] = ""

    def kind(self, page: Page) -> Kind | None:
        if self.on_thread and page.anywhere(self.on_thread):
            return "thread"
        if self.on_list and page.anywhere(self.on_list):
            return "list"
        if self.thread_url.search(page.url):
            return "thread"
        return "list" if self.list_url.search(page.url) else None

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row]:
        if self.kind(page) == "thread":
            return []
        return around(page.each(*self.thread_hooks), self.thread_tags, self.thread_class)

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        url = row.link(*self.thread_hooks) or row.page.absolute(row.node.attributes.get("href"))
        if url is None:
            raise LayoutChanged(page.url, self.thread_hooks)
        url = self.visit.sub("", without_fragment(url))
        number = self._thread_number(row, url)
        active = self._when(row, self.active)
        figures = _COUNT.search(row.maybe(*self.replies) or "")
        count = re.sub(r"\D", "", figures[0]) if figures else ""
        moved = active.at.isoformat() if active and active.precision in _TIMED else ""
        return ThreadLink(
            url=url,
            key=f"t{number}" if number else url,
            title=row.maybe(*self.thread_hooks),
            state=f"{moved}|{count}" if moved or count else None,
            active_at=active.at if active else None,
        )

    def _thread_number(self, row: Row, url: str) -> str | None:
        told = _LAST_NUMBER.search(row.maybe(*self.thread_ids) or "") if self.thread_ids else None
        found = told or self.thread_number.search(url)
        return next((group for group in found.groups() if group), None) if found else None

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Row]:
        for hooks in self.rows:
            rows = [row for row in page.each(hooks) if self.number_of(row)]
            if rows:
                page.took(self.rows, hooks)
                page.tell_dates(partial(self._dates, rows))
                return rows
        return []

    def number_of(self, row: Row) -> str | None:
        """The post's own number, where the row has one."""
        for hook in self.number:
            found = self.own_number.fullmatch(row.maybe(hook) or "")
            if found:
                return next(group for group in found.groups() if group)
        return None

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        number = self.number_of(row)
        body = row.body(*self.body, without=self.not_said, also=self.also)
        author = row.maybe(*self.author)
        if number is None or not number.strip("0") or (body is None and author is None):
            return None
        if author is None and row.has(ADVERTISEMENT) and self.when(row) is None:
            return None
        if body is None:
            if self.withdrawn and row.has(self.withdrawn):
                return None
            raise LayoutChanged(page.url, self.body)
        first = place == 0 and self.previous_page(page) is None
        return page.post(
            key=f"p{number}",
            url=self._post_url(page, row, number),
            author=one_name(author),
            posted_at=self.when(row),
            title=self._title(page) if first else None,
            body=body,
        )

    def nameless(self, page: Page, row: Row, place: int, hooks: tuple[str, str, str, str]) -> Post:
        """A post of an archive, whose parts hang on these hooks."""
        author_hook, when, words, title = hooks
        body = row.body(words)
        if body is None:
            raise LayoutChanged(page.url, [words])
        return self.unnumbered(
            page,
            row,
            author=row.maybe(author_hook),
            posted_at=self._when(row, (when,)),
            body=body,
            title=page.maybe(title) if place == 0 else None,
        )

    def unnumbered(  # noqa: PLR0913  (what a post is made of)
        self,
        page: Page,
        row: Row,
        *,
        author: str | None,
        posted_at: PostedAt | None,
        body: Body,
        title: str | None,
    ) -> Post:
        """A post where no numbers are printed: its key is made of its thread, author, date and words."""
        author = one_name(author)
        thread = self._thread_number(row, page.url) or "0"
        said = (author or "", posted_at.at.isoformat() if posted_at else "", body.text)
        mark = hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
        return page.post(
            key=f"t{thread}-{mark}", author=author, posted_at=posted_at, title=title, body=body
        )

    def _title(self, page: Page) -> str | None:
        return page.maybe(*self.title) or _BOARD_NAME.sub("", page.title) or None

    def when(self, row: Row) -> PostedAt | None:
        """When the post was written."""
        found = self._when(row, self.posted_at)
        return found if found and found.precision in _TIMED else self._dated(row) or found

    def _dated(self, row: Row) -> PostedAt | None:
        """In themes that keep no name: the first words that are nothing but a day and a time of day.

        When somebody joined is a day alone; what stands in the post itself is not asked.
        """
        said = {
            node.mem_id
            for hook in (*self.body, self.not_said)
            if hook
            for node in row.node.css(hook)
        }
        for node in row.node.css("time, span, dd, li, a, small, td, div, p"):
            words = node.text().strip()
            if not _DATE_LENGTH[0] <= len(words) <= _DATE_LENGTH[1] or _within(
                node, said, row.node
            ):
                continue
            found = row.page.moment(words, "nothing but a date")
            if found is not None and found.precision in _TIMED:
                row.page.took(self.posted_at, "nothing but a date")
                return found
        return None

    def _when(self, row: Row, hooks: tuple[str, ...]) -> PostedAt | None:
        """The first date with its time of day; a day without one may be when somebody joined, and is taken last."""
        rough = None
        for hook in hooks:
            for found in self._moments(row, hook):
                if found.precision in _TIMED:
                    row.page.took(hooks, hook)
                    return found
                rough = rough or found
        return rough

    def _moments(self, row: Row, hook: str) -> Iterator[PostedAt]:
        """All dates that a hook's words hold, whole or in parts."""
        if "@" in hook:
            found = row.time(hook)
            if found is not None:
                yield found
            return
        for words in self._said(row, hook):
            for part in (words, *_PARTS.split(words)):
                found = row.page.moment(part, hook)
                if found is not None:
                    yield found
            year = _year(row, words, hook)
            if year is not None:
                yield year

    def _said(self, row: Row, hook: str) -> Iterator[str]:
        """What a hook's elements say, without the parts that date something else."""
        for node in row.node.css(hook):
            yield from _titled(row, node)
            unread = {out.mem_id for out in node.css(self.undated)} if self.undated else set()
            yield read_body([node], unread).text

    def _dates(self, rows: list[Row]) -> list[str]:
        """The words of all posts' dates, in the order of the page."""
        hooks = [hook for hook in self.posted_at if "@" not in hook]
        for hook in hooks:
            said = [words for row in rows for words in self._said(row, hook)]
            if len(said) >= len(rows):
                return said
        return []

    def _post_url(self, page: Page, row: Row, number: str) -> str:
        own = row.link(*self.permalink) if self.permalink else None
        return own or f"{without_fragment(page.url)}#{self.anchor.format(number)}"

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        found = page.link(*self.next_hooks)
        if found is None or self.elsewhere.search(found):
            found = next_numbered(page, self.current, *self.numbers) if self.current else None
        return found and self.visit.sub("", found)

    def previous_page(self, page: Page) -> str | None:
        found = page.link(*self.previous_hooks)
        if found is None or self.elsewhere.search(found):
            found = (
                next_numbered(page, self.current, *self.numbers, step=-1) if self.current else None
            )
        return found and self.visit.sub("", found)

    def last_page(self, page: Page) -> str | None:
        if self.previous_page(page) is not None:
            return None
        found = last_numbered(page, *self.numbers)
        return found and self.visit.sub("", found)

    def clock(self, page: Page) -> Clock:
        page.clocks = lines = page.values(self.clocks) if self.clocks else []
        for line in lines + (_behind(page, self.clocks_beside)):
            zone = named_zone(line) or (read_zone(line) if len(line) < 200 else None)
            if zone is not None:
                return Clock(zone)
        return Clock()

    def empty(self, page: Page) -> bool:
        if not self.empty_frame or not page.has(self.empty_frame):
            return False
        links = [page.absolute(href) or "" for href in page.values("a@href")]
        return not any(self.thread_url.search(link) for link in links)


def _year(row: Row, words: str, hook: str) -> PostedAt | None:
    """Of a day and a month in figures whose order nothing tells, the year: it is certain."""
    figures = _EITHER_WAY.search(words)
    return row.page.moment(figures[1], hook) if figures else None


def _titled(row: Row, node: LexborNode) -> Iterator[str]:
    """`<span title="2 Nov 2026">Yesterday</span>, 15:04`: the day from the title, the rest as it stands."""
    named = node.css_first("span[title], abbr[title], time[title]")
    title = (named.attributes.get("title") or "") if named is not None else ""
    if named is not None and title and row.page.moment(title, "title"):
        behind = named.next.text_content if named.next is not None else ""
        yield f"{title}{behind or ''}"
        yield title


def one_name(shown: str | None) -> str | None:
    """A name without the marks that themes put beside it."""
    return (shown.strip(_NAME_EDGES) or None) if shown else None


def around_words(page: Page, *words: str) -> list[Row]:
    """The largest element around each post's words that holds no other post's."""
    nodes = [row.node for row in page.each(*words)]
    shared = _shared(nodes)
    return [Row(page, _grown(node, shared)) for node in nodes]


def _shared(nodes: list[LexborNode]) -> set[int]:
    """What stands around more than one of them. Each element is asked twice at most, so it takes time by the page's length."""
    once: set[int] = set()
    shared: set[int] = set()
    for node in {
        node.mem_id: node for node in nodes
    }.values():  # a list of selectors may find one twice
        above = node.parent
        while above is not None and above.mem_id not in shared:
            (shared if above.mem_id in once else once).add(above.mem_id)
            above = above.parent
    return shared


def _grown(node: LexborNode, shared: set[int]) -> LexborNode:
    grown = node
    while grown.parent is not None and grown.parent.tag not in {"body", "html"}:
        if grown.parent.mem_id in shared:
            break
        grown = grown.parent
    return grown


def _within(node: LexborNode, some: set[int], top: LexborNode) -> bool:
    """Whether an element is one of some, or stands in one of them."""
    above: LexborNode | None = node
    while above is not None and above.mem_id != top.mem_id:
        if above.mem_id in some:
            return True
        above = above.parent
    return False


def _behind(page: Page, selector: str) -> list[str]:
    """Lines of the blocks behind the first such element, in the same one. `A ~ B` would cost the square of both."""
    found = page.node.css_first(selector) if selector else None
    lines: list[str] = []
    while found is not None:
        found = found.next
        if found is not None and found.tag == "div":
            lines.append(line_of(found))
    return lines
