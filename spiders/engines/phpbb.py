"""Reads phpBB 3 (prosilver and what is built on it), its older theme subsilver2, phpBB 2's tables, and TorrentPier's.

Hooks, from the most lasting to the least: `#p1042` or `a[name=p1042]` is the
post's own number; `.postbody`, `.content`, `.author`, `.topictitle` are the
names that themes keep. Posts of all themes have the key `p1042`.
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from patrol.models import Post, PostedAt, Precision, ThreadLink
from spiders.addresses import without_fragment
from spiders.board import ADVERTISEMENT
from spiders.engines.base import Clock, Engine, Kind, Sign, Where
from spiders.page import LayoutChanged, Page, Row, around
from spiders.pager import last_numbered
from spiders.plain import Body
from spiders.slices import slices
from spiders.themes import NOT_SAID, PROSILVER, TABLES, Theme
from spiders.zones import named_zone, read_zone

_NUMBER = re.compile(r"p?(\d{1,12})")
_POST_ID = re.compile(r"(?:p|post|post-|pid|post_|p_)(\d{1,12})")
_TOPIC = re.compile(
    r"(?:topic|thread|[-_/]t|^t)[-_]?(\d+)(?=\.html|[-/_.]|$)|[-,](\d+)(?:[-,]\d+)?\.html$"
)
_SIGNATURE = re.compile(r"^\s*_{10,}\s*$", re.MULTILINE)
_PARTS = re.compile(r"[»«\u2192]|\xa0[\xa0 ]*")


_ROWS = (
    "div.post[id], article.post[id], li.post[id]",
    "[id^=p]:has(.postbody), [id^=p]:has(.content)",
    "tbody[id^=post_]:has(.post_body)",
)


class Phpbb(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^set-cookie: .*phpbb\d?_\w+_(?:sid|u)="),
        Sign(Where.GENERATOR, r"^phpBB"),
        Sign(Where.MARKER, "body#phpbb"),
        Sign(Where.MARKER, "body[class*=section-viewtopic], body[class*=section-viewforum]"),
        Sign(Where.MARKER, "table.tablebg .postbody, table.tablebg a.topictitle"),
        Sign(Where.MARKER, "table.forumline .postbody, table.forumline a.topictitle"),
        Sign(Where.MARKER, "div.post[id^=p] .postbody p.author"),
        Sign(Where.MARKER, "ul.topiclist.topics li.row a.topictitle"),
        Sign(Where.MARKER, "tbody[id^=post_] .p-link, tr[id^=tr-] a.tt-text"),
        Sign(
            Where.SCRIPT,
            r"Powered by (?:<[^>]*>\s*)?phpBB|phpBB (?:Group|Limited)\b|href=[\"'](?:\./)?(?:ucp|viewtopic|viewforum)\.php\?[^\"'>]*\bsid=",
        ),
        Sign(
            Where.SCRIPT,
            r"href=[\"'](?:\./)?view(?:topic|forum)\.php\?(?:[^\"'>]{0,80}&amp;)?[ftp]=\d|styles/(?:prosilver|subsilver2)/",
        ),
    )

    def kind(self, page: Page) -> Kind | None:
        frame = page.notes.get("frame")
        if frame is None:
            frame = f"{page.maybe('body@class') or ''} {page.maybe('body@id') or ''} {page.url}"
            page.notes["frame"] = frame
        if "viewtopic" in str(frame):
            return "thread"
        return "list" if "viewforum" in str(frame) else None

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row]:
        if self.kind(page) == "thread":
            return []
        links = page.each(
            "ul.topiclist a.topictitle, .topiclist .topictitle a, li.row a.topictitle",
            "a.topictitle, .topictitle a",
            ".topics a[href*=viewtopic].topic-title, .topic-title a[href*=viewtopic]",
            "tr[id^=tr-] a.tt-text",
        )
        return around(links, {"li", "tr", "article"})

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        hooks = ("a.topictitle", ".topictitle a", "a[href*=viewtopic]")
        url = row.link(*hooks)
        if url is None:
            raise LayoutChanged(page.url, ["a.topictitle@href"])
        active = row.time(
            "dd.lastpost time@datetime",
            "dd.lastpost span",
            ".lastpost time@datetime",
            ".lastpost",
            "dd:last-child time@datetime",
            "dd:last-child time, dd:last-child",
            "td:last-child time@datetime",
            "td:last-child p:first-child, td:last-child .postdetails, td:last-child .gensmall",
            "td:last-child",
            "td:has(+ td:last-child)",
        )
        last = row.link(
            "dd.lastpost a[href*='#']",
            ".lastpost a[href*='#']",
            "dd a[href*='#p']",
            "td a[href*='#p'], td:last-child a[href*='#']",
        )
        return ThreadLink(
            url=without_fragment(url),
            key=_topic_key(url),
            title=row.maybe(*hooks),
            state=_state(row, last, active),
            active_at=active.at if active else None,
        )

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Row]:
        for hooks in _ROWS:
            rows = [row for row in page.each(hooks) if _own_number(row)]
            if rows:
                return rows
        return _anchored_rows(page)

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        number = _own_number(row)
        tables = number is None
        number = number or _anchor_number(row)
        theme = TABLES if tables else PROSILVER
        body = row.body(
            *theme.body, without=NOT_SAID, also=".attachbox, dl.file" if not tables else ""
        )
        author = row.maybe(*theme.author)
        if number is None or not number.strip("0") or (body is None and author is None):
            return None
        if author is None and row.has(ADVERTISEMENT) and _posted_at(row, theme) is None:
            return None
        if body is None:
            raise LayoutChanged(page.url, theme.body)
        return page.post(
            key=f"p{number}",
            url=_post_url(page, row, number),
            author=_name(author),
            posted_at=_posted_at(row, theme),
            title=_title(page) if place == 0 and _first_page(page) else None,
            body=Body(_SIGNATURE.split(body.text)[0].rstrip(), body.media),
        )

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        found = page.anywhere(".pagination, fieldset.display-options") and page.link(
            ".pagination li.arrow.next a[rel=next]",
            ".pagination li.next a",
            ".pagination a[rel=next]",
            "fieldset.display-options a.right-box.right",
            ".pagination a.next, .pagination .next a",
        )
        found = found or _after_current(page)
        if not found and page.anywhere("[rel=next]"):
            found = page.link("a[rel=next]", "link[rel=next]")
        return found if found and "view=next" not in found else None

    def last_page(self, page: Page) -> str | None:
        if not _first_page(page):
            return None
        return last_numbered(
            page,
            ".pagination a[href*='start=']",
            ".gensmall a[href*='start='], .nav a[href*='start='], .pagecontent a[href*='start=']",
        )

    def previous_page(self, page: Page) -> str | None:
        return page.link(
            ".pagination li.arrow.previous a",
            ".pagination li.previous a",
            ".pagination a[rel=prev]",
            "fieldset.display-options a.left-box.left",
            ".pagination a.prev, .pagination .prev a",
            "a[rel=prev]",
            "link[rel=prev]",
        )

    def clock(self, page: Page) -> Clock:
        for hook in ("li.rightside span@title", ".timezone span@title, .timezone abbr@title"):
            for title in page.values(hook):
                zone = named_zone(title)
                if zone is not None:
                    return Clock(zone, _current_time(page, zone))
        for hook in (
            "li.rightside, .timezone, p.datetime, #page-footer li, .footer-time",
            "span.gensmall",
        ):
            for line in page.values(hook):
                zone = read_zone(line) if len(line) < 200 else None
                if zone is not None:
                    return Clock(zone, _current_time(page, zone))
        return Clock(None, _current_time(page, page.zone))

    def empty(self, page: Page) -> bool:
        """A forum without topics still has its frame: the bar above, or the forums below it.

        Where links to topics stand outside of the forums' rows, it has topics, under names unknown here.
        """
        links = page.each("a[href*='viewtopic.php?']")
        if any(not row.has("a.forumtitle, a.forumlink") for row in around(links, {"li", "tr"})):
            return False
        return page.has(
            ".action-bar, .topic-actions, .topiclist.forums, ul.forums, a.forumtitle, a.forumlink, #viewforum, .forumbg, "
            "table.tablebg, table.forumline"
        )


def _own_number(row: Row) -> str | None:
    """The post's number in the row's own id. `#p_ad` and the like have none."""
    found = _POST_ID.fullmatch(row.node.attributes.get("id") or "")
    return found[1] if found else None


def _anchor_number(row: Row) -> str | None:
    for name in row.values("a[name]@name") + row.values("a[id]@id"):
        found = _NUMBER.fullmatch(name)
        if found:
            return found[1]
    return None


def _anchored_rows(page: Page) -> list[Row]:
    """Around each numbered anchor, the smallest element that holds a post's words too.

    Where that holds several anchors, a post is what stands from one to the next.
    """
    frames: dict[int, tuple[LexborNode, dict[str, LexborNode]]] = {}
    for anchor in page.each("a[name], td a[id^=p]"):
        attributes = anchor.node.attributes
        found = _NUMBER.fullmatch(attributes.get("name") or attributes.get("id") or "")
        if not found:
            continue
        above = anchor.node.parent
        while above is not None and above.css_first(".postbody, .post-text, .posttext") is None:
            above = above.parent
        if above is not None and above.tag not in {"body", "html"}:
            frames.setdefault(above.mem_id, (above, {}))[1].setdefault(found[1], anchor.node)
    return [
        row
        for frame, anchors in frames.values()
        for row in slices(page, frame, list(anchors.values()))
    ]


def _posted_at(row: Row, theme: Theme) -> PostedAt | None:
    """The date, which prosilver prints behind the author's name: `by name » date`.

    A day without a time of day is taken last: it may stand in a subject.
    """
    rough = None
    for hook in theme.posted_at:
        for found in [row.time(hook)] if "@" in hook else _readings(row, hook, theme):
            if found is not None and found.precision in {Precision.SECOND, Precision.MINUTE}:
                row.page.took(theme.posted_at, hook)
                return found
            rough = rough or found
    return rough or row.dated()


def _readings(row: Row, hook: str, theme: Theme) -> Iterator[PostedAt | None]:
    for node in row.node.css(hook):
        if theme is not TABLES or not _in_profile(node):
            words = node.text()
            for part in (*reversed(_PARTS.split(words)), words):
                yield row.page.moment(part, hook)


def _in_profile(node: LexborNode) -> bool:
    """Whether its cell is the one beside the post, which dates its author's registration."""
    cell: LexborNode | None = node
    while cell is not None and cell.tag != "td":
        cell = cell.parent
    if cell is None:
        return False
    profile = "profile" in (cell.attributes.get("class") or "")
    return profile or cell.css_first(".name, .postauthor, .avatar") is not None


