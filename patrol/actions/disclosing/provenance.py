"""Where a lead's words come from: the captures that hold them, and what changed from one version of a post to the next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from patrol.actions.triaging.reading import OpenSighting

LONGEST = 2_000
"""Pieces that are compared of a version; what stands behind them is told as changed."""
_PIECE = re.compile(r"[^\W\u2e80-\uffff]+|\s+|.", re.DOTALL)
"""A word or a number in letters of the alphabet, blanks, or one character."""


@dataclass(frozen=True)
class CaptureShown:
    """A page as it was received, of which some of the lead's words are."""

    fetched_at: datetime
    source_title: dict[str, str]
    engine: str
    run_id: int
    sha256: str
    sightings: int


@dataclass(frozen=True)
class Change:
    """A stretch that both versions have, that is gone, or that is new."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class Versions:
    """What changed between two versions of a post."""

    older: int
    newer: int
    source_title: dict[str, str]
    first_seen_at: datetime
    """The newer one."""
    changes: tuple[Change, ...]


def captures(opened: Sequence[OpenSighting]) -> tuple[CaptureShown, ...]:
    """The captures of those sightings, the newest first."""
    counted: dict[int, int] = {}
    rows = {one.row.capture_id: one.row for one in opened}
    for one in opened:
        counted[one.row.capture_id] = counted.get(one.row.capture_id, 0) + 1
    shown = [
        CaptureShown(
            fetched_at=row.capture.fetched_at,
            source_title=row.source.body["title"],
            engine=row.capture.engine,
            run_id=row.capture.run_id,
            sha256=row.capture.raw_sha256,
            sightings=counted[pk],
        )
        for pk, row in rows.items()
    ]
    return tuple(sorted(shown, key=lambda one: one.fetched_at, reverse=True))


def versions(opened: Sequence[OpenSighting]) -> tuple[Versions, ...]:
    """Of each post that was edited, each change from one version to the next, the newest first."""
    posts: dict[tuple[int, str], list[OpenSighting]] = {}
    for one in opened:
        posts.setdefault((one.row.source_id, one.row.key), []).append(one)
    found = []
    for same in posts.values():
        same.sort(key=lambda one: one.row.version)
        found += [
            Versions(
                older=older.row.version,
                newer=newer.row.version,
                source_title=newer.row.source.body["title"],
                first_seen_at=newer.row.first_seen_at,
                changes=changes(older.words, newer.words),
            )
            for older, newer in pairwise(same)
        ]
    return tuple(sorted(found, key=lambda one: one.first_seen_at, reverse=True))


def changes(older: str, newer: str) -> tuple[Change, ...]:
    """What turns the older text into the newer one. Without what is new it is the older, without what is gone the newer."""
    one, other = _PIECE.findall(older), _PIECE.findall(newer)
    return tuple(_changes(one[:LONGEST], other[:LONGEST])) + tuple(
        Change(kind, rest)
        for kind, rest in _rests("".join(one[LONGEST:]), "".join(other[LONGEST:]))
    )


def _rests(older: str, newer: str) -> Iterator[tuple[Literal["same", "gone", "new"], str]]:
    if older == newer:
        if older:
            yield "same", older
        return
    if older:
        yield "gone", older
    if newer:
        yield "new", newer


def _changes(one: Sequence[str], other: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for _, begin, end, new_begin, new_end in matcher.get_opcodes():
        yield from (
            Change(kind, rest)
            for kind, rest in _rests("".join(one[begin:end]), "".join(other[new_begin:new_end]))
        )
