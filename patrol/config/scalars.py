"""A character of a value, found in the lines that it was written in."""

import re
from collections.abc import Sequence

_WRITTEN = {
    "'": re.compile(r"''|\s+|."),
    '"': re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\s+|.)|\s+|."),
}
"""What a quoted value is written in, piece by piece: a doubled quote, an escape, a break between words."""
_BARE = re.compile(r"\s+|.")
_HEADER = re.compile(r"[|>][^\n]*\n\s*")


def offset_in(
    lines: Sequence[str], begun: tuple[int, int], value: str, offset: int
) -> tuple[int, int]:
    """Line and column, from 1, of one character of a value that begins there.

    A break of the line is a space of the value, a quote or an escape is more
    characters than it means. Where the two do not go together, it is where the
    value begins.
    """
    line, column = begun
    text = "\n".join(lines[line - 1 :])[column - 1 :]
    pieces = _WRITTEN.get(text[:1], _BARE)
    header = _HEADER.match(text)
    place = header.end() if header else int(text[:1] in _WRITTEN)
    for meant in _BARE.findall(value[:offset]):
        piece = pieces.match(text, place)
        if piece is None or not _means(piece[0], meant):
            return begun
        place = piece.end()
    read = text[:place].split("\n")
    return line + len(read) - 1, len(read[-1]) + (column if len(read) == 1 else 1)


def _means(piece: str, meant: str) -> bool:
    """Whether a written piece can be the one that is meant; an escape can be any."""
    return piece[0] == meant[0] or piece[0] == "\\" or (piece.isspace() and meant.isspace())
