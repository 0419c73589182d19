"""Reads Lemmy's JSON, `/api/v3` and `/api/v4` of Lemmy 1.0, and the pages that people see.

`post/list` is a list of threads, with their count of comments and the time of
the newest one as state. A thread is `post?id=N`, followed by its comments, the
oldest first; `comment/list` without a post is a feed of a whole instance or
community. A post's page (`.post-listing`, `article#comment-1042`) is read where it was
saved; a run asks for its JSON instead.
"""

import re
from datetime import UTC
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from patrol.models import Channel, Outcome, Post, ThreadLink
from spiders.engines.base import Clock, Engine, Kind, Sign, Where
from spiders.json_page import Record, document
from spiders.onward import asked, asking
from spiders.page import LayoutChanged, Page, Row
from spiders.plain import Body
from spiders.walls import Wall

_MOST = 50
"""Rows of one answer, as many as Lemmy gives."""

_START = r"^\ufeff?\s*\{\s*"
_API = re.compile(r"/api/v(?P<version>[34])/")
_POST = re.compile(r"^/post/(?P<id>\d+)(?:/.*)?$")
_COMMUNITY = re.compile(r"^/c/(?P<name>[^/]+)/?$")
_GONE = re.compile(r"couldnt_find|not_found|deleted")
_MARKS = re.compile(r"!\[[^\]]*\]\(([^()\s]+)[^()]*\)")


_LISTING = ".post-listing article.post-container"
_COMMENT = "article[id^=comment-]"
_DRAWN = ".post .post-listing"


class Lemmy(Engine):
    channel: ClassVar[Channel] = Channel.SOCIAL_MEDIA
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^(?:server|x-powered-by): lemmy"),
        Sign(Where.MARKER, ".lemmy-site, link[rel=apple-touch-icon][href*='/pictrs/']"),
        Sign(Where.SCRIPT, r"window\.isoData\s*=\s*\{"),
        Sign(Where.FEED, _START + r"\"posts\"\s*:\s*\[\s*(?:\{\s*\"post\"\s*:\s*\{|\]\s*(?:,\s*\"next_page\"[^}]{0,200})?\}\s*$)"),
        Sign(Where.FEED, _START + r"\"comments\"\s*:\s*\[\s*(?:\{\s*\"comment\"\s*:\s*\{|\]\s*\}\s*$)"),
        Sign(Where.FEED, _START + r"\"items\"\s*:\s*\[\s*\{\s*\"(?:post|comment)\"\s*:\s*\{"),
        Sign(Where.FEED, _START + r"\"(?:post_view|comment_view)\"\s*:\s*\{"),
        Sign(Where.FEED, _START + r"\"error\"\s*:\s*\"(?:rate_limit_error|not_logged_in|instance_is_private|couldnt_find_\w{1,40})\""),
    )  # fmt: skip

    def kind(self, page: Page) -> Kind | None:
        data = document(page)
        if data is None:
            return "thread" if page.has(_DRAWN) else None
        if data.get("post_view") is not None or _thread_of(page):
            return "thread"
        if data.get("comments") is not None or _rows(data, "comment"):
            return "feed"
        return "list" if data.get("posts") is not None or data.get("items") is not None else None

    def clock(self, page: Page) -> Clock:  # noqa: ARG002
        """Versions before 0.19 print their times without a zone; they are UTC."""
        return Clock(UTC)

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Any]:
        data = document(page)
        return _rows(data, "post") if data else []

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        number = row.number("post.id")
        if number is None:
            raise LayoutChanged(page.url, ["post.id"])
        if _hidden(row, "post"):
            return None
        count = row.maybe("counts.comments", "post.comments")
        active = row.time(
            "counts.newest_comment_time", "post.newest_comment_time_at", "post.updated", "post.published", "post.published_at"
        )  # fmt: skip
        edited = row.maybe("post.updated", "post.updated_at")
        return ThreadLink(
            url=f"{_api(page.url)}/post?id={number}",
            key=f"p{number}",
            title=row.maybe("post.name"),
            state=f"{count or ''}|{active.at.isoformat() if active else ''}|{edited or ''}",
            active_at=active.at if active else None,
        )

    # -- Posts and comments ---------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Any]:
        data = document(page)
        if data is None:
            rows = page.each(f"{_COMMENT}, {_LISTING}") if page.has(_DRAWN) else []
            return rows[:1] + [row for row in rows[1:] if row.maybe("@id")]
        view = data.get("post_view")
        if isinstance(view, dict):
            return [Record(page, view)]
        return _rows(data, "comment")

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        if isinstance(row, Row):
            return _drawn(page, row)
        kind = "comment" if row.get("comment") is not None else "post"
        number = row.number(f"{kind}.id")
        if number is None:
            raise LayoutChanged(page.url, [f"{kind}.id"])
        if _hidden(row, kind):
            return None
        return page.post(
            key=f"{kind[0]}{number}",
            url=row.maybe(f"{kind}.ap_id") or page.absolute(f"/{kind}/{number}"),
            author=_author(row),
            posted_at=row.time(f"{kind}.published", f"{kind}.published_at"),
            title=row.maybe("post.name") if kind == "post" else None,
            body=_words(row, kind),
        )

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        data = document(page)
        if data is None:
            return None
        said = data.maybe("next_page")
        if said:
            return asking(page.url, page_cursor=said)
        view = data.get("post_view")
        if isinstance(view, dict):
            return _comments(page, Record(page, view))
        count = len(_rows(data, "post") or _rows(data, "comment"))
        if count < asked(page.url, "limit", 10):
            return None
        return asking(page.url, page=asked(page.url, "page", 1) + 1)

    def stands(self, page: Page) -> Wall | None:
        data = document(page)
        if data is None and self.better(page.url) is None:
            return Wall(
                Outcome.LAYOUT_CHANGED,
                "This page draws itself: start with the instance, a community or a post.",
            )
        said = data.maybe("error") if data else None
        if said is None:
            return None
        if said == "rate_limit_error":
            return Wall(Outcome.RATE_LIMITED, "The instance answers somebody who asks less often.")
        if _GONE.search(said):
            return Wall(Outcome.NOTHING_NEW, "The instance says that this does not exist.")
        return Wall(Outcome.LOGIN_WALL, f"The instance answers its members only (`{said[:60]}`).")

    def empty(self, page: Page) -> bool:
        data = document(page)
        return data is not None and (data.get("posts") == [] or data.get("items") == [])

    def better(self, url: str) -> str | None:
        path = urlsplit(url).path
        post, community = _POST.match(path), _COMMUNITY.match(path)
        if post:
            return f"{_api(url)}/post?id={post['id']}"
        listed = asking(f"{_api(url)}/post/list", sort="New", limit=_MOST)
        if community:
            return asking(listed, community_name=community["name"])
        return asking(listed, type_="Local") if path in {"", "/"} else None


