"""Reads Discourse: its JSON, the plain pages that it shows to programs, and pages that a browser has drawn.

`/latest.json`, `/c/slug/5.json`, `/t/slug/118.json?page=2`, `/t/118/posts.json`
and `/posts.json` say what `tr.topic-list-item` and `div.crawler-post` say, and
both give the same posts: a post's key is `t118-3`, its topic's number and its
own in it, since plain pages print no other. JSON is asked for first; where it
is refused, the page itself is read.

Left out, as the plain pages leave them out: what was hidden by the community,
what its author deleted, and the board's own lines that say nothing (`closed`).
"""

import hashlib
import re
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from patrol.models import Outcome, Post, ThreadLink
from spiders.addresses import absolute, without_fragment
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, document, loaded
from spiders.page import LayoutChanged, Page, Row
from spiders.plain import Body
from spiders.walls import Wall

_CHUNK = 20
"""Posts of a page, where the document does not say."""

_TOPIC = re.compile(r"/t/(?:(?P<slug>[^/]*[^/\d][^/]*)/)?(?P<id>\d+)(?:/(?P<near>\d+|last))?/?$")
_POSTS = re.compile(r"/t/(?P<id>\d+)/posts\.json$")
_LIST = re.compile(r"/(?:latest|new|top|hot|unread|c|tags?|categories)(?:/|\.json$|$)")
_BASE = re.compile(r"/(?:t|c|tags?|latest|new|top|hot|unread|posts|categories|u|login)(?:[/.].*)?$")
_LOGIN = re.compile(r"/(?:login|session/sso)/?$")
_WITHDRAWN = re.compile(
    r"\((?:post|topic) (?:deleted|withdrawn) by (?:its )?author.{0,80}\)|[(（].{0,6}(?:帖子|貼文|帖文|主題|主题|話題|话题).{0,12}(?:刪除|删除|撤回).{0,40}[)）]",
    re.IGNORECASE,
)
_NOT_SAID = (
    "aside.quote > .title, .lightbox .meta, .lightbox svg, .hashtag-cooked svg, .hashtag svg, a.mention svg, a.mention-group svg, "
    "aside.onebox header img, aside.onebox .site-icon, .onebox-metadata svg, .badge-wrapper svg, .click-count, .post-menu-area"
)
"""Parts beside a post's words: whom a quotation names, sizes of pictures, ornaments."""

_FAULTS = {
    "not_logged_in": (
        Outcome.LOGIN_WALL,
        "The board answers members only: it asks to log in (`{}`).",
    ),
    "invalid_access": (Outcome.LOGIN_WALL, "The board answers certain members only (`{}`)."),
    "rate_limit": (Outcome.RATE_LIMITED, "The board answers somebody who asks less often (`{}`)."),
    "read_only": (Outcome.SERVER_ERROR, "The board answers nobody while it is read-only (`{}`)."),
}


