"""Reads Flarum: its pages as they are sent, its JSON under `/api/`, and its pages as a browser draws them.

A page that was not drawn carries what its program would draw as JSON
(`#flarum-json-payload`), in the form in which `/api/` answers. On a drawn page
hooks are the names of its components, which themes and extensions keep:
`.DiscussionListItem`, `.PostStream-item`, `.Post-body`. What is written for
readers without scripts has names and words only, and is asked last. All three
give posts the key `p1042`. A page of which nothing but the frame was received
is told from an empty one.
"""

import hashlib
import re
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from patrol.models import Outcome, Post, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, begun, document
from spiders.jsonapi import Answer
from spiders.page import LayoutChanged, Page, Row
from spiders.walls import Wall

_DISCUSSION = re.compile(r"/d/(?P<id>\d+)(?P<slug>-[^/]*)?(?:/[^/]*)?/?$")
_NOT_SAID = ".Post-quoteButtonContainer, .PostMention-preview, script, style"
_PAYLOAD = re.compile(
    r"<script[^>]*\bid=[\"']?flarum-json-payload[^>]*>|\bapp\.(?:load|preload)\(\s*(?=\{)|\bapp\.preload\s*=\s*(?=\{)"
)
"""Before what a page carries for its program: an element, or, in the first versions, a call."""
_BASE = re.compile(r"/(?:api|d|t|u|all|tags|following)(?:/.*)?$")
_REFUSED = frozenset({"not_authenticated", "permission_denied", "401", "403"})


class Flarum(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.MARKER, "#flarum-loading, #flarum-content, #flarum-json-payload"),
        Sign(Where.MARKER, ".App .DiscussionList, .App .PostStream"),
        Sign(
            Where.FEED,
            r"^\ufeff?\s*\{[\s\S]{0,1500}?\"type\"\s*:\s*\"(?:discussions|posts)\"[\s\S]{0,600}?\"(?:lastPostedAt|commentCount|contentType|participantCount)\"",
        ),
        Sign(
            Where.FEED,
            r"^\ufeff?\s*\{\s*\"errors\"\s*:\s*\[\s*\{[^{}]{0,200}\"code\"\s*:\s*\"not_authenticated\"",
        ),
        Sign(Where.SCRIPT, r"flarum\.core\.app\.(?:load|boot|bootExtensions)\("),
    )

    def kind(self, page: Page) -> Kind | None:
        if page.has(".PostStream, .DiscussionPage"):
            return "thread"
        if page.has(".IndexPage, .DiscussionList"):
            return "list"
        if (answer := _answer(page)) and answer.about:
            return "thread" if _posts(answer) else "list"
        # Not drawn: its address tells what it should have become.
        return "thread" if _DISCUSSION.search(urlsplit(page.url).path) else "list"

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row | Record]:
        """Beside a discussion stands the list that one came from; it is not this page's."""
        if self.kind(page) == "thread":
            return []
        drawn = page.each(".DiscussionListItem")
        answer = None if drawn else _answer(page)
        return [*answer.of_type("discussions")] if answer else [*drawn]

    def thread(self, page: Page, row: Row | Record) -> ThreadLink | None:
        if isinstance(row, Record):
            return _listed(page, row)
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

    def post_rows(self, page: Page) -> list[Row | Record]:
        drawn = page.each(".PostStream-item[data-id]")
        if drawn or page.has(".PostStream, .IndexPage"):
            return [*drawn]
        answer = _answer(page)
        sent = _posts(answer) if answer else []
        return [*(sent or page.each("#flarum-content article:has(.Post-body)"))]

    def post(self, page: Page, row: Row | Record, place: int) -> Post | None:
        if isinstance(row, Record):
            return _sent(page, row)
        if row.node.tag == "article":
            return _plain(page, row, place)
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
        answer = _answer(page)
        if answer and (further := answer.document.maybe("links.next")):
            return page.absolute(further)
        found = page.link("link[rel=next]", "#flarum-content a[href*='page=']:last-of-type")
        if found is None and page.has(".DiscussionList-loadMore, .PostStream-loadMore"):
            return _turned(page.url)
        return found

    def stands(self, page: Page) -> Wall | None:
        answer = _answer(page)
        errors = answer.document.each("errors") if answer else []
        if any(
            error.maybe("code") in _REFUSED or error.maybe("status") in _REFUSED for error in errors
        ):
            return Wall(Outcome.LOGIN_WALL, "The board answers members only.")
        if answer and answer.document.get("data") == []:
            return None
        if page.has(".IndexPage, .DiscussionPage, .DiscussionList, .PostStream"):
            return None
        return Wall(
            Outcome.LAYOUT_CHANGED,
            "This page draws itself, and was read undrawn: the source needs a browser.",
        )

    def empty(self, page: Page) -> bool:
        answer = _answer(page)
        if answer and answer.document.get("data") == []:
            return True
        return page.has(".DiscussionList--empty, .DiscussionList .Placeholder")


