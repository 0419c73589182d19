"""F10-F13: the disk fails, or the process is killed, at a system call of its own choice. Accepted means durable.

`strace` lets the call fail; what the process had said is accepted is compared with what is there afterwards.
"""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from patrol.ledger import verifier

pytestmark = [pytest.mark.faults, pytest.mark.sqlite]
OFFERS = ("找援交的加賴 abc123，價格可議", "找援交的加賴 xyz789，今晚可約")
CALLS = ("pwrite64", "fdatasync")
KINDS = ("signal=KILL", "error=EIO", "error=ENOSPC")


class Told(NamedTuple):
    """What a process said until its end."""

    accepted: tuple[str, ...]
    code: int
    trace: str


class Acceptor:
    """The process that accepts, watched by `strace`."""

    def __init__(self, pages: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.actions.accepting", pages],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def accept(self, home: Path, *inject: str) -> Told:
        """Let a fork of it keep two posts and decide their leads, in that directory."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{home}\n")
        stdin.flush()
        word, number = stdout.readline().split()
        assert word == "stopped"
        trace = home.with_suffix(".trace")
        command = ["strace", "-y", "-s", "40", "-e", "trace=write,pwrite64,fdatasync"]
        command += [*inject, "-o", str(trace), "-p", number]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watching:
            assert watching.stderr is not None
            assert "attached" in (said := watching.stderr.readline()), said
            os.kill(int(number), signal.SIGCONT)
            lines = []
            while not (line := stdout.readline()).startswith("ended"):
                assert line, "the process that accepts is gone"
                lines.append(line.strip())
        accepted = tuple(line for line in lines if not line.startswith("failed"))
        return Told(accepted, int(line.split()[1]), trace.read_text())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture
def acceptor(house: Any) -> Iterator[Acceptor]:
    """A house with a run under way; posts wait to be kept."""
    from django.db import connections

    from patrol.register import checkpoints

    checkpoints.sign_now()
    house.authorize()
    house.begin()
    pages = [house.page((f"p{number}", text)) for number, text in enumerate(OFFERS)]
    connections.close_all()
    made = Acceptor("\n".join(page.model_dump_json() for page in pages))
    yield made
    made.close()


Fresh = Callable[[], Path]


@pytest.fixture
def fresh(register: Path, tmp_path: Path) -> Fresh:
    """A new copy of the house's directory."""
    made: list[Path] = []

    def copy() -> Path:
        made.append(tmp_path / f"copy-{len(made)}")
        shutil.copytree(register, made[-1])
        return made[-1]

    return copy


def stored(home: Path) -> set[str]:
    """What is there, in the words in which it is accepted. Each decision has its record, and each record its decision."""
    with closing(sqlite3.connect(home / "register.sqlite3")) as register:
        assert register.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        posts = register.execute("SELECT key FROM register_sighting").fetchall()
        leads = register.execute("SELECT id FROM register_lead WHERE status <> 'new'").fetchall()
        records = register.execute(
            "SELECT subject FROM ledger_index WHERE verb = 'lead.decided' AND result = 'allow'"
        ).fetchall()
    assert sorted(records) == sorted((f"lead:{number}",) for (number,) in leads)
    assert len(posts) == len(set(posts))
    return {f"post {key}" for (key,) in posts} | {f"decision {number}" for (number,) in leads}


def judged(home: Path) -> verifier.Report:
    at = home / "keys" / "log.pub", home / "checkpoints" / "notes"
    return verifier.Verifier(home / "register.sqlite3", *at, None).verify()


ALL = {"post p0", "post p1", "decision 1", "decision 2"}


def survives(acceptor: Acceptor, home: Path, *inject: str) -> Told:
    """Whatever fails: all that was accepted is there, nothing else is, the log holds, and the rest goes on from there."""
    told = acceptor.accept(home, *inject)
    there = stored(home)
    assert set(told.accepted) <= there <= ALL, inject
    assert judged(home).status in {0, 2}, judged(home).sentence
    again = acceptor.accept(home)
    assert again.code == 0, again
    assert stored(home) == ALL
    assert judged(home).status in {0, 2}
    return told


def test_f11_nothing_is_said_before_it_is_on_the_disk(acceptor: Acceptor, fresh: Fresh) -> None:
    """Between the last write to the register's journal and the words `accepted` stands the journal's fdatasync."""
    told = acceptor.accept(fresh())
    assert set(told.accepted) == ALL
    assert told.code == 0
    written = synced = 0
    said = 0
    for line in told.trace.splitlines():
        if line.startswith("pwrite64") and "-wal>" in line:
            written += 1
            synced = 0
        elif line.startswith("fdatasync") and "-wal>" in line:
            synced = written
        elif re.match(r'write\(1<.*>, "(post|decision) ', line):
            assert written, "each is written anew"
            assert synced == written, line
            written = synced = 0
            said += 1
    assert said == len(ALL)


def moments(trace: str) -> dict[str, int]:
    """How often each call is made."""
    return {call: len(re.findall(rf"^{call}\(", trace, re.MULTILINE)) for call in CALLS}


def test_f10_f13_killed_or_refused_by_the_disk_it_keeps_its_word(
    acceptor: Acceptor, fresh: Fresh
) -> None:
    count = moments(acceptor.accept(fresh()).trace)
    assert min(count.values()) >= len(ALL), count
    # A few calls more or fewer are made each time (where rows come to stand is drawn by lot), so none of the last is named.
    writes, syncs = count["pwrite64"], count["fdatasync"]
    cut = [
        survives(acceptor, fresh(), "-e", f"inject={call}:{kind}:when={when}")
        for call, kind, when in (
            ("pwrite64", "signal=KILL", writes // 3),
            ("pwrite64", "signal=KILL", writes * 7 // 8),
            ("fdatasync", "signal=KILL", 1),
            ("fdatasync", "signal=KILL", syncs - 1),
            ("fdatasync", "error=EIO", f"{syncs // 2}+"),
            ("pwrite64", "error=ENOSPC", f"{writes // 2}+"),
        )
    ]
    assert [told.code for told in cut] == [-9, -9, -9, -9, 1, 1]
    assert len({told.accepted for told in cut}) > 2, "at different places"


@pytest.mark.sweep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_every_call_fails_once(acceptor: Acceptor, fresh: Fresh, call: str, kind: str) -> None:
    count = moments(acceptor.accept(fresh()).trace)
    for when in range(1, count[call] + 1):
        survives(acceptor, fresh(), "-e", f"inject={call}:{kind}:when={when}")
