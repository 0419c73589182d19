"""Many rows of one table by few statements, which are spelled once: Django's objects take ten times as long as the database."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from django.db import connection, models

AT_ONCE = 100
"""Rows of a statement; with more it is no faster."""
Row = tuple[Any, ...]


class Insert:
    """Writes rows with these fields of a table, in the transaction at hand.

    What is not named gets what the database itself puts there, which is NULL:
    Django's defaults are Django's.
    """

    def __init__(self, model: type[models.Model], *names: str, over: tuple[str, ...] = ()) -> None:
        """With `over`, a row that is the same in these fields is overwritten."""
        fields = [model._meta.get_field(name) for name in names]  # noqa: SLF001  (Django's own name for what is public)
        self._table = model._meta.db_table  # noqa: SLF001
        self._columns = [_column(field) for field in fields]
        self._over = [_column(model._meta.get_field(name)) for name in over]  # noqa: SLF001
        self._spelled = [
            (place, how) for place, field in enumerate(fields) if (how := _spelling(field))
        ]

    def all(self, rows: Sequence[Row]) -> None:
        """Write these rows."""
        for some in self._some(rows):
            with connection.cursor() as cursor:
                cursor.execute(self._statement(len(some)), list(chain.from_iterable(some)))

    def numbered(self, rows: Sequence[Row]) -> list[int]:
        """Write these rows. Returns the number of each."""
        numbers: list[int] = []
        for some in self._some(rows):
            with connection.cursor() as cursor:
                values = list(chain.from_iterable(some))
                cursor.execute(f"{self._statement(len(some))} RETURNING id", values)
                numbers += [number for (number,) in cursor.fetchall()]
        return numbers

    def _some(self, rows: Sequence[Row]) -> Iterator[Sequence[Sequence[Any]]]:
        if not rows:
            return
        for at in range(0, len(rows), AT_ONCE):
            some = [list(row) for row in rows[at : at + AT_ONCE]]
            for row in some:
                for place, how in self._spelled:
                    row[place] = how(row[place])
            yield some

    @cache  # noqa: B019  (of a handful of tables, for as long as the program runs)
    def _statement(self, count: int) -> str:
        row = f"({', '.join(['%s'] * len(self._columns))})"
        names = ", ".join(map(connection.ops.quote_name, self._columns))
        statement = f"INSERT INTO {self._table} ({names}) VALUES {', '.join([row] * count)}"  # noqa: S608  (our tables)
        if not self._over:
            return statement
        new = [name for name in self._columns if name not in self._over]
        changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in new)
        return f"{statement} ON CONFLICT ({', '.join(self._over)}) DO UPDATE SET {changed}"


def _column(field: Any) -> str:
    return str(field.column)


def _spelling(field: object) -> Callable[[Any], Any] | None:
    """How a field's values go to the database; None for those that go as they are."""
    if isinstance(field, models.DateTimeField):
        return moment
    if isinstance(field, models.JSONField):
        return json.dumps
    return _word if isinstance(field, models.CharField) else None


def moment(at: datetime | None) -> Any:
    """A moment as the database takes it. Most rows of a batch have the same."""
    return _moment(at, connection.vendor)


@lru_cache(maxsize=100)
def _moment(at: datetime | None, _vendor: str) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _word(value: object) -> str | None:
    """Plain text: a word of a closed list is one too, which each database's client would spell its own way."""
    return None if value is None else str(value)
