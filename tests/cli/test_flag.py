import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from patrol.cli.flag import app

RULE = """
title: {en: Paid dating}
category: solicitation
level: medium
why: A reason to look.
terms:
  slang: {words: [援交], unless: [救援交]}
  invite: {words: [加賴]}
when: slang and invite
examples:
  hit:
    - {text: 找援交的加賴, spans: [援交, 加賴]}
  miss:
    - {text: 急難救援交流協會, because: A society.}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules" / "solicitation"
    folder.mkdir(parents=True)
    (folder / "dating.yml").write_text(RULE, "utf-8")
    return tmp_path / "rules"


def run(rules: Path, lines: bytes, *options: str) -> tuple[int, list[str], str]:
    file = rules.parent / "texts.jsonl"
    file.write_bytes(lines)
    result = CliRunner().invoke(app, [str(file), "--rules", str(rules), *options])
    return result.exit_code, result.stdout.splitlines(), result.stderr


def line(key: object, text: object) -> bytes:
    return json.dumps({"id": key, "text": text}).encode() + b"\n"


def test_one_line_of_json_for_each_text(rules: Path) -> None:
    code, out, _ = run(
        rules, line("a", "😂找援\u200b交的加賴 abc123") + line(2, "急難救援交流協會"), "--json"
    )
    assert code == 0
    assert [json.loads(one) for one in out] == [
        {
            "id": "a",
            "score": 40,
            "matches": [
                {
                    "rule": "dating", "version": 1, "kind": "lead", "category": "solicitation",
                    "spans": [[2, 5, "援\u200b交"], [6, 8, "加賴"]], "weight": 30,
                }
            ],
            "handles": [
                {"kind": "line", "value": "abc123", "role": "offered", "confidence": 0.9, "span": [9, 15, "abc123"]}
            ],
        },
        {"id": 2, "score": 0, "matches": [], "handles": []},
    ]  # fmt: skip


def test_bad_lines_are_told_with_their_numbers_and_the_others_flagged(rules: Path) -> None:
    bad = [
        b"nonsense\n",
        b"[1]\n",
        b'{"id": 1}\n',
        line(None, "x"),
        line(1, 7),
        b'{"id": 1, "text": "\xff"}\n',
        b"[" * 100_000 + b"\n",
    ]
    code, out, err = run(rules, b"\n" + b"".join(bad) + line("good", "x"), "--json")
    assert code == 2
    assert [json.loads(one)["id"] for one in out] == ["good"]
    for number, said in enumerate(
        ["not JSON", "not a JSON object", "no `text`", "`id` is neither", "`text` is not a text", "not UTF-8", "no JSON that can be read"],
        start=2,
    ):  # fmt: skip
        assert f"texts.jsonl:{number}: " in err
        assert said in err
    assert "why:" in err
    assert "do:" in err
    assert "7 bad lines" in err


def test_many_lines_and_a_lone_surrogate(rules: Path) -> None:
    code, out, _ = run(
        rules, b"".join(line(number, "\ud83d援交加賴") for number in range(3000)), "--json"
    )
    assert code == 0
    assert [json.loads(one)["id"] for one in out] == list(range(3000))
    assert json.loads(out[-1])["matches"][0]["spans"][0] == [1, 3, "援交"]


def test_sentences_for_people(rules: Path) -> None:
    _, out, _ = run(rules, line("a", "找援交的加賴"))
    assert out == [" 30  a  dating: 援交, 加賴"]


def test_a_file_that_is_not_there(rules: Path) -> None:
    result = CliRunner().invoke(app, ["no/such.jsonl", "--rules", str(rules)])
    assert result.exit_code == 3
    assert "no/such.jsonl cannot be read" in result.stderr


def test_broken_rules_are_told(rules: Path) -> None:
    (rules / "solicitation" / "dating.yml").write_text(
        RULE.replace("slang and", "slung and"), "utf-8"
    )
    code, _, err = run(rules, line("a", "x"))
    assert code == 2
    assert "slung" in err


def test_no_rule_is_told_and_nothing_called_harmless(rules: Path) -> None:
    (rules / "solicitation" / "dating.yml").unlink()
    code, out, err = run(rules, line("a", "找援交的加賴"))
    assert (code, out) == (2, [])
    assert f"{rules}: there is no rule in this folder." in err


def test_a_folder_of_rules_that_is_not_there_is_told_with_its_option(rules: Path) -> None:
    code, out, err = run(rules / "nowhere", line("a", "找援交的加賴"))
    assert (code, out) == (2, [])
    assert f"{rules / 'nowhere'}: there is no such folder." in err
    assert "--rules" in err
    assert "--config" not in err


def test_one_category_finds_the_lexicons_of_its_configuration(rules: Path) -> None:
    (rules.parent / "lexicons").mkdir()
    (rules.parent / "lexicons" / "slang.yml").write_text(
        "title: {en: Slang}\nwords: [{word: 援交, meaning: paid dating, origin: press}]\n", "utf-8"
    )
    shared = RULE.replace("{words: [援交], unless: [救援交]}", "{lexicon: slang}")
    (rules / "solicitation" / "dating.yml").write_text(shared, "utf-8")
    code, out, err = run(rules / "solicitation", line("a", "找援交的加賴"))
    assert (code, err) == (0, "")
    assert out == [" 30  a  dating: 援交, 加賴"]


def test_standard_input_and_no_django(rules: Path) -> None:
    script = (
        "import sys; from patrol.cli.main import main; sys.argv[1:] = sys.argv[1:]\n"
        "try: main()\n"
        "finally: assert not any(name.split('.')[0] in {'django', 'scrapy'} for name in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "flag", "-", "--rules", str(rules), "--json"],
        input=line("a", "找援交的加賴"), capture_output=True, check=True,
    )  # fmt: skip
    assert json.load(io.BytesIO(done.stdout))["matches"][0]["rule"] == "dating"
