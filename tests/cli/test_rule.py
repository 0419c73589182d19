"""`patrol rule` and `patrol lexicon` from a terminal: two people, one rule, its backtest."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from patrol.cli.lexicon import app as lexicons
from patrol.cli.rule import app as rules

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


@pytest.fixture
def people(register: Path) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    for account in ("lin", "wu"):
        people.add(
            Desk.command_line(), account, Role.SUPERVISOR, "巡查一隊", password=None, language="en"
        )


def run(app: Any, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_a_rule_from_its_file_to_its_end(people: None, tmp_path: Path) -> None:
    file = tmp_path / "kite_swap.yml"
    file.write_text(KITE, "utf-8")
    assert "no fault" in run(rules, "lint", str(file))
    assert "no fault" in run(rules, "test", str(file))
    run(rules, "propose", str(file), "--because", "Kites are swapped.", "--as", "lin")
    run(rules, "try", "kite_swap", "1", "--as", "lin")
    assert "cannot approve it" in run(rules, "approve", "kite_swap", "1", "--as", "lin", code=4)
    run(rules, "approve", "kite_swap", "1", "--as", "wu")
    (line,) = json.loads(run(rules, "list", "--json"))
    assert (line["status"], line["precision"]["n"]) == ("live", 0)
    assert "2 examples came true" in run(rules, "test", "kite_swap")
    assert "紙鳶" in run(rules, "show", "kite_swap")
    file.write_text(KITE.replace("level: medium", "level: low"), "utf-8")
    run(rules, "propose", str(file), "--because", "It says little alone.", "--as", "wu")
    assert "-level: medium\n+level: low" in run(rules, "diff", "kite_swap", "1", "2")
    assert "0 of 0 posts" in run(rules, "backtest", "kite_swap", "--days", "7")
    assert "newly hit 0" in run(rules, "backtest", "kite_swap", "--against", "1", "--as", "lin")
    assert "The text of ordinary posts begins on" in run(
        rules, "backtest", str(file), "--days", "8", code=2
    )
    run(rules, "retire", "kite_swap", "1", "--as", "lin", "--reason", "It is over.")
    assert "is live, not review" not in run(
        rules, "release", "kite_swap", "--as", "lin", "--reason", "It is right.", code=4
    )


ASKING = """\
title: {en: Kites by number}
category: trading
level: medium
why: An invented rule.
terms:
  kite: {words: [紙鳶]}
  young: {age: {at_most: 17}}
  cheap: {price: {at_least: 500, at_most: 5000, currency: TWD}}
  many: {number: {at_least: 20, of: [只]}}
  reach: {handle: [line], role: [offered]}
when: kite and young and cheap and many and reach
falsepositives: [A kite fair]
examples:
  hit:
    - {text: 紙鳶，國中生，30只 2千元 加賴 abc123, spans: [紙鳶, 國中, 30只, 2千元, abc123]}
  miss:
    - {text: 紙鳶，國中生，30只 9千元 加賴 abc123, because: Too dear.}
