"""Composes a board's past 30 days from the invented texts. The same seed and time give the same board."""

from datetime import datetime, timedelta
from random import Random
from string import Formatter
from zoneinfo import ZoneInfo

from patrol.demo.boards import discuz, feed, flarum, phpbb
from patrol.demo.boards.board import Area, Board, Expected, Message, Render, Thread
from patrol.demo.boards.texts import (
    Again,
    Slots,
    TopicText,
    board_names,
    board_text,
    chatter,
    notable,
)

PAST = timedelta(days=30)
JUST_NOW = timedelta(minutes=5)
EARLIEST = 6  # o'clock
TAIPEI = ZoneInfo("Asia/Taipei")
LONG_THREAD = 12  # answers; such a thread goes on all the time
TRIES = 12  # other words for a template whose text was already written
RENDERERS: dict[str, Render] = {
    "discuz": discuz.answer,
    "feed": feed.answer,
    "flarum": flarum.answer,
    "phpbb": phpbb.answer,
}

TAGGED = frozenset({"feed"})
"""Kinds of boards that do not send again what has not changed."""


def compose(name: str, seed: int, now: datetime) -> Board:
    """One board with everything that was written there until now."""
    front = board_text(name)
    chance = Random(f"{seed} {name}")  # noqa: S311  (a story, not a secret)
    writer = _Writer(chance, now.replace(microsecond=0))
    for area in chatter(name):
        for topic, text in area.topics.items():
            authors = text.authors or area.authors or front.authors
            writer.write_topic(area.area.id, topic, text, authors)
    for expected, post in notable():
        if post.board == name:
            writer.write_notable(post, expected, post.title, post.text)
        for again in post.again:
            if again.board == name:
                writer.write_notable(again, expected, post.title, post.text)
    return Board(
        name=name,
        engine=front.engine,
        host=front.host,
        title=front.title,
        areas=tuple(Area(**area.area.model_dump()) for area in chatter(name)),
        threads=dict(enumerate(writer.threads)),
        render=RENDERERS[front.engine],
        tags=front.engine in TAGGED,
    )


def compose_all(seed: int, now: datetime, *, story: bool = False) -> dict[str, Board]:
    """All boards by name."""
    return {name: compose(name, seed, now) for name in board_names(story=story)}


class _Words:
    """Fills slots, each word as seldom as possible."""

    def __init__(self, slots: Slots, chance: Random) -> None:
        self._slots = slots
        self._chance = chance
        self._left: dict[str, list[str]] = {}

    def pick(self) -> dict[str, str]:
        """One word for every slot."""
        return {slot: self._next(slot) for slot in self._slots}

    def _next(self, slot: str) -> str:
        if not self._left.get(slot):
            self._left[slot] = self._chance.sample(self._slots[slot], len(self._slots[slot]))
        return self._left[slot].pop()


class _Writer:
    """Writes the threads of one board, no text twice unless somebody means to."""

    def __init__(self, chance: Random, now: datetime) -> None:
        self._authors: list[str] = []
        self._chance = chance
        self._now = now
        self._written: set[str] = set()
        self.threads: list[Thread] = []

    def write_topic(self, area: int, topic: str, text: TopicText, authors: list[str]) -> None:
        """All threads of a topic with their answers."""
        self._authors = authors
        words = _Words(text.slots, self._chance)
        deck: list[int] = []
        for _ in range(text.copies):
            for each in text.threads:
                title, body = self._new(words, each.title, each.text)
                at = self._now - PAST if each.sticky else self._moment()
                first = Message(self._author(), at, body, pictures=each.pictures)
                thread = Thread(area, title, [first], topic, each.sticky)
                thread.messages += self._answers(thread, text.replies, each.replies, words, deck)
                self.threads.append(thread)

    def write_notable(self, where: Again, expected: Expected, title: str | None, text: str) -> None:
        """A thread of its own, or an answer among the chatter of its area."""
        if title is not None:
            message = Message(where.author, self._moment(), text, expected)
            self.threads.append(Thread(where.area, title, [message]))
            return
        chats = [each for each in self.threads if each.area == where.area and each.topic]
        thread = self._chance.choice(chats)
        begun = thread.messages[0].at
        at = self._between(begun, self._now - JUST_NOW - begun)
        thread.messages.append(Message(where.author, at, text, expected))
        thread.messages.sort(key=lambda message: message.at)

    def _answers(
        self, thread: Thread, templates: list[str], wanted: int, words: _Words, deck: list[int]
    ) -> list[Message]:
        """That many answers, in the order in which the templates stand: a find follows a search."""
        drawn: list[int] = []
        while len(drawn) < wanted:
            if not deck:
                deck += self._chance.sample(range(len(templates)), len(templates))
            drawn.append(deck.pop())
        if wanted < LONG_THREAD:
            drawn.sort()
        texts = (self._maybe_new(words, templates[index]) for index in drawn)
        begun = thread.messages[0].at
        span = self._now - JUST_NOW - begun
        if wanted < LONG_THREAD:
            span = min(span, timedelta(days=4) * self._chance.random())
        times = sorted(self._between(begun, span) for _ in drawn)
        return [
            Message(self._author(), at, text)
            for at, text in zip(times, texts, strict=True)
            if text is not None
        ]

    def _new(self, words: _Words, *templates: str) -> list[str]:
        """The templates with the same words in all of them."""
        for _ in range(TRIES):
            picked = words.pick()
            texts = [template.format_map(picked) for template in templates]
            if self._written.isdisjoint(texts):
                break
        self._written.update(texts)
        return texts

    def _maybe_new(self, words: _Words, template: str) -> str | None:
        """The template with words; None when every text it can make is written already."""
        has_slots = any(slot for _, slot, _, _ in Formatter().parse(template))
        for _ in range(TRIES if has_slots else 1):
            text = template.format_map(words.pick())
            if text not in self._written:
                self._written.add(text)
                return text
        return None

    def _author(self) -> str:
        return self._chance.choice(self._authors)

    def _moment(self) -> datetime:
        return self._between(self._now - PAST, PAST - JUST_NOW)

    def _between(self, begun: datetime, span: timedelta) -> datetime:
        """Some second of that span, seldom of the small hours."""
        for _ in range(4):
            at = begun + span * self._chance.random()
            if at.astimezone(TAIPEI).hour >= EARLIEST:
                break
        return max(begun, at.replace(microsecond=0))
