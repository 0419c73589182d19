"""Reads the invented texts: a folder per board, and the notable posts by what they were written to be."""

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from patrol.models import Category, Channel, LeadKind, Model, Name, Titles

FOLDER = Path(__file__).resolve().parent.parent / "texts"
NOTABLE = FOLDER / "notable"

Slots = dict[str, list[str]]


class AreaText(Model):
    """An area as `patrol.demo.boards.board.Area`."""

    id: int
    title: str
    charset: str = "utf-8"
    charset_in_header: bool = True


class ThreadText(Model):
    """A thread to be written once, or as often as its topic says. `{slot}` takes a word of the topic."""

    title: str
    text: str
    replies: int = 0
    pictures: int = 0
    sticky: bool = False


class TopicText(Model):
    """Threads and replies that belong together."""

    slots: Slots = {}
    threads: list[ThreadText]
    replies: list[str] = []
    authors: list[str] = []
    """Who writes of it, where not everybody does."""
    copies: int = 1
    """How often each thread is written, each time with other words in its slots."""


class Chatter(Model):
    """What people talk about in one area."""

    area: AreaText
    authors: list[str] = []
    """Who writes there, where not everybody does."""
    topics: dict[str, TopicText]


class BoardText(Model):
    """A board's front: its software, its name, and the people who write there."""

    engine: Name
    host: str
    title: Titles
    channel: Channel
    authors: list[str]
    story: bool = False
    """Whether it stands in the demo's story alone, and not in its single round."""


class Again(Model):
    """Where the same words stand once more, under another name."""

    board: Name
    area: int
    author: str


class Notable(Again):
    """A post that was written by hand to be flagged, or to look as if it should be."""

    title: str | None = None
    """With one, a thread of its own; without, an answer in somebody else's."""
    text: str
    again: tuple[Again, ...] = ()


Notables = Annotated[list[Notable], Field(min_length=1)]


def read_yaml(path: Path) -> object:
    """A file of texts, as plain lists and maps."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506  (a safe loader, in C where it is)


def board_names(*, story: bool = False) -> list[str]:
    """Every folder that holds a `board.yml`; those of the story only when it is told."""
    names = sorted(path.parent.name for path in FOLDER.glob("*/board.yml"))
    return [name for name in names if story or not board_text(name).story]


@cache
def board_text(name: str) -> BoardText:
    """The front of one board."""
    return BoardText.model_validate(read_yaml(FOLDER / name / "board.yml"))


@cache
def chatter(name: str) -> tuple[Chatter, ...]:
    """Areas of one board with their topics, by number."""
    files = sorted(path for path in (FOLDER / name).glob("*.yml") if path.stem != "board")
    areas = (Chatter.model_validate(read_yaml(path)) for path in files)
    return tuple(sorted(areas, key=lambda each: each.area.id))


@cache
def notable() -> tuple[tuple[Category | LeadKind | None, Notable], ...]:
    """Every notable post with what it was written to be; look-alikes are written to be nothing."""
    found: list[tuple[Category | LeadKind | None, Notable]] = []
    reader = TypeAdapter(Notables)
    for path in sorted(NOTABLE.glob("*.yml")):
        expected = _expected(path.stem)
        found += [(expected, post) for post in reader.validate_python(read_yaml(path))]
    return tuple(found)


def _expected(name: str) -> Category | LeadKind | None:
    if name == "lookalikes":
        return None
    return LeadKind.POSSIBLE_VICTIM if name == LeadKind.POSSIBLE_VICTIM else Category(name)
