"""The process that keeps what a run reads: it says what it could not do, and neither outlives the other's work."""

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.boards import Boards
from patrol.models import ReadPage
from patrol.schedule.keeping import KeepingProcess, NotKept

SOURCE = "harbor_forum"


def _alive(process: int) -> bool:
    """Whether it is there, and more than its exit code."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _wait(until: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < end
        time.sleep(0.002)
    return found


def _telling(told: Connection) -> Callable[[Sequence[ReadPage]], object]:
    return lambda pages: told.send((os.getpid(), len(pages)))


def test_pages_are_kept_elsewhere_and_that_process_ends_with_the_run() -> None:
    ours, theirs = multiprocessing.Pipe()
    with KeepingProcess(lambda: _telling(theirs)) as keeping:
        keeping.keep([])
        process, pages = ours.recv()
        assert pages == 0
        assert process != os.getpid()
        assert _alive(process)
    assert not _alive(process)


def test_what_could_not_be_kept_is_raised_and_the_next_group_is_kept() -> None:
    def begin() -> Callable[[Sequence[ReadPage]], object]:
        groups = iter([OSError("no space left"), None])

        def keep(pages: Sequence[ReadPage]) -> None:
            if error := next(groups):
                raise error

        return keep

    with KeepingProcess(begin) as keeping:
        with pytest.raises(NotKept, match="OSError"):
            keeping.keep([])
        keeping.keep([])


def test_killed_while_it_keeps_it_is_missed_at_once() -> None:
    def keep(_pages: Sequence[ReadPage]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with KeepingProcess(lambda: keep) as keeping, pytest.raises(NotKept, match="gone"):
        keeping.keep([])


def _run(told: Connection) -> None:
    def keep(pages: Sequence[ReadPage]) -> None:
        _telling(told)(pages)
        signal.pause()

    with KeepingProcess(lambda: keep) as keeping:
        keeping.keep([])


def test_it_is_gone_with_a_run_that_is_killed_also_while_it_keeps() -> None:
    ours, theirs = multiprocessing.Pipe()
    run = multiprocessing.get_context("fork").Process(target=_run, args=(theirs,))
    run.start()
    process, _ = ours.recv()
    run.kill()
    run.join()
    _wait(lambda: not _alive(process))


def _children(process: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").glob("*/children")
        for child in task.read_text().split()
    ]


@pytest.mark.faults
def test_a_run_without_it_is_crashed_and_the_next_one_reads_the_rest(
    staged: Any, patrol: Any, boards: Boards, register: Path
) -> None:
    run = patrol(register, "run", SOURCE, "--json")
    _wait(lambda: boards.requests.total() > 5)
    (process,) = _children(run.pid)
    os.kill(process, signal.SIGKILL)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 1, out + err
    told = json.loads(out)
    assert told["outcome"] == "crashed"
    assert "could not be kept" in told["detail"]
    again = patrol(register, "run", SOURCE, "--json")
    out, err = again.communicate(timeout=120)
    assert again.returncode == 0, out + err
    assert json.loads(out)["posts_new"] > 0
