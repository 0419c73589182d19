"""What a page says of itself in schema.org's words: JSON-LD blocks, and microdata.

Blocks are mended as far as it is certain what was meant: comments and CDATA
marks around them, commas before a bracket, line breaks inside of strings,
several documents in one block, quotes written as `&quot;`. A block that cannot
be read even so is told, never passed over.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from spiders.json_page import begun
from spiders.microdata import items
from spiders.page import Page

Thing = dict[str, Any]

MOST = 20_000
"""Objects of one page that are looked at."""

_WRAPPING = re.compile(
    r"^(?:\s|\ufeff|//|/\*|\*/|<!--|<!\[CDATA\[)+|(?:\s|;|//|/\*|\*/|-->|\]\]>)+$"
)
_NOISE = re.compile(r"(\"(?:[^\"\\]|\\.)*\")|/\*.*?\*/|(?<!:)//[^\n]*|,(?=\s*[}\]])", re.DOTALL)
_VOCABULARY = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_DECLARED = re.compile(r"@type\"\s{0,20}:\s{0,20}\[?\s{0,20}\"([^\"]{1,100})")
_FRAMES = ("mainEntity", "mainEntityOfPage", "about", "citation", "hasPart")
_FRAME = re.compile(r"(?:Page|WebSite)$")


class Linked(NamedTuple):
    """The things of a page, and why some of its blocks could not be read."""

    things: list[Thing]
    """Those at the top, in the order of the page; parts hang on them."""
    by_id: dict[str, Thing]
    faults: list[str]


def linked(page: Page) -> Linked:
    """What the page declares, parsed once for all questions about it."""
    found = page.notes.get("linked")
    if not isinstance(found, Linked):
        found = _read(page)
        page.notes["linked"] = found
    return found


def types(thing: object) -> set[str]:
    """Names of its types, without the vocabulary's address."""
    said = thing.get("@type") if isinstance(thing, dict) else None
    return {_VOCABULARY.sub("", one) for one in each(said) if isinstance(one, str)}


def each(value: Any) -> list[Any]:
    """A value as the list of values that schema.org lets it be."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def unframed(page: Page) -> list[Thing]:
    """The things of a page, each once: where one only describes the page itself, what that is about."""
    known = linked(page)
    found: dict[int, Thing] = {}
    for thing in known.things:
        inner = [
            known.by_id.get(str(part.get("@id")), part)
            for name in _FRAMES
            for part in each(thing.get(name))
            if isinstance(part, dict) and any(_FRAME.search(one) for one in types(thing))
        ]
        for part in inner or [thing]:
            found.setdefault(id(part), part)
    return list(found.values())


def declared(page: Page) -> Iterator[str]:
    """Types of what the page is about; of all that is named in its source, where a block cannot be read."""
    if "schema.org" not in page.markup:
        return
    for thing in unframed(page):
        yield from sorted(types(thing))
    if linked(page).faults:
        for found in _DECLARED.finditer(page.markup):
            yield _VOCABULARY.sub("", found[1])


def _read(page: Page) -> Linked:
    things: list[Thing] = []
    faults: list[str] = []
    for block in page.node.css("script[type*='ld+json' i]"):
        try:
            documents = parsed(block.text(deep=True))
        except (ValueError, RecursionError) as fault:
            faults.append(_place(fault))
            continue
        for document in documents:
            things += _top(document)
    things += items(page)
    things = [thing for thing in things if isinstance(thing, dict)][:MOST]
    return Linked(things, {str(one["@id"]): one for one in _all(things) if "@id" in one}, faults)


def parsed(block: str) -> list[Any]:
    """The documents of one block. Raises `ValueError` with the place of the first fault."""
    bare = _WRAPPING.sub("", block)
    try:
        return _documents(bare)
    except ValueError as fault:
        for mended in (_mended(bare), _mended(html.unescape(bare))):
            try:
                return _documents(mended)
            except ValueError:
                continue
        raise fault from None


def _documents(text: str) -> list[Any]:
    found, at = [], 0
    while at < len(text):
        document, at = begun(text, at)
        found.append(document)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return found


def _mended(text: str) -> str:
    return _NOISE.sub(lambda found: found[1] or "", text)


def _top(document: Any) -> list[Any]:
    """The objects of a document: of a list, of a graph, or itself."""
    found = []
    for one in each(document):
        graph = one.get("@graph") if isinstance(one, dict) else None
        found += each(graph) if graph is not None else [one]
    return found


def _all(things: list[Thing]) -> Iterator[Thing]:
    """Every object with its parts; never recursive, however deep they hang."""
    waiting: list[Any] = list(reversed(things))
    seen = 0
    while waiting and seen < MOST:
        one = waiting.pop()
        if isinstance(one, dict):
            seen += 1
            if len(one) > 1:  # a bare `@id` only points to the object of that name
                yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _place(fault: Exception) -> str:
    """Where a block breaks, without quoting it."""
    if isinstance(fault, json.JSONDecodeError):
        return f"line {fault.lineno}, column {fault.colno}: {fault.msg}"
    return "it is nested too deep"
