"""The demo's present: what happens after the workbench has opened, second by second.

Nothing is written by hand here. Somebody posts on a board, a board falls over,
a mandate ends; what Patrol makes of it comes from the schedule, the runs and
the rules, and is only told here once it can be seen.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connections, transaction

from patrol.actions.collecting.outcomes import SENTENCES
from patrol.demo.boards import Boards
from patrol.demo.stage import SHORT_LIVED, Stage, authorize
from patrol.models import LeadKind, LeadStatus, Outcome, Source
from patrol.register.tables import AuthorizationRow, Lead, RunRow, SourceRow

EVERY_SECONDS = 60
"""How often the demo's sources are read."""

LOOK_SECONDS = 0.2

Tell = Callable[[float, str], None]
"""Told the second of the story, and a line."""

Seen = Callable[[], str | None]
"""The line to tell once there is something to see."""


@dataclass
class Present:
    """The world in which the story takes place."""

    stage: Stage
    boards: Boards
    sources: dict[str, Source]
    pace: float = 1.0
    """How many times faster than told."""
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def at(self, second: float) -> datetime:
        """When that second of the story is."""
        return self.begun_at + timedelta(seconds=second / self.pace)

    def page(self, path: str) -> str:
        """The address of a page of the workbench."""
        return f"http://{self.stage.settings.bind}{path}"

    def title(self, name: str) -> str:
        """A source as pages call it."""
        return f"{self.sources[name].title['zh-Hant']} ({name})"


class Scene(NamedTuple):
    """Something that happens: what is told of it, what it does, and what will be seen of it."""

    second: float
    act: Callable[[Present], Iterator[str | Seen]]
    """Gives lines to tell now, and what to look out for from now on."""


def begin_mandate(present: Present) -> Iterator[str | Seen]:
    """Two supervisors renew a mandate that ends while the board is being read."""
    until = present.at(ENDS)
    slow = present.sources[SHORT_LIVED].model_copy(
        update={"seconds_between_requests": 8 / present.pace}
    )
    authorize(slow, until, since=present.at(12), engine=present.boards[SHORT_LIVED].engine)
    yield (
        f"Two supervisors renew the mandate of {present.title(SHORT_LIVED)}: it ends at "
        f"{until.astimezone():%H:%M:%S}. The board is slow, and will still be being read then."
    )


def post_offer(present: Present) -> Iterator[str | Seen]:
    """An advert on the slow board: the first new lead."""
    before = _last_lead()
    present.boards[SHORT_LIVED].add_post(
        "誠徵車手、收簿手，日領12000，學生可，免經驗，Telegram @harbor_example99",
        author="日領快手",
        title="輕鬆日領群",
    )
    yield f"Somebody posts on {present.title(SHORT_LIVED)}. Watch the queue: it will be read within the minute."

    def seen() -> str | None:
        lead = Lead.objects.filter(pk__gt=before, source__name=SHORT_LIVED).first()
        return (
            f"A new lead waits in the queue: {present.page(f'/leads/{lead.pk}/')}" if lead else None
        )

    yield seen


def open_browser(present: Present) -> Iterator[str | Seen]:
    """A board that draws itself gets its first mandate; it is read by a browser that has no network."""
    for name, source in present.sources.items():
        if source.browser:
            authorize(source, present.at(0) + timedelta(days=60))
            yield f"Two supervisors authorize {present.title(name)}, which only a browser can read."
            yield _outcome(present, name, Outcome.OK, present.begun_at)


def kill_board(present: Present) -> Iterator[str | Seen]:
    """A board answers nothing but errors from now on."""
    present.boards["night_market"].die()
    yield f"The server of {present.title('night_market')} breaks: it answers 500 from now on."
    yield _outcome(present, "night_market", Outcome.SERVER_ERROR, datetime.now(UTC))


def post_plea(present: Present) -> Iterator[str | Seen]:
    """Somebody asks for help: a possible victim, before everything else."""
    before = _last_lead()
    present.boards["harbor_forum"].add_post(
        "我今年國一，網友一直逼我傳照片，還威脅要把我的照片傳給同學，我好怕，不敢跟爸媽說，誰可以救我",
        author="匿名小貝殼",
        title="不知道可以跟誰說",
        expected=LeadKind.POSSIBLE_VICTIM,
    )
    yield f"Somebody asks for help on {present.title('harbor_forum')}."

    def seen() -> str | None:
        leads = Lead.objects.filter(pk__gt=before, source__name="harbor_forum")
        lead = leads.filter(kind=LeadKind.POSSIBLE_VICTIM).first()
        if lead is None:
            return None
        return f"A possible victim stands first in the queue: {present.page(f'/leads/{lead.pk}/')}"

    yield seen


