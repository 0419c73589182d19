"""F16: bytes that flip anywhere in the register's file: what is looked through is a sentence, and no record of the log is another unseen."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from patrol.register.copies import Damaged
from patrol.register.sqlite import backup
from patrol.settings import Settings

pytestmark = [pytest.mark.sqlite, pytest.mark.faults]


@pytest.fixture
def copy(register: Path, tmp_path: Path) -> Path:
    """Of a register with people, posts, leads and a signed log."""
    from patrol.actions.desk import Desk
    from patrol.models import Verb
    from patrol.register import checkpoints
    from tests.web import planting

    planting.plant([planting.Told(text="找人互換紙鳶") for _ in range(5)])
    for number in range(200):
        Desk.command_line().record(Verb.LEAD_VIEWED, subject=f"lead:{number}")
    checkpoints.sign_now()
    file = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(Settings().database_path)) as base:
        base.execute("VACUUM INTO ?", [str(file)])
    return file


def _log(path: Path) -> list[tuple[object, ...]]:
    """Every byte of it."""
    with closing(sqlite3.connect(path)) as base:
        base.text_factory = bytes  # a flag of its kind may have flipped, and no byte of its own
        return base.execute("SELECT * FROM ledger_record ORDER BY seq").fetchall()


def _flip(path: Path, whole: bytes, offset: int, bit: int) -> None:
    there = bytearray(whole)
    there[offset] ^= 1 << bit
    path.write_bytes(there)


def _told(copy: Path, flips: int, seed: int) -> int:
    """Look through the file once for each flip of a byte in use. Returns how many were told; the others left the log as it was."""
    settings, chance = Settings(), random.Random(seed)
    whole, log = copy.read_bytes(), _log(copy)
    used = [offset for offset, byte in enumerate(whole) if byte]
    told = 0
    for _ in range(flips):
        _flip(copy, whole, chance.choice(used), chance.randrange(8))
        try:
            backup.look(settings, copy)
        except Damaged:
            told += 1
        else:
            assert _log(copy) == log
    return told


def test_f16_a_flipped_byte_is_told_or_is_none_of_the_logs(copy: Path) -> None:
    assert _told(copy, 200, seed=16) > 50


@pytest.mark.sweep
def test_f16_ten_thousand_offsets(copy: Path) -> None:
    assert _told(copy, 10_000, seed=17) > 2_500


def test_f16_every_byte_of_a_record_counts(copy: Path) -> None:
    """Within the words of the log, where no page of the database would notice."""
    whole = copy.read_bytes()
    (body,) = _bodies(copy)[0]
    at = whole.index(body)
    for offset in range(at, at + len(body), 7):
        _flip(copy, whole, offset, offset % 7)
        with pytest.raises(Damaged):
            backup.look(Settings(), copy)


def _bodies(path: Path) -> list[tuple[bytes]]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute("SELECT body FROM ledger_record ORDER BY seq").fetchall()
