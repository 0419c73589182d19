"""Who offers which contact: authors and handles, and the lines between them. Never a possible victim's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from patrol.actions.triaging.reading import HandleShown, OpenSighting


@dataclass(frozen=True)
class Author:
    """A name as one source showed it. The same name elsewhere may be somebody else's."""

    name: str | None
    source: str
    source_title: dict[str, str]


@dataclass(frozen=True)
class Line:
    """An author offers a contact."""

    author: int
    handle: int
    leads: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """Authors, contacts, and who offers which."""

    authors: tuple[Author, ...]
    handles: tuple[HandleShown, ...]
    lines: tuple[Line, ...]


def graph(opened: Sequence[OpenSighting]) -> Graph:
    """Offered contacts of those sightings and who offered them, both with the most leads first."""
    authors: dict[tuple[str, str | None], Author] = {}
    handles: dict[str, HandleShown] = {}
    met: dict[tuple[tuple[str, str | None], str], set[int]] = {}
    for one in opened:
        who = (one.row.source.name, one.author)
        for handle in one.offered():
            authors.setdefault(who, Author(one.author, who[0], one.row.source.body["title"]))
            handles.setdefault(handle.tag, handle)
            met.setdefault((who, handle.tag), set()).add(one.row.lead_id)
    by_author = Counter(dict.fromkeys(authors, 0))
    by_handle = Counter(dict.fromkeys(handles, 0))
    for (who, tag), leads in met.items():
        by_author[who] += len(leads)
        by_handle[tag] += len(leads)
    names = {who: place for place, (who, _) in enumerate(by_author.most_common())}
    tags = {tag: place for place, (tag, _) in enumerate(by_handle.most_common())}
    lines = [Line(names[who], tags[tag], tuple(sorted(leads))) for (who, tag), leads in met.items()]
    lines.sort(key=lambda line: (line.author, line.handle))
    return Graph(
        tuple(authors[who] for who in names), tuple(handles[tag] for tag in tags), tuple(lines)
    )
