"""`patrol case` reads and exports as a person, on record."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

OFFER = "急收人頭帳戶，一本三萬，當天付款，安全可靠，歡迎詢問，加賴 seller901 詳談"
Run = Callable[..., Any]


@pytest.fixture
def run(register: Path) -> Run:
    """`run("list", ...)` gives the command's result. A person, and one case with a note, are there."""
    from patrol.actions.casework import case_notes, cases
    from patrol.actions.desk import Desk
    from patrol.actions.rulemaking import rulebook
    from patrol.actions.staffing import people
    from patrol.cli.case import app
    from patrol.config import read_rules
    from patrol.models import Role
    from patrol.settings import Settings

    operator = Desk.command_line()
    rules, lexicons = read_rules(Settings().config)
    rulebook.publish(operator, rules[:1], lexicons)
    for account, role in (("mei", Role.OFFICER), ("root", Role.ADMIN)):
        people.add(operator, account, role, "巡查一隊", password=None, language="en")
    people.add(operator, "other", Role.OFFICER, "巡查二隊", password=None, language="en")
    desk = Desk.of(people.find("mei"), origin="127.0.0.1")
    case = cases.open_case(desk, "Accounts for sale", "Since May")
    case_notes.write(desk, case, "Ask the bank")

    def invoke(*words: str) -> Any:
        return CliRunner().invoke(app, [*words])

    return invoke


def test_a_case_is_listed_shown_and_exported_on_record(run: Run, tmp_path: Path) -> None:
    from patrol.register.tables import LedgerIndex

    assert "Accounts for sale" in run("list", "--as", "mei").stdout
    (row,) = json.loads(run("list", "--as", "mei", "--status", "under_way", "--json").stdout)
    assert row["number"] == 1
    assert run("list", "--as", "mei", "--status", "closed").stdout == ""
    shown = run("show", "1", "--as", "mei").stdout
    assert "note 1.1 mei: Ask the bank" in shown
    assert "case.opened" in shown
    told = json.loads(run("show", "1", "--as", "mei", "--json").stdout)
    assert told["notes"][0]["wordings"][0]["text"] == "Ask the bank"
    done = run(
        "export",
        "1",
        "--as",
        "mei",
        "--purpose",
        "115-1",
        "--format",
        "json",
        "--out",
        str(tmp_path),
    )
    file = Path(done.stdout.strip())
    assert json.loads(file.read_text())
    assert file.stat().st_mode & 0o077 == 0
    verbs = list(LedgerIndex.objects.order_by("-seq").values_list("verb", flat=True)[:6])
    assert {"cases.listed", "case.viewed", "case.exported"} <= set(verbs)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "1", "--as", "other"), 3),
        (("show", "2", "--as", "mei"), 3),
        (("list", "--as", "root"), 4),
        (("list", "--as", "nobody"), 3),
        (("export", "1", "--as", "mei", "--purpose", " ", "--format", "csv"), 2),
    ],
)
def test_what_nobody_may_read_is_refused(run: Run, words: tuple[str, ...], code: int) -> None:
    assert run(*words).exit_code == code
