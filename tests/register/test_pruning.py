"""Two persons of two roles remove old records; what is left still proves itself, and says who removed the rest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.errors import PatrolError
from patrol.ledger import tree, verifier
from patrol.models import Actor, Record, Verb
from patrol.settings import Settings
from tests.plugins.postgres import altered, auditors_copy

OLD = datetime(2019, 3, 1, tzinfo=UTC)
DAY = datetime(2020, 1, 1, tzinfo=UTC)
Report = verifier.Report


@contextmanager
def told(at: datetime | None) -> Iterator[None]:
    """As if it were that time."""
    from patrol.register import clock

    clock._told[:] = [at] if at else []
    try:
        yield
    finally:
        clock._told.clear()


def append(count: int, at: datetime | None = None) -> None:
    from patrol.register import checkpoints, log

    records = [
        Record(verb=Verb.LEAD_VIEWED, actor=Actor(account="chen"), subject=f"lead:{number}")
        for number in range(count)
    ]
    with told(at), log.durably():
        log.append_each(records)
    checkpoints.sign_now()


@pytest.fixture
def home(register: Path) -> Path:
    """A log of 21 old records, signed at 8, 13 and 21, a changed key among them, and 9 young ones."""
    from patrol.actions.auditing import logbook
    from patrol.actions.desk import Desk

    append(8, OLD)
    append(4, OLD + timedelta(days=1))
    with told(OLD + timedelta(days=2)):
        logbook.change_key(Desk.command_line(), "the old one was seen")
    append(8, OLD + timedelta(days=3))
    append(9)
    return register


@pytest.fixture
def desks(home: Path) -> dict[str, Any]:
    from patrol.actions.desk import Desk
    from patrol.register.tables import Person, Unit

    unit = Unit.objects.create(name="first")
    roles = {"ada": "admin", "abe": "admin", "ann": "auditor", "mei": "officer"}
    return {
        name: Desk.command_line(Person.objects.create(account=name, unit=unit, role=role))
        for name, role in roles.items()
    }


def prune(desks: dict[str, Any], day: datetime = DAY) -> Any:
    from patrol.actions.auditing import pruning

    asked = pruning.ask(desks["ada"], day, "five years are over", Settings())
    return pruning.approve(desks["ann"], asked.seq, "agreed", Settings())


def judged(home: Path, memory: Path | None = None) -> Report:
    at = home / "keys" / "log.pub", home / "checkpoints" / "notes"
    return verifier.Verifier(auditors_copy(home), *at, memory).verify()


def bodies() -> dict[int, bytes]:
    from patrol.register.tables import LedgerRecord

    return {row.seq: bytes(row.body) for row in LedgerRecord.objects.all()}


def test_what_is_left_proves_itself(home: Path, desks: dict[str, Any]) -> None:
    from patrol.register import checkpoints, proofs
    from patrol.register.tables import LedgerIndex, ReasonText

    before = bodies()
    done = prune(desks)
    assert done.through == 21
    left = bodies()
    assert min(left) == 22
    assert {seq: before[seq] for seq in before if seq > 21} == {
        seq: left[seq] for seq in before if seq > 21
    }
    assert not LedgerIndex.objects.filter(seq__lte=21).exists()
    assert not ReasonText.objects.filter(seq__lte=21).exists()
    found = judged(home)
    assert (found.status, found.records) == (0, 11), found.sentence
    assert f"The first 21 were pruned, as record {done.seq} says." in found.remarks
    append(3)
    assert judged(home).status == 0, "and it goes on"
    key = (home / "keys" / "log.pub").read_text()
    for seq in (22, 25, max(bodies())):
        assert verifier.verify_proof(proofs.prove(seq).text, key).status == 0
    with pytest.raises(proofs.NoSuchRecord):
        proofs.prove(21)
    (home / "checkpoints" / "frontier.json").unlink()
    append(1)
    assert checkpoints.verdict().ok
    checkpoints.refuse_rolled_back()


def test_a_proof_taken_before_holds_after(home: Path, desks: dict[str, Any]) -> None:
    from patrol.register import checkpoints, proofs

    proof, key = proofs.prove(5).text, (home / "keys" / "log.pub").read_text()
    root = checkpoints.edge_at(29).root()
    prune(desks)
    append(4)
    assert verifier.verify_proof(proof, key).status == 0
    edge, size = checkpoints.edge_at(29), max(bodies())
    assert edge.root() == root
    path = tree.Grown(edge, checkpoints.leaves(29, size)).consistency_proof(29)
    assert tree.consistent(root, 29, checkpoints.edge_at(size).root(), size, path)


def test_it_is_pruned_again_and_exported(home: Path, desks: dict[str, Any], tmp_path: Path) -> None:
    from patrol.actions.auditing import logbook

    assert prune(desks, OLD + timedelta(hours=20)).through == 8
    append(1)
    assert judged(home).status == 0
    assert prune(desks).through == 21, "the changed key is among them now"
    append(1)
    assert judged(home).status == 0
    file = tmp_path / "log.jsonl"
    count = logbook.export(desks["ann"], file)
    at = home / "keys" / "log.pub", home / "checkpoints" / "notes"
    found = verifier.Verifier(file, *at, None).verify()
    assert (found.status, found.records) == (0, count), found.sentence
    assert verifier.Verifier(file, at[0], None, None).verify().status == 3, "its checkpoints too"


def test_what_was_remembered_is_compared_as_far_as_it_goes(
    home: Path, desks: dict[str, Any], tmp_path: Path
) -> None:
    import base64
    import json

    from patrol.register import checkpoints

    def memory(size: int) -> Path:
        root = base64.b64encode(checkpoints.edge_at(size).root()).decode()
        path = tmp_path / f"seen-{size}"
        path.write_text(json.dumps({"size": size, "root": root, "key": None}))
        return path

    gone, kept = memory(13), memory(29)
    prune(desks)
    assert judged(home, kept).status == 0
    found = judged(home, gone)
    assert (found.status, "remembered are pruned" in found.sentence) == (2, True)
    kept.write_text(kept.read_text().replace('"root": "', '"root": "AAAA')[:-2])
    assert judged(home, kept).status != 0


FORGED = {
    "DELETE FROM ledger_pruned": ("deleted", 1),
    "UPDATE ledger_pruned SET size = 13": ("deleted", 1),
    "UPDATE ledger_pruned SET nodes = zeroblob(96)": ("deleted", 1),
    "UPDATE ledger_pruned SET nodes = zeroblob(95)": ("deleted", 1),
    "UPDATE ledger_pruned SET hash = zeroblob(32)": ("edited", 22),
    "UPDATE ledger_pruned SET said = '[]'": ("bad_signature", 1),
    "UPDATE ledger_pruned SET said = 'garbage'": None,
    "DELETE FROM ledger_record WHERE seq = 22": ("deleted", 22),
    "INSERT INTO ledger_record SELECT 5, body, hash FROM ledger_record WHERE seq = 22": (
        "inserted",
        5,
    ),
}


@pytest.mark.parametrize("statement", FORGED)
def test_a_forged_beginning_is_no_beginning(
    home: Path, desks: dict[str, Any], statement: str
) -> None:
    prune(desks)
    append(1)
    assert judged(home).status == 0
    altered(statement)
    found = judged(home)
    wanted = FORGED[statement]
    if wanted is None:
        assert found.status == 3
    else:
        assert (found.status, found.kind, found.first_bad) == (1, *wanted), found.sentence


def test_nobody_prunes_alone(home: Path, desks: dict[str, Any]) -> None:
    from patrol.actions.auditing import pruning
    from patrol.actions.desk import NotPermitted
    from patrol.register.tables import Person

    settings, before = Settings(), bodies()
    asked = pruning.ask(desks["ada"], DAY, "five years are over", settings)
    Person.objects.filter(account="ann").update(same_as=desks["ada"].person)
    for name in ("ada", "abe", "ann"):
        with pytest.raises(pruning.NeedsAnother):
            pruning.approve(desks[name], asked.seq, "agreed", settings)
    with pytest.raises(NotPermitted):
        pruning.approve(desks["mei"], asked.seq, "agreed", settings)
    with pytest.raises(NotPermitted):
        pruning.ask(desks["mei"], DAY, "why not", settings)
    assert before.items() <= bodies().items()
    results = [row.result for row in logged(Verb.LOG_PRUNED)]
    assert sorted(results) == ["deny"] * 4, "and each attempt is on record"


def logged(verb: Verb) -> list[Any]:
    from patrol.register.tables import LedgerIndex

    return list(LedgerIndex.objects.filter(verb=verb))


def refusals(desks: dict[str, Any], home: Path) -> dict[str, Callable[[], object]]:
    from patrol.actions.auditing import pruning

    settings = Settings()
    ada, ann = desks["ada"], desks["ann"]
    asked = pruning.ask(ada, DAY, "five years are over", settings)

    def late() -> object:
        with told(datetime.now(UTC) + timedelta(days=8)):
            return pruning.approve(ann, asked.seq, "agreed", settings)

    elsewhere = settings.model_copy(update={"pickup": home})
    return {
        "TooYoung": lambda: pruning.ask(ada, datetime.now(UTC), "now", settings),
        "NothingToPrune": lambda: pruning.ask(ada, OLD, "earlier", settings),
        "NoSuchRequest": lambda: pruning.approve(ann, asked.seq - 1, "agreed", settings),
        "late": late,
        "NotElsewhere": lambda: pruning.approve(ann, asked.seq, "agreed", elsewhere),
    }


@pytest.mark.parametrize(
    "name", ["TooYoung", "NothingToPrune", "NoSuchRequest", "late", "NotElsewhere"]
)
def test_what_is_refused_changes_nothing(home: Path, desks: dict[str, Any], name: str) -> None:
    refuse = refusals(desks, home)[name]
    before = bodies()
    with pytest.raises(PatrolError) as refused:
        refuse()
    assert type(refused.value).__name__ in {name, "NoSuchRequest"}
    assert before.items() <= bodies().items()


def test_a_history_that_does_not_hold_is_not_pruned(home: Path, desks: dict[str, Any]) -> None:
    from patrol.actions.auditing import pruning

    asked = pruning.ask(desks["ada"], DAY, "five years are over", Settings())
    altered("UPDATE ledger_record SET body = x'7b7d' WHERE seq = 5")
    with pytest.raises(PatrolError, match="Record 5"):
        pruning.approve(desks["ann"], asked.seq, "agreed", Settings())
    assert min(bodies()) == 1
    assert judged(home).first_bad == 5, "the evidence stays"
