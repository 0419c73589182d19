"""Twenty officers who open the queue at once have its counts worked out once; and no answer is kept too long."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

OFFICERS = 8


def test_many_who_ask_together_get_one_answer(register: Path) -> None:
    from patrol.actions.triaging.once import once

    together, worked = Barrier(OFFICERS), []

    def work_out() -> int:
        worked.append(1)
        return len(worked)

    def ask(_: int) -> int:
        together.wait(30)
        return once("test:many", work_out, 60)

    with ThreadPoolExecutor(OFFICERS) as officers:
        assert set(officers.map(ask, range(OFFICERS))) == {1}
    assert len(worked) == 1


def test_an_answer_of_nothing_is_an_answer(register: Path) -> None:
    from patrol.actions.triaging.once import once

    answers = iter([0, 1])
    assert once("test:nothing", lambda: next(answers), 60) == 0
    assert once("test:nothing", lambda: next(answers), 60) == 0
    assert once("test:another", lambda: next(answers), 60) == 1


def test_a_fault_is_nobody_elses_answer(register: Path) -> None:
    from patrol.actions.triaging.once import once

    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once("test:fault", fail, 60)
    assert once("test:fault", lambda: 3, 60) == 3


def test_long_names_are_kept_too_and_are_forgotten(register: Path) -> None:
    from patrol.actions.triaging.once import forget, once

    long = "test:" + "x" * 300
    answers = iter([1, 2, 3])
    assert [once(long, lambda: next(answers), 60) for _ in range(2)] == [1, 1]
    assert once(f"{long}y", lambda: next(answers), 60) == 2
    forget(long)
    assert once(long, lambda: next(answers), 60) == 3
