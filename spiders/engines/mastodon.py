"""Reads public timelines of Mastodon and of what speaks its language (Pleroma, Akkoma, GoToSocial).

`/api/v1/timelines/public` and `/api/v1/timelines/tag/NAME` are feeds, newest
first; `/api/v1/statuses/ID` and its `/context` are a conversation. The pages
that people see are read where they were saved with what they show (drawn, or as
versions before 4 sent them); of an undrawn page of one status, what it tells
other sites about itself. A run asks for their JSON. Where an instance shows its
timelines to members only, that is a wall.

Answers are in a timeline only where the instance puts them there. What somebody
only passed on (`reblog`) is another's post and is left out.
"""

import re
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from patrol.models import Channel, Outcome, Post
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, document, records
from spiders.onward import asking, linked_next
from spiders.page import LayoutChanged, Page, Row
from spiders.plain import Body, read_markup
from spiders.walls import Wall

_MOST = 40
"""Statuses of one answer, as many as Mastodon gives."""

_START = r"^\ufeff?\s*"
_LOCAL = re.compile(r"^(?:|/(?:home|explore|about|web|public(?:/local)?|timeline/local))$")
_REMOTE = re.compile(r"^/(?:public/remote|timeline/fediverse)$")
_TAG = re.compile(r"^/tags?/(?P<tag>[^/]+)$")
_STATUS = re.compile(r"^/(?:@[^/]+|users/[^/]+/statuses|notice|web/statuses)/(?P<id>\w+)$")
_ONE = re.compile(r"/api/v1/statuses/(?P<id>[\w-]+)(?P<context>/context)?$")
_MEMBERS = re.compile(
    r"requires? an authenticated user|access token|log ?in|unauthori[sz]ed|not allowed|forbidden",
    re.IGNORECASE,
)
_SHOWN = frozenset({"public", "unlisted", "local", None})
"""Who may see a status that everybody may see."""

_SHOWING = ".detailed-status:has(.status__content), .status:has(.status__content)"
_PASSED_ON = ".status__prepend .fa-retweet, .status__prepend [class*=retweet], .status__prepend [class*=repeat], .status__prepend [class*=boost]"
_LINK = "a.detailed-status__datetime@href, a.status__relative-time@href, a.u-url.u-uid@href, a.u-url@href"
_MEDIA = ".media-gallery__item, [data-component=MediaGallery], [data-component=Video], .video-player, .audio-player"
_TOLD = re.compile(r"^/(?:@[^/]+|users/[^/]+/statuses)/(?P<id>\d+)/?$")


class Mastodon(Engine):
    channel: ClassVar[Channel] = Channel.SOCIAL_MEDIA
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^server: Mastodon"),
        Sign(Where.HEADER, r"^x-powered-by: (?:Mastodon|Pleroma|Akkoma)"),
        Sign(Where.GENERATOR, r"^(?:Mastodon|Pleroma|Akkoma)\b"),
        Sign(Where.MARKER, "div#mastodon, .activity-stream .entry .status__content"),
        Sign(Where.FEED, _START + r"\[\s*\{[\s\S]{0,4000}?\"in_reply_to_account_id\"\s*:"),
        Sign(Where.FEED, _START + r"\[\s*\{\s*\"account\"\s*:\s*\{\s*\"acct\"\s*:"),
        Sign(Where.FEED, _START + r"\{\s*\"id\"\s*:\s*\"\w+\"\s*,\s*\"created_at\"\s*:[\s\S]{0,400}?\"in_reply_to_id\"\s*:"),
        Sign(Where.FEED, _START + r"\{\s*\"(?:ancestors|descendants)\"\s*:\s*\["),
        Sign(
            Where.FEED,
            _START + r"\{\s*\"error\"\s*:\s*\"(?:This (?:method|API) requires an authenticated user|The access token is invalid|Record not found)",
        ),
    )  # fmt: skip

    def kind(self, page: Page) -> Kind | None:
        if _ONE.search(urlsplit(page.url).path) or _conversation(page):
            return "thread"
        if page.notes.get("json") is None and page.anywhere(_SHOWING):
            return "thread" if _TOLD.match(urlsplit(page.url).path) else "feed"
        return "feed" if records(page) is not None else None

    def post_rows(self, page: Page) -> list[Any]:
        listed = records(page)
        if listed is not None or document(page) is not None:
            return _conversation(page) if listed is None else listed
        shown = [row for row in page.each(_SHOWING) if not _quoted(row)]
        return shown or ([page] if page.has("meta[property='og:published_time' i]") else [])

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        if isinstance(row, Page):
            return _told(page)
        if isinstance(row, Row):
            return _shown(page, row)
        if row.get("account") is None and row.get("content") is None:
            raise LayoutChanged(page.url, ["account.acct", "content"])
        if row.get("reblog") or row.get("visibility") not in _SHOWN:
            return None
        return page.post(
            key=row.one("id"),
            url=row.maybe("url", "uri"),
            author=row.maybe("account.acct", "account.username"),
            posted_at=row.time("created_at"),
            body=_words(row),
        )

    def next_page(self, page: Page) -> str | None:
        one = _ONE.search(urlsplit(page.url).path)
        if one is not None:
            alone = not one["context"] and document(page) is not None
            return _whole(page.url, f"{one[0]}/context") if alone else None
        found = linked_next(page)
        listed = records(page)
        if found is None and listed and "link" not in page.headers:
            found = asking(page.url, max_id=listed[-1].maybe("id") or "")
        return found

    def stands(self, page: Page) -> Wall | None:
        data = document(page)
        if data is None and records(page) is None and self.better(page.url) is None:
            return Wall(
                Outcome.LAYOUT_CHANGED,
                "This page draws itself: start with the instance, `/public/local`, a tag or a status.",
            )
        said = data.maybe("error") if data else None
        if said is None and _conversation(page):
            return Wall(
                Outcome.NOTHING_NEW, "What stands here is not for everybody, or was only passed on."
            )
        if said is None:
            return None
        if _MEMBERS.search(said):
            return Wall(Outcome.LOGIN_WALL, "The instance shows this to its members only.")
        return Wall(Outcome.NOTHING_NEW, "The instance says that this does not exist.")

    def better(self, url: str) -> str | None:
        path = urlsplit(url).path.rstrip("/")
        tag, status = _TAG.match(path), _STATUS.match(path)
        if _LOCAL.match(path):
            return asking(_whole(url, "/api/v1/timelines/public"), local="true", limit=_MOST)
        if _REMOTE.match(path):
            return asking(_whole(url, "/api/v1/timelines/public"), remote="true", limit=_MOST)
        if tag:
            return asking(_whole(url, f"/api/v1/timelines/tag/{quote(tag['tag'], safe='%')}"), limit=_MOST)  # fmt: skip
        return _whole(url, f"/api/v1/statuses/{status['id']}") if status else None


