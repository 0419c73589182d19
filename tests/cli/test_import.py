"""`patrol import` and `patrol source coverage`: what a person brings, and what can be said of a period."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.models import Category, Channel, Role, Scope, Source


def _patrol(command: str, *words: str) -> Any:
    from importlib import import_module

    from typer.testing import CliRunner

    return CliRunner().invoke(import_module(f"patrol.cli.{command}").app, words)


@pytest.fixture
def board(register: Path) -> Path:
    from django.utils import timezone

    from patrol.actions.collecting import mandates, sources
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    for account in ("lin", "wu"):
        people.add(
            Desk.command_line(), account, Role.SUPERVISOR, "One", password=None, language="en"
        )
    desks = {one: Desk.of(people.find(one), origin=None) for one in ("lin", "wu")}
    source = Source(
        name="harbor",
        title={"en": "Harbor", "zh-Hant": "港灣"},
        channel=Channel.PLATFORM,
        start=("http://harbor.example/",),
    )
    sources.propose(desks["lin"], source)
    now = timezone.now()
    asked = mandates.request(
        desks["lin"],
        "harbor",
        basis="Police Act art. 28",
        number="115-001",
        scope=Scope(hosts=("harbor.example",)),
        categories=tuple(Category),
        valid_from=now - timedelta(minutes=1),
        valid_until=now + timedelta(days=3),
    )
    mandates.approve(desks["wu"], asked.pk)
    return register


def test_a_table_is_shown_and_then_kept(board: Path, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("author;text\nheron;hello\nwren;good morning\n", encoding="utf-8")
    words = ["harbor", str(file), "--address", "http://harbor.example/t/1", "--as", "lin"]
    shown = _patrol("import", *words, "--dry")
    assert shown.exit_code == 0, shown.output
    assert "2 posts would be kept" in shown.output
    assert "good morning" in shown.output
    kept = _patrol("import", *words, "--json")
    assert json.loads(kept.stdout) == {"posts": 2, "posts_new": 2, "leads": 0}
    assert json.loads(_patrol("import", *words, "--json").stdout)["posts_new"] == 0
    refused = _patrol(
        "import", "harbor", str(file), "--address", "http://x.example/", "--as", "lin"
    )
    assert refused.exit_code == 4
    assert "not named in the authorization" in refused.output
    days = ["--first", "2026-01-01", "--last", "2026-12-31"]
    said = _patrol("source", "coverage", "harbor", *days, "--json")
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["read"] == 0
    assert _patrol("source", "coverage", "harbor", *days).exit_code == 0


def test_a_file_that_is_not_there_is_told(board: Path) -> None:
    done = _patrol("import", "harbor", "/nowhere.txt", "--address", "http://harbor.example/", "--as", "lin")  # fmt: skip
    assert done.exit_code != 0
    assert "there is no file" in done.output


def test_a_source_is_shown_with_what_its_runs_taught(board: Path) -> None:
    from django.utils import timezone

    from patrol.register.tables import RunRow, SourceRow

    now = timezone.now()
    SourceRow.objects.update(
        health={
            "at": now.isoformat(),
            "every_minutes": 60,
            "because": "fixed",
            "failures": 4,
            "stretched_minutes": 240,
        }
    )
    RunRow.objects.create(
        source=SourceRow.objects.get(), due_at=now, ended_at=now, outcome="ok", lost_posts=65
    )
    said = _patrol("source", "show", "harbor")
    assert said.exit_code == 0, said.output
    assert "It is read every 60 minutes, as its schedule says." in said.output
    assert "It failed 4 times in a row: to spare the site" in said.output
    assert "about 65 posts lost for good" in said.output
    told = json.loads(_patrol("source", "show", "harbor", "--json").stdout)
    assert (told["open"], told["every_minutes"], told["runs"][0]["lost_posts"]) == (True, 60, 65)
