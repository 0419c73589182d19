"""`patrol bench`: measurements, each beside a peer in the same run."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from patrol.cli.common import Json, data, say, told
from patrol.errors import BadInput, Exit, PatrolError
from patrol.models.measurement import Machine, Measurement
from patrol.settings import ROOT

app = typer.Typer()
MEASUREMENTS = ROOT / "docs" / "measurements.json"
FLOOR = "quality"
"""The bench that refuses to write figures worse than before, unless told."""
LONGEST_SECONDS = 3600
"""A bench that takes longer hangs; the others are measured all the same."""
LIBRARIES = ("django", "elasticsearch", "hyperscan", "numpy", "playwright", "scrapy", "tantivy")


class NoSuchBench(BadInput):
    def __init__(self, name: str | None) -> None:
        super().__init__(
            f"There is no bench `{name}`." if name else "No bench was named.",
            why="A bench is a file in benches/ with a function `measure`.",
            do=f"Choose one of {', '.join(names())}.",
        )


class BadBench(PatrolError):
    """A bench's answer lacks something, so that nobody could compare it."""

    def __init__(self, name: str, error: ValueError) -> None:
        super().__init__(
            f"The bench `{name}` says too little: {error}",
            why="A figure is read beside its peer, its goal and its settings, or not at all.",
            do=f"Mend what `measure` in benches/{name}.py returns.",
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
    allow_regression: Annotated[
        bool, typer.Option("--allow-regression", help="Let the quality floor sink; say why.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure. A figure alone says little on a noisy machine: read the ratio to the peer of the same run.

    With --all, one that fails is written down with its error, the others are measured, and the exit code is 1.
    """
    sys.path.insert(0, str(ROOT))
    os.environ.pop(
        "PATROL_DATABASE_URL", None
    )  # each has a register of its own, in a folder of its own
    if every:
        _all()
        return
    if name not in names():
        raise NoSuchBench(name)
    sums = _measured(name, allow_regression=allow_regression)
    if as_json:
        data(sums)
    else:
        for key, value in sums.items():
            typer.echo(f"{key:<12} {value}")


def _all() -> None:
    found = [_apart(each) for each in names()]
    aside = MEASUREMENTS.with_name(f".{MEASUREMENTS.name}.{os.getpid()}")
    aside.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    aside.replace(MEASUREMENTS)
    failed = [one["name"] for one in found if "error" in one]
    missed = [f"{one['name']}: {clause}" for one in found for clause in one.get("missed", ())]
    say(f"{len(found) - len(failed)} of {len(found)} benches measured into {MEASUREMENTS}.")
    for line in missed:
        say(f"missed its goal: {line}")
    if failed:
        say(f"failed: {', '.join(failed)}")
        raise typer.Exit(Exit.FAILURE)


def _measured(name: str, *, allow_regression: bool) -> dict[str, Any]:
    """What the bench found, with what it was found on. Raises `BadBench`."""
    before = os.getloadavg()[0]
    words = {"allow_regression": True} if allow_regression and name == FLOOR else {}
    sums = import_module(f"benches.{name}").measure(**words)
    circumstances = {
        "versions": _versions(),
        "machine": _machine(before),
        "measured_at": datetime.now(UTC),
    }
    try:
        found = Measurement.model_validate({"name": name, **sums, **circumstances})
        missed = found.missed()
    except ValueError as error:
        raise BadBench(name, error) from error
    return {**found.model_dump(mode="json"), "missed": missed}


def _apart(name: str) -> dict[str, Any]:
    """In a process of its own, so that no bench warms another's memory; or its error."""
    say(f"measuring {name}")
    before = os.getloadavg()[0]
    command = [sys.executable, "-m", "patrol", "bench", name, "--json"]
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=LONGEST_SECONDS
        )
        if done.returncode == 0:
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            return found
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        error = lines[-1] if "Traceback" in done.stderr else lines[0]
        say(done.stderr)
    except (subprocess.TimeoutExpired, ValueError, IndexError) as broken:
        error = f"{type(broken).__name__}: {broken}"
    machine = _machine(before).model_dump(mode="json")
    return {"name": name, "error": error[:500], "versions": _versions(), "machine": machine}


def _versions() -> dict[str, str]:
    """Of everything that a figure depends on; the commit ends in `+` when files differ from it."""
    return {
        "python": platform.python_version(),
        "patrol": f"{metadata.version('patrol')} {_commit()}",
        **{library: metadata.version(library) for library in LIBRARIES},
    }


def _commit() -> str:
    """Empty outside a checkout."""
    command = ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"]
    asked = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return asked.stdout.strip()


def _machine(load_before: float) -> Machine:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpu=next(iter(models), platform.machine()),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory / 1e9, 1),
        load_before=round(load_before, 2),
        load_after=round(os.getloadavg()[0], 2),
    )
