"""Sets the demo up: a data directory, people, and the synthetic boards registered and authorized."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from patrol.demo.cast import AUTHORIZATION, PEOPLE, UNIT
from patrol.models import Category, Role, Scope, Source
from patrol.settings import Settings

LINK_MINUTES = 12 * 60
"""The demo's links last a working day; a real one lasts minutes."""


@dataclass(frozen=True)
class Stage:
    """A demo that is ready to run."""

    settings: Settings
    links: Mapping[Role, str]
    """One-time sign-in links, a role each."""
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
    os.environ["PATROL_LABORATORY"] = laboratory
    os.environ["PATROL_BIND"] = bind
    from patrol.register.start import start  # noqa: PLC0415  (reads the environment)

    start(web=True)
    return Settings()


def build(settings: Settings, sources: Sequence[Source]) -> Stage:
    """Make the register, the people, the sources and their authorizations. Django must be open."""
    from patrol.actions import people, setup  # noqa: PLC0415  (need an open Django)
    from patrol.actions.desk import Desk  # noqa: PLC0415

    operator = Desk.command_line()
    setup.create(settings, operator)
    setup.open_laboratory(settings, operator)
    for account, role in PEOPLE:
        people.add(operator, account, role, UNIT, password=None, language="zh-hant")
    for source in sources:
        _authorize(source)
    links: dict[Role, str] = {}
    for account, role in PEOPLE:
        token = people.issue_link(operator, account, minutes=LINK_MINUTES)
        links.setdefault(role, f"http://{settings.bind}/enter/{token}")
    return Stage(settings, links, tuple(source.name for source in sources))


def _authorize(source: Source) -> None:
    """Ask as one supervisor and approve as another, as everywhere else."""
    from patrol.actions import mandates, people  # noqa: PLC0415
    from patrol.actions import sources as register  # noqa: PLC0415
    from patrol.actions.desk import Desk  # noqa: PLC0415

    asking, approving = (
        Desk.command_line(people.find(account))
        for account, role in PEOPLE
        if role is Role.SUPERVISOR
    )
    register.propose(asking, source)
    now = asking.now()
    row = mandates.request(
        asking,
        source.name,
        basis=AUTHORIZATION.basis,
        number=AUTHORIZATION.number,
        scope=Scope(hosts=mandates.start_hosts(asking, source.name)),
        categories=tuple(Category),
        valid_from=now,
        valid_until=now + timedelta(days=90),
    )
    mandates.approve(approving, row.pk)
