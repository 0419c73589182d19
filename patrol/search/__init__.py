"""The index: one promise, kept by tantivy in the data directory; and the outbox that feeds it."""

from patrol.errors import BadInput
from patrol.search.index import (
    Counts,
    DocumentKind,
    IndexAway,
    IndexedPost,
    Page,
    PostIndex,
    Query,
    Refusal,
)
from patrol.search.query import BadQuery, read_query
from patrol.settings import Settings

__all__ = [
    "BadQuery",
    "Counts",
    "DocumentKind",
    "IndexAway",
    "IndexedPost",
    "Page",
    "PostIndex",
    "Query",
    "Refusal",
    "open_index",
    "read_query",
]


class NotYet(BadInput):
    """A setting that this version does not know how to follow. Ignoring it would fill another index than was meant."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"There is no index at {url.rsplit('@', maxsplit=1)[-1]} yet.",
            why="This version has the embedded index only; Elasticsearch comes with a later one.",
            do="Take PATROL_SEARCH_URL away: the index then lies in the data directory.",
            where="PATROL_SEARCH_URL",
        )


def open_index(settings: Settings, *, writer: bool = False) -> PostIndex:
    """The index of this installation. One process at a time may open it as writer; a second gets `IndexAway`."""
    if settings.search_url:
        raise NotYet(settings.search_url)
    from patrol.search.embedded import EmbeddedIndex  # noqa: PLC0415  (tantivy only when it is used)

    return EmbeddedIndex(settings.index_path, writer=writer)
