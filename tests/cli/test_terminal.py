"""A27: collected words steer no terminal, and JSON means what it meant."""

import io
import json
import sys

import pytest

from patrol.cli.common import data, say, write

NASTY = "ok \x1b]0;pwn\x07 \x9b31m \r2026 admin login\u2028 \u202egnp.exe \u200b\x00 賴 abc"


@pytest.mark.parametrize("tell", [write, say])
def test_what_steers_a_terminal_is_written_out(
    tell: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(tell)
    tell(NASTY)
    captured = capsys.readouterr()
    words = captured.out + captured.err
    assert not [one for one in words if not (one.isprintable() or one == "\n")]
    assert "⟦U+001B⟧" in words
    assert "⟦U+202E⟧gnp.exe" in words
    assert "賴 abc" in words
    tell("plain, two\nlines\tand a tab")
    captured = capsys.readouterr()
    assert captured.out + captured.err == "plain, two\nlines\tand a tab\n"


def test_json_for_programs_is_the_same_and_steers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", written := io.StringIO())
    data({"words": NASTY, "lone": "\ud800"})
    line = written.getvalue()
    assert json.loads(line) == {"words": NASTY, "lone": "\ud800"}
    assert not [one for one in line.rstrip("\n") if not one.isprintable()]


def test_no_command_shows_collected_words_any_other_way() -> None:
    """These read boards, cases and what people bring."""
    from pathlib import Path

    for name in ("engine", "import", "case", "source"):
        assert "typer.echo" not in Path(f"patrol/cli/{name}.py").read_text("utf-8"), name
