"""Text that a machine would write otherwise: entities escaped twice, and text stored backwards.

`&#21152;` in a text is what a board shows that escapes twice. Behind U+202E
(right-to-left override) text is stored from right to left and shown from left to right.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

import numpy as np

from patrol.models import Disguise
from pipelines.fold import OVERRIDE, Folded, fold_one
from pipelines.readings import MOST, Edit, Turned, View, Written, edited

_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#[0-9]{1,7};?|#x[0-9a-f]{1,6};?|[a-z]{2,8}[0-9]{0,2};)")
"""A browser reads numbers without their semicolon too."""
_TURNED = re.compile(f"{OVERRIDE}([^\u202c\n\u2029]+)")


def entities(batch: Folded) -> Written:
    """Posts in which entities stand."""
    ampersands = np.flatnonzero(batch.codes == ord("&"))
    edits: dict[int, list[Edit]] = {}
    for place in batch.few(ampersands, MOST).tolist():
        found = _ENTITY.match(batch.joined, place)
        read = _read(found[0]) if found else None
        if found and read is not None:
            post = bisect_right(batch.starts, place) - 1
            first = batch.starts[post]
            edits.setdefault(post, []).append((place - first, found.end() - first, read))
    return Written(
        Disguise.ENTITIES,
        [(post, edited(batch.text(post), some, Disguise.ENTITIES)) for post, some in edits.items()],
    )


def _read(entity: str) -> str | None:
    """What an entity says, folded; None if it says nothing."""
    plain = html.unescape(entity.replace("amp;", ""))
    return None if plain.startswith("&") and len(plain) > 1 else fold_one(plain)


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
        parts: list[str] = []
        done = 0
        for start, end in pieces:
            parts += text[done:start], text[start:end][::-1]
            done = end
        if pieces:
            yield (
                post,
                Turned("".join((*parts, text[done:])), Disguise.TURNED, pieces=tuple(pieces)),
            )
