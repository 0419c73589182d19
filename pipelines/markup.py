r"""Text that a machine would write otherwise: escapes, tags, pictures between letters, text stored backwards.

`&#21152;` in a text is what a board shows that escapes twice, `\u52a0` one that shows its
JSON, `[b]` one without that tag. Behind U+202E (right-to-left override) text is stored from
right to left and shown from left to right. What stands between ideographs as a picture is
read by the fold as a letter, a digit or an ideograph: 加🇹🇼賴, 加1️⃣賴, 加㊙️賴.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from urllib.parse import unquote_to_bytes

from patrol.models import Disguise
from pipelines.fold import OVERRIDE, Folded, fold_one
from pipelines.readings import MOST, Edit, Turned, View, Written, edited, shortened
from pipelines.separators import HAN, gaps

_ESCAPE = re.compile(
    r"(?P<entity>&(?:amp;){0,3}(?:#[0-9]{1,7};?|#x[0-9a-f]{1,6};?|[a-z]{2,8}[0-9]{0,2};))"
    r"|(?:\\u\{?|\\x|%u)(?P<code>(?<=\{)[0-9a-f]{1,5}(?=\})|(?<=u)[0-9a-f]{4}|(?<=x)[0-9a-f]{2})\}?"
    r"|(?<![a-z0-9_/.=&?#%-])(?P<bytes>(?:%[0-9a-f]{2}){3,600})"
)
"""A browser reads numbers without their semicolon too. Percent signs in an address belong there."""
_TAG = re.compile(
    r"</?[a-z][a-z0-9]{0,9}(?:[ =][^<>\n]{0,80})?/?>|\[/?[a-z]{1,8}(?:=[^\[\]\n]{0,40})?\]"
)
_BREAK = re.compile(r"<w?br(?=[ />])")
"""A tag that has no end."""
_TURNED = re.compile(f"{OVERRIDE}([^\u202c\n\u2029]+)")
_PICTURE_SIGNS = "☆★"
"""Stand for pictures: nobody writes them inside a word, and two beside one another are no ruler."""
_BESIDE_PICTURES = re.compile(f"[{HAN}]")


def escapes(batch: Folded, signs: Iterable[int]) -> Written:
    """Posts in which entities or other escapes stand, of which is known where they may begin."""
    edits: dict[int, list[Edit]] = {}
    done = 0
    for place in signs:
        found = _ESCAPE.match(batch.joined, place) if place >= done else None
        read = _read(found) if found else None
        if found and read is not None:
            post = bisect_right(batch.starts, place) - 1
            first = batch.starts[post]
            edits.setdefault(post, []).append((place - first, found.end() - first, read))
            done = found.end()
    return _all_written(batch, edits.items(), Disguise.ENTITIES)


def _read(escape: re.Match[str]) -> str | None:
    """What an escape says, folded; None if it says nothing."""
    if escape["entity"]:
        plain = html.unescape(escape["entity"].replace("amp;", ""))
        return None if plain.startswith("&") and len(plain) > 1 else fold_one(plain)
    if escape["code"]:
        code = int(escape["code"], 16)
        return fold_one(chr(code)) if 0 < code <= _LAST_CODE else None
    try:
        return fold_one(unquote_to_bytes(escape["bytes"]).decode())
    except UnicodeDecodeError:
        return None


_LAST_CODE = 0x10FFFF


def tags(batch: Folded, places: Iterable[int]) -> Written:
    """Posts with tags of a page or a board, without them; of which is known where one ends."""
    if "<br" in batch.joined or "<wbr" in batch.joined:
        breaks = (found.start() for found in islice(_BREAK.finditer(batch.joined), MOST))
        places = sorted({*places, *breaks})
    posts = (post for post, _ in groupby(bisect_right(batch.starts, place) - 1 for place in places))
    found = (
        (post, [(*tag.span(), "") for tag in islice(_TAG.finditer(batch.text(post)), MOST)])
        for post in posts
    )
    return _all_written(batch, found, Disguise.ENTITIES)


def pictures(batch: Folded) -> Written:
    """Posts with pictures between ideographs, read as separators."""
    edits: list[tuple[int, list[Edit]]] = []
    for post, some in groupby(batch.pictures, lambda picture: picture[0]):
        text = batch.text(post)
        own = _between(text, [(start, end) for _, start, end in islice(some, MOST)])
        signs = ((start, end, _PICTURE_SIGNS[nth % 2]) for nth, (start, end) in enumerate(own))
        edits.append((post, list(signs)))
    return _all_written(batch, edits, Disguise.SEPARATORS)


def _between(text: str, pieces: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those of these pieces of a text that stand in a row between ideographs; of letters on keys, none does."""
    rows: list[list[tuple[int, int]]] = []
    for start, end in pieces:
        if rows and rows[-1][-1][1] == start:
            rows[-1].append((start, end))
        else:
            rows.append([(start, end)])
    for row in rows:
        before, behind = text[: row[0][0]][-1:], text[row[-1][1] :][:1]
        if _BESIDE_PICTURES.match(before) or _BESIDE_PICTURES.match(behind):
            yield from row


def _all_written(
    batch: Folded, edits: Iterable[tuple[int, Sequence[Edit]]], how: Disguise
) -> Written:
    return Written(
        how,
        [
            (post, _spread(text, shortened(text, some), how))
            for post, some in edits
            if some
            for text in [batch.text(post)]
        ],
    )


def _spread(text: str, edits: Sequence[Edit], how: Disguise) -> View:
    """The text with these pieces written otherwise, and without the separators inside words that it has then."""
    first = edited(text, edits, how)
    inside = [first.place(*gap) for gap in gaps(first.text)]
    if not inside:
        return first
    taken = iter([*inside, (len(text), len(text))])
    start, end = next(taken)
    kept: list[Edit] = []
    for edit in edits:
        while end <= edit[0] and start < len(text):
            kept.append((start, end, ""))
            start, end = next(taken)
        if edit[1] <= start:
            kept.append(edit)
    kept += [(first, last, "") for first, last in [(start, end), *taken] if first < last]
    return edited(text, kept, how)


def turned(batch: Folded) -> Written:
    """Posts with text that is shown in the other direction than it is stored in."""
    return Written(Disguise.TURNED, _turned(batch) if batch.overridden else ())


def _turned(batch: Folded) -> Iterator[tuple[int, View]]:
    for post, original in enumerate(batch.originals):
        if OVERRIDE not in original:
            continue
        text = batch.text(post)
        pieces: list[tuple[int, int]] = []
        for found in islice(_TURNED.finditer(original), MOST):
            start, end = batch.index(post, found.start(1)), batch.index(post, found.end(1))
            if end - start > 1:
                pieces.append((start, end))
        if pieces:
            yield post, backwards(text, pieces)


def backwards(text: str, pieces: Sequence[tuple[int, int]]) -> Turned:
    """The text with these pieces the other way round."""
    parts: list[str] = []
    done = 0
    for start, end in pieces:
        parts += text[done:start], text[start:end][::-1]
        done = end
    return Turned("".join((*parts, text[done:])), Disguise.TURNED, pieces=tuple(pieces))
