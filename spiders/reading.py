"""What an engine sees on a page, and what that means: posts, threads, the next page, an outcome."""

import re
from typing import Any, NamedTuple

from patrol.errors import BadInput, Exit, PatrolError
from patrol.models import Outcome, Post, ThreadLink
from spiders.detect import knows
from spiders.engines.base import Engine, Kind
from spiders.page import Page
from spiders.walls import gone, wall


class Reading(NamedTuple):
    """All that a page says. `detail` is a sentence for the source's page; it never quotes a post."""

    kind: Kind
    threads: tuple[ThreadLink, ...] = ()
    posts: tuple[Post, ...] = ()
    next_page: str | None = None
    outcome: Outcome = Outcome.OK
    detail: str = ""
    maps: tuple[str, ...] = ()
    """Further lists of the same kind, which a list of lists names."""
    last_page: str | None = None
    """Of a thread, where its first page tells it."""
    previous_page: str | None = None
    entire: bool = False
    """Whether each of its rows became a post, and none is hidden: a post that is not among them is not on the page."""


class UnknownPage(BadInput):
    """No engine knows it."""

    def __init__(self, url: str) -> None:
        super().__init__(
            "no engine knows this page.",
            where=url,
            why="None of the signs by which board software is told is on it, so nobody can say which of its parts are posts.",
            do="Check that it is a thread list, a thread or a feed; name the software with `--engine NAME` if you know it.",
        )


class NotRead(PatrolError):
    """A page was recognised, and its posts were not to be had."""

    def __init__(self, url: str, reading: Reading) -> None:
        why, do, self.exit_code = _REMEDIES.get(reading.outcome, _REMEDIES[Outcome.LAYOUT_CHANGED])
        super().__init__(f"{reading.outcome.value}: {reading.detail}", where=url, why=why, do=do)


_REMEDIES = {
    Outcome.LAYOUT_CHANGED: (
        "The engine finds posts by hooks in the markup, and without them it would guess.",
        "Compare the page with those in tests/spiders/engines/pages and give the engine a new hook.",
        Exit.FAILURE,
    ),
    Outcome.LOGIN_WALL: (
        "Patrol reads what everybody may read; it never logs in.",
        "Choose a public part of the board, or ask its operator through official channels.",
        Exit.REFUSED,
    ),
    Outcome.POLICY_BLOCKED: (
        "A challenge or a refusal is the site's decision; Patrol does not get around it.",
        "Ask the site for access, or record the source as blocked.",
        Exit.REFUSED,
    ),
    Outcome.RATE_LIMITED: (
        "The site said that it is asked too often.",
        "Wait, then ask less often (`seconds_between_requests`).",
        Exit.TRY_LATER,
    ),
    Outcome.SERVER_ERROR: (
        "The board itself does not work at the moment.",
        "Try again later.",
        Exit.TRY_LATER,
    ),
}

_ADVERTISER = re.compile(
    r"(?:advert\w*|ads?|google ?ads(?:ense)?|sponsor(?:ed)?|publicité|werbung|anzeige|реклама|広告|廣告|广告|تبلیغات|reklama?|publicidad|pubblicità)(?: ?bot)?",
    re.IGNORECASE,
)


def behind_wall(page: Page) -> NotRead | None:
    """The error for a page that no engine knows because something else stands in its place."""
    stands = wall(page, unknown=True)
    return (
        NotRead(page.url, Reading("list", outcome=stands.outcome, detail=stands.detail))
        if stands
        else None
    )


def read(page: Page, engine: Engine) -> Reading:
    """What the page says. Never raises for what a board wrote: that is an outcome."""
    page.tell_clock(*engine.clock(page))
    rows = engine.post_rows(page)
    if rows:
        return _posts(page, engine, rows)
    rows = engine.thread_rows(page)
    maps = tuple(engine.maps(page))
    if rows or maps:
        return _threads(page, engine, rows, maps)
    return _nothing(page, engine)


