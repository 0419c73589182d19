"""Reads RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, and JSON Feed.

Only the bytes that were received are parsed: feedparser is given a stream, so
it never fetches, and its parser resolves no external entity.

An entry without an author has its feed's, as RFC 4287 (section 4.2.1) and JSON
Feed 1.1 say; a channel of RSS names an editor, who wrote nothing. Older entries
are followed by `next` and by `prev-archive` (RFC 5005). A document that begins
as a feed and cannot be read is told, never taken for an empty one.
"""

import hashlib
import io
import re
from datetime import UTC, datetime
from time import struct_time
from typing import Any, ClassVar, NamedTuple

import feedparser

from patrol.models import Outcome, Post, PostedAt, Precision
from spiders.addresses import absolute
from spiders.dates import AHEAD, EARLIEST
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import loaded
from spiders.page import Page
from spiders.plain import Body, one_line, read_markup
from spiders.walls import Wall, wall

_ROOT = r"^\ufeff?(?:\s|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^\[>]*(?:\[[\s\S]*?\]\s*)?>)*<(?:\w+:)?(?:rss|feed|rdf|channel)\b"
_HTML = re.compile(r"\ufeff?(?:\s|<!--[\s\S]*?-->)*(?:<!doctype html|<html)", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ZONED = re.compile(r"(?:[zZ]|[+-]\d{2}:?\d{2}|\b[A-Z]{2,4})\s*$")
_STATISTICS = re.compile(
    r"<p>[^<]{1,60}:[^<]{1,80}<a [^>]{1,300}>[^<]{0,100}</a>[^<]{0,80}</p>\s*<hr\s*/?>\s*$"
)
"""What phpBB adds to every entry: `Statistics: Posted by ...`."""


class _Entry(NamedTuple):
    """One entry, whichever of the formats it was written in."""

    key: str
    link: str | None
    author: str | None
    when: str | None
    parsed: struct_time | None
    title: str
    text: str
    is_html: bool
    media: int


class _Feed(NamedTuple):
    entries: list[_Entry]
    following: str | None
    broken: bool = False
    """Whether it could not be read as what it says it is."""


class Feed(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.HEADER, r"^content-type: application/(?:rss|atom|rdf|feed)\+(?:xml|json)"),
        Sign(Where.FEED, _ROOT),
        Sign(
            Where.FEED,
            r"^\ufeff?\s*\{[\s\S]{0,2000}?\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org",
        ),
    )

    def kind(self, page: Page) -> Kind | None:  # noqa: ARG002
        return "feed"

    def post_rows(self, page: Page) -> list[_Entry]:
        return _parsed(page).entries

    def post(self, page: Page, row: _Entry, place: int) -> Post | None:  # noqa: ARG002
        body = _words(row)
        if not any((row.key, row.link, row.author, row.when, row.title, body.text, body.media)):
            return None
        url = absolute(page.url, row.link) or page.url
        named = row.key or (url if row.link else "")
        key = (
            named
            or hashlib.sha256(
                "\n".join((row.author or "", row.when or "", row.title, body.text)).encode()
            ).hexdigest()
        )
        return page.post(
            key=key,
            url=url,
            author=one_line(row.author or "") or None,
            posted_at=_posted_at(page, row),
            title=row.title,
            body=body,
        )

    def next_page(self, page: Page) -> str | None:
        return absolute(page.url, _parsed(page).following)

    def stands(self, page: Page) -> Wall | None:
        known = _parsed(page)
        if known.entries:
            return None
        if _HTML.match(page.markup):
            return wall(page) or Wall(
                Outcome.LAYOUT_CHANGED, "A page stands here in the place of the feed."
            )
        if not known.broken:
            return None
        return Wall(
            Outcome.LAYOUT_CHANGED, "The document begins as a feed and cannot be read as one."
        )


def _parsed(page: Page) -> _Feed:
    """The whole document, parsed once for all questions about the page."""
    feed = page.notes.get("feed")
    if not isinstance(feed, _Feed):
        feed = _json(page) if page.markup.lstrip("\ufeff \t\r\n").startswith("{") else _xml(page)
        page.notes["feed"] = feed
    return feed


# -- RSS, RDF and Atom ------------------------------------------------------------------------


_REFERENCES = re.compile(r"&#(?:[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2})|0*(5[5-7][0-9]{3}));")
"""To characters by their number, among them the halves of characters (U+D800 to U+DFFF)."""


def _whole_character(found: re.Match[str]) -> str:
    """As HTML has it: half of a character is none. feedparser would give up the whole feed for it."""
    number = int(found[1], 16) if found[1] else int(found[2])
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else found[0]


