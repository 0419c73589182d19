"""`patrol bench`: measurements, each beside a peer in the same run."""

import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from patrol.cli.common import Json, data, say, told
from patrol.errors import BadInput
from patrol.settings import ROOT

app = typer.Typer()
MEASUREMENTS = ROOT / "docs" / "measurements.json"


class NoSuchBench(BadInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no bench `{name}`.",
            why="A bench is a file in benches/ with a function `measure`.",
            do=f"Choose one of {', '.join(names())}.",
        )


def names() -> list[str]:
    """Benches by their files."""
    return sorted(path.stem for path in (ROOT / "benches").glob("[a-z]*.py"))


@app.command()
@told
def bench(
    name: Annotated[str | None, typer.Argument(help="Which one.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All of them, into docs/measurements.json.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure. A figure alone says little on a noisy machine: read the ratio to the peer of the same run."""
    sys.path.insert(0, str(ROOT))
    if every:
        found = [_apart(each) for each in names()]
        MEASUREMENTS.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        say(f"{len(found)} benches measured into {MEASUREMENTS.relative_to(Path.cwd())}.")
        return
    if name not in names():
        raise NoSuchBench(str(name))
    sums = _measured(name)
    if as_json:
        data(sums)
    else:
        for key, value in sums.items():
            typer.echo(f"{key:<12} {value}")


def _measured(name: str) -> dict[str, Any]:
    sums: dict[str, Any] = {"name": name, **import_module(f"benches.{name}").measure()}
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    return {**sums, "machine": machine}


def _apart(name: str) -> dict[str, Any]:
    """In a process of its own, so that no bench warms another's memory."""
    say(f"measuring {name}")
    command = [sys.executable, "-m", "patrol", "bench", name, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
