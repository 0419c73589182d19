"""A board that lies about media: nothing of it is asked for, and nothing of it is kept anywhere."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.hostile import Hostile
from patrol.demo.media_scan import scan
from patrol.demo.specimens import SPECIMENS
from patrol.models import Category
from tests.plugins.warm import Warm


@pytest.fixture
def read(register: Path, monkeypatch: pytest.MonkeyPatch, warm: Warm) -> Any:
    """The hostile board, read once by `patrol run` under a mandate."""
    with Hostile() as hostile:
        monkeypatch.setenv("PATROL_LABORATORY", hostile.laboratory)
        _authorize(hostile)
        _, err = warm.patrol("run", hostile.source().name, "--json").communicate()
        assert "Traceback" not in err
        yield hostile


def _authorize(hostile: Hostile) -> None:
    from django.db import connections
    from django.utils import timezone

    from patrol.actions.collecting import mandates, sources
    from patrol.actions.desk import Desk
    from patrol.actions.maintaining import setup
    from patrol.actions.staffing import people
    from patrol.models import Role
    from patrol.settings import Settings

    operator = Desk.command_line()
    setup.create(Settings(), operator)
    for account in ("one", "two"):
        people.add(operator, account, Role.SUPERVISOR, "隊", password=None, language="en")
    one, two = (Desk.command_line(people.find(account)) for account in ("one", "two"))
    sources.propose(one, hostile.source())
    row = mandates.request(
        one,
        hostile.source().name,
        basis="art. 1",
        number="1",
        scope=hostile.scope,
        categories=tuple(Category),
        valid_from=timezone.now(),
        valid_until=timezone.now() + timedelta(days=1),
    )
    mandates.approve(two, row.pk)
    connections.close_all()


def test_no_media_is_asked_for_and_none_is_kept(read: Any, register: Path) -> None:
    from patrol.demo.once import opened_bodies
    from patrol.register.tables import RunRow, SeenPost

    run = RunRow.objects.get()
    assert run.pages >= 3
    assert run.media_cut > 0
    assert run.requests_refused > 0
    assert SeenPost.objects.exists()
    assert read.media_requests == 0
    assert read.sentinel_requests == 0
    found = scan(register, opened_bodies())
    assert found.count == 0, found.places


def test_the_scan_finds_what_is_planted(read: Any, register: Path) -> None:
    from patrol.demo.once import opened_bodies
    from patrol.register.sealing import seal
    from patrol.register.tables import BacktestPost

    row = BacktestPost.objects.select_related("unit").first()
    assert row is not None
    picture = SPECIMENS["png"]
    row.body = seal(row.unit, b'{"text": "' + picture + b'"}')
    row.save()
    assert scan(register).count == 0, "encrypted words must look like nothing"
    assert scan(register, opened_bodies()).count > 0
    (register / "left.bin").write_bytes(b"x" * 100 + picture)
    assert scan(register).count > 0