def _name(author: str | None) -> str | None:
    return author.strip(" \u200e\u200f:»,") or None if author else None


def _post_url(page: Page, row: Row, number: str) -> str:
    """Where the post can be opened again: its own link, else its place on this page."""
    links = row.node.css("a[href*='#']")
    hrefs = [link.attributes.get("href") or "" for link in links]
    endings = (f"#p{number}", f"#{number}")
    own = next(
        (
            url
            for ending in endings
            for href in hrefs
            if href.endswith(ending) and (url := page.absolute(href.strip())) is not None
        ),
        None,
    )
    if own and without_fragment(own) != without_fragment(page.base):
        return own
    return f"{without_fragment(page.url)}#p{number}"


def _title(page: Page) -> str | None:
    return page.maybe(
        "h2.topic-title a", "h1.topic-title a", ".topic-title", "h2 a[href*=viewtopic]", "h1 a[href*=viewtopic]",
        "a.titles", "a.maintitle", "#page-body h2 a", "#page-body h2", "h2 a", ".post h3 a",
    )  # fmt: skip


def _first_page(page: Page) -> bool:
    start = parse_qs(urlsplit(page.url).query).get("start", ["0"])[0]
    if start not in {"", "0"}:
        return False
    return not page.has(
        ".pagination li.previous a, .pagination a[rel=prev], link[rel=prev], .pagination a.left-box.left"
    )


