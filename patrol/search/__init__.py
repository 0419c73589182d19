"""The index: one promise, kept by tantivy in the data directory or by Elasticsearch; and the outbox that feeds it."""

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
from patrol.search.outage import Outage
from patrol.search.query import BadQuery, read_query
from patrol.settings import Settings

__all__ = [
    "BadQuery",
    "Counts",
    "DocumentKind",
    "IndexAway",
    "IndexedPost",
    "Outage",
    "Page",
    "PostIndex",
    "Query",
    "Refusal",
    "open_index",
    "read_query",
]


def open_index(settings: Settings, *, writer: bool = False) -> PostIndex:
    """The index of this installation. One process at a time may open it as writer; a second gets `IndexAway`."""
    if settings.search_url:
        from patrol.search.elastic import ElasticIndex  # noqa: PLC0415  (its client only when it is used)

        return ElasticIndex(settings, writer=writer)
    from patrol.search.embedded import EmbeddedIndex  # noqa: PLC0415  (tantivy only when it is used)

    return EmbeddedIndex(settings.index_path, writer=writer)
