"""Copies of invented advertisements, of which it is known whose they are; and what our joining makes of them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

import yaml

from benches._figures import figure
from benches._ordinary import grammars
from patrol.models import Flagging, HandleRole
from patrol.settings import ROOT
from pipelines.bonds import MOST_AUTHORS, Paper, everybodys, groups
from pipelines.duplicates import SHORTEST_DUPLICATE, squeezed
from pipelines.flow import Flagger
from pipelines.near import sign, without

SEED = 20_261_123
COPIES = 8
"""Of each advertisement."""
SELLERS = 40
"""Who offer one contact in words that have nothing in common."""
NAMED = 3 * 2 * MOST_AUTHORS
"""Strangers who name one of three contacts that are everybody's."""
ASIDE = 4
"""The copies of one advertisement of so many are kept aside."""
_SLOT = re.compile(r"\{(\w+)\}")
_GAPS = (" ", "　", "\u200b", ".", "·")
KEY = 20_261_123 << 64 | 20_261_124


class Told(NamedTuple):
    """A post, and whose it is."""

    text: str
    seller: str
    author: str
    kind: str
    """What a seller's posts have in common: `words`, `contact`, or `nothing`."""
    aside: bool
    messenger: str = ""
    """Of those with a contact in common: where it is. The same name elsewhere is another contact."""


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(
        (ROOT / "tests" / "data" / "quality" / "campaigns.yml").read_text("utf-8")
    )
    return found


@cache
def labelled() -> tuple[Told, ...]:
    """The set: the same each time."""
    chance = Random(SEED)  # noqa: S311  (a corpus, not a secret)
    told = [*_copies(chance), *_contacts(chance), *_everybodys(chance)]
    told += [
        Told(text, f"nobody {nth}", f"nobody {nth}", "nothing", nth % ASIDE == 0)
        for nth, text in enumerate(_strangers()[SELLERS * 3 + NAMED :])
    ]
    chance.shuffle(told)
    return tuple(told)


def _copies(chance: Random) -> list[Told]:
    """Each advertisement copied with other slots, another contact each time, and a few changes."""
    told = []
    for genre, templates in _data()["genres"].items():
        for nth, template in enumerate(templates):
            aside = crc32(template.encode()) % ASIDE == 0
            seller = f"{genre} {nth}"
            told += [
                Told(_copy(chance, template), seller, f"{seller} {copy}", "words", aside)
                for copy in range(COPIES)
            ]
    return told


def _copy(chance: Random, template: str) -> str:
    text = _filled(chance, {**_data()["slots"], "c": ["{c}"]}, template)
    changes: list[Callable[[Random, str], str]] = chance.sample(
        (_swapped, _dropped, _tailed, _reworded, _spaced), k=2
    )
    for change in changes:
        text = change(chance, text)
    return text.replace("{c}", _contact(chance, _fresh(chance)))


def _filled(chance: Random, slots: Mapping[str, Sequence[Any]], template: str) -> str:
    return _SLOT.sub(lambda slot: str(chance.choice(slots[slot[1]])), template)


def _fresh(chance: Random) -> str:
    names: list[str] = _data()["names"]
    return f"{chance.choice(names)}{chance.randint(1000, 99999)}"


def _contact(chance: Random, name: str) -> str:
    return str(chance.choice(_data()["contacts"])).format(name)


def _swapped(chance: Random, text: str) -> str:
    """Two neighbouring clauses change places."""
    parts = re.split(r"(，|, )", text)
    clauses = parts[::2]
    place = chance.randrange(max(1, len(clauses) - 1))
    if len(clauses) > 2:
        clauses[place], clauses[place + 1] = clauses[place + 1], clauses[place]
    return (parts[1] if len(parts) > 1 else "").join(clauses)


def _dropped(chance: Random, text: str) -> str:
    """A clause without the contact is left out."""
    between = "，" if "，" in text else ", "
    clauses = text.split(between)
    droppable = [nth for nth, one in enumerate(clauses) if "{c}" not in one]
    if len(clauses) > 3:
        del clauses[chance.choice(droppable)]
    return between.join(clauses)


def _tailed(chance: Random, text: str) -> str:
    tails: list[str] = _data()["tails"]
    return text + chance.choice(tails)


def _reworded(chance: Random, text: str) -> str:
    for one, other in _data()["synonyms"]:
        if one in text and chance.random() < 0.7:
            text = text.replace(one, other)
    return text


