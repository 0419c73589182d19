"""Sets the demo up: a data directory, people, and the synthetic boards registered and authorized."""

import gc
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from patrol.demo.cast import AUTHORIZATION, COLLEAGUES, PEOPLE, UNIT
from patrol.demo.read import DAYS, Read
from patrol.models import Category, Conduct, Role, Scope, SiteTerms, Source
from patrol.settings import Settings
from spiders.unasked import unasked

SHORT_LIVED = "open_chats"
"""The source whose mandate ended before the present begins."""

SHORT_OF = timedelta(hours=1)

LINK_MINUTES = 12 * 60
"""The demo's links last a working day; a real one lasts minutes."""


@dataclass(frozen=True)
class Stage:
    """A demo that is ready to run."""

    settings: Settings
    links: Mapping[str, str]
    """One-time sign-in links, by account."""
    sources: tuple[str, ...]


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settle(home: Path, laboratory: str, bind: str) -> Settings:
    """Point this process and its children at the demo's directory and boards, and open Django there."""
    os.environ["PATROL_HOME"] = str(home)
    for name in ("PATROL_DATABASE_URL", "PATROL_QUEUE"):
        os.environ.pop(name, None)  # a demo is never told into a unit's own register
    os.environ["PATROL_LABORATORY"] = laboratory
    os.environ["PATROL_BIND"] = bind
    # On a busy machine something waits now and then, and goes on: no line of the story.
    os.environ.setdefault("PATROL_LOG_LEVEL", "ERROR")
    from patrol.register.start import start  # noqa: PLC0415  (reads the environment)

    start(web=True)
    return Settings()


@contextmanager
def warming() -> Iterator[None]:
    """Compile the rules in a process of its own meanwhile, unless `make install` did: then nobody waits for them."""
    from pipelines.compiled import INSTALLED  # noqa: PLC0415  (hyperscan)

    if any(INSTALLED.glob("*.hs")):
        yield
        return
    command = [sys.executable, "-m", "patrol.demo.warm"]
    with subprocess.Popen(command):
        yield


@contextmanager
def hoarding() -> Iterator[None]:
    """Look for no garbage meanwhile: what is made at the start stays, and looking for more takes a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


def build(settings: Settings, sources: Sequence[Source]) -> Stage:
    """Make the register, the people, the sources and their authorizations. Django must be open."""
    _found(settings)
    until = _now() + timedelta(days=90)
    for source in sources:
        authorize(source, until)
    return Stage(settings, _links(settings), tuple(source.name for source in sources))


def build_with_past(settings: Settings, reads: Sequence[Read], seed: int, now: datetime) -> Stage:
    """The same a month ago in tables that are there, and everything that the month brought. What the clock says until `now` is invented."""
    from patrol.demo.past import EVERY_MINUTES, Past  # noqa: PLC0415  (needs an open Django)
    from patrol.register import clock  # noqa: PLC0415  (same)

    with clock.invented(now - timedelta(days=DAYS, hours=1)) as tell:
        _found(settings)
        for account, role in COLLEAGUES:
            _add(account, role)
        for read in filter(Read.is_known, reads):
            ends = now - SHORT_OF if read.source.name == SHORT_LIVED else now + timedelta(days=59)
            source = read.source.model_copy(update={"every_minutes": EVERY_MINUTES})
            authorize(source, ends, engine=read.shown.engine)
        Past(reads, seed, now, tell).live()
    for read in reads:
        if not read.is_known():
            propose(read.source)
    return Stage(settings, _links(settings), tuple(read.source.name for read in reads))


def _found(settings: Settings) -> None:
    from patrol.actions.desk import Desk  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.maintaining import setup  # noqa: PLC0415  (needs an open Django)

    operator = Desk.command_line()
    setup.create(settings, operator)
    setup.open_laboratory(settings, operator)
    for account, role in PEOPLE:
        _add(account, role)


def _add(account: str, role: Role) -> None:
    from patrol.actions.desk import Desk  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.staffing import people  # noqa: PLC0415  (needs an open Django)

    people.add(Desk.command_line(), account, role, UNIT, password=None, language="zh-hant")


def _links(settings: Settings) -> dict[str, str]:
    from patrol.actions.desk import Desk  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.staffing import people  # noqa: PLC0415  (needs an open Django)

    operator = Desk.command_line()
    return {
        account: f"http://{settings.bind}/enter/{people.issue_link(operator, account, minutes=LINK_MINUTES)}/"
        for account, _ in PEOPLE
    }


def _now() -> datetime:
    from patrol.register import clock  # noqa: PLC0415  (needs an open Django)

    return clock.now()


def propose(source: Source) -> None:
    """Propose a source, and ask for no mandate yet."""
    from patrol.actions.collecting import sources as register  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.desk import Desk  # noqa: PLC0415  (same)
    from patrol.actions.staffing import people  # noqa: PLC0415  (needs an open Django)

    register.propose(Desk.command_line(people.find("supervisor")), source)


def covering(hosts: tuple[str, ...], source: Source, engine: str | None) -> Scope:
    """Those hosts, but for what reading that software never needs. The boards speak no https."""
    never = (one for some in unasked(engine, source.start).values() for one in some)
    return Scope(hosts=hosts, query_deny=tuple(dict.fromkeys(never)))


def authorize(
    source: Source, until: datetime, since: datetime | None = None, engine: str | None = None
) -> int:
    """Propose a source, ask for its mandate as one supervisor and approve it as another. Returns the mandate's number.

    `engine` is that which was detected, where the source names none.
    """
    from patrol.actions.collecting import mandates  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.collecting import sources as register  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.desk import Desk  # noqa: PLC0415  (needs an open Django)
    from patrol.actions.staffing import people  # noqa: PLC0415  (needs an open Django)

    asking, approving = (
        Desk.command_line(people.find(account))
        for account, role in PEOPLE
        if role is Role.SUPERVISOR
    )
    register.propose(asking, source)
    row = mandates.request(
        asking,
        source.name,
        basis=AUTHORIZATION.basis,
        number=AUTHORIZATION.number,
        scope=covering(mandates.start_hosts(asking, source.name), source, source.engine or engine),
        categories=tuple(Category),
        valid_from=since or asking.now(),
        valid_until=until,
        document_sha256=AUTHORIZATION.sha256,
        conduct=Conduct(terms=SiteTerms.PERMIT),
    )
    mandates.approve(approving, row.pk)
    return row.pk