"""


def test_what_a_rule_asks_for_is_known_to_every_verb(people: None, tmp_path: Path) -> None:
    file = tmp_path / "kite_numbers.yml"
    file.write_text(ASKING, "utf-8")
    assert "no fault" in run(rules, "lint", str(file))
    assert "no fault" in run(rules, "test", str(file))
    run(rules, "propose", str(file), "--because", "Kites are counted.", "--as", "lin")
    run(rules, "approve", "kite_numbers", "1", "--as", "wu")
    assert "2 examples came true" in run(rules, "test", "kite_numbers")
    shown = tmp_path / "shown" / "kite_numbers.yml"
    shown.parent.mkdir()
    shown.write_text(json.loads(run(rules, "show", "kite_numbers", "--json"))["text"], "utf-8")
    assert "no fault" in run(rules, "test", str(shown))
    again = run(rules, "propose", str(shown), "--because", "The same.", "--as", "lin", code=2)
    assert "says the same" in again
    file.write_text(ASKING.replace("2千元 加賴", "9千元 加賴"), "utf-8")
    assert "does not flag this example" in run(rules, "lint", str(file), code=2)
    file.write_text(ASKING.replace("at_most: 17", "at_mots: 17"), "utf-8")
    assert "kite_numbers.yml:7:17: there is no field `at_mots`" in run(
        rules, "lint", str(file), code=2
    )


def test_explain_says_what_was_read_and_what_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "trading"
    folder.mkdir(parents=True)
    (folder / "kite_numbers.yml").write_text(ASKING, "utf-8")
    offer = "紙鳶，1 5 歲，大學生，三十只，9000元或兩千元，加賴 abc123"
    warning = "紙鳶，小心詐騙帳號 LINE bad456"
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"id": 1, "text": one}) + "\n" for one in (offer, warning)))
    lines = run(
        rules, "explain", str(texts), "--rules", str(folder.parent), "--rule", "kite_numbers"
    ).splitlines()
    whys = [json.loads(line)["why"] for line in lines]
    assert [why["hit"] for why in whys] == [True, False]
    terms, others = ({term["term"]: term for term in why["terms"]} for why in whys)
    assert {name: term["looks_for"] for name, term in terms.items()} == {
        "kite": "words", "young": "age up to 17", "cheap": "price from 500 to 5000 TWD",
        "many": "number from 20 of 只", "reach": "handle line, offered",
    }  # fmt: skip

    def read(term: dict[str, Any]) -> list[tuple[str, str, bool]]:
        return [(one["written"], one["means"], one["counts"]) for one in term["found"]]

    assert read(terms["young"]) == [("1 5 歲", "15", True), ("大學生", "18 to 22", False)]
    assert read(terms["many"]) == [("三十只", "30", True)]
    assert read(terms["cheap"]) == [("9000元", "9000 TWD", False), ("兩千元", "2000 TWD", True)]
    assert read(terms["reach"]) == [("abc123", "line, offered", True)]
    assert read(others["reach"]) == [("bad456", "line, mentioned", False)]
    assert others["reach"]["found"][0]["because"] == "it is not what is asked for"


def test_lint_tells_all_faults_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "kite_swap.yml"
    file.write_text(KITE.replace("kite and swap", "kite and swop").replace("medium", "medum"))
    said = run(rules, "lint", str(file), code=2)
    assert "kite_swap.yml:3:8: there is no level `medum`" in said
    assert "swop" in said
    file.write_text(KITE.replace("spans: [紙鳶, 互換]", "spans: [紙鳶]"), "utf-8")
    assert "kite_swap.yml:12:7: marked are `紙鳶`, `互換`" in run(rules, "lint", str(file), code=2)


def test_a_word_list_from_its_file_to_its_use(people: None, tmp_path: Path) -> None:
    from datetime import timedelta

    from patrol.actions.desk import Desk

    file = tmp_path / "kites.txt"
    file.write_text("紙鳶\n風箏\n", "utf-8")
    day = (Desk.system().now() + timedelta(days=30)).date().isoformat()
    governed = ["--owner", "lin", "--origin", "notes", "--meaning", "kites", "--expires", day]
    run(lexicons, "import", str(file), *governed, "--as", "lin")
    assert "draft" in run(lexicons, "list")
    run(lexicons, "approve", "kites", "--as", "lin", code=4)
    run(lexicons, "approve", "kites", "--as", "wu")
    (row,) = json.loads(run(lexicons, "list", "--json"))
    assert (row["status"], row["words"], row["owner"]) == ("live", 2, "lin")


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("none.yml", None, "cannot be read: No such file or directory."),
        ("big5.yml", "title: 中文".encode("big5"), "is not UTF-8: byte 8 is none of it."),
        ("empty.yml", b"", "the file is empty."),
        ("cut.yml", b"title: {en: A\n  x: [", "cut.yml:2:4: this is not YAML"),
        (
            "list.yml",
            KITE.replace("words: [紙鳶]", "lexicon: kites").encode(),
            "no lexicon `kites`",
        ),
        ("folder", b"", "holds no rule."),
    ],
)
def test_what_is_no_rule_is_told_with_what_to_do(
    tmp_path: Path, name: str, written: bytes | None, said: str
) -> None:
    file = tmp_path / name
    if file.suffix and written is not None:
        file.write_bytes(written)
    elif written is not None:
        file.mkdir()
    output = run(rules, "lint", str(file), code=2)
    assert said in " ".join(output.split())
    assert "JSON" not in output
    assert "do:" in output


def test_without_a_file_all_configured_rules_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config" / "rules" / "trading"
    folder.mkdir(parents=True)
    (folder / "kite_swap.yml").write_text(KITE, "utf-8")
    (folder / "kite_again.yml").write_text(KITE, "utf-8")
    monkeypatch.setenv("PATROL_CONFIG", str(tmp_path / "config"))
    assert "2 rules: no fault." in run(rules, "lint")
    assert set(json.loads(run(rules, "lint", "--json"))["remarks"]) == {"kite_swap", "kite_again"}
    (folder / "kite_again.yml").write_text(KITE.replace("and swap", "and swop"), "utf-8")
    (folder / "kite_swap.yml").write_text(KITE.replace("紙鳶展覽", "紙鳶互換"), "utf-8")
    both = run(rules, "lint", str(folder), code=2)
    assert "kite_again.yml:" in both
    assert "kite_swap.yml:" in both