def _spaced(chance: Random, text: str) -> str:
    """Something stands between a few letters."""
    gap = chance.choice(_GAPS)
    return "".join(
        f"{char}{gap}" if chance.random() < 0.15 and char not in "{c}" else char for char in text
    ).replace("{ c}", "{c}")


@cache
def _strangers() -> tuple[str, ...]:
    """Ordinary posts of which no two are made of the same sentence."""
    chance = Random(SEED + 1)  # noqa: S311
    made = [
        _filled(chance, grammar.slots, sentence)
        for grammar in grammars().values()
        for sentences in grammar.genres.values()
        for sentence in sentences
    ]
    chance.shuffle(made)
    return tuple(made)


def _contacts(chance: Random) -> list[Told]:
    """Sellers who write anew each time, and can be reached in one place."""
    told = []
    posts = _strangers()
    for nth in range(SELLERS):
        name = _fresh(chance)
        for copy, text in enumerate(posts[nth * 3 : nth * 3 + 3]):
            carrier, contact = chance.choice(_data()["strangers"]), _contact(chance, name)
            told.append(
                Told(
                    carrier.format(text, contact), f"contact {nth}", f"contact {nth} {copy}",
                    "contact", nth % ASIDE == 0, _messenger(contact),
                )
            )  # fmt: skip
    return told


def _messenger(contact: str) -> str:
    """Where it is to be added, by its words."""
    return next((one for one in ("telegram", "微信") if one in contact), "line")


def _everybodys(chance: Random) -> list[Told]:
    """Strangers who name the same contact: a robot, a hotline, a shop of more authors than a seller has."""
    names = ("@orderbot", "165", "bigshop2026")
    return [
        Told(f"{text}，{_contact(chance, names[nth % 3])}", f"named {nth}", f"named {nth}", "nothing", nth % ASIDE == 0)
        for nth, text in enumerate(_strangers()[SELLERS * 3 : SELLERS * 3 + NAMED])
    ]  # fmt: skip


def papers(told: Sequence[Told], found: Sequence[Flagging]) -> list[Paper]:
    """Posts as they are compared, by what our reader of contacts says."""
    offered = [
        {
            f"{handle.kind}:{handle.value}"
            for handle in one.handles
            if handle.role is HandleRole.OFFERED and not everybodys(handle.kind, handle.value)
        }
        for one in found
    ]
    authors: dict[str, set[str]] = defaultdict(set)
    for one, tags in zip(told, offered, strict=True):
        for tag in tags:
            authors[tag].add(one.author)
    bare = [
        without(one.text, [(handle.span.start, handle.span.end) for handle in flags.handles])
        for one, flags in zip(told, found, strict=True)
    ]
    signed = sign(bare, KEY)
    made = []
    for one, signature, tags in zip(told, signed, offered, strict=True):
        said = squeezed(one.text)
        own = frozenset(tag for tag in tags if len(authors[tag]) <= MOST_AUTHORS)
        made.append(Paper(said if len(said) >= SHORTEST_DUPLICATE else "", signature, own))
    return made


def campaign_figures(flagger: Flagger) -> dict[str, Mapping[str, Any]]:
    """Of pairs of posts by one seller, how many came together; of pairs that came together, how many are one seller's."""
    told = labelled()
    joined = groups(papers(told, flagger.flag([one.text for one in told])))
    figures = {**_pairs("campaigns", told, joined)}
    aside = [nth for nth, one in enumerate(told) if one.aside]
    figures |= _pairs(
        "campaigns.aside", [told[nth] for nth in aside], [joined[nth] for nth in aside]
    )
    for kind in ("words", "contact"):
        some = [nth for nth, one in enumerate(told) if one.kind == kind]
        name = f"campaigns.{kind}"
        found = _pairs(name, [told[nth] for nth in some], [joined[nth] for nth in some])
        figures[f"{name}.recall"] = found[f"{name}.recall"]
    same = [
        (told[nth]._replace(seller=f"{told[nth].seller} {told[nth].messenger}"), joined[nth])
        for nth in some
    ]
    name = "campaigns.contact.same_messenger"
    found = _pairs(name, [one for one, _ in same], [number for _, number in same])
    return {**figures, f"{name}.recall": found[f"{name}.recall"]}


def _pairs(name: str, told: Sequence[Told], joined: Sequence[int]) -> dict[str, Mapping[str, Any]]:
    same = _count(Counter(one.seller for one in told))
    together = _count(Counter(joined))
    both = _count(Counter(zip((one.seller for one in told), joined, strict=True)))
    return {
        f"{name}.recall": figure(both, same),
        f"{name}.precision": figure(both, together),
    }


def _count(sizes: Mapping[Any, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
