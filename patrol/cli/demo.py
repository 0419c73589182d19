"""`patrol demo`: synthetic boards on this machine, read as real ones would be."""

import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, say, told
from patrol.errors import BadInput

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
    seed: Annotated[int, typer.Option(help="Which invented boards.")] = 7,
) -> None:
    """Start invented boards on loopback, read them on schedule, and serve the workbench. Ctrl-C leaves nothing behind."""
    if ctx.invoked_subcommand is not None:
        return
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: nothing is left behind
    from patrol.demo.boards import Boards
    from patrol.demo.stage import build, free_port, settle

    with _directory(keep) as home, Boards(seed=seed) as boards:
        bind = bind or f"127.0.0.1:{free_port()}"
        settings = settle(home, boards.laboratory, bind)
        stage = build(settings, boards.sources())
        if once:
            from patrol.demo.once import one_round

            sums = one_round(stage, begun)
            if as_json:
                data(sums)
            else:
                for name, value in sums.items():
                    typer.echo(f"{name:<18} {value}")
            return
        from patrol.schedule.serve import serve

        def ready() -> None:
            say(f"Patrol's demo is at http://{settings.bind}/ (invented boards, laboratory mode).")
            say("Sign in once with each of these links:")
            for role, link in stage.links.items():
                typer.echo(f"{role.value:<12} {link}")
            say("Ctrl-C ends it" + ("." if keep else " and leaves nothing behind."))

        serve(settings, ready=ready)


@app.command()
@told
def tamper(home: Home = None) -> None:
    """Change one record of a data directory's access log, to see `patrol log verify` catch it."""
    from patrol.demo.tamper import tamper as change
    from patrol.settings import Settings

    say(change(Settings().home))
    say("Now try: patrol log verify")


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        try:
            keep.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = any(keep.iterdir())
        except OSError as error:
            raise BadKeep(keep, f"cannot be made: {error.strerror}") from error
        if taken:
            raise BadKeep(keep, "holds something already")
        yield keep.resolve()
        return
    home = Path(tempfile.gettempdir()) / f"patrol-demo-{secrets.token_hex(8)}"
    try:  # named before it is made: Ctrl-C in between finds it too
        home.mkdir(mode=0o700)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
