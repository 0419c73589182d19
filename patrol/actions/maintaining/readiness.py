"""Whether this installation can serve: asked by machines, every few seconds, without sign-in. Tells no content and no number."""

import threading
import time
from dataclasses import dataclass

from patrol.errors import PatrolError
from patrol.register import log
from patrol.search import Query, open_index
from patrol.settings import Settings

FRESH_SECONDS = 5.0
"""An answer is repeated that long: asking writes and syncs a block, and anybody may ask."""

INDEX_SECONDS = 2.0


@dataclass(frozen=True)
class Readiness:
    """What was found."""

    register: bool
    """A record can be written, so pages can be served."""
    index: bool
    """Searches are answered. Without it the queue, decisions and runs go on."""

    @property
    def ready(self) -> bool:
        return self.register


_asking = threading.Lock()
_last: tuple[float, str, Readiness] | None = None


def readiness(settings: Settings) -> Readiness:
    """The answer, at most `FRESH_SECONDS` old. One caller looks, the others take what was found before."""
    global _last
    home = str(settings.home)
    with _asking:
        if _last is None or _last[1] != home or time.monotonic() - _last[0] > FRESH_SECONDS:
            _last = (time.monotonic(), home, Readiness(_register(), _index(settings)))
        return _last[2]


def _register() -> bool:
    try:
        log.refuse_unwritable()
    except PatrolError:
        return False
    return True


def _index(settings: Settings) -> bool:
    """Whether it answers within `INDEX_SECONDS`: one that hangs is away too, and keeps nobody waiting."""
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(_answers(settings)), daemon=True)
    asking.start()
    asking.join(INDEX_SECONDS)
    return answers == [True]


def _answers(settings: Settings) -> bool:
    try:
        index = open_index(settings)
        try:
            index.count(Query(), {})
        finally:
            index.close()
    except PatrolError:
        return False
    return True
