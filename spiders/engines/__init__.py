"""Board software, one file each. A file's name is the engine's name: the listing is the list."""

from functools import cache
from importlib import import_module
from pathlib import Path

from patrol.errors import BadInput
from spiders.engines.base import Engine


@cache
def engine_names() -> tuple[str, ...]:
    """All engines, by name."""
    files = Path(__file__).parent.glob("*.py")
    return tuple(sorted(file.stem for file in files if file.stem not in {"__init__", "base"}))


class NoSuchEngine(BadInput):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no engine `{name}`.",
            why="An engine is the file in spiders/engines/ that reads one kind of board.",
            do=f"Name one of these: {', '.join(engine_names())}.",
        )


@cache
def load(name: str) -> Engine:
    """The engine of that name. Raises `NoSuchEngine`."""
    if name not in engine_names():
        raise NoSuchEngine(name)
    module = import_module(f"{__name__}.{name}")
    engine = next(
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Engine)
        and thing.__module__ == module.__name__
    )
    return engine()