def _after_current(page: Page) -> str | None:
    """The link to page 4 that stands behind the bold 3; older themes mark the next page by nothing else."""
    bolds = page.each(
        ".pagination strong, .pagination .active, .nav b, .nav strong, .gensmall b, .gensmall strong, .pagecontent strong"
    )
    for bold in bolds:
        number = bold.text()
        if not number.isdigit():
            continue
        node, steps = bold.node.next, 0
        while node is not None and steps < 6:
            link = (
                node
                if node.tag == "a"
                else node.css_first("a")
                if node.tag in {"li", "span"}
                else None
            )
            if link is not None and link.text().strip() == str(int(number) + 1):
                return page.absolute(link.attributes.get("href"))
            node, steps = node.next, steps + 1
    return None


def _topic_key(url: str) -> str:
    """`t16822`, from the query or from an address that was rewritten for search engines; else the path."""
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("t", [""])[0]
    found = _TOPIC.search(parts.path)
    if not number and found:
        number = found[1] or found[2]
    return (
        f"t{number}"
        if number.isdigit()
        else parts.path + (f"?{parts.query}" if parts.query else "")
    )


def _state(row: Row, last: str | None, active: PostedAt | None) -> str | None:
    """The last post's number where the list tells it, its time where not, and the number of replies."""
    replies = row.maybe(
        "dd.posts",
        ".posts",
        ".replies",
        "dt + dd:has(dfn)",
        "td:has(+ td:last-child) p > span[title]",
        "td:has(+ td + td:last-child) p, td:has(+ td + td + td:last-child) span",
    )
    count = re.sub(r"\D", "", (replies or "").split("/")[0])
    moved = urlsplit(last or "").fragment
    if not moved and active and active.precision in {Precision.SECOND, Precision.MINUTE}:
        moved = active.at.isoformat()
    return f"{moved}|{count}" if moved or count else None


def _current_time(page: Page, zone: tzinfo) -> datetime | None:
    """`It is currently ...`, where the theme prints it: what relative dates are counted from."""
    page.tell_clock(zone, None)
    for line in page.values("#datebar td, p.right, .current-time, li.rightside.time"):
        found = page.moment(line, "clock")
        if found and found.precision is Precision.MINUTE and re.search(r"\d{4}", line):
            return found.at
    return None