def _xml(page: Page) -> _Feed:
    markup = _REFERENCES.sub(_whole_character, page.markup)
    stream = io.BytesIO(markup.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": page.url}
    try:
        document = feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # noqa: BLE001  (a library that reads what strangers write; an unreadable feed is an empty one)
        return _Feed([], None, broken=True)
    head = document.get("feed", {})
    hrefs = {link.get("rel"): link.get("href") for link in head.get("links", [])}
    owner = head.get("author") if str(document.get("version")).startswith("atom") else None
    entries = [_xml_entry(entry, owner) for entry in document.get("entries", [])]
    broken = bool(document.get("bozo")) and not _ended(page.markup)
    return _Feed(entries, hrefs.get("next") or hrefs.get("prev-archive"), broken)


def _ended(markup: str) -> bool:
    """Whether the document comes to its end: feeds are often not well-formed, and whole all the same."""
    return _END.search(markup[-500:]) is not None


def _xml_entry(entry: Any, owner: str | None) -> _Entry:
    contents = [part for part in entry.get("content", []) if part.get("value")]
    summary = entry.get("summary_detail") or {}
    best = max(contents, key=lambda part: len(part["value"]), default=summary)
    when = next(
        (name for name in ("published", "created", "updated", "expired") if entry.get(name)), ""
    )
    return _Entry(
        key=str(entry.get("id") or ""),
        link=entry.get("link") or _first_link(entry),
        author=entry.get("author") or entry.get("publisher") or owner,
        when=str(entry.get(when) or "") or None,
        parsed=entry.get(f"{when}_parsed") if when and when != "expired" else None,
        title=_plain(str(entry.get("title") or "")),
        text=str(best.get("value") or ""),
        is_html=best.get("type") != "text/plain" or "<" in str(best.get("value") or ""),
        media=len(entry.get("enclosures", [])) + len(entry.get("media_content", [])),
    )


def _first_link(entry: Any) -> str | None:
    return next((link.get("href") for link in entry.get("links", []) if link.get("href")), None)


# -- JSON Feed --------------------------------------------------------------------------------


def _json(page: Page) -> _Feed:
    try:
        document = loaded(page.markup.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return _Feed([], None, broken=True)
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        return _Feed([], None, broken=True)
    owner = _person(document)
    entries = [_json_entry(item, owner) for item in items if isinstance(item, dict)]
    following = document.get("next_url")
    return _Feed(entries, following if isinstance(following, str) else None)


def _person(owner: dict[str, Any]) -> str | None:
    """The first author that a feed or an entry names."""
    people = owner.get("authors") or [owner.get("author")]
    person = people[0] if isinstance(people, list) and people else None
    return _string(person.get("name")) if isinstance(person, dict) else None


def _json_entry(item: dict[str, Any], owner: str | None) -> _Entry:
    html, text = item.get("content_html"), item.get("content_text") or item.get("summary")
    attachments = item.get("attachments")
    return _Entry(
        key=str(item.get("id") or ""),
        link=_string(item.get("url")) or _string(item.get("external_url")),
        author=_person(item) or owner,
        when=_string(item.get("date_published")) or _string(item.get("date_modified")),
        parsed=None,
        title=one_line(_string(item.get("title")) or ""),
        text=_string(html) or _string(text) or "",
        is_html=bool(_string(html)),
        media=(len(attachments) if isinstance(attachments, list) else 0)
        + sum(bool(_string(item.get(name))) for name in ("image", "banner_image")),
    )


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


# -- What both give ---------------------------------------------------------------------------


def _words(row: _Entry) -> Body:
    if not row.is_html:
        return Body("\n".join(line.rstrip() for line in row.text.splitlines()).strip(), row.media)
    body = _markup(row.text)
    return Body(body.text, body.media + row.media)


def _markup(text: str) -> Body:
    return read_markup(_STATISTICS.sub("", text))


def _plain(title: str) -> str:
    return one_line(_markup(title).text) if "<" in title or "&" in title else one_line(title)


def _posted_at(page: Page, row: _Entry) -> PostedAt | None:
    """With the zone that the entry names; in the source's where it names none."""
    if row.when is None:
        return None
    if row.parsed is None or not _ZONED.search(row.when):
        return page.moment(row.when, "entry date")
    try:
        at = datetime(*row.parsed[:5], min(row.parsed[5], 59), tzinfo=UTC)
    except (ValueError, TypeError):
        return None
    if not EARLIEST <= at <= page.now + AHEAD:
        return None
    exact = Precision.SECOND if row.when.count(":") >= 2 else Precision.MINUTE
    return PostedAt(
        at=at, precision=exact if ":" in row.when else Precision.DAY, read_from="entry date"
    )
