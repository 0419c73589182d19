"""Every verb of the command line leaves the record of what it did, or says why it needs none.

The list is of all verbs: one that is new is not in it, and this fails. What needs no record works where there is no
register at all, so it can have shown nothing of one; the few that look at one all the same say what keeps them.
"""

import json
import shlex
import signal
import time
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from patrol.demo.stage import free_port
from tests.actions.teaching import teach

PATIENCE_SECONDS = 120.0
OFFER = "找援交的加賴 gull0042，價格可議"
KITE = """\
title: {en: Kites swapped}
category: trading
level: medium
why: An invented rule.
terms:
  kite: {words: [紙鳶]}
  swap: {words: [互換]}
when: kite and swap
falsepositives: [A kite fair]
examples:
  hit:
    - {text: 紙鳶互換，自取, spans: [紙鳶, 互換]}
  miss:
    - {text: 紙鳶展覽, because: Nothing is swapped.}
"""
BOARD = "title: {en: A board, zh-Hant: 一個板}\nchannel: platform\nstart: [https://forum.example/viewforum.php?f=9]\n"
PAGE = '<html><body><div class="entry">words</div></body></html>'


class Told(NamedTuple):
    """A command, and what the log has of it: verbs, with `!` behind those that were denied."""

    words: str
    records: str
    code: int = 0


