"""`patrol index rebuild`, as the operator runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


def rebuild(home: Path) -> subprocess.CompletedProcess[str]:
    return index("rebuild", home, "--json")


def index(word: str, home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [*PATROL, "index", word, *options, "--home", str(home)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


def test_rebuilds_and_records_it(register: Path) -> None:
    from patrol.register.tables import LedgerIndex

    done = rebuild(register)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"shelves": 0, "documents": 0, "dead": 0}
    assert LedgerIndex.objects.filter(verb="index.rebuilt", result="allow").count() == 1


def test_comes_later_while_another_process_writes(register: Path) -> None:
    from patrol.search import open_index
    from patrol.settings import Settings

    index = open_index(Settings(), writer=True)
    done = rebuild(register)
    index.close()
    assert done.returncode == 75
    assert "Another process writes the index." in done.stderr


def test_reconcile_mends_and_status_tells(register: Path) -> None:
    """A lead that the index never heard of, with nobody else feeding it."""
    from django.utils import timezone

    from patrol.register.sealing import new_unit
    from patrol.register.tables import Lead, LedgerIndex, OutboxRow, SourceRow, Unit

    assert "Not compared with the register yet." in index("status", register).stdout
    unit = Unit.objects.create(name="first")
    source = SourceRow.objects.create(name="harbor", unit=unit, body={"channel": "platform"})
    Lead.objects.create(
        unit=unit,
        source=source,
        kind="lead",
        category="trading",
        score=1,
        rank=1,
        retention=new_unit("lead", "l"),
        opened_at=timezone.now(),
        moved_at=timezone.now(),
    )
    done = index("reconcile", register, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["documents"], found["lacking"], found["different"]) == (1, 1, 0)
    assert not OutboxRow.objects.exists(), "told by the command itself"
    told = json.loads(index("status", register, "--json").stdout)
    assert (told["documents"], told["reconciled"]["lacking"]) == (1, 1)
    said = index("reconcile", register).stdout
    assert "with 1 documents of the register: 0 were lacking" in said
    recorded = LedgerIndex.objects.filter(verb="command.run", result="allow")
    assert recorded.count() == 4


def test_missing_register_is_told(tmp_path: Path) -> None:
    done = rebuild(tmp_path / "none")
    assert done.returncode == 3
    assert "patrol init" in done.stderr


def test_what_was_refused_is_told_again_one_by_one_or_all(register: Path) -> None:
    """Documents whose leads are gone: told again, there is nothing to put, and nothing is refused."""
    from django.utils import timezone

    from patrol.register.tables import LedgerIndex, OutboxRow

    now = timezone.now()
    for subject in (7, 8, 9):
        OutboxRow.objects.create(
            kind="post", subject=subject, op="put", written_at=now, next_at=now, dead_because="mapping"
        )  # fmt: skip
    for none in ("post:1", "post:", "lead:7", "post:7 OR 1"):
        done = index("replay", register, none)
        assert done.returncode == 3, done.stderr
        assert f"has not refused `{none}`" in done.stderr
    assert OutboxRow.objects.exclude(dead_because=None).count() == 3
    done = index("replay", register, "post:8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 rows are told again.")
    assert list(OutboxRow.objects.values_list("subject", flat=True).order_by("pk")) == [7, 9]
    assert index("replay", register).stdout.startswith("2 rows are told again.")
    assert not OutboxRow.objects.exists()
    said = LedgerIndex.objects.filter(verb="index.replayed").order_by("seq")
    allowed = said.filter(result="allow").values_list("subject", flat=True)
    assert list(allowed) == ["document:post:8", None]
