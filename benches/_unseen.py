"""What is found in lines that were written before their authors knew the rules' words.

`tests/data/quality/unseen/`: scams of the kinds met in Taiwan and advice that quotes them, offers of
the other categories and their look-alikes, possible victims beside those who say nearly the same,
contacts and prices. Rules may be mended on one half, `tune`; the other half, `held`, is only counted.

`lines.tsv` came last, with the readers of contacts and prices as they were: every contact with its
role, every amount, and a third of lines that hold neither but look it (order numbers, scores, 110).
`later_lines.tsv` are as many again, in two sets: one written before the second mending, one after it.
`latest_lines.tsv`, `latest_disguises.tsv` and `no_contacts.txt` (numbers of orders, parcels, versions, days and
pupils) were written before the third, by an author who had not read the readers.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zlib import crc32

from benches._contacts import rows_of
from benches._disguise import words
from benches._figures import figure, pair
from benches._found import WordFinder
from benches._labelled import packs
from patrol.models import HandleKind, HandleRole, LeadKind
from patrol.settings import ROOT
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
        figures |= _victims(flagger, name, "victims")
        figures |= _victims(flagger, name, "later_victims")
        figures |= _victims(flagger, name, "latest_victims")
        figures |= _context(flagger, name, "context")
        figures |= _context(flagger, name, "later_context")
        figures |= _contacts(f"unseen.{name}", _rows("contacts", name))
        figures |= _prices(f"unseen.{name}", _rows("prices", name))
        figures |= _lines("lines", name)
        figures |= _lines("later_lines", name)
        figures |= _lines("latest_lines", name)
        figures |= _numbers(name)
        figures |= _disguises(name)
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


def _victims(flagger: Flagger, name: str, table: str) -> dict[str, Mapping[str, Any]]:
    """Who needs help, and who says nearly the same."""
    rows = _rows(table, name, "victim")
    speak = [packs(one) for one in flagger.flag([row["victim"] for row in rows])]
    others = [packs(one) for one in flagger.flag([row["other"] for row in rows])]
    victim = str(LeadKind.POSSIBLE_VICTIM)
    return {
        f"unseen.{name}.{table}.recall": _share(victim in one for one in speak),
        f"unseen.{name}.{table}_others.false_leads": _share(victim in one for one in others),
    }


def _context(flagger: Flagger, name: str, table: str) -> dict[str, Mapping[str, Any]]:
    """Who quotes an offer to warn, teach or report, and who hides one behind quotes and warnings."""
    rows = _rows(table, name)
    found = [packs(one) for one in flagger.flag([row["text"] for row in rows])]
    told: dict[str, list[bool]] = {"framed": [], "hidden": []}
    for row, hit in zip(rows, found, strict=True):
        hidden = row["sort"] == "hidden"
        told[row["sort"]].append(row["pack"] in hit if hidden else bool(hit))
    return {
        f"unseen.{name}.{table}.framed.false_leads": _share(told["framed"]),
        f"unseen.{name}.{table}.hidden.recall": _share(told["hidden"]),
    }


def _lines(table: str, name: str) -> dict[str, Mapping[str, Any]]:
    r"""Contacts and prices of the same lines; `\n` stands for the end of a line."""
    rows = [{**row, "text": row["text"].replace("\\n", "\n")} for row in _rows(table, name)]
    plain = [row["text"] for row in rows if row["sort"] == NOTHING]
    read = zip(_handles(plain), map(_amounts, plain), strict=True)
    return {
        **_contacts(f"unseen.{name}.{table}", rows),
        **_prices(f"unseen.{name}.{table}", rows),
        f"unseen.{name}.{table}.lookalike.hits": _share(any(one) for one in read),
    }


def _numbers(name: str) -> dict[str, Mapping[str, Any]]:
    """Lines full of numbers that are nobody's contact."""
    path = ROOT / "tests" / "data" / "quality" / "unseen" / "no_contacts.txt"
    lines = [line for line in path.read_text("utf-8").splitlines() if half(line) == name]
    return {f"unseen.{name}.no_contacts.hits": _share(map(bool, _handles(lines)))}


def _disguises(name: str) -> dict[str, Mapping[str, Any]]:
    """Listed words in disguises of fifty kinds, each a post of its own."""
    rows = rows_of("quality/unseen/latest_disguises.tsv")
    finder = WordFinder(sorted({*words(), *(row["word"] for row in rows)}))
    own = [row for row in rows if half(row["word"] + row["text"]) == name]
    found = finder.find([row["text"].replace("\\n", "\n") for row in own])
    told = [
        any(word == row["word"] for word, _ in hits) for row, hits in zip(own, found, strict=True)
    ]
    return {f"unseen.{name}.disguises.recall": _share(told)}


def _contacts(prefix: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Mapping[str, Any]]:
    right = wanted = found = roles = 0
    for row, read in zip(rows, _handles([row["text"] for row in rows]), strict=True):
        meant = dict(map(_named, (row["handles"] or "").split()))
        both = meant.keys() & read.keys()
        right, wanted, found = right + len(both), wanted + len(meant), found + len(read)
        roles += sum(meant[one] is read[one] for one in both)
    return {
        f"{prefix}.handles.recall": figure(right, wanted),
        f"{prefix}.handles.precision": figure(right, found),
        f"{prefix}.roles.recall": figure(roles, right),
    }


def _handles(texts: Sequence[str]) -> list[dict[tuple[HandleKind, str], HandleRole]]:
    """The contacts in each of these texts."""
    flaggings = Flagger(Ruleset.build([], [])).flag(texts)
    return [{(one.kind, one.value): one.role for one in flagging.handles} for flagging in flaggings]


def _named(text: str) -> tuple[tuple[HandleKind, str], HandleRole]:
    kind, _, rest = text.partition(":")
    value, _, role = rest.rpartition(":")
    return (HandleKind(kind), value), HandleRole(role)


def _prices(prefix: str, rows: Sequence[Mapping[str, str]]) -> dict[str, Mapping[str, Any]]:
    right = wanted = found = 0
    for row in rows:
        meant = set(map(Decimal, (row["amounts"] or "").split()))
        read = _amounts(row["text"])
        right, wanted, found = right + len(meant & read), wanted + len(meant), found + len(read)
    return {
        f"{prefix}.prices.recall": figure(right, wanted),
        f"{prefix}.prices.precision": figure(right, found),
    }


def _amounts(text: str) -> set[Decimal]:
    return {one.amount for one in prices(fold_one(text))}


def _share(answers: Iterable[bool]) -> Mapping[str, Any]:
    told = list(answers)
    return figure(sum(told), len(told))
