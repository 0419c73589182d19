"""A page as an engine sees it: rows, words, times and links. It was fetched by somebody else.

Hooks are CSS selectors, with `@name` behind them for an attribute: `a.username`,
`time@datetime`, `@id` for the row itself. Several hooks are tried in their
order, and the one that gave something is counted in `Page.hooks`: when a board
changes, its fallbacks show it before its readers fail.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from patrol.errors import PatrolError
from patrol.models import Post, PostedAt
from spiders.addresses import absolute, tidy
from spiders.charset import Decoded, decode
from spiders.dates import Manner, read_date
from spiders.order import Order, order_by_language, order_told
from spiders.packed import unpacked
from spiders.plain import Body, line_of, only_text, read_body
from spiders.shallow import shallow

_LONGEST_KEY = 200
"""Characters, as `Post.key` allows."""

_COMMA = re.compile(r",(?![^(\[]*[)\]])")

_DATED = "time, [class*=date], [class*=time], [class*=Date], [class*=posted]"
_ELSEWHERE = re.compile(
    r"profile|sign|content|notice|edit|quote|post-?text|poster|user", re.IGNORECASE
)


class LayoutChanged(PatrolError):
    """A page holds what makes it this engine's, and not what its posts hang on."""

    def __init__(self, url: str, hooks: Sequence[str]) -> None:
        wanted = " or ".join(f"`{hook}`" for hook in hooks)
        super().__init__(
            f"a row has no {wanted}",
            where=url,
            why="The engine finds a post's parts by these hooks; without them it would guess.",
            do="Save the page, compare it with tests/spiders/engines/pages, and give the engine a new hook.",
        )


@lru_cache(maxsize=1024)
def _parts(hook: str) -> tuple[tuple[str, str | None], ...]:
    """Selectors and attributes of a hook. Commas part them only where one has an attribute."""
    parts = []
    for part in _COMMA.split(hook) if "@" in hook else (hook,):
        selector, at, attribute = part.rpartition("@")
        named = at and re.fullmatch(r"[\w:-]+", attribute)
        parts.append((selector.strip(), attribute) if named else (part.strip(), None))
    return tuple(parts)