class Discourse(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^x-discourse-[a-z-]+: "),
        Sign(Where.GENERATOR, r"^Discourse\b"),
        Sign(Where.MARKER, "div.crawler-post .crawler-post-meta, #data-discourse-setup"),
        Sign(Where.FEED, r"^\ufeff?\s*\{\s*\"(?:post_stream|topic_list|latest_posts)\"\s*:\s*\{?"),
        Sign(
            Where.FEED,
            r"^\ufeff?\s*\{\s*\"users\"\s*:\s*\[(?:\s*\]\s*,\s*\"primary_groups\"|[\s\S]{0,300}?\"avatar_template\")",
        ),
        Sign(Where.FEED, r"^\ufeff?\s*\{[\s\S]{0,600}?\"error_type\"\s*:"),
    )

    def kind(self, page: Page) -> Kind | None:
        data = document(page)
        if data is not None:
            if data.get("latest_posts") is not None:
                return "feed"
            if data.get("post_stream") is not None:
                return "thread"
            return "list" if data.get("topic_list") is not None else None
        path = urlsplit(page.url).path
        if _TOPIC.search(path):
            return "thread"
        return "list" if _LIST.search(path) or page.has("table.topic-list, .topic-list") else None

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Any]:
        data = document(page)
        if data is not None:
            return data.each("topic_list.topics")
        if self.kind(page) == "thread":
            return []
        shown = page.each(
            "tr.topic-list-item", "[itemprop=itemListElement]:has(a[href*='/t/'])", ".topic-list tr:has(a[href*='/t/'])"
        )  # fmt: skip
        carried = None if shown else _carried(page)
        return carried.each("topic_list.topics") if carried else [*shown]

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        return _listed(page, row) if isinstance(row, Record) else _shown(page, row)

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Any]:
        data = document(page)
        if data is not None:
            return data.each("post_stream.posts", "latest_posts")
        shown = page.each(
            "div.crawler-post", ".topic-body.crawler-post", "div[itemprop=comment]",
            "article[id^=post_]:has(.cooked)",
        )  # fmt: skip
        carried = None if shown else _carried(page)
        return carried.each("post_stream.posts") if carried else [*shown]

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        return _said(page, row) if isinstance(row, Record) else _printed(page, row)

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        data = document(page)
        if data is None:
            return page.link("link[rel=next]", "a[rel=next]") or self._carried_on(page)
        more = data.maybe("topic_list.more_topics_url")
        if more:
            url = absolute(page.url, more)
            return self.better(url) or url if url else None
        if data.get("latest_posts") is not None:
            return _earlier(page, data)
        number = _following(page, data)
        return _page_of(page, number) if number else None

    def _carried_on(self, page: Page) -> str | None:
        """The page that follows one of which only what it carries can be read."""
        carried = None if page.has("div.crawler-post, article[id^=post_]") else _carried(page)
        number = _following(page, carried) if carried else None
        url = _page_of(page, number) if number else None
        return self.plainer(url) if url else None

    def last_page(self, page: Page) -> str | None:
        data = document(page)
        stream = _stream(data) if data else []
        pages = -(-len(stream) // _chunk(data)) if data and stream else 1
        return _page_of(page, pages) if pages > 1 and _page_number(page) == 1 else None

    def previous_page(self, page: Page) -> str | None:
        if document(page) is None:
            return page.link("link[rel=prev]", "a[rel=prev]")
        number = _page_number(page)
        return _page_of(page, number - 1) if number > 1 else None

    def stands(self, page: Page) -> Wall | None:
        data = document(page)
        kind = data.maybe("error_type") if data else None
        if kind is not None:
            found = _FAULTS.get(kind)
            if found is None:
                return Wall(Outcome.NOTHING_NEW, "The board says that this does not exist.")
            return Wall(found[0], found[1].format(kind))
        if data is None and (
            _LOGIN.search(urlsplit(page.url).path) or page.has("body.static-login")
        ):
            return Wall(Outcome.LOGIN_WALL, "The board shows its login page instead.")
        if data is None and page.has("#data-preloaded") and not page.has("#main-outlet *"):
            return Wall(
                Outcome.LAYOUT_CHANGED,
                "This page draws itself, and was read undrawn: its address with `.json` says the same.",
            )
        if data is None and page.has(".page-not-found"):
            return Wall(Outcome.NOTHING_NEW, "The board says that this does not exist.")
        return None

    def empty(self, page: Page) -> bool:
        data = document(page)
        if data is not None:
            return bool(data.get("topic_list.topics") == [])
        return page.has("table.topic-list, .topic-list") and not page.has("a[href*='/t/']")

    def better(self, url: str) -> str | None:
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        if path.endswith((".json", ".rss")):
            return None
        if not _TOPIC.search(path) and not _LIST.search(path):
            if path.count("/") > 1 or "." in path:
                return None
            path += "/latest"
        return parts._replace(path=f"{path}.json", fragment="").geturl()

    def plainer(self, url: str) -> str | None:
        parts = urlsplit(url)
        if not parts.path.endswith(".json") or _POSTS.search(parts.path):
            return None
        return parts._replace(path=parts.path.removesuffix(".json")).geturl()


# -- JSON -------------------------------------------------------------------------------------


def _listed(page: Page, row: Record) -> ThreadLink | None:
    number = row.number("id")
    if number is None:
        raise LayoutChanged(page.url, ["topic_list.topics.id"])
    active = row.time("last_posted_at", "bumped_at", "created_at")
    highest, count = row.maybe("highest_post_number"), row.maybe("posts_count")
    return ThreadLink(
        url=f"{_base(page)}/t/{row.maybe('slug') or '-'}/{number}.json",
        key=f"t{number}",
        title=row.maybe("title", "fancy_title"),
        state=f"{highest or ''}|{count or ''}|{active.at.isoformat() if active else ''}",
        active_at=active.at if active else None,
    )


def _said(page: Page, row: Record) -> Post | None:
    data = document(page) or _carried(page)
    topic = row.number("topic_id") or (data.number("id") if data else None)
    number = row.number("post_number")
    if topic is None or number is None:
        raise LayoutChanged(page.url, ["post_stream.posts.post_number", "topic_id"])
    if row.says("hidden") or row.says("user_deleted") or row.get("deleted_at"):
        return None
    body = row.body("cooked", _NOT_SAID)
    if body is None:
        raise LayoutChanged(page.url, ["post_stream.posts.cooked"])
    if not _speaks(body):
        return None
    title = (data.maybe("title") if data else None) or row.maybe("topic_title")
    slug = row.maybe("topic_slug") or (data.maybe("slug") if data else None) or "-"
    return page.post(
        key=f"t{topic}-{number}",
        url=f"{_base(page)}/t/{slug}/{topic}/{number}",
        author=row.maybe("username", "display_username", "name"),
        posted_at=row.time("created_at"),
        title=title if number == 1 else None,
        body=body,
    )


def _carried(page: Page) -> Record | None:
    """What a page that draws itself carries for its program: answers by their names, each as JSON in a string."""
    try:
        answers = loaded(page.maybe("#data-preloaded@data-preloaded") or "{}")
        told = [
            loaded(said)
            for name, said in answers.items()
            if name.startswith(("topic_", "topic_list"))
        ]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None
    found = (
        one for one in told if isinstance(one, dict) and one.keys() & {"post_stream", "topic_list"}
    )
    return next((Record(page, one) for one in found), None)


def _stream(data: Record | None) -> list[Any]:
    stream = data.get("post_stream.stream") if data else None
    return stream if isinstance(stream, list) and len(stream) > 1 else []


def _chunk(data: Record | None) -> int:
    return max(1, (data.number("chunk_size") if data else None) or _CHUNK)


def _following(page: Page, data: Record) -> int | None:
    """Number of the next page: by the list of all posts; without one, by the highest number."""
    posts = data.each("post_stream.posts")
    if not posts or _POSTS.search(urlsplit(page.url).path):
        return None
    stream, last = _stream(data), posts[-1]
    if last.number("id") in stream:
        read = stream.index(last.number("id")) + 1
        return read // _chunk(data) + 1 if read < len(stream) else None
    highest = data.number("highest_post_number") or 0
    return _page_number(page) + 1 if (last.number("post_number") or 0) < highest else None


def _earlier(page: Page, data: Record) -> str | None:
    numbers = [number for row in data.each("latest_posts") if (number := row.number("id"))]
    return f"{_base(page)}/posts.json?before={min(numbers)}" if numbers else None


# -- Plain pages ------------------------------------------------------------------------------


def _shown(page: Page, row: Row) -> ThreadLink | None:
    hooks = ("a.raw-topic-link", "a.raw-link", "a.title", "a[href*='/t/']")
    url = row.link(*hooks) or row.link("meta[itemprop=url]@content")
    found = _TOPIC.search(urlsplit(url).path) if url else None
    if url is None or (found is None and not row.has("a.raw-topic-link")):
        raise LayoutChanged(page.url, hooks)
    replies = row.maybe("td.replies .posts", "span.posts", "span[title=posts]", ".posts")
    count = re.sub(r"\D", "", replies or "")
    active = row.time("td:last-child time@datetime", "td:last-child", "time@datetime")
    moved = active.at.isoformat() if active else ""
    return ThreadLink(
        url=without_fragment(url),
        key=f"t{found['id']}" if found else url,
        title=row.maybe(*hooks) or row.maybe("meta[itemprop=name]@content"),
        state=f"{moved}|{count}" if moved or count else None,
        active_at=active.at if active else None,
    )


def _printed(page: Page, row: Row) -> Post | None:
    number = (row.maybe("@id") or "").rpartition("_")[2]
    if not number.isdigit():
        number = row.one(".crawler-post-infos [itemprop=position]", "[itemprop=position]")
    topic, slug = _topic(page)
    hooks = ("div.post", "[itemprop=text], [itemprop=articleBody]", ".cooked")
    body = row.body(*hooks, without=_NOT_SAID)
    if body is None:
        raise LayoutChanged(page.url, hooks)
    if not _speaks(body):
        return None
    title = (
        page.maybe("#topic-title h1 a", "#topic-title h1", "h1 a", "h1") if number == "1" else None
    )
    return page.post(
        key=f"t{topic}-{number}",
        url=f"{without_fragment(page.url)}#post_{number}"
        if topic.startswith("~")
        else f"{_base(page)}/t/{slug}/{topic}/{number}",
        author=row.maybe(
            ".creator [itemprop=name]",
            "[itemprop=author] [itemprop=name]",
            ".creator a",
            ".names [data-user-card]@data-user-card",
            ".username",
        ),
        posted_at=row.time(
            "time.post-time@datetime",
            ".post-date .relative-date@data-time",
            "time[itemprop=datePublished]@datetime",
            "time@datetime",
            "meta[itemprop=datePublished]@content, meta[itemprop=dateCreated]@content",
            "time",
            ".crawler-post-infos",
        ),
        title=title,
        body=body,
    )


def _topic(page: Page) -> tuple[str, str]:
    """Number and slug of the page's topic, of its own address before any other's."""
    for url in (page.link("link[rel=canonical]"), page.url, page.link("#topic-title h1 a, h1 a")):
        found = _TOPIC.search(urlsplit(url).path) if url else None
        if found:
            return found["id"], found["slug"] or "-"
    # A copy that lost the board's addresses: its own address alone tells its topics apart.
    return f"~{hashlib.sha256(without_fragment(page.url).encode()).hexdigest()[:10]}", "-"


# -- Both -------------------------------------------------------------------------------------


def _speaks(body: Body) -> bool:
    return bool(body.text or body.media) and not _WITHDRAWN.fullmatch(body.text)


def _base(page: Page) -> str:
    """Address of the forum, which may live in a folder."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}{_BASE.sub('', parts.path).rstrip('/')}"


def _page_number(page: Page) -> int:
    number = parse_qs(urlsplit(page.url).query).get("page", ["1"])[0]
    return int(number) if number.isdigit() and 0 < len(number) < 6 else 1


def _page_of(page: Page, number: int) -> str | None:
    """The same topic's JSON at another of its pages."""
    path = urlsplit(page.url).path
    found = _TOPIC.search(path.removesuffix(".json"))
    if found is None:
        return None
    slug = f"{found['slug']}/" if found["slug"] else ""
    query = f"?page={number}" if number > 1 else ""
    return f"{_base(page)}/t/{slug}{found['id']}.json{query}"