STORY = (
    Told("init --unit 巡查一隊 --admin chief", "register.created rules.published source.proposed source.proposed source.proposed person.added person.link_issued"),
    Told("user add paul --role officer --unit 巡查一隊", "person.added person.link_issued"),
    Told("user link paul", "person.link_issued"),
    Told("user reset-factor paul --reason lost", "person.factor_reset"),
    Told("user unlink paul --reason left", "person.organisation_unlinked!", 3),
    Told("user role paul supervisor --reason promoted", "person.role_changed"),
    Told("user close paul --reason left", "person.closed"),
    Told("user link paul", "person.link_issued!", 2),
    Told("user reopen paul --reason back", "person.reopened"),
    Told("user list", "command.run"),
    Told("source list", "sources.listed"),
    Told("source show harbor", "source.viewed"),
    Told("source add FOLDER/board.yml --as lin --unit 巡查一隊", "source.proposed"),
    Told("source add https://kites.example/viewforum.php?f=2 --as lin --unit 巡查一隊", "source.looked_at source.proposed"),
    Told("source suggest https://kites.example/viewforum.php?f=2 --as lin", "source.looked_at", 3),
    Told("source authorize harbor --basis x --number 1 --as lin", "authorization.requested"),
    Told("source approve 2 --as wu", "authorization.approved"),
    Told("source coverage harbor --first 2026-01-01 --last 2026-01-31", "source.viewed"),
    Told("run harbor", "run.queued run.begun run.ended", 1),
    Told("import harbor FOLDER/posts.csv --address http://harbor.example/t/1 --as lin", "posts.kept posts.brought"),
    Told("source revoke 1 --as wu --reason 'It is over.'", "authorization.revoked"),
    Told("evidence export 1 --as mei --reason court --out FOLDER", "evidence.exported"),
    Told("evidence contacts 1 --as mei --reason court --out FOLDER", "handles.exported"),
    Told("case list --as mei", "cases.listed"),
    Told("case show 1 --as mei", "case.viewed"),
    Told("case export 1 --as mei --purpose court --out FOLDER", "case.exported"),
    Told("rule list", "rules.listed"),
    Told("rule propose FOLDER/kite_swap.yml --because 'Kites are swapped.' --as lin", "rule.proposed"),
    Told("rule try kite_swap 1 --as lin", "rule.shadowed"),
    Told("rule approve kite_swap 1 --as wu", "rule.approved"),
    Told("rule show kite_swap", "rule.viewed"),
    Told("rule diff kite_swap 1 1", "rule.viewed"),
    Told("rule test kite_swap", "rule.viewed"),
    Told("rule backtest kite_swap", "rule.backtested"),
    Told("rule release paid_dating_contact --as lin --reason 'It is over.'", "rule.released"),
    Told("rule retire kite_swap 1 --as lin --reason 'It is over.'", "rule.retired"),
    Told("lexicon list", "rules.listed"),
    Told("lexicon import FOLDER/kites.txt --owner Wu --origin 'the fair' --meaning 'a kite' --expires DAY --as lin", "lexicon.proposed"),
    Told("lexicon approve kites --as wu", "lexicon.approved"),
    Told("lexicon import FOLDER/kites.txt --owner Wu --origin 'the fair' --meaning 'a kite' --expires DAY --as lin", "lexicon.proposed"),
    Told("lexicon discard kites --as wu --reason 'It is over.'", "lexicon.retired"),
    Told("rank train", "rank.trained"),
    Told("rank status --unit 巡查一隊", "rank.viewed"),
    Told("index rebuild", "index.rebuilt"),
    Told("index reconcile", "command.run"),
    Told("index status", "command.run"),
    Told("index replay", "index.replayed"),
    Told("retention preview", "retention.viewed"),
    Told("retention run", "retention.viewed"),
    Told("retention certificates", "retention.viewed"),
    Told("log prove 1 --out FOLDER/proof", "log.proved"),
    Told("log export FOLDER/records", "log.exported"),
    Told("log rotate --reason 'It is over.'", "log.key_rotated"),
    Told("log prune --before DAY --as audit --reason 'It is over.'", "log.pruning_requested!", 4),
    Told("log verify", "log.verified"),
    Told("doctor", "command.run"),
    Told("db backups", "command.run"),
    Told("db backup FOLDER/backup", "command.run"),
    Told("db restore FOLDER/backup", "command.run"),
)  # fmt: skip
SERVICES = ("serve", "projector")
WORKERS = ("scheduler", "worker")
"""They are run until their record is there. The second kind takes work from PostgreSQL."""
ALONE = {
    "check": ("check", "It reads `config/`."),
    "engine list": ("engine list", "It names what ships."),
    "engine read": ("engine read tests/spiders/engines/pages/phpbb/thread.html --url http://harbor.example/", "It reads a file of the operator's."),
    "flag": ("flag FOLDER/texts.jsonl --rules FOLDER/rules", "It reads a file of the operator's."),
    "fold": ("fold FOLDER/texts.jsonl", "It reads a file of the operator's."),
    "evidence verify": ("evidence verify FOLDER/page.html", "Whoever was given a bundle runs it, anywhere."),
    "rule lint": ("rule lint FOLDER/kite_swap.yml", "It reads a file of the operator's."),
    "rule explain": ("rule explain FOLDER/texts.jsonl --rules FOLDER/rules", "It reads a file of the operator's."),
    "healthcheck": ("healthcheck projector", "A container asks every few seconds; it hears a yes or a no."),
}  # fmt: skip
"""What needs no record because it opens no register: how that is tried, and what it does instead."""
UNRECORDED = {
    "bench": "It measures on registers of its own, which it makes up and removes.",
    "demo": "It makes up a data directory of its own, whose log begins with it.",
    "demo tamper": "It is what somebody with the disk could do behind the log's back, for people to see it caught.",
    "db check": "It says whether the file is whole, of a register that may not be writable any more, and shows nothing of it.",
}
"""What looks at a register all the same, and why that leaves no record."""


def verbs() -> Iterator[str]:
    """All that can be told to `patrol`."""
    from patrol.cli.main import COMMANDS

    for command in COMMANDS:
        app = import_module(f"patrol.cli.{command}").app
        made: Any = get_command(app)
        below = getattr(made, "commands", {})
        if not below or made.invoke_without_command:
            yield command
        yield from (f"{command} {word}" for word in below)


def verb_of(words: str) -> str:
    first, second = (*words.split(), "")[:2]
    return next(one for one in (f"{first} {second}", first) if one in set(verbs()))


def test_every_verb_is_listed_once() -> None:
    recorded = {*SERVICES, *WORKERS, *(verb_of(one.words) for one in STORY)}
    needless = [*ALONE, *UNRECORDED]
    assert not recorded & set(needless)
    assert sorted({*recorded, *needless}) == sorted(verbs())
    assert all(one.records for one in STORY)