class Row:
    """One element of a page. `one` raises, `maybe` may be None, `each` lists."""

    __slots__ = ("node", "page")

    def __init__(self, page: "Page", node: LexborNode) -> None:
        self.page = page
        self.node = node

    def each(self, *selectors: str) -> "list[Row]":
        """Rows of the first selector that has any, in the order of the page."""
        for selector in selectors:
            nodes = self.node.css(selector)
            if nodes:
                self.page.took(selectors, selector)
                return [Row(self.page, node) for node in nodes]
        return []

    def values(self, hook: str, most: int | None = None) -> list[str]:
        """What a hook finds, of all elements or of the first ones; empty ones left out."""
        found: list[str] = []
        for selector, attribute in _parts(hook):
            nodes = self.node.css(selector)[:most] if selector else [self.node]
            if attribute is None:
                found += [line_of(node) for node in nodes]
            else:
                found += [(node.attributes.get(attribute) or "").strip() for node in nodes]
        return [value for value in found if value]

    def maybe(self, *hooks: str) -> str | None:
        """What the first of these hooks finds, as one line."""
        for hook in hooks:
            found = self._first(hook)
            if found:
                self.page.took(hooks, hook)
                return found
        return None

    def _first(self, hook: str) -> str | None:
        """The first that is not empty of what a hook finds."""
        for selector, attribute in _parts(hook):
            for node in self._found(selector) if selector else (self.node,):
                if attribute is None:
                    value = line_of(node)
                else:
                    value = (node.attributes.get(attribute) or "").strip()
                if value:
                    return value
        return None

    def _found(self, selector: str) -> Iterator[LexborNode]:
        """All that a selector finds; the others are looked for only when the first one is not enough."""
        first = self.node.css_first(selector)
        if first is not None:
            yield first
            yield from self.node.css(selector)[1:]

    def one(self, *hooks: str) -> str:
        """What the first of these hooks finds. Raises `LayoutChanged` if none does."""
        found = self.maybe(*hooks)
        if found is None:
            raise LayoutChanged(self.page.url, hooks)
        return found

    def time(self, *hooks: str) -> PostedAt | None:
        """The first of these hooks that holds a date which can be read with certainty."""
        for hook in hooks:
            for value in self.values(hook):
                found = self.page.moment(value, hook)
                if found is not None:
                    self.page.took(hooks, hook)
                    return found
        return None

    def dated(self) -> PostedAt | None:
        """In themes that keep no name: the shortest words called a date, outside of profile and text."""
        found = [node for node in self.node.css(_DATED) if not self._elsewhere(node)]
        for node in sorted(found, key=lambda node: len(node.text())):
            moment = self.page.moment(node.text(), "[class*=date]")
            if moment is not None:
                self.page.hooks["[class*=date]"] += 1
                return moment
        return None

    def _elsewhere(self, node: LexborNode) -> bool:
        """Whether it stands in a part of the row that dates something else."""
        above: LexborNode | None = node
        while above is not None and above.mem_id != self.node.mem_id:
            if _ELSEWHERE.search(above.attributes.get("class") or ""):
                return True
            above = above.parent
        return False

    def link(self, *hooks: str) -> str | None:
        """Address of the first of these hooks that leads somewhere, whole and without session ids."""
        for hook in hooks:
            for href in self.values(hook) if "@" in hook else self._hrefs(hook):
                url = self.page.absolute(href)
                if url is not None:
                    self.page.took(hooks, hook)
                    return url
        return None

    def _hrefs(self, selector: str) -> list[str]:
        """Where the elements lead that a selector finds."""
        return [href for node in self.node.css(selector) if (href := node.attributes.get("href"))]

    def body(self, *selectors: str, without: str = "", also: str = "") -> Body | None:
        """Words and media of the first selector that finds any, without what `without` selects.

        Elements that `also` selects are read too, behind them. None if no selector matches;
        no words if nothing that matches has any.
        """
        silent = None
        for selector in selectors:
            for node in self._found(selector):
                body = self._read(self._with(node, also), without)
                if body.text or body.media:
                    self.page.took(selectors, selector)
                    return body
                silent = silent or body
        return silent

    def _with(self, node: LexborNode, also: str) -> list[LexborNode]:
        """The element, and what else is selected and not inside of one already taken."""
        nodes = [node]
        for more in self.node.css(also) if also and self.page.anywhere(also) else ():
            taken = {one.mem_id for one in nodes}
            above: LexborNode | None = more
            while above is not None and above.mem_id not in taken:
                above = above.parent
            if above is None:
                nodes.append(more)
        return nodes

    def text(self, *selectors: str, without: str = "") -> str:
        """Words of the first selector that matches. Raises `LayoutChanged` if none does."""
        body = (
            self.body(*selectors, without=without)
            if selectors
            else self._read([self.node], without)
        )
        if body is None:
            raise LayoutChanged(self.page.url, selectors)
        return body.text

    def _read(self, nodes: list[LexborNode], without: str) -> Body:
        unread = (
            {out.mem_id for node in nodes if not only_text(node) for out in node.css(without)}
            if without
            else set()
        )
        return read_body(nodes, unread)

    def has(self, selector: str) -> bool:
        return self.node.css_first(selector) is not None


