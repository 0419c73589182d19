"""Reads sitemaps: XML, its index, plain lists of addresses, feeds used as one, and `Sitemap:` lines of a robots.txt.

A sitemap has no posts. Its addresses are threads, the last changed first, with
`lastmod` as their state, so that a run opens only what changed since its mark;
each page that it leads to is detected for itself (schema.org's words, a board,
a feed), since a sitemap says nothing of the software behind it. An index leads
to further sitemaps (sitemaps.org, protocol 0.9).

No XML parser reads it: a scan for the few tags that matter has no entity to
expand and no file to open, and goes on where a parser gives up (a bare `&`, a
wrong namespace, a missing end). Pictures, films, news and other languages that
an entry names are not read: only its own `loc` is.
"""

import re
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, cast

from patrol.errors import PatrolError
from patrol.models import Post, ThreadLink
from spiders.addresses import without_fragment
from spiders.dates import AHEAD, EARLIEST
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.page import Page

MOST = 50_000
"""Entries of one sitemap, as the protocol allows."""

_PROLOG = (
    r"^\ufeff?(?:\s|<\?[^>]{0,1000}>|<!--[\s\S]{0,2000}?-->|<!DOCTYPE[^\[>]*(?:\[[\s\S]*?\]\s*)?>)*"
)
_ROOT = re.compile(_PROLOG + r"<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|rdf)\b", re.IGNORECASE)
_END = re.compile(r"</(?:[\w.-]+:)?(?:urlset|sitemapindex|rss|feed|rdf)\s*>", re.IGNORECASE)
_LINE = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)
_ROBOTS = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(
    r"<(?P<end>/?)(?:(?P<prefix>[A-Za-z][\w.-]{0,40}):)?(?P<name>url|sitemap|item|entry|loc|lastmod|link|pubDate|updated|published|date)"
    r"(?P<more>(?:\s[^<>]{0,2000})?)/?>",
    re.IGNORECASE,
)
_ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
_DATES = ("lastmod", "updated", "pubdate", "published", "date")
_HREF = re.compile(r"\bhref\s*=\s*[\"']([^\"']*)")
_REL = re.compile(r"\brel\s*=\s*[\"'](?!alternate)")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ENTITY = re.compile(r"&[A-Za-z_][\w.-]*;")
_YEAR = re.compile(r"\d{4}")


class _Entry(NamedTuple):
    """One address, and when it was last changed, both as written."""

    address: str
    changed: str | None


class _Map(NamedTuple):
    """A sitemap, whichever of the forms it was written in."""

    form: str | None
    pages: list[_Entry]
    maps: list[_Entry]
    faults: list[str]