@pytest.fixture
def shipped() -> Any:
    """One rule with its word lists."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    return [rule for rule in rules if rule.name == "paid_dating_contact"], lexicons


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that commands are told of."""
    for name, words in {
        "kite_swap.yml": KITE,
        "rules/trading/kite_swap.yml": KITE,
        "kites.txt": "紙鳶\n",
        "page.html": PAGE,
        "posts.csv": "author;text\nheron;hello\n",
        "board.yml": BOARD,
        "texts.jsonl": '{"id": 1, "text": "紙鳶互換"}\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words, encoding="utf-8")
    return tmp_path


def patrol(words: str, folder: Path) -> Any:
    """A command in this process."""
    day = date.today() + timedelta(days=30)  # noqa: DTZ011  (of this machine, as its operator says it)
    said = words.replace("FOLDER", str(folder)).replace("DAY", f"{day}")
    command, *rest = shlex.split(said)
    return CliRunner().invoke(import_module(f"patrol.cli.{command}").app, rest)


def _head() -> int:
    from patrol.register.tables import LedgerIndex

    newest = LedgerIndex.objects.order_by("-seq").first()
    return newest.seq if newest else 0


def _recorded(after: int) -> str:
    from patrol.register.tables import LedgerIndex

    rows = LedgerIndex.objects.filter(seq__gt=after).order_by("seq")
    return " ".join(row.verb if row.result == "allow" else f"{row.verb}!" for row in rows)


def _furnish(house: Any) -> None:
    """A mandate, a lead, a case, decisions to learn from, and a signed log."""
    from django.utils import timezone

    from patrol.actions.casework import cases
    from patrol.models import RuleStatus
    from patrol.register import checkpoints
    from patrol.register.tables import RuleVersion, RunRow

    house.authorize()
    begun = house.begin()
    house.keeper(begun).keep(house.page(("p1", OFFER)))
    RunRow.objects.update(ended_at=timezone.now(), outcome="ok")
    RuleVersion.objects.filter(name="paid_dating_contact").update(status=RuleStatus.REVIEW)
    cases.open_case(house.desk("mei"), "Kites", "")
    teach(house, 100)
    checkpoints.sign_now()


def test_every_verb_leaves_the_record_of_what_it_did(
    house: Any, register: Path, folder: Path, warm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connections

    from patrol.actions.triaging import rank

    register.chmod(0o700)
    monkeypatch.setattr(rank, "LEAST", 100)
    monkeypatch.setattr(rank, "LEAST_OF_A_KIND", 5)
    _furnish(house)
    for one in STORY:
        before = _head()
        connections.close_all()
        if one.words.startswith("run "):  # the network's loop is started once per process
            started = warm.patrol(*one.words.split())
            code, said = started.wait(120), "".join(started.communicate())
        else:
            done = patrol(one.words, folder)
            code, said = done.exit_code, done.output
        assert (_recorded(before), code) == (one.records, one.code), (one.words, said)


def _works_on_record(warm: Any, words: str) -> None:
    """Started, it has said so in the log before it does anything else; then it is ended."""
    from patrol.register.tables import LedgerRecord

    begun = warm.patrol(*words.split())
    told = json.dumps({"command": words.split(maxsplit=1)[0]}, separators=(",", ":")).encode()
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not [row for row in LedgerRecord.objects.all() if told in bytes(row.body)]:
            assert begun.poll() is None, begun.communicate()
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        begun.send_signal(signal.SIGTERM)
        begun.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_begins_on_record(service: str, register: Path, warm: Any) -> None:
    bind = f" --bind 127.0.0.1:{free_port()}" if service == "serve" else ""
    _works_on_record(warm, f"{service}{bind}")


@pytest.mark.parametrize(
    "register", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
@pytest.mark.parametrize("service", WORKERS)
def test_a_service_with_a_queue_begins_on_record(
    service: str, register: Path, warm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATROL_QUEUE", "procrastinate")
    made = warm.patrol("init")
    assert made.wait(PATIENCE_SECONDS) == 0, made.communicate()
    _works_on_record(warm, service)


def test_what_needs_no_record_opens_no_register(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patrol.errors import Exit

    home = folder / "nowhere"
    monkeypatch.setenv("PATROL_HOME", str(home))
    for verb, (words, why) in ALONE.items():
        assert verb_of(words) == verb
        assert why
        done = patrol(words, folder)
        assert done.exit_code in {0, 1, Exit.TAMPERED}, (words, done.output)
        assert "no register" not in done.output
        assert not done.exception or isinstance(done.exception, SystemExit), (words, done.exception)
    assert not home.exists()
