"""What is found in lines that were written before their authors knew the rules' words.

`tests/data/quality/unseen/`: scams of the kinds met in Taiwan and advice that quotes them, offers of
the other categories and their look-alikes, possible victims beside those who say nearly the same,
contacts and prices. Rules may be mended on one half, `tune`; the other half, `held`, is only counted.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

from benches._contacts import rows_of
from benches._figures import figure, pair
from benches._labelled import packs
from patrol.models import HandleKind, HandleRole, LeadKind
from pipelines.flow import Flagger
from pipelines.fold import fold_one
from pipelines.prices import prices
from pipelines.rules import Ruleset

HALVES = ("tune", "held")
NOTHING = "none"
"""What is expected of a line that no rule should hit."""


def half(text: str) -> str:
    """Which half a line belongs to, for ever."""
    return HALVES[crc32(text.encode()) % 2]


def unseen_figures(flagger: Flagger) -> dict[str, Mapping[str, Any]]:
    """All of them, by half."""
    figures: dict[str, Mapping[str, Any]] = {}
    for name in HALVES:
        figures |= _posts(flagger, name)
        figures |= _victims(flagger, name)
        figures |= _contacts(name)
        figures |= _prices(name)
    return figures


def _rows(table: str, name: str, key: str = "text") -> list[dict[str, str]]:
    return [row for row in rows_of(f"quality/unseen/{table}.tsv") if half(row[key]) == name]


def _posts(flagger: Flagger, name: str) -> dict[str, Mapping[str, Any]]:
    rows = _rows("posts", name)
    found = [packs(one) for one in flagger.flag([row["text"] for row in rows])]
    told: dict[str, list[bool]] = {}
    against: list[tuple[bool, bool]] = []
    for row, hit in zip(rows, found, strict=True):
        sort = row["kind"].split(".")[-1 if row["kind"].startswith("late") else 0]
        wanted = row["expected"] != NOTHING
        own = bool(hit & set(row["expected"].split()))
        told.setdefault(sort, []).append(own if wanted else bool(hit))
        if sort in {"scam", "advice"}:
            against.append((wanted, own if wanted else bool(hit & {"fraud", "organized_crime"})))
    return {
        **pair(f"unseen.{name}.scam_vs_advice", against),
        f"unseen.{name}.offers.recall": _share(told["offer"]),
        **{
            f"unseen.{name}.{sort}.false_leads": _share(told[sort])
            for sort in ("advice", "lookalike", "ordinary")
        },
    }


def _victims(flagger: Flagger, name: str) -> dict[str, Mapping[str, Any]]:
    rows = _rows("victims", name, "victim")
    speak = [packs(one) for one in flagger.flag([row["victim"] for row in rows])]
    others = [packs(one) for one in flagger.flag([row["other"] for row in rows])]
    victim = str(LeadKind.POSSIBLE_VICTIM)
    return {
        f"unseen.{name}.victims.recall": _share(victim in one for one in speak),
        f"unseen.{name}.victims_others.false_leads": _share(victim in one for one in others),
    }


def _contacts(name: str) -> dict[str, Mapping[str, Any]]:
    rows = _rows("contacts", name)
    right = wanted = found = roles = 0
    flaggings = Flagger(Ruleset.build([], [])).flag([row["text"] for row in rows])
    for row, flagging in zip(rows, flaggings, strict=True):
        meant = dict(map(_named, (row["handles"] or "").split()))
        read = {(one.kind, one.value): one.role for one in flagging.handles}
        both = meant.keys() & read.keys()
        right, wanted, found = right + len(both), wanted + len(meant), found + len(read)
        roles += sum(meant[one] is read[one] for one in both)
    return {
        f"unseen.{name}.handles.recall": figure(right, wanted),
        f"unseen.{name}.handles.precision": figure(right, found),
        f"unseen.{name}.roles.recall": figure(roles, right),
    }


def _named(text: str) -> tuple[tuple[HandleKind, str], HandleRole]:
    kind, _, rest = text.partition(":")
    value, _, role = rest.rpartition(":")
    return (HandleKind(kind), value), HandleRole(role)


def _prices(name: str) -> dict[str, Mapping[str, Any]]:
    right = wanted = found = 0
    for row in _rows("prices", name):
        meant = {int(one) for one in (row["amounts"] or "").split()}
        read = {one.amount for one in prices(fold_one(row["text"]))}
        right, wanted, found = right + len(meant & read), wanted + len(meant), found + len(read)
    return {
        f"unseen.{name}.prices.recall": figure(right, wanted),
        f"unseen.{name}.prices.precision": figure(right, found),
    }


def _share(answers: Iterable[bool]) -> Mapping[str, Any]:
    told = list(answers)
    return figure(sum(told), len(told))
