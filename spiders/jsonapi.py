"""A document of JSON:API (jsonapi.org, version 1.1): records that name each other by type and id.

What an answer is about stands under `data`, what belongs to it under
`included`; a record's `relationships` say which of those it means.
"""

from collections.abc import Iterator

from spiders.json_page import Record

_Name = tuple[str | None, str | None]


class Answer:
    """One document, with every record in it found by its type and id."""

    def __init__(self, document: Record) -> None:
        self.document = document
        self.about: list[Record] = document.each("data") or _one(document, "data")
        self._named: dict[_Name, Record] = {}
        for record in (*self.about, *document.each("included")):
            self._named.setdefault(_name(record), record)

    @property
    def single(self) -> Record | None:
        """The record that the answer is about, if it is about one and not about a list."""
        return self.about[0] if isinstance(self.document.get("data"), dict) else None

    def of_type(self, kind: str) -> Iterator[Record]:
        """All records of that type, those that the answer is about first."""
        return (record for (of, _), record in self._named.items() if of == kind)

    def related(self, record: Record, name: str) -> Record | None:
        """The record that another one means by that name; None if the answer does not hold it."""
        meant = _one(record, f"relationships.{name}.data")
        return self._named.get(_name(meant[0])) if meant else None


def _one(record: Record, path: str) -> list[Record]:
    found = record.get(path)
    return [Record(record.page, found)] if isinstance(found, dict) else []


def _name(record: Record) -> _Name:
    return record.maybe("type"), record.maybe("id")