class Page(Row):
    """A page that was received, with what is needed to read it."""

    __slots__ = ("__dict__",)

    def __init__(  # noqa: PLR0913  (what a response is made of)
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        source: str = "saved",
        timezone: str = "Asia/Taipei",
        fetched_at: datetime | None = None,
    ) -> None:
        self.url = tidy(url)
        self.raw = unpacked(body)
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.source = source
        self.hooks: Counter[str] = Counter()
        """How often each hook gave something."""
        self.turns: Counter[tuple[str, str]] = Counter()
        """The same for each hook that has others behind it: its name, and that of the one which gave something."""
        self.notes: dict[str, object] = {}
        """What an engine remembers between two questions about the same page."""
        self.clocks: list[str] = []  # lines in which the board says what time it is
        self._anywhere: dict[str, bool] = {}
        self._links: dict[tuple[str, ...], str | None] = {}
        self._dates: Callable[[], Iterable[str]] = tuple
        self.zone: tzinfo = ZoneInfo(timezone)
        """Of dates that the board prints without one; what the page says of itself comes first."""
        self.fetched_at = fetched_at
        self.now = fetched_at or datetime.now(UTC)
        """What relative dates are counted from."""

    @property
    def page(self) -> "Page":  # type: ignore[override]
        """Itself, as rows call it. Not an attribute: a page in a circle would wait for the collector, megabytes each."""
        return self

    @cached_property
    def decoded(self) -> Decoded:
        return decode(self.raw, self.headers)

    @property
    def charset(self) -> str:
        return self.decoded.charset

    @property
    def charset_from(self) -> str:
        return self.decoded.charset_from

    @property
    def markup(self) -> str:
        """The page's text as received, tags and all."""
        return self.decoded.text

    @cached_property
    def node(self) -> LexborNode:  # type: ignore[override]
        """The root element, parsed when it is first asked for."""
        self._parser = LexborHTMLParser(shallow(self.markup))
        root = self._parser.root
        if root is None:
            raise LayoutChanged(self.url, ("html",))
        return root

    @cached_property
    def base(self) -> str:
        """What relative links are relative to."""
        href = self.maybe("base@href")
        return (absolute(self.url, href) if href else None) or self.url

    @cached_property
    def language(self) -> str:
        """Language and region that the page declares, in lower case, such as `zh-tw`."""
        return (self.maybe("html@lang", "html@xml:lang") or "").lower().replace("_", "-")

    @cached_property
    def title(self) -> str:
        return self.maybe("title") or ""

    @property
    def manner(self) -> Manner:
        return Manner(lambda: self._order, self.language[:2])

    @cached_property
    def _order(self) -> Order | None:
        """Day or month first: told by the page's own dates, by their order, else by its language."""
        today = self.now.astimezone(self.zone).date()
        told = order_told(self.node.text(separator=" "), self._dates, self.clocks, today)
        return told or order_by_language(self.language)

    def link(self, *hooks: str) -> str | None:
        """The same of the whole page, worked out once: each of its rows may ask."""
        if hooks not in self._links:
            self._links[hooks] = super().link(*hooks)
        return self._links[hooks]

    def took(self, hooks: Sequence[str], hook: str) -> None:
        """Count which of several hooks gave something."""
        self.hooks[hook] += 1
        if len(hooks) > 1:
            self.turns[hooks[0], hook] += 1

    def absolute(self, href: str | None) -> str | None:
        """A link's whole address, without session ids; None if it is not one of the web."""
        return absolute(self.base, href)

    def moment(self, words: str, hook: str) -> PostedAt | None:
        """A date in the board's zone, as words or as an epoch; None if it is not certain."""
        found = read_date(words, self.zone, self.now, self.manner)
        if found is None:
            return None
        return PostedAt(at=found.at, precision=found.precision, read_from=hook)

    def anywhere(self, selector: str) -> bool:
        """Whether the page has such an element at all: asked once, before every row is searched for it."""
        known = self._anywhere.get(selector)
        if known is None:
            known = self._anywhere[selector] = self.has(selector)
        return known

    def tell_dates(self, dates: Callable[[], Iterable[str]]) -> None:
        """Dates of one kind in the order of the page; asked for only where the order of day and month is in doubt."""
        self._dates = dates

    def tell_clock(self, zone: tzinfo | None, now: datetime | None) -> None:
        """What the board says of its own zone and time. A time of fetching that is known stays."""
        self.zone = zone or self.zone
        if self.fetched_at is None and now is not None:
            self.now = now

    def post(  # noqa: PLR0913  (what a post is made of)
        self,
        *,
        key: str,
        body: Body,
        url: str | None = None,
        author: str | None = None,
        posted_at: PostedAt | None = None,
        title: str | None = None,
    ) -> Post:
        """A post of this page, named by the board's own id."""
        return Post(
            source=self.source,
            key=short_key(key),
            url=url or self.url,
            author=author or None,
            posted_at=posted_at,
            title=title or None,
            text=body.text,
            media=body.media,
        )


def around(rows: Sequence[Row], tags: Collection[str], name: str = "") -> list[Row]:
    """The nearest elements with one of these tags, or of this class, around the rows, each once."""
    found: dict[int, Row] = {}
    for row in rows:
        above = row.node.parent
        while above is not None and above.tag not in tags and not (name and _is(above, name)):
            above = above.parent
        node = row.node if above is None else above
        found.setdefault(node.mem_id, Row(row.page, node))
    return list(found.values())


def _is(node: LexborNode, name: str) -> bool:
    return node.tag != "td" and name in (node.attributes.get("class") or "").split()


def short_key(key: str) -> str:
    """The same key, or its beginning and its hash where it is too long to keep."""
    short = f"{key[:100]}~{hashlib.sha256(key.encode()).hexdigest()}"
    return key if len(key) <= _LONGEST_KEY else short
