"""What all tests share: a fresh register on disk, and no network but loopback."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.plugins.golden",
    "tests.plugins.elastic",
    "tests.plugins.floor",
    "tests.plugins.oidc",
    "tests.plugins.postgres",
    "tests.plugins.warm",
]

# How fast an example runs says how busy the machine is. The same ones each time, so that a
# change is judged by itself; `make sweep` looks for new ones.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", parent=_UNHURRIED, derandomize=True)
settings.register_profile("searching", parent=_UNHURRIED)
settings.load_profile("steady")

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets to anywhere but loopback are off."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test wanted to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a migrated, empty register, made once for all sessions that share a folder."""
    os.environ["PATROL_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    home = tmp_path_factory.mktemp("template") / "home"
    os.environ["PATROL_HOME"] = str(home)
    shared = Path(os.environ.get("TESTS_SHARED") or home.parent)
    with (shared / "turn").open("w") as turn:
        flock(turn, LOCK_EX)
        made = shared / "migrated"
        if made.exists():
            shutil.copytree(made, home)  # before the start, which reads its keys
        else:
            home.mkdir()
        from patrol.register.start import start

        start(web=True)
        if not made.exists():
            _migrate()
            shutil.copytree(home, shared / "migrating")
            (shared / "migrating").rename(made)
    return home


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    connections.close_all()


Opened = Callable[[Path], AbstractContextManager[Path]]


@pytest.fixture(scope="session")
def opened(_template: Path) -> Opened:
    """`with opened(home)`: a fresh register in that new directory is the one that this process uses."""

    @contextmanager
    def fresh(home: Path) -> Iterator[Path]:
        from django.conf import settings
        from django.db import connections

        shutil.copytree(_template, home)
        connection = connections["default"]
        connection.close()
        name = str(home / "register.sqlite3")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATROL_HOME", str(home))
            patch.setitem(settings.DATABASES["default"], "NAME", name)
            patch.setitem(connection.settings_dict, "NAME", name)
            yield home
            connections.close_all()

    return fresh


@pytest.fixture
def register(
    request: pytest.FixtureRequest,
    _template: Path,
    opened: Opened,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """A fresh register in its own data directory, open in this process. Gives the directory.

    Tests marked `both_databases` get it in PostgreSQL too; then `PATROL_DATABASE_URL` says where.
    """
    home = tmp_path / "home"
    if getattr(request, "param", request.config.getoption("--database")) == "postgresql":
        shutil.copytree(_template, home)
        monkeypatch.setenv("PATROL_HOME", str(home))
        for file in home.glob("register.sqlite3*"):
            file.unlink()
        monkeypatch.setenv("PATROL_DATABASE_URL", request.getfixturevalue("postgres_register"))
        yield home
        return
    with opened(home):
        from django.core.cache import caches

        caches["near"].clear()  # what another test's register said some seconds ago
        yield home