class NotAnEntry(PatrolError):
    """Part of a sitemap that leads nowhere."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            what,
            where=url,
            why="A sitemap is a list of whole web addresses; what is left out of it is not seen.",
            do="Ask the site's owner, or name another start address.",
        )


class Sitemap(Engine):
    guides = True
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.FEED, _PROLOG + r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b"),
        Sign(Where.FEED, r"^\ufeff?(?:\s*https?://[^\s<>\"']+[ \t]*(?:\r?\n|$)){2}"),
        Sign(Where.FEED, r"^(?=\s*[^\s<{])(?:[^<]*\n)?[ \t]*sitemap[ \t]*:[ \t]*https?://\S"),
    )

    def kind(self, page: Page) -> Kind | None:
        return "list" if _read(page).form else None

    def thread_rows(self, page: Page) -> list[Any]:
        known = _read(page)
        return [*(NotAnEntry(page.url, fault) for fault in reversed(known.faults)), *known.pages]

    def thread(self, page: Page, row: Any) -> ThreadLink | None:
        if isinstance(row, NotAnEntry):
            raise row
        url = page.absolute(row.address)
        if url is None:
            raise NotAnEntry(page.url, "an entry has no web address")
        url = without_fragment(url)
        return ThreadLink(url=url, key=url, state=row.changed, active_at=_moment(page, row.changed))

    def maps(self, page: Page) -> list[str]:
        found = [page.absolute(entry.address) for entry in _read(page).maps]
        return list(dict.fromkeys(url for url in found if url is not None))

    def post_rows(self, page: Page) -> list[Any]:  # noqa: ARG002
        return []

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        return None

    def empty(self, page: Page) -> bool:
        return _read(page).form is not None


def _read(page: Page) -> _Map:
    """The whole document, scanned once for all questions about the page."""
    found = page.notes.get("sitemap")
    if not isinstance(found, _Map):
        found = _scanned(page.markup)
        page.notes["sitemap"] = found
    return found


def _scanned(text: str) -> _Map:
    root = _ROOT.match(text[:100_000])
    if root is not None:
        return _marked(_uncommented(text), root[1].lower())
    if "<" not in text:
        lines = [line.strip(" \t\ufeff") for line in text.split("\n", 2 * MOST)]
        pages = [
            _Entry(found[0], None) for line in lines if (found := _LINE.fullmatch(line.strip()))
        ]
        maps = [_Entry(found, None) for found in _ROBOTS.findall(text[:600_000])]
        if maps or (pages and len(pages) * 2 > len([line for line in lines if line.strip()])):
            return _Map("text", [] if maps else pages[:MOST], maps[:MOST], [])
    return _Map(None, [], [], [])


def _marked(text: str, form: str) -> _Map:
    """The entries of markup, the last changed first; those without a date keep their order behind."""
    known = _Map(form, [], [], [])
    entities = "<!ENTITY" in text[:100_000].upper()
    name, prefix, at = "", "", 0
    said: dict[str, str] = {}
    for tag in _TAG.finditer(text):
        here, ends = tag["name"].lower(), bool(tag["end"])
        if here in _ENTRIES:
            if name and (ends or said):  # a new one begins where the end of the last is missing
                _keep(known, name, said, entities=entities)
            name, prefix, said = ("" if ends else here), tag["prefix"] or "", {}
        elif ends and name and at:
            said.setdefault(_part(here, tag["prefix"] or "", prefix), text[at : tag.start()])
        elif name and here == "link" and (tag["prefix"] or "") == prefix:
            href = None if _REL.search(tag["more"]) else _HREF.search(tag["more"])
            if href is not None:
                said.setdefault("link", href[1])
        at = 0 if ends else tag.end()
        if len(known.pages) + len(known.maps) >= MOST:
            break
    if not _END.search(text[-300:]):
        known.faults.append("the sitemap breaks off before its end")
    return known._replace(pages=_newest_first(known.pages), maps=_newest_first(known.maps))


def _part(name: str, prefix: str, of_entry: str) -> str:
    """Names of other vocabularies (`image:loc`, `video:player_loc`, `xhtml:link`) are not the entry's own; dates may be."""
    return name if prefix == of_entry or name in _DATES else f"{prefix}:{name}"


def _keep(known: _Map, name: str, said: dict[str, str], *, entities: bool) -> None:
    address = _plain(said.get("loc") or said.get("link") or "")
    changed = next((_plain(said[date]) for date in _DATES if said.get(date)), None)
    if not address or (entities and _ENTITY.search(address)):
        known.faults.append(
            "an entry is written with an entity, which is not opened"
            if address
            else "an entry has no web address"
        )
        return
    (known.maps if name == "sitemap" else known.pages).append(_Entry(address, changed or None))


def _plain(text: str) -> str:
    """Words of a tag: without CDATA marks, with the references of XML itself; no other is known."""
    return _REFERENCE.sub(_character, _CDATA.sub("", text)).strip()[:2_000]


def _character(found: re.Match[str]) -> str:
    named = _NAMED.get(found[0])
    if named is not None:
        return named
    digits = found[0][2:-1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return chr(number) if 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000 else ""


def _uncommented(text: str) -> str:
    """Without comments; one that is never closed takes the rest with it, as in XML."""
    first, *others = text.split("<!--")
    return "".join((first, *(part.partition("-->")[2] for part in others)))


def _newest_first(entries: list[_Entry]) -> list[_Entry]:
    unique = dict.fromkeys(entries)
    return sorted(unique, key=lambda entry: _when(entry.changed), reverse=True)


def _moment(page: Page, changed: str | None) -> datetime | None:
    """When that was. A whole W3C date needs no reader of words, which is fifty times slower."""
    if changed is None:
        return None
    try:
        at = datetime.fromisoformat(changed)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        days = cast("dict[str, datetime | None]", page.notes.setdefault("days", {}))
        if changed not in days:
            told = page.moment(changed, "lastmod")
            days[changed] = told.at if told else None
        return days[changed]
    return at if EARLIEST <= at <= page.now + AHEAD else None


def _when(changed: str | None) -> str:
    """Dates of sitemaps sort as they are written, but for their zones; others are not sorted."""
    return changed if changed and _YEAR.match(changed) else ""
