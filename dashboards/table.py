"""A table of figures, as a page shows it and as a spreadsheet opens it."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the system's code page and breaks every Chinese word."""
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so is computed by spreadsheets, not shown (CWE-1236); their full-width forms too."""

Value = str | int | float | None


@dataclass(frozen=True)
class Cell:
    """A figure, and the list that it counts."""

    value: Value
    address: str | None = None


@dataclass(frozen=True)
class Row:
    """What is counted, by its word in code and by its name, and the figures."""

    code: str
    head: Cell
    cells: tuple[Cell, ...]
    faint: bool = False
    """Too little behind it."""


@dataclass(frozen=True)
class Table:
    """Figures under their headings. `name` is its address and its file's name."""

    name: str
    title: str
    columns: tuple[str, ...]
    """The heading of the rows, then one for each cell of a row."""
    rows: tuple[Row, ...]


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, lines ended as RFC 4180 says; nothing in it is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_tame(["code", *table.columns]))
    for row in table.rows:
        cells = (cell.value for cell in row.cells)
        writer.writerow(_tame([row.code, row.head.value, *cells]))
    return (_BOM + out.getvalue()).encode()


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[Value]]) -> Iterator[bytes]:
    """The same for a long table: its lines, each made when it is asked for."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write(_BOM)
    writer.writerow(_tame(columns))
    for row in rows:
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
        writer.writerow(_tame(row))
    yield out.getvalue().encode()


def _tame(values: Iterable[Value]) -> list[Value]:
    """Text that a spreadsheet would compute, made text by a leading apostrophe."""
    return [
        f"'{value}" if isinstance(value, str) and _computed(value) else value for value in values
    ]


def _computed(text: str) -> bool:
    """Whether a spreadsheet may take it for a formula; some drop the blanks before it first."""
    return bool({text[:1], text.lstrip()[:1]} & _FORMULA)
