"""Why a text was flagged, and the shipped schema of what is said."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from patrol.cli.flag import app, line_schema
from patrol.cli.rule import app as rule_app

ROOT = Path(__file__).parents[2]
RULE = """
title: {en: Paid company, zh-Hant: 伴遊}
category: solicitation
level: medium
why: A reason to look.
terms:
  slang: {words: [援交], unless: [救援交流]}
  invite: {regex: '加賴|line'}
  reach: {handle: [any]}
  notice: {words: [宣導]}
when: slang and (invite or reach) and not notice
within: 40
exceptions:
  - {words: [讀書會], because: A reading group of that name., expires: 2999-01-01}
  - {words: [紙鳶], because: It is over., expires: 2001-01-01}
examples:
  hit:
    - {text: 找援交的加賴, spans: [援交, 加賴]}
  miss:
    - {text: 急難救援交流協會, because: A society.}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained") / "rules" / "solicitation"
    folder.mkdir(parents=True)
    (folder / "company.yml").write_text(RULE, "utf-8")
    return folder.parent


def written(rules: Path, *texts: str) -> str:
    file = rules.parent / "texts.jsonl"
    file.write_text(
        "".join(json.dumps({"id": nth, "text": text}) + "\n" for nth, text in enumerate(texts))
    )
    return str(file)


def flagged(rules: Path, *texts: str, options: tuple[str, ...] = ("--explain",)) -> list[Any]:
    result = CliRunner().invoke(app, [written(rules, *texts), "--rules", str(rules), *options])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


TEXT = "😂找援\u200b.交的，加ㄌㄞˋ abc123"


def test_each_term_says_where_and_through_which_disguise(rules: Path) -> None:
    (line,) = flagged(rules, TEXT)
    (match,) = line["matches"]
    assert (match["kind"], match["category"]) == ("lead", "solicitation")
    why = match["why"]
    terms = {term["term"]: term for term in why["terms"]}
    assert set(terms) == {"slang", "invite", "reach", "notice"}
    (slang,) = terms["slang"]["found"]
    assert TEXT[slang["start"] : slang["end"]] == slang["written"] == "援\u200b.交"
    assert (slang["read"], slang["how"], slang["counts"]) == ("援交", ["separators"], True)
    assert terms["slang"]["looks_for"] == "words"
    assert terms["notice"]["negated"]
    assert not terms["notice"]["there"]
    assert [term["anchor"] for term in why["terms"]].count(True) >= 1
    (window,) = why["windows"]
    assert TEXT[window[0] : window[1]] == window[2]
    assert window[2].startswith("援")
    assert why["exceptions"] == [
        {
            "words": ["讀書會"],
            "because": "A reading group of that name.",
            "expires": "2999-01-01",
            "there": False,
        }
    ], "one that is over is none"
    assert sum(part["points"] for part in line["parts"]) == line["score"] == 40
    assert line["not_known_here"] == ["freshness", "author_before", "rule_precision"]
    assert len(line["ruleset"]) == 64


def test_without_a_hit_it_says_what_is_missing_and_what_was_left_out(rules: Path) -> None:
    texts = ["找援交的", "急難救援交流協會，加賴", "找援交的加賴，讀書會", "今天天氣很好"]
    result = CliRunner().invoke(
        rule_app,
        ["explain", written(rules, *texts), "--rules", str(rules), "--rule", "company"],
    )
    whys = [json.loads(line)["why"] for line in result.stdout.splitlines()]
    assert [why["hit"] for why in whys] == [False] * 4
    assert whys[0]["missing"] == ["invite", "reach"]
    slang = next(term for term in whys[1]["terms"] if term["term"] == "slang")
    assert [(one["written"], one["counts"]) for one in slang["found"]] == [("援交", False)]
    assert slang["found"][0]["because"] == "it is part of a longer word that does not count"
    assert whys[2]["exceptions"][0]["there"]
    assert whys[2]["missing"] == []
    assert whys[3]["missing"] == ["invite", "reach", "slang"]


def test_the_shipped_schema_is_what_is_written(rules: Path) -> None:
    shipped = json.loads((ROOT / "docs" / "flag.schema.json").read_text("utf-8"))
    assert shipped == line_schema(), "run `patrol flag --schema` into docs/flag.schema.json"
    validator: Any = import_module("jsonschema").Draft202012Validator(shipped)
    for options in (("--json",), ("--explain",)):
        for line in flagged(rules, TEXT, "今天天氣很好", "電話 0912-345-678", options=options):
            validator.validate(line)
    assert list(validator.iter_errors({"id": 1, "score": 101, "matches": [], "handles": []}))
    (plain,) = flagged(rules, TEXT, options=("--json",))
    assert list(validator.iter_errors(plain | {"verdict": "guilty"})), "no other field is known"


def test_the_same_text_rules_and_engine_give_the_same_flags(rules: Path) -> None:
    texts = [TEXT, "找援交的加賴", "今天天氣很好", "line: abc123 援交"]
    first = flagged(rules, *texts)
    again = flagged(rules, *reversed(texts))
    for line in (*first, *again):
        del line["id"]
    assert first == list(reversed(again))
    (rules / "solicitation" / "company.yml").write_text(
        RULE.replace("within: 40", "within: 41"), "utf-8"
    )
    (other,) = flagged(rules, TEXT)
    assert other["ruleset"] != first[0]["ruleset"]
