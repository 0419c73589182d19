"""`patrol demo`: synthetic boards on this machine, read as real ones would be."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, say, told
from patrol.errors import BadInput

if TYPE_CHECKING:
    from patrol.demo.boards import Boards
    from patrol.demo.stage import Stage

app = typer.Typer(help="Synthetic boards on this machine, read as real ones would be.")


class BadKeep(BadInput):
    def __init__(self, keep: Path, what: str) -> None:
        super().__init__(
            f"{keep} {what}.",
            why="A demo begins with nothing, and its data is left where you say.",
            do="Name a new directory: `patrol demo --keep DIR`.",
        )


@app.callback(invoke_without_command=True)
@told
def demo(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="One round of every source, and out.")
    ] = False,
    as_json: Json = False,
    keep: Annotated[
        Path | None, typer.Option(help="Leave the data in this new directory.", file_okay=False)
    ] = None,
    bind: Annotated[
        str | None, typer.Option(envvar="PATROL_BIND", help="Address; a free port by default.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which invented boards, and which past.")] = 7,
    pace: Annotated[
        float,
        typer.Option(
            help="Tell the story so many times faster; a fraction is slower.", min=0.1, max=20
        ),
    ] = 1,
) -> None:
    """Start invented boards on loopback, read them on schedule, and serve the workbench. Ctrl-C leaves nothing behind."""
    if ctx.invoked_subcommand is not None:
        return
    begun = time.monotonic()
    address = bind or f"127.0.0.1:{_free_port()}"
    kept = keep and _new(keep)

    @told
    def work(home: Path) -> None:
        if once:
            _round(home, address, seed, begun, as_json=as_json)
        else:
            _story(home, address, seed, pace)

    from patrol.demo.guard import guarded

    raise typer.Exit(guarded(lambda room: _code(work, kept or room / "data")))


def _code(work: Callable[[Path], None], home: Path) -> int:
    home.mkdir(mode=0o700, exist_ok=True)
    try:
        work(home)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _round(home: Path, bind: str, seed: int, begun: float, *, as_json: bool) -> None:
    """Every board once, without a past, and the sums."""
    from patrol.demo.boards import Boards
    from patrol.demo.stage import build, settle

    with Boards(seed=seed) as boards:
        _tell_left_out(boards)
        settings = settle(home, boards.laboratory, bind)
        from patrol.demo.once import one_round

        sums = one_round(build(settings, boards.sources()), begun)
    if as_json:
        data(sums)
        return
    for name, value in sums.items():
        typer.echo(f"{name:<18} {value}")


def _story(home: Path, bind: str, seed: int, pace: float) -> None:
    """A past, and then the present until Ctrl-C."""
    from datetime import UTC, datetime

    from patrol.demo.boards import Boards
    from patrol.demo.read import read_all
    from patrol.demo.stage import build_with_past, hoarding, settle, warming

    now = datetime.now(UTC)
    with Boards(seed=seed, now=now, story=True) as boards:
        _tell_left_out(boards)
        settings = settle(home, boards.laboratory, bind)
        from patrol.actions.maintaining.setup import make_tables
        from patrol.schedule.children import Children
        from patrol.schedule.serve import serve, web_process

        say("Making a month of invented work; the sign-in links follow.")
        web = web_process(settings)
        Children().warm()
        with hoarding():
            with warming():
                make_tables(settings)
                reads = read_all({each.name: each for each in boards}, boards.sources(), seed, now)
            stage = build_with_past(settings, reads, seed, now)
        from patrol.demo.story import Present, Storyteller, first_lead

        present = Present(stage, boards, {each.name: each for each in boards.sources()}, pace)
        story = Storyteller(present, _tell)

        def ready() -> None:
            _welcome(stage, first_lead())
            present.begun_at = datetime.now(UTC)
            story.start()

        try:
            serve(settings, ready=ready, web=web)
        finally:
            story.stop()


def _tell_left_out(boards: "Boards") -> None:
    if boards.left_out:
        names = ", ".join(boards.left_out)
        say(f"There is no Chromium on this machine, and only a browser can read {names}: left out.")


def _welcome(stage: "Stage", lead: int | None) -> None:
    say(f"Patrol's demo is at http://{stage.settings.bind}/ (laboratory mode).")
    say("Boards, people and the past month are invented. Sign in once with each of these links:")
    for account, link in stage.links.items():
        onward = f"?next=/leads/{lead}/" if account == "officer" and lead else ""
        typer.echo(f"{account:<12} {link}{onward}")
    say("Ctrl-C ends it. What happens meanwhile:")


def _tell(second: float, line: str) -> None:
    say(f"{int(second) // 60:02}:{int(second) % 60:02}  {line}")


@app.command()
@told
def tamper(home: Home = None) -> None:
    """Change one record of a data directory's access log, to see `patrol log verify` catch it."""
    from patrol.demo.tamper import tamper as change
    from patrol.settings import Settings

    say(change(Settings().home))
    say("Now try: patrol log verify")


def _free_port() -> int:
    from patrol.demo.stage import free_port

    return free_port()


def _new(keep: Path) -> Path:
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = any(keep.iterdir())
    except OSError as error:
        raise BadKeep(keep, f"cannot be made: {error.strerror}") from error
    if taken:
        raise BadKeep(keep, "holds something already")
    return keep.resolve()