def end_mandate(present: Present) -> Iterator[str | Seen]:
    """Nothing is done: the mandate is over by itself. A new one takes two people, and they are you."""
    yield f"The mandate of {present.title(SHORT_LIVED)} is over; nothing more may be asked of it."
    yield _outcome(present, SHORT_LIVED, Outcome.AUTHORIZATION_ENDED, present.begun_at)
    yield _renewed(present, SHORT_LIVED)


ENDS = 100
"""The second at which the short mandate is over."""

SCENES = (
    Scene(0, begin_mandate),
    Scene(6, post_offer),
    Scene(30, open_browser),
    Scene(70, kill_board),
    Scene(95, post_plea),
    Scene(ENDS, end_mandate),
)


def first_lead() -> int | None:
    """The open lead that the officer's link opens on: the weightiest, possible victims left aside."""
    leads = Lead.objects.filter(status=LeadStatus.NEW, kind=LeadKind.LEAD)
    return leads.order_by("-rank", "-pk").values_list("pk", flat=True).first()


class Storyteller(threading.Thread):
    """Plays the scenes in their seconds, and tells what becomes of them."""

    def __init__(self, present: Present, tell: Tell) -> None:
        super().__init__(name="story", daemon=True)
        self._present = present
        self._tell = tell
        self._over = threading.Event()
        self._watched: list[Seen] = []

    def run(self) -> None:
        scenes = list(SCENES)
        try:
            while not self._over.wait(LOOK_SECONDS) and (scenes or self._watched):
                while scenes and self._second() >= scenes[0].second:
                    self._play(scenes.pop(0))
                self._look()
                if self._present.pace > 1:
                    _hurry(EVERY_SECONDS / self._present.pace)
        finally:
            connections.close_all()

    def stop(self) -> None:
        """End after the scene at hand."""
        self._over.set()
        if self.is_alive():
            self.join(5)

    def _second(self) -> float:
        return (datetime.now(UTC) - self._present.begun_at).total_seconds() * self._present.pace

    def _play(self, scene: Scene) -> None:
        for each in scene.act(self._present):
            if isinstance(each, str):
                self._tell(self._second(), each)
            else:
                self._watched.append(each)

    def _look(self) -> None:
        for seen in list(self._watched):
            if (line := seen()) is not None:
                self._watched.remove(seen)
                self._tell(self._second(), line)


def _outcome(present: Present, name: str, outcome: Outcome, since: datetime) -> Seen:
    """What to tell once a run of that source has ended so."""

    def seen() -> str | None:
        ended = RunRow.objects.filter(source__name=name, outcome=outcome, ended_at__gte=since)
        if not ended.exists():
            return None
        return f"“{SENTENCES[outcome][0]}” {present.page(f'/sources/{name}/')}"

    return seen


def _renewed(present: Present, name: str) -> Seen:
    """What to tell once two people have renewed a mandate, and the source is read under it."""
    mandates = AuthorizationRow.objects.filter(source__name=name)
    before = mandates.order_by("-pk").values_list("pk", flat=True).first() or 0

    def seen() -> str | None:
        new = mandates.filter(pk__gt=before, runs__begun_at__isnull=False)
        mandate = new.select_related("requester", "approver").first()
        if mandate is None or mandate.approver is None:
            return None
        return (
            f"{mandate.requester.account} asked and {mandate.approver.account} approved: "
            f"{present.title(name)} is read again. {present.page(f'/sources/{name}/')}"
        )

    return seen


def _last_lead() -> int:
    return Lead.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _hurry(seconds: float) -> None:
    """No source waits longer than that for its next run."""
    soon = datetime.now(UTC) + timedelta(seconds=seconds)
    late = SourceRow.objects.filter(paused_at=None, next_due_at__gt=soon + timedelta(seconds=1))
    if late.exists():
        with transaction.atomic():
            late.update(next_due_at=soon)
