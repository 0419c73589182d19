"""`patrol check` at the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from patrol.cli.check import app
from patrol.errors import Exit
from tests.config.conftest import LEXICON, RULE, SOUND, SOURCE, Write, written
from tests.plugins.golden import Golden

MESSAGES = Path(__file__).parent.parent / "config" / "messages"

__all__ = ["written"]


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_sound_configuration(written: Write) -> None:
    code, said, faults = run("--config", str(written()))

    assert (code, faults) == (Exit.OK, "")
    assert (
        said
        == "Read 1 sources, 1 rules, 1 lexicons, 5 roles; 2 examples of rules came true. No fault.\n"
    )


def test_shipped_configuration_has_no_fault() -> None:
    code, said, faults = run("--json")

    assert (code, faults) == (Exit.OK, "")
    assert json.loads(said)["rules"] >= 30
    assert json.loads(said)["faults"] == []


@pytest.mark.parametrize(
    ("case", "old", "new"),
    [
        ("failing_hit", "Trek BIKE,", "Trek trike,"),
        ("failing_spans", "spans: [BIKE,", "spans: [Trek BIKE,"),
        ("failing_miss", "was stolen! Serial number WTU123", "has its serial number ground off"),
        ("bad_when_syntax", "when: bicycle and removed", "when: bicycle and (removed"),
        ("bad_regex", "磨掉.{0,4}號碼", "(?=磨掉)"),
    ],
)
def test_rule_that_does_not_hold(
    case: str, old: str, new: str, written: Write, golden: Golden
) -> None:
    assert old in SOUND[RULE]
    code, _, faults = run("--config", str(written({RULE: SOUND[RULE].replace(old, new)})))

    assert code == Exit.USAGE
    golden(MESSAGES / f"{case}.txt", faults)


def test_a_rule_that_cannot_be_compiled_keeps_no_other_from_being_tried(written: Write) -> None:
    """All faults at once: a regex that no engine takes, a condition that cannot be read, an example that does not hold."""
    other = str(Path(RULE).with_name("other_rule.yml"))
    third = str(Path(RULE).with_name("third_rule.yml"))
    files = {
        RULE: SOUND[RULE].replace("磨掉.{0,4}號碼", "(?=磨掉)"),
        other: SOUND[RULE].replace("Trek BIKE,", "Trek trike,"),
        third: SOUND[RULE].replace("when: bicycle and removed", "when: bicycle and (removed"),
    }
    code, _, faults = run("--config", str(written(files)))
    assert code == Exit.USAGE
    for name in files:
        assert f"{Path(name).name}:" in faults, name


def test_all_faults_of_all_files_at_once(written: Write) -> None:
    folder = written(
        {
            SOURCE: SOUND[SOURCE].replace("phpbb", "phpb"),
            RULE: SOUND[RULE].replace("Trek BIKE,", "Trek trike,"),
            "rules/trading/other.yml": SOUND[RULE].replace("level:", "levle:"),
            "roles.yml": "officer: []\n",
        }
    )

    code, said, faults = run("--config", str(folder), "--json")

    told = [fault["where"] for fault in json.loads(said)["faults"]]
    assert code == Exit.USAGE
    assert [place.partition(":")[0].removeprefix("config/") for place in told] == [
        SOURCE,
        "rules/trading/other.yml",
        *["roles.yml"] * 4,
        RULE,
    ]
    assert faults.count("  why: ") == len(told)


def test_broken_lexicon_is_told_once(written: Write) -> None:
    code, said, _ = run("--config", str(written({LEXICON: "words: [\n"})), "--json")

    assert code == Exit.USAGE
    assert [fault["where"] for fault in json.loads(said)["faults"]] == [
        "config/lexicons/bicycle.yml:2:1"
    ]


def test_selectors_that_nobody_can_read_are_a_fault(written: Write) -> None:
    bad = (
        "title: {en: A}\nchannel: platform\nstart: [https://a.example/]\nselectors: {row: 'div['}\n"
    )
    code, _, faults = run("--config", str(written({SOURCE: bad})))

    assert code == Exit.USAGE
    assert "moto_forum.yml" in faults
    assert "The selector `div[` of `row` is no CSS selector" in faults