def _drawn(page: Page, row: Row) -> Post | None:
    """A post or a comment of a page as people see it."""
    number = (row.maybe("@id") or "").rpartition("-")[2]
    hooks = (".comment-content .md-div", ".comment-content", ".md-div") if number else ("#postContent .md-div", "#postContent")  # fmt: skip
    title = None if number else page.maybe(".post-title h1", "h1")
    body = row.body(*hooks) or (None if number else page.body(*hooks))
    if number and (body is None or not (body.text or body.media)):
        return None  # taken back
    found = _POST.match(urlsplit(row.link(".post-title a[href*='/post/']") or page.url).path)
    key = f"c{number}" if number else f"p{found['id'] if found else 0}"
    path = f"/comment/{number}" if number else f"/post/{found['id'] if found else 0}"
    name = (row.link("a.person-listing") or "").partition("/u/")[2]
    return page.post(
        key=key,
        url=page.absolute(path),
        author=name or row.maybe("a.person-listing"),
        posted_at=row.time(".moment-time@data-tippy-content", ".moment-time"),
        title=title,
        body=body or Body("", 0),
    )


def _api(url: str) -> str:
    parts = urlsplit(url)
    found = _API.search(parts.path)
    return f"{parts.scheme}://{parts.netloc}/api/v{found['version'] if found else 3}"


def _rows(data: Record, kind: str) -> list[Record]:
    """Rows of one kind, posts or comments."""
    return [row for row in data.each(f"{kind}s", "items") if row.get(kind) is not None]


def _thread_of(page: Page) -> str | None:
    """The post whose comments an address asks for."""
    return next(iter(parse_qs(urlsplit(page.url).query).get("post_id", [])), None)


def _hidden(row: Record, kind: str) -> bool:
    """Whether its author or a moderator took it back; its words are gone."""
    return row.says(f"{kind}.deleted") or row.says(f"{kind}.removed")


def _author(row: Record) -> str | None:
    """The name, with its home where that is another instance."""
    name = row.maybe("creator.name")
    home = urlsplit(row.maybe("creator.actor_id", "creator.ap_id") or "").hostname
    return f"{name}@{home}" if name and home and row.get("creator.local") is False else name


def _words(row: Record, kind: str) -> Body:
    """Its text, and the address that it shares. Pictures are counted, their addresses left out."""
    text = row.get(f"{kind}.content" if kind == "comment" else "post.body") or ""
    lines = [_MARKS.sub("", text).strip() if isinstance(text, str) else ""]
    picture = row.get("post.thumbnail_url") if kind == "post" else None
    shared = row.maybe("post.url") if kind == "post" else None
    media = len(_MARKS.findall(text)) + bool(picture)
    if shared and not re.search(r"/pictrs/|\.(?:jpe?g|png|gif|webp|mp4|avif)(?:$|\?)", shared):
        lines.append(shared)
    return Body("\n".join(filter(None, lines)), media)


def _comments(page: Page, view: Record) -> str | None:
    """The first page of a post's comments."""
    count = view.number("counts.comments") or view.number("post.comments")
    if not count:
        return None
    listed = f"{_api(page.url)}/comment/list"
    return asking(listed, post_id=view.number("post.id") or 0, sort="Old", limit=_MOST, page=1)