# -- As it is sent ----------------------------------------------------------------------------


def _answer(page: Page) -> Answer | None:
    """What the page is about in JSON: the document itself, or what it carries for its program."""
    if "flarum" not in page.notes:
        found = document(page) or _carried(page)
        page.notes["flarum"] = Answer(found) if found else None
    answer = page.notes["flarum"]
    return answer if isinstance(answer, Answer) else None


def _carried(page: Page) -> Record | None:
    for start in _PAYLOAD.finditer(page.markup):
        try:
            found, _ = begun(page.markup[start.end() :].lstrip())
        except (ValueError, RecursionError):
            continue
        told = Record(page, found) if isinstance(found, dict) else None
        for path in ("apiDocument", "document", "data.apiDocument", "data.document"):
            if told and isinstance(told.get(path), dict):
                return Record(page, told.get(path))
    return None


def _posts(answer: Answer) -> list[Record]:
    """The discussion's posts in their order; beside them an answer may hold some that mention it elsewhere."""
    about = answer.single
    if about is None and not any(one.maybe("type") == "posts" for one in answer.about):
        return []
    own = about.maybe("id") if about and about.maybe("type") == "discussions" else None
    posts = [
        post
        for post in answer.of_type("posts")
        if own is None or post.maybe("relationships.discussion.data.id") in {own, None}
    ]
    return sorted(posts, key=lambda post: post.number("attributes.number") or 0)


def _listed(page: Page, row: Record) -> ThreadLink:
    number, slug = row.one("id"), row.maybe("attributes.slug") or ""
    name = slug if slug.partition("-")[0] == number else f"{number}-{slug}".rstrip("-")
    active = row.time("attributes.lastPostedAt", "attributes.createdAt")
    told = [active.at.isoformat() if active else None, row.maybe("attributes.commentCount")]
    return ThreadLink(
        url=f"{_base(page)}/d/{name}",
        key=f"d{number}",
        title=row.maybe("attributes.title"),
        state="|".join(part for part in told if part) or None,
        active_at=active.at if active else None,
    )


def _sent(page: Page, row: Record) -> Post | None:
    said = row.maybe("attributes.contentType")
    if (
        said not in {None, "comment"}
        or row.says("attributes.isHidden")
        or row.get("attributes.hiddenAt")
    ):
        return None
    body = row.body("attributes.contentHtml", _NOT_SAID)
    if body is None:
        raise LayoutChanged(page.url, ["attributes.contentHtml"])
    answer = _answer(page)
    user = answer.related(row, "user") if answer else None
    about = answer.related(row, "discussion") if answer else None
    about = about or (answer.single if answer else None)
    number = row.number("attributes.number")
    whole = _listed(page, about) if about and about.maybe("type") == "discussions" else None
    home = whole.url if whole else _without_post(page.url)
    return page.post(
        key=f"p{row.one('id')}",
        url=f"{home}/{number}" if number else home,
        author=_name(user.maybe("attributes.displayName", "attributes.username") if user else None),
        posted_at=row.time("attributes.createdAt", "attributes.time"),
        title=whole.title if whole and number == 1 else None,
        body=body,
    )


def _plain(page: Page, row: Row, place: int) -> Post:
    """A post as it is written for readers without scripts: without its number, and without a date."""
    author, words = row.maybe(".PostUser-name", "h3"), row.body(".Post-body", without=_NOT_SAID)
    if words is None:
        raise LayoutChanged(page.url, [".Post-body"])
    found = _DISCUSSION.search(urlsplit(page.url).path)
    mark = hashlib.sha256(f"{author}\n{words.text}".encode()).hexdigest()[:16]
    first = place == 0 and "page=" not in page.url
    return page.post(
        key=f"d{found['id'] if found else 0}-{mark}",
        url=_without_post(page.url),
        author=_name(author),
        title=page.maybe("#flarum-content h1") if first else None,
        body=words,
    )


def _base(page: Page) -> str:
    """Address of the forum, which may live in a folder."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}{_BASE.sub('', parts.path).rstrip('/')}"


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
