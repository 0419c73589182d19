"""Reads Flarum as its program draws it. A browser has to have drawn the page before.

Hooks are the names of its components, which themes and extensions keep:
`.DiscussionListItem`, `.PostStream-item`, `.Post-body`. A page of which
nothing but the frame was received is told from an empty one.
"""

import re
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from patrol.models import Outcome, Post, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.page import LayoutChanged, Page, Row
from spiders.walls import Wall

_DISCUSSION = re.compile(r"/d/(?P<id>\d+)(?P<slug>-[^/]*)?(?:/[^/]*)?/?$")
_NOT_SAID = ".Post-quoteButtonContainer, .PostMention-preview, script, style"


class Flarum(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.MARKER, "#flarum-loading, #flarum-content, #flarum-json-payload"),
        Sign(Where.MARKER, ".App .DiscussionList, .App .PostStream"),
        Sign(Where.SCRIPT, r"flarum\.core\.app\.(?:load|boot|bootExtensions)\("),
    )

    def kind(self, page: Page) -> Kind | None:
        if page.has(".PostStream, .DiscussionPage"):
            return "thread"
        if page.has(".IndexPage, .DiscussionList"):
            return "list"
        # Not drawn: its address tells what it should have become.
        return "thread" if _DISCUSSION.search(urlsplit(page.url).path) else "list"

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row]:
        """Beside a discussion stands the list that one came from; it is not this page's."""
        return [] if self.kind(page) == "thread" else page.each(".DiscussionListItem")

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        url = row.link("a.DiscussionListItem-main", "a[href*='/d/']")
        found = _DISCUSSION.search(urlsplit(url).path) if url else None
        if url is None or found is None:
            raise LayoutChanged(page.url, ["a.DiscussionListItem-main@href"])
        active = row.time(".item-terminalPost time@datetime", "time@datetime")
        count = row.maybe(".DiscussionListItem-count [aria-hidden]", ".DiscussionListItem-count")
        told = [active.at.isoformat() if active else None, count]
        return ThreadLink(
            url=_without_post(url),
            key=f"d{found['id']}",
            title=row.maybe(".DiscussionListItem-title"),
            state="|".join(part for part in told if part) or None,
            active_at=active.at if active else None,
        )

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Row]:
        return page.each(".PostStream-item[data-id]")

    def post(self, page: Page, row: Row, place: int) -> Post | None:  # noqa: ARG002
        if row.maybe("@data-type") not in {None, "comment"}:
            return None  # somebody renamed, moved or closed it
        body = row.body(".Post-body", without=_NOT_SAID)
        if body is None:
            if row.has(".Post--hidden"):
                return None
            raise LayoutChanged(page.url, [".Post-body"])
        number = row.maybe("@data-number")
        return page.post(
            key=f"p{row.one('@data-id')}",
            url=f"{_without_post(page.url)}/{number}" if number else page.url,
            author=_name(row.maybe(".PostUser .username", ".Post-header .username")),
            posted_at=row.time(
                ".PostMeta time@datetime", ".Post-header time@datetime", "@data-time"
            ),
            title=page.maybe(".DiscussionHero-title") if number == "1" else None,
            body=body,
        )

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        found = page.link("link[rel=next]")
        if found is None and page.has(".DiscussionList-loadMore, .PostStream-loadMore"):
            return _turned(page.url)
        return found

    def stands(self, page: Page) -> Wall | None:
        if page.has(".IndexPage, .DiscussionPage, .DiscussionList, .PostStream"):
            return None
        return Wall(
            Outcome.LAYOUT_CHANGED,
            "This page draws itself, and was read undrawn: the source needs a browser.",
        )

    def empty(self, page: Page) -> bool:
        return page.has(".DiscussionList--empty, .DiscussionList .Placeholder")


def _name(shown: str | None) -> str | None:
    """Who left is shown as `[deleted]`, in the board's language."""
    return None if shown and re.fullmatch(r"\[[^\[\]]+\]", shown) else shown


def _without_post(url: str) -> str:
    """A discussion's own address, without the post that a link leads to, and without its page."""
    parts = urlsplit(without_fragment(url))
    found = _DISCUSSION.search(parts.path)
    path = (
        f"{parts.path[: found.start()]}/d/{found['id']}{found['slug'] or ''}"
        if found
        else parts.path
    )
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _turned(url: str) -> str:
    """The address whose page comes after this one's: the button that loads it has none."""
    parts = urlsplit(_without_post(url) if _DISCUSSION.search(urlsplit(url).path) else url)
    query = dict(parse_qsl(urlsplit(url).query))
    now = query.get("page", "1")
    query["page"] = str(int(now) + 1 if now.isdecimal() and len(now) < 9 else 2)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
