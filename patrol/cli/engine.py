"""`patrol engine ...`: which board software is read, and what a saved page says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from patrol.cli.common import Json, data, say, told, write
from patrol.errors import BadInput, NotFound

if TYPE_CHECKING:
    from spiders.engines.base import Engine
    from spiders.page import Page
    from spiders.reading import Reading

app = typer.Typer(help="Board software that can be read.", no_args_is_help=True)

_LARGEST = 32 * 1024 * 1024
"""Bytes of a saved page."""


@app.command("list")
@told
def list_engines(as_json: Json = False) -> None:
    """The engines, one a line."""
    from spiders.engines import engine_names, load

    described = {name: _first_line(load(name)) for name in engine_names()}
    if as_json:
        data({"engines": [{"name": name, "reads": reads} for name, reads in described.items()]})
        return
    for name, reads in described.items():
        write(f"{name:<10} {reads}")


@app.command("read")
@told
def read_file(
    file: Annotated[Path, typer.Argument(help="A saved page.", show_default=False)],
    url: Annotated[str, typer.Option("--url", help="The address it was saved from.")],
    engine: Annotated[
        str | None, typer.Option("--engine", help="Its engine; detected if left out.")
    ] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Of dates that the page prints without one.")
    ] = "Asia/Taipei",
    fetched_at: Annotated[
        datetime | None,
        typer.Option(
            "--fetched-at",
            help="When it was saved, for dates such as `yesterday`; else the page's own clock, else the file's.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a saved page: what the engine makes of it. Nothing is fetched and nothing is kept."""
    from spiders.page import Page

    page = Page(
        _address(url),
        _bytes(file),
        timezone=_zone(timezone),
        fetched_at=fetched_at and _aware(fetched_at),
    )
    if fetched_at is None:
        page.tell_clock(None, datetime.fromtimestamp(file.stat().st_mtime, UTC))
    chosen, evidence, reading = _read(page, engine)
    if as_json:
        data(_document(chosen, evidence, reading))
    else:
        _print(chosen, evidence, reading)
    if not reading.outcome.green:
        from spiders.reading import NotRead

        raise NotRead(url, reading)


def _read(page: "Page", name: str | None) -> "tuple[Engine, str, Reading]":
    from spiders.detect import engine_of
    from spiders.reading import UnknownPage, behind_wall, read

    found = engine_of(page, name)
    if found is None:
        raise behind_wall(page) or UnknownPage(page.url)
    return found[0], found[1], read(page, found[0])


def _document(engine: "Engine", evidence: str, reading: "Reading") -> dict[str, Any]:
    return {
        "engine": engine.name,
        "evidence": evidence,
        "kind": reading.kind,
        "outcome": reading.outcome.value,
        "detail": reading.detail,
        "threads": [thread.model_dump(mode="json") for thread in reading.threads],
        "posts": [
            {
                "key": post.key,
                "url": post.url,
                "author": post.author,
                "posted_at": post.posted_at.at.isoformat() if post.posted_at else None,
                "precision": post.posted_at.precision.value if post.posted_at else None,
                "title": post.title,
                "text": post.text,
            }
            for post in reading.posts
        ],
        "next": reading.next_page,
        "maps": list(reading.maps),
    }


def _print(engine: "Engine", evidence: str, reading: "Reading") -> None:
    say(f"{engine.name}: {evidence}")
    for thread in reading.threads:
        write(f"{thread.key}\t{thread.active_at or '-'}\t{thread.title or '-'}\t{thread.url}")
    for post in reading.posts:
        when = post.posted_at.at.isoformat() if post.posted_at else "-"
        write(f"{post.key}\t{when}\t{post.author or '-'}\t{post.words}")
    for url in reading.maps:
        write(f"map\t{url}")
    if reading.next_page:
        write(f"next\t{reading.next_page}")
    if reading.detail:
        say(reading.detail)


def _first_line(engine: "Engine") -> str:
    import sys

    return (sys.modules[type(engine).__module__].__doc__ or "").strip().splitlines()[0]


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as saved:
            body = saved.read(_LARGEST + 1)
    except OSError as error:
        refused = NotFound if isinstance(error, FileNotFoundError) else BadInput
        raise refused(
            f"the file cannot be read: {error.strerror}",
            where=str(file),
            why="The saved page is what the engine reads.",
            do="Name a file that exists and that you may read.",
        ) from error
    if not body.strip():
        raise BadInput(
            "the file is empty.",
            where=str(file),
            why="There is nothing in it to read.",
            do="Save the page again.",
        )
    if len(body) > _LARGEST:
        raise BadInput(
            "the file is larger than 32 MB.",
            where=str(file),
            why="No board's page is; reading it would only take memory.",
            do="Save one page, without what it embeds.",
        )
    return body


def _address(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise BadInput(
            f"`{url}` is no web address.",
            why="Links and posts are named by the address that the page was saved from.",
            do="Give the page's own address: `--url https://...`.",
        )
    return url


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"there is no time zone `{name}`.",
            why="Boards print times without a zone; in the wrong one every date is wrong.",
            do="Name one of the tz database, such as `Asia/Taipei`.",
        ) from error
    return name


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