def _posts(page: Page, engine: Engine, rows: list[Any]) -> Reading:
    posts: dict[str, Post] = {}
    faults: list[str] = []
    skipped = unread = 0
    for place, row in enumerate(rows):
        try:
            post = engine.post(page, row, place - skipped)
        except (PatrolError, ValueError) as fault:
            faults.append(_sentence(fault))
            continue
        if post is None or _advertises(post):
            skipped += 1
            unread += post is None
        elif post.key not in posts:
            posts[post.key] = post
    outcome = _outcome(len(posts), faults)
    if not posts and not faults:
        return _nothing(page, engine)
    return Reading(
        kind="feed" if engine.kind(page) == "feed" else "thread",
        posts=tuple(posts.values()),
        next_page=_onward(page, engine),
        outcome=outcome,
        last_page=engine.last_page(page),
        previous_page=engine.previous_page(page),
        detail=_told(len(rows), faults),
        entire=not (faults or unread or (engine.locked and page.has(engine.locked))),
    )


def _advertises(post: Post) -> bool:
    """Whether a post is an advertisement that a theme sets between posts: its author is called so, and it has no date."""
    return post.posted_at is None and bool(_ADVERTISER.fullmatch(post.author or ""))


def _threads(page: Page, engine: Engine, rows: list[Any], maps: tuple[str, ...]) -> Reading:
    threads: dict[str, ThreadLink] = {}
    faults: list[str] = []
    for row in rows:
        try:
            thread = engine.thread(page, row)
        except (PatrolError, ValueError) as fault:
            faults.append(_sentence(fault))
            continue
        if thread is not None:
            threads.setdefault(thread.key, thread)
    if not threads and not faults and not maps:
        return _nothing(page, engine)
    return Reading(
        kind="list",
        maps=maps,
        threads=tuple(threads.values()),
        next_page=_onward(page, engine),
        outcome=_outcome(len(threads) + len(maps), faults),
        detail=_told(len(rows), faults),
    )


def _nothing(page: Page, engine: Engine) -> Reading:
    """A page without rows: a wall, an empty board, another page of the board, or a board that changed."""
    kind = engine.kind(page)
    shown = kind or "list"
    stands = engine.stands(page)
    if stands is None and kind != "feed" and not page.notes.get("json"):
        stands = wall(page, other=kind is None)
    if stands is not None:
        return Reading(kind=shown, outcome=stands.outcome, detail=stands.detail)
    if kind != "feed" and gone(page):
        return Reading(
            kind=shown,
            outcome=Outcome.NOTHING_NEW,
            detail="The board says that this does not exist.",
        )
    if engine.locked and page.has(engine.locked):
        return Reading(
            kind=shown,
            outcome=Outcome.LOGIN_WALL,
            detail="The board shows this page to members only.",
        )
    if kind == "feed" or (kind == "list" and engine.empty(page)):
        return Reading(
            kind=shown,
            outcome=Outcome.NOTHING_NEW,
            detail="There is nothing here, and the page says so.",
        )
    outcome, detail = _strange(page, engine, kind)
    return Reading(kind=shown, outcome=outcome, detail=detail)


def _strange(page: Page, engine: Engine, kind: Kind | None) -> tuple[Outcome, str]:
    """What to say of a page on which nothing is where the engine looks."""
    if kind is not None:
        return (
            Outcome.LAYOUT_CHANGED,
            f"This is a {kind} of {engine.name}, and none of the hooks of its rows is on it: the board's layout has changed.",
        )
    if not knows(page, engine):
        return (
            Outcome.LAYOUT_CHANGED,
            f"Nothing on this page says that {engine.name} wrote it: the board has moved or was replaced.",
        )
    return (
        Outcome.NOTHING_NEW,
        f"This is a page of {engine.name} that has neither threads nor posts, such as an index.",
    )


def _outcome(read_rows: int, faults: list[str]) -> Outcome:
    return Outcome.LAYOUT_CHANGED if faults and not read_rows else Outcome.OK


def _told(rows: int, faults: list[str]) -> str:
    if not faults:
        return ""
    return f"{len(faults)} of {rows} rows could not be read: {faults[0]}"


def _sentence(fault: Exception) -> str:
    if isinstance(fault, PatrolError):
        return fault.what
    return f"{type(fault).__name__}"


def _onward(page: Page, engine: Engine) -> str | None:
    """The next page, unless it is this one again."""
    following = engine.next_page(page)
    return None if following in {None, page.url} else following
