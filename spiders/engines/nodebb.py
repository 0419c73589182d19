"""Reads NodeBB: its JSON under `/api/`, and its pages as the server draws them.

`/api/topic/118/slug` says what `li[component=post][data-pid]` says: both give
posts the key `p1042`. JSON is asked for first; where it is refused, the page
itself is read. A post that was deleted is a placeholder for guests: left out.
"""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from patrol.models import Outcome, Post, ThreadLink
from spiders.addresses import absolute
from spiders.board import Board, one_name
from spiders.engines.base import Kind, Sign, Where
from spiders.json_page import Record, document
from spiders.page import LayoutChanged, Page, Row
from spiders.walls import Wall

_PLACE = re.compile(
    r"^(?P<base>.*?)(?:/api)?/(?P<what>(?:topic|category|tags|recent|popular|top|unread|world)(?:/.*)?)$"
)
_REFUSED = re.compile(r"\[\[(?:global:40[13]|error:(?:no-privileges|not-logged-in|guest))")
_KEYS = (
    "titleRaw|lastposttimeISO|timestampISO|teaserPid|topic_count|totalTopicCount|numRecentReplies"
)


class Nodebb(Board):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^x-powered-by: NodeBB"),
        Sign(Where.GENERATOR, r"^NodeBB"),
        Sign(Where.MARKER, "[component=post][data-pid], [component='category/topic'][data-tid], [component='post/content']"),
        Sign(Where.FEED, rf"^\ufeff?\s*\{{[\s\S]{{0,4000}}?\"(?:{_KEYS})\"\s*:"),
        Sign(Where.FEED, r"^\ufeff?\s*\{[\s\S]{0,2000}?\[\[(?:global:40[134]|error:)"),
        Sign(Where.SCRIPT, r"nodebb\.min\.js|/assets/nodebb|Powered by (?:<[^>]*>\s*)*NodeBB|ajaxify-data"),
    )  # fmt: skip
    on_thread: ClassVar[str] = "[component=post][data-pid], [component=topic]"
    on_list: ClassVar[str] = (
        "[component='category/topic'], [component=category], [component='category-topics-list']"
    )
    thread_url: ClassVar[re.Pattern[str]] = re.compile(r"/topic/\d")
    list_url: ClassVar[re.Pattern[str]] = re.compile(
        r"/(?:category/\d|recent|popular|unread|top|tags/)"
    )

    rows: ClassVar[tuple[str, ...]] = ("[component=post][data-pid]", "li[data-pid], div[data-pid]")
    own_number: ClassVar[re.Pattern[str]] = re.compile(r"(\S{1,180})")
    number: ClassVar[tuple[str, ...]] = ("@data-pid",)
    permalink: ClassVar[tuple[str, ...]] = ("a.permalink[href*='/post/']", "a[href^='/post/']")
    author: ClassVar[tuple[str, ...]] = (
        "@data-username",
        "[itemprop=author] [itemprop=name]@content, .post-header [data-username]@data-username, a[data-username]@data-username",
        "[component='post/header'] a[href*='/user/'], .username, a[href*='/user/']:not(:has(img))",
    )
    posted_at: ClassVar[tuple[str, ...]] = (
        "@data-timestamp",
        "meta[itemprop=datePublished]@content, [itemprop=datePublished]@content",
        ".permalink .timeago@title, [component='post/timestamp'] .timeago@title, .post-header .timeago@title",
        ".timeago@title, .timeago@datetime",
        ".timeago",
    )
    body: ClassVar[tuple[str, ...]] = (
        "[component='post/content']",
        ".post-content, [itemprop=text]",
        ".content",
    )
    not_said: ClassVar[str] = (
        "[component='post/signature'], .post-signature, [component='post/editor'], .adsbygoogle, .topic-title, [component='topic/title']"
    )
    withdrawn: ClassVar[str] = ".deleted, [component='post/deleted']"
    title: ClassVar[tuple[str, ...]] = (
        "[component='topic/title']", "h1.topic-title, h1 .topic-title", "h1[component='post/header']", "h1",
    )  # fmt: skip

    thread_hooks: ClassVar[tuple[str, ...]] = (
        "[component='topic/header'] a[href*='/topic/'], [component='category/topic'] h2 a[href*='/topic/'], [component='category/topic'] h3 a[href*='/topic/']",
        "[component='category/topic'] a[href*='/topic/']",
    )
    thread_ids: ClassVar[tuple[str, ...]] = ("@data-tid",)
    thread_number: ClassVar[re.Pattern[str]] = re.compile(r"/topic/(\d+)")
    active: ClassVar[tuple[str, ...]] = (
        "[component='topic/teaser'] .timeago@title, .teaser .timeago@title, .lastpost .timeago@title",
        ".timeago@title",
    )
    replies: ClassVar[tuple[str, ...]] = (
        "[component='topic/post-count']@title, .stats-postcount .human-readable-number@title, .stats-postcount .human-readable-number",
        ".stats .human-readable-number@title",
    )
    numbers: ClassVar[tuple[str, ...]] = (
        "[component=pagination] .page a[data-page], .pagination .page a",
    )
    next_hooks: ClassVar[tuple[str, ...]] = ("link[rel=next]", ".pagination .next:not(.disabled) a")
    previous_hooks: ClassVar[tuple[str, ...]] = (
        "link[rel=prev]",
        ".pagination .previous:not(.disabled) a",
    )
    empty_frame: ClassVar[str] = (
        "[component=category], [component='category-topics-list'], [component='category/topic'], .category"
    )

    def kind(self, page: Page) -> Kind | None:
        data = document(page)
        if data is None:
            return super().kind(page)
        if isinstance(data.get("posts"), list) and data.get("tid") is not None:
            return "thread"
        return "list" if isinstance(data.get("topics"), list) else None

    def thread_rows(self, page: Page) -> list[Any]:
        data = document(page)
        if data is None:
            return super().thread_rows(page)
        return data.each("topics") if self.kind(page) == "list" else []

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        if not isinstance(row, Record):
            found = super().thread(page, row)
            return found and found.model_copy(update={"url": _plain(found.url)})
        if row.get("deleted"):
            return None
        number, slug = row.one("tid"), row.maybe("slug")
        active = row.time("lastposttimeISO", "teaser.timestampISO", "lastposttime", "timestampISO")
        count = row.maybe("postcount")
        return ThreadLink(
            url=absolute(page.url, f"{_base(page)}/api/topic/{slug or number}") or page.url,
            key=f"t{number}",
            title=row.maybe("titleRaw", "title"),
            state=f"{active.at.isoformat() if active else ''}|{count or ''}"
            if active or count
            else None,
            active_at=active.at if active else None,
        )

    def post_rows(self, page: Page) -> list[Any]:
        data = document(page)
        if data is None:
            return list(super().post_rows(page))
        return data.each("posts") if self.kind(page) == "thread" else []

    def post(self, page: Page, row: Row | Record, place: int) -> Post | None:
        if isinstance(row, Row):
            taken_back = "deleted" in (row.maybe("@class") or "").split()
            return None if taken_back else super().post(page, row, place)
        if row.get("deleted") or row.get("eventId"):
            return None
        number, body = row.one("pid"), row.body("content")
        if body is None:
            raise LayoutChanged(page.url, ["posts.content"])
        data = document(page)
        return page.post(
            key=f"p{number}",
            url=absolute(page.url, f"{_base(page)}/post/{number}"),
            author=one_name(row.maybe("user.username", "user.displayname", "handle")),
            posted_at=row.time("timestampISO", "timestamp"),
            title=data.maybe("titleRaw", "title") if data and row.get("index") == 0 else None,
            body=body,
        )

    def next_page(self, page: Page) -> str | None:
        data = document(page)
        if data is None:
            return super().next_page(page)
        return _page_of(page, data, "next") if data.says("pagination.next.active") else None

    def previous_page(self, page: Page) -> str | None:
        data = document(page)
        if data is None:
            return super().previous_page(page)
        return _page_of(page, data, "prev") if data.says("pagination.prev.active") else None

    def last_page(self, page: Page) -> str | None:
        data = document(page)
        if data is None:
            return super().last_page(page)
        last, current = data.number("pagination.pageCount"), data.number("pagination.currentPage")
        return _numbered(page, last) if current == 1 and last and last > 1 else None

    def stands(self, page: Page) -> Wall | None:
        data = document(page)
        if data is None and page.has("[component='login/form'], form#login-form, .login-block"):
            return Wall(Outcome.LOGIN_WALL, "The board shows its login page instead.")
        if data is not None and self.kind(page) is None and _REFUSED.search(page.markup):
            return Wall(Outcome.LOGIN_WALL, "The board answers members only.")
        return None

    def empty(self, page: Page) -> bool:
        data = document(page)
        return data.get("topics") == [] if data is not None else super().empty(page)

    def better(self, url: str) -> str | None:
        parts = urlsplit(url)
        found = _PLACE.match(parts.path.rstrip("/"))
        if "/api/" in parts.path:
            return None
        if found is None and (parts.path.count("/") > 1 or "." in parts.path):
            return None
        path = (
            f"{found['base']}/api/{found['what']}"
            if found
            else f"{parts.path.rstrip('/')}/api/recent"
        )
        return parts._replace(path=path, fragment="").geturl()

    def plainer(self, url: str) -> str | None:
        parts = urlsplit(url)
        if "/api/" not in parts.path:
            return None
        return parts._replace(path=parts.path.replace("/api/", "/", 1)).geturl()


def _plain(url: str) -> str:
    """A thread's own address, without the post that was read last."""
    return re.sub(r"(/topic/\d+/[^/?#]+)/\d+$", r"\1", url)


def _base(page: Page) -> str:
    """Path of the forum, which may live in a folder."""
    found = _PLACE.match(urlsplit(page.url).path.rstrip("/"))
    return found["base"] if found else ""


def _page_of(page: Page, data: Record, way: str) -> str | None:
    number = data.number(f"pagination.{way}.page")
    return _numbered(page, number) if number else None


def _numbered(page: Page, number: int) -> str:
    """The same address at another of its pages."""
    return (
        urlsplit(page.url)
        ._replace(query=f"page={number}" if number > 1 else "", fragment="")
        .geturl()
    )
