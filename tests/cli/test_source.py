"""`patrol source add`: what is said of a place that everybody knows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PATROL = [sys.executable, "-c", "from patrol.cli.main import main; main()"]


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ("https://www.dcard.tw/f/bicycle", "A run would end as `policy_blocked`."),
        ("https://www.ptt.cc/bbs/Bicycle/index.html", "PTT: Some boards ask for a declaration of age"),
        ("https://forum.example/viewforum.php?f=2", None),
    ],
)  # fmt: skip
def test_says_what_a_known_place_asks(
    register: Path, tmp_path: Path, start: str, told: str | None
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    people.add(Desk.command_line(), "lin", Role.SUPERVISOR, "One", password=None, language="en")
    file = tmp_path / "board.yml"
    file.write_text(
        f"title: {{en: A board, zh-Hant: 一個板}}\nchannel: platform\nstart: [{start}]\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [*PATROL, "source", "add", str(file), "--home", str(register)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "`board` is proposed" in said
    assert (told in said) if told else ("A run would end" not in said)


TALK = "".join(
    f'<div class="entry"><b class="nick">gull{one}</b> <i class="when">2026-11-0{one} 18:10</i><p class="said">what gull {one} said here</p></div>'
    for one in range(1, 8)
)


def patrol(*words: str) -> Any:
    """`patrol source ...` in this process."""
    from typer.testing import CliRunner

    from patrol.cli.source import app

    return CliRunner().invoke(app, [*words])


@pytest.fixture
def unit(register: Path) -> Path:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    people.add(Desk.command_line(), "lin", Role.SUPERVISOR, "One", password=None, language="en")
    people.add(Desk.command_line(), "wu", Role.SUPERVISOR, "One", password=None, language="en")
    return register


def test_an_address_is_proposed_and_nothing_is_asked_without_a_mandate(unit: Path) -> None:
    done = patrol("add", "https://forum.example/viewforum.php?f=2", "--as", "lin", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["asked"], told["look"], told["proposed"]) == (False, None, "forum_viewforum_f_2")
    assert "trial authorization" in told["why_not"]
    assert told["proposal"]["scope"]["hosts"] == ["forum.example"]
    again = patrol("add", "https://forum.example/viewforum.php?f=2", "--as", "lin")
    assert "begins there already" in again.stderr
    assert "--trial" in again.stderr


def test_a_place_that_turns_programs_away_is_refused_with_the_lawful_way(unit: Path) -> None:
    done = patrol("add", "https://www.dcard.tw/f/bicycle", "--as", "lin")
    assert done.exit_code == 4
    assert "policy_blocked" in done.stderr
    assert "official channel" in done.stderr
    assert patrol("list", "--json").stdout.strip() == "[]"


def test_a_trial_and_a_declaration_of_age_are_asked_for_and_approved(unit: Path) -> None:
    assert (
        patrol(
            "add", "https://www.ptt.cc/bbs/Night/index.html", "--as", "lin", "--name", "night"
        ).exit_code
        == 0
    )
    asked = patrol(
        "authorize", "night", "--as", "lin", "--basis", "art. 28", "--number", "1", "--trial",
        "--declare-age", "www.ptt.cc",
    )  # fmt: skip
    assert asked.exit_code == 0, asked.stderr
    done = patrol("approve", "1", "--as", "wu")
    assert "covers single looks until" in done.stderr
    assert "`over18=1` be sent to www.ptt.cc, and to nobody else" in done.stderr
    (row,) = json.loads(patrol("list", "--json").stdout)
    assert (row["authorization"], row["next_due_at"]) == ("trial", None)


def test_robots_give_way_for_a_reason_that_the_approver_reads(unit: Path) -> None:
    added = patrol("add", "https://harbor.example/board", "--as", "lin", "--name", "night")
    assert added.exit_code == 0, added.stderr
    asked = (
        "authorize", "night", "--as", "lin", "--basis", "art. 28", "--number", "3", "--override-robots",
        "--user-agent", "plain", "--terms", "terms_silent",
    )  # fmt: skip
    refused = patrol(*asked)
    assert refused.exit_code != 0
    assert "Why what the site asks for is not followed is not said." in refused.stderr
    assert patrol(*asked, "--why", "The court ordered it in writing.").exit_code == 0
    done = patrol("approve", "1", "--as", "wu")
    assert "excludes read all the same: The court ordered it in writing." in done.stderr


def test_a_mandate_may_be_directed_at_somebody(unit: Path) -> None:
    asked = ("authorize", "night", "--as", "lin", "--basis", "art. 28", "--number", "2", "--json")
    added = patrol(
        "add", "https://www.ptt.cc/bbs/Night/index.html", "--as", "lin", "--name", "night"
    )
    assert added.exit_code == 0
    done = patrol(*asked, "--directed-at", "heron0088", "--directed-at", "LINE plover77")
    assert json.loads(done.stdout)["directed"] is True, done.stderr
    from patrol.actions.searching.following import directed_at
    from patrol.register.tables import AuthorizationRow

    row = AuthorizationRow.objects.get()
    assert directed_at(row) == ("heron0088", "LINE plover77")
    assert "heron0088" not in str(row.directed_tags)
    assert json.loads(patrol(*asked).stdout)["directed"] is False


def test_selectors_are_suggested_for_a_saved_page(tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text(f"<html><body>{TALK}</body></html>")
    done = patrol("suggest", str(file), "--json")
    told = json.loads(done.stdout)
    assert told["selectors"]["row"] == "div.entry"
    assert told["read"] == 7
    assert [post["text"] for post in told["posts"]] == [
        f"what gull {one} said here" for one in range(1, 6)
    ]
    assert told["confidence"] > 0.9
    plain = patrol("suggest", str(file))
    assert "row: 'div.entry'" in plain.stdout
    assert "post 5" in plain.stdout


@pytest.mark.parametrize("page", ["", "<p>one</p>", "<ul>" + '<li><a href="/x">menu</a></li>' * 30])
def test_nothing_is_suggested_politely(tmp_path: Path, page: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(page)
    done = patrol("suggest", str(file))
    assert done.exit_code == 2
    assert "do:" in done.stderr


@pytest.mark.parametrize("words", [("add", "nowhere.yml"), ("suggest", "nowhere.html")])
def test_a_file_that_is_not_there_is_told(unit: Path, words: tuple[str, ...]) -> None:
    done = patrol(*words)
    assert done.exit_code == 3
    assert "no file `nowhere" in done.stderr
