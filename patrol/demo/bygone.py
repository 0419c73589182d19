"""Posts that boards no longer show: what the invented month brought to light, from the texts in `texts/past`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from pydantic import TypeAdapter

from patrol.demo.almanac import moment
from patrol.demo.boards import Board
from patrol.demo.boards.texts import FOLDER, Slots, read_yaml
from patrol.models import Category, LeadKind, Model, Post, PostedAt, Precision

Written = Category | LeadKind
"""What a text was written to be flagged as."""

SHARES: Mapping[Written, int] = {
    Category.FRAUD: 21,
    Category.GAMBLING: 14,
    Category.SOLICITATION: 14,
    Category.DRUGS: 12,
    Category.ORGANIZED_CRIME: 9,
    Category.EMOTIONAL_DECEPTION: 7,
    Category.INTIMIDATION: 6,
    LeadKind.POSSIBLE_VICTIM: 6,
    Category.TRADING: 5,
    Category.ARMS: 3,
    Category.EMOTIONAL_BLACKMAIL: 3,
}
"""How many in a hundred are of each kind."""

HARMLESS = 0.08
"""Share that rules take for something, and that an officer dismisses at a glance."""

REPEATED = 0.12
"""Share that stands on another board some hours later, under another name."""

FIRST_KEY = 50_001
"""Numbers of posts that are gone, far from those that the boards show."""

_HANDLES = [
    "coach",
    "gold",
    "night",
    "lucky",
    "cloud",
    "moon",
    "tea",
    "room",
    "papa",
    "book",
    "runner",
    "swap",
    "folder",
    "iron",
    "barrel",
    "hall",
    "odds",
    "cat",
    "bolt",
    "kind",
]
COMMON: Slots = {
    "place": ["港邊", "車站", "夜市", "南門", "橋頭", "舊街"],
    "day": ["tonight", "Friday", "Saturday", "on Sunday", "tomorrow"],
    "number": ["2", "3", "4", "5", "6", "8"],
    "age": ["13", "14", "15", "16"],
}
_AUTHORS = [
    "夜歸人七號",
    "星期八",
    "半糖去冰",
    "港口小編",
    "南風",
    "路過的貓",
    "月光族",
    "小幫手",
    "阿順",
    "白噪音",
    "quicksilver",
    "三號月台",
    "早安",
    "鐵皮屋",
    "藍色雨衣",
    "匿名者",
    "老地方",
    "深夜食堂",
    "toothpick",
    "轉角",
    "打卡王",
    "無糖綠",
    "便當哥",
    "sparrow9",
]


class PastText(Model):
    """A text with slots; `expected` is what a harmless one is taken for."""

    title: str | None = None
    text: str
    language: Literal["zh-Hant", "zh-Hans", "en"] = "zh-Hant"
    expected: Category | None = None


class PastTexts(Model):
    """Texts of one kind."""

    slots: Slots
    texts: list[PastText]


@dataclass(frozen=True, slots=True)
class Bygone:
    """A post of the past, and whether it was only taken for something."""

    post: Post
    at: datetime
    harmless: bool


def past_texts() -> dict[str, PastTexts]:
    """All of them, by what they were written to be."""
    reader = TypeAdapter(PastTexts)
    files = sorted((FOLDER / "past").glob("*.yml"))
    return {path.stem: reader.validate_python(read_yaml(path)) for path in files}


def bygone(
    boards: Mapping[str, Board], seed: int, since: datetime, until: datetime, count: int
) -> list[Bygone]:
    """So many posts of those boards between the two moments, oldest first."""
    writer = _Writer(boards, Random(f"{seed} past"), since, until)  # noqa: S311  (a story, not a secret)
    return sorted(writer.write(count), key=lambda each: each.at)


class _Writer:
    def __init__(
        self, boards: Mapping[str, Board], chance: Random, since: datetime, until: datetime
    ) -> None:
        self._boards = boards
        self._chance = chance
        self._since = since
        self._until = until
        self._texts = past_texts()
        self._written: set[str] = set()
        self._keys = dict.fromkeys(boards, FIRST_KEY)
        self._handles = [f"{word}_example{40 + n}" for n in range(9) for word in _HANDLES]

    def write(self, count: int) -> Iterator[Bygone]:
        """About that many; fewer where every text of a kind is written already."""
        for written in self._chance.choices(
            list(SHARES), list(SHARES.values()), k=round(count / (1 + REPEATED))
        ):
            harmless = self._chance.random() < HARMLESS
            name = "harmless" if harmless else written.value
            found = self._new(self._texts[name])
            if found is None:
                continue
            source = self._chance.choice(self._where(found))
            at = moment(self._chance, self._since, self._until)
            yield Bygone(self._post(source, found, at), at, harmless)
            later = at + timedelta(hours=1 + 40 * self._chance.random())
            if written in Category and self._chance.random() < REPEATED and later < self._until:
                elsewhere = [name for name in self._where(found) if name != source] or [source]
                again = self._post(self._chance.choice(elsewhere), found, later)
                yield Bygone(again, later, harmless)

    def _new(self, texts: PastTexts) -> PastText | None:
        """One of the texts with words in its slots, such as was not written yet."""
        for _ in range(24):
            drawn = self._chance.choice(texts.texts)
            words = {
                name: self._chance.choice(choices)
                for name, choices in {**COMMON, **texts.slots}.items()
            }
            words["id"] = self._handle()
            text = drawn.text.format_map(words)
            if text not in self._written:
                self._written.add(text)
                title = drawn.title.format_map(words) if drawn.title else None
                return drawn.model_copy(update={"title": title, "text": text})
        return None

    def _handle(self) -> str:
        """Some contacts come back again and again, most do not."""
        busy = self._handles[: len(_HANDLES)]
        return self._chance.choice(busy if self._chance.random() < 0.25 else self._handles)

    def _where(self, text: PastText) -> list[str]:
        """Boards where that language is written: simplified characters on those that have such an area."""
        if text.language == "zh-Hans":
            return [name for name, board in self._boards.items() if board.engine == "discuz"]
        return list(self._boards)

    def _post(self, source: str, text: PastText, at: datetime) -> Post:
        number = self._keys[source]
        self._keys[source] += 1
        return Post(
            source=source,
            key=f"p{number}",
            url=f"http://{self._boards[source].host}/gone/{number}",
            author=self._chance.choice(_AUTHORS),
            posted_at=PostedAt(at=at, precision=Precision.MINUTE, read_from="time[datetime]"),
            title=text.title,
            text=text.text,
        )


def due(posts: Sequence[Bygone], since: datetime, until: datetime) -> list[Bygone]:
    """Those that were written after the first moment and up to the second."""
    return [each for each in posts if since < each.at <= until]
