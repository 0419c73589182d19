"""`patrol import`: posts that a person brings by hand, for what may not be crawled."""  # noqa: N999  (the command is its name)

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from patrol.cli.common import Home, Json, data, opened, say, told, write
from patrol.errors import NotFound
from patrol.models import BroughtAs, ReadPage

_SHAPES = {".csv": BroughtAs.TABLE, ".tsv": BroughtAs.TABLE, ".txt": BroughtAs.WORDS}
_SHOWN = 5
_LONGEST = 200
"""Characters of a post that are shown."""
app = typer.Typer(help="Bring posts by hand, under the source's authorization.")


@app.command()
@told
def bring(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    file: Annotated[str, typer.Argument(help="A saved page, a .csv, copied words (.txt), or -.")],
    address: Annotated[str, typer.Option(help="Where it stood when it was saved.")],
    as_account: Annotated[str, typer.Option("--as", help="Account of the person who brings it.")],
    shape: Annotated[
        BroughtAs | None, typer.Option(help="What it is; told by the file's name.")
    ] = None,
    saved_at: Annotated[
        datetime | None, typer.Option(help="When it was saved, of Asia/Taipei.")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show what would be read.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read a saved page, a table or copied words as posts, and keep them as a run keeps its own."""
    opened()
    from django.utils import timezone

    from patrol.actions.collecting import imports
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    brought = imports.Brought(
        source=source,
        brought_as=shape or _SHAPES.get(Path(file).suffix.lower(), BroughtAs.PAGE),
        address=address,
        content=_content(file),
        saved_at=timezone.make_aware(saved_at) if saved_at and not saved_at.tzinfo else saved_at,
    )
    desk = Desk.command_line(people.find(as_account))
    if dry:
        _print(imports.tried(desk, brought), as_json=as_json)
        return
    kept = imports.bring(desk, brought)
    counts = {"posts": kept.posts, "posts_new": kept.posts_new, "leads": kept.leads}
    if as_json:
        data(counts)
    else:
        say(f"{kept.posts} posts read, {kept.posts_new} of them new, {kept.leads} leads.")


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    if not Path(file).is_file():
        raise NotFound(
            f"there is no file `{file}`.",
            why="What is brought is a file, or standard input.",
            do="Name a file that exists, or `-`.",
        )
    return Path(file).read_bytes()


def _print(page: ReadPage, *, as_json: bool) -> None:
    if as_json:
        data({"engine": page.engine, "posts": [post.model_dump() for post in page.posts]})
        return
    write(f"{page.engine}: {len(page.posts)} posts would be kept")
    for post in page.posts[:_SHOWN]:
        when = post.posted_at.at.isoformat() if post.posted_at else "no date"
        write(f"  {post.author or 'no author'} · {when}")
        write(f"    {' '.join(post.words.split())[:_LONGEST]}")