def _whole(url: str, path: str) -> str:
    """A path of the same instance."""
    return urlsplit(url)._replace(path=path, query="", fragment="").geturl()


def _conversation(page: Page) -> list[Record]:
    """A single status; or what stands around one, in its order."""
    data = document(page)
    if data is None:
        return []
    if data.get("account.acct") is not None:
        return [data]
    return [*data.each("ancestors"), *data.each("descendants")]


def _quoted(row: Row) -> bool:
    """Whether a status stands inside of another one."""
    above = row.node.parent
    while above is not None:
        classes = (above.attributes.get("class") or "").split()
        if "status" in classes or "detailed-status" in classes:
            return True
        above = above.parent
    return False


def _shown(page: Page, row: Row) -> Post | None:
    around = row.node.parent
    if row.has(_PASSED_ON) or (around is not None and around.css_first(_PASSED_ON) is not None):
        return None
    body = row.body(".status__content", without=".status__content__spoiler-link, .status__quote")
    url = row.link(_LINK)
    number = row.maybe("@data-id") or (
        urlsplit(url).path.rstrip("/").rpartition("/")[2] if url else ""
    )
    if body is None or not number:
        raise LayoutChanged(page.url, [".status__content", _LINK])
    return page.post(
        key=number,
        url=url,
        author=_handle(page, row.maybe(".display-name__account", ".p-author .nickname")),
        posted_at=row.time("time@datetime", "data.dt-published@value", "time@title"),
        body=body._replace(media=body.media + len(row.node.css(_MEDIA))),
    )


def _told(page: Page) -> Post | None:
    """The one status of an undrawn page, as it is told to sites that link to it."""
    url = page.link("link[rel=canonical]", "meta[property='og:url']@content") or page.url
    found = _TOLD.match(urlsplit(url).path)
    words = page.maybe("meta[property='og:description']@content", "meta[name=description]@content")
    if found is None or words is None:
        return None
    title = re.search(r"\((@[^()\s]+)\)\s*$", page.maybe("meta[property='og:title']@content") or "")
    return page.post(
        key=found["id"],
        url=url,
        author=_handle(
            page,
            page.maybe("meta[property='profile:username']@content")
            or (title[1] if title else None),
        ),
        posted_at=page.time("meta[property='og:published_time']@content"),
        body=Body(words, 0),
    )


def _handle(page: Page, shown: str | None) -> str | None:
    """An account's name as JSON has it: with its instance only where that is another one."""
    return (
        shown.strip().lstrip("@").removesuffix(f"@{urlsplit(page.url).netloc}") if shown else None
    )


def _words(row: Record) -> Body:
    """What was written: the warning before it, the text, the answers of a poll. Pictures are counted."""
    body = row.body("content") or Body("", 0)
    warning = row.maybe("spoiler_text")
    options = [option.maybe("title") for option in row.each("poll.options")]
    attached = row.get("media_attachments")
    lines = [read_markup(warning).text if warning else None, body.text, *options]
    media = len(attached) if isinstance(attached, list) else 0
    return Body("\n".join(filter(None, lines)), body.media + media)
