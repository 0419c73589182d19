"""A folder of files, each named after the one noun that it holds."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from patrol.config import faults
from patrol.config.document import Document, maybe_read, shown
from patrol.config.fields import noun
from patrol.errors import PatrolError

M = TypeVar("M", bound=BaseModel)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Entry(Generic[M]):
    """A noun, and the file that it was read from."""

    noun: M
    document: Document


def each_file(folder: Path, holds: str, problems: list[PatrolError]) -> Iterator[Path]:
    """The `.yml` files below a folder, by path. Whatever else lies there is a fault, dot files aside."""
    if not folder.is_dir():
        problems.append(faults.NoFolder(shown(folder), holds))
        return
    seen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name.startswith("."):
            continue
        if path.suffix != ".yml":
            problems.append(faults.NotYml(shown(path)))
        elif not _NAME.fullmatch(path.stem):
            problems.append(faults.BadFileName(shown(path), path.stem))
        elif path.stem in seen:
            problems.append(faults.SameName(shown(path), path.stem, shown(seen[path.stem])))
        else:
            seen[path.stem] = path
            yield path


def entries(
    folder: Path,
    model: type[M],
    holds: str,
    problems: list[PatrolError],
    also: Callable[[Document], Iterable[PatrolError]],
) -> list[Entry[M]]:
    """Every noun of a folder that is well written; the faults of the others go to `problems`.

    `also` looks for what the noun itself cannot know, such as names that nothing carries.
    """
    found = []
    for path in each_file(folder, holds, problems):
        if document := maybe_read(path, problems):
            made = noun(model, document, problems, name=path.stem)
            problems += also(document)
            if made is not None:
                found.append(Entry(made, document))
    return found
