"""One YAML file: its values, and the line and column on which each of them stands.

YAML 1.1 turns `no` into False, `0912` into an octal number and `12:30` into
750. Here every value stays the words that were written, and the models say
what they mean. Anchors, aliases and tags are refused: who reads a rule shall
see all of it where it stands, and nothing can unfold into gigabytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from patrol.config import faults
from patrol.config.scalars import offset_in
from patrol.errors import PatrolError
from patrol.places import Place

BYTES_MAX = 1_000_000
"""Of one file. The longest lexicon that ships has a hundredth of it."""
DEPTH_MAX = 20
_LINE = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Step = str | int
Value = Any  # str | None | list[Value] | dict[str, Value], which pydantic reads as it is


def shown(path: Path) -> str:
    """A path as people type it: from where they stand, if it lies below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


@dataclass(frozen=True)
class Document:
    """A file that was read: plain values, and their places."""

    path: Path
    text: str
    values: dict[str, Value]
    marks: dict[tuple[Step, ...], tuple[int, int]]
    """Line and column, from 1, of each value."""
    keys: dict[tuple[Step, ...], tuple[int, int]]
    """Line and column of the key that leads to a value."""

    @cached_property
    def lines(self) -> list[str]:
        """Its lines as they were written."""
        return _LINE.split(self.text)

    def place(self, *steps: Step) -> tuple[int, int]:
        """Line and column of a value, or of the nearest part around it that was written."""
        while steps not in self.marks:
            steps = steps[:-1]
        return self.marks[steps]

    def where(self, *steps: Step, at: int = 0) -> Place:
        """`file:line:column` of a value, or of the nearest part around it that was written; `at` is a character of it."""
        line, column = self.place(*steps)
        if at and steps in self.marks:
            value: Value = self.values
            for step in steps:
                value = value[step]
            line, column = offset_in(self.lines, (line, column), value, at)
        return _at(self.path, self.lines, line, column)

    def where_key(self, *steps: Step) -> Place:
        """`file:line:column` of the key that leads to a value."""
        return _at(self.path, self.lines, *(self.keys.get(steps) or self.place(*steps)))


def maybe_read(path: Path, problems: list[PatrolError]) -> Document | None:
    """Read one file. Every fault in how it is written is added to `problems`; None if it has no fields."""
    text = _text(path, problems)
    return None if text is None else maybe_parse(path, text, problems)


def maybe_parse(path: Path, text: str, problems: list[PatrolError]) -> Document | None:
    """The same of words that stand in no file; the path is what their places are told by."""
    if forbidden := list(_forbidden(path, text)):
        problems += forbidden
        return None
    root = yaml.compose(text, Loader=_Loader)
    if root is None:
        problems.append(faults.Empty(shown(path)))
        return None
    document = Document(path, text, {}, {}, {})
    values = _plain(root, (), document, problems)
    if not isinstance(values, dict):
        problems.append(faults.NotFields(document.where()))
        return None
    document.values.update(values)
    return document


def _text(path: Path, problems: list[PatrolError]) -> str | None:
    where = shown(path)
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        problems.append(faults.Unreadable(where, error.strerror or str(error)))
        return None
    if len(raw) > BYTES_MAX:
        problems.append(faults.TooLong(where, BYTES_MAX))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        read = raw[: error.start].decode("utf-8-sig")
        lines = _LINE.split(read + raw[error.start :].decode("utf-8", errors="replace"))
        problems.append(faults.NotUtf8(_end(path, read, lines)))
        return None


def _forbidden(path: Path, text: str) -> Iterator[PatrolError]:
    """Everything that must not be composed: broken YAML, aliases, tags, depth, a second document."""
    lines = _LINE.split(text)
    depth = documents = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            mark = event.start_mark
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if depth > DEPTH_MAX:
                yield faults.TooDeep(_after(path, lines, mark), DEPTH_MAX)
                return
            if documents > 1:
                yield faults.SecondDocument(_after(path, lines, mark))
                return
            if anchor := getattr(event, "anchor", None):
                yield faults.Alias(_after(path, lines, mark), anchor)
            if tag := getattr(event, "tag", None):
                yield faults.Tag(_after(path, lines, mark), tag)
    except yaml.YAMLError:
        yield _broken(path, text, lines)


def _broken(path: Path, text: str, lines: list[str]) -> PatrolError:
    """Read once more with the parser whose words name the character at fault."""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(filter(None, (error.context, error.problem)))
        return faults.NotYaml(_after(path, lines, mark), said)
    except yaml.reader.ReaderError as error:
        return faults.NotYaml(_end(path, text[: error.position], lines), error.reason)
    return faults.NotYaml(shown(path), "the parser stopped")


def _plain(
    node: yaml.Node, steps: tuple[Step, ...], document: Document, problems: list[PatrolError]
) -> Value:
    document.marks[steps] = _mark(node)
    if isinstance(node, yaml.ScalarNode):
        written = str(node.value)
        return None if node.style is None and written in NULLS else written
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*steps, n), document, problems) for n, item in enumerate(node.value)]
    values: dict[str, Value] = {}
    for key_node, item in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        here = (*steps, key)
        if key in values:
            first = document.keys[here][0]
            where = _at(document.path, document.lines, *_mark(key_node))
            problems.append(faults.DuplicateKey(where, key, first))
            continue
        document.keys[here] = _mark(key_node)
        values[key] = _plain(item, here, document, problems)
    return values


def _at(path: Path, lines: list[str], line: int, column: int) -> Place:
    """A place, with the line that stands there."""
    return Place(f"{shown(path)}:{line}:{column}", lines[min(line, len(lines)) - 1], column)


def _after(path: Path, lines: list[str], mark: Any) -> str:
    return _at(path, lines, mark.line + 1, mark.column + 1) if mark else shown(path)


def _end(path: Path, read: str, lines: list[str]) -> Place:
    """The place behind what could be read."""
    done = _LINE.split(read)
    return _at(path, lines, len(done), len(done[-1]) + 1)


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
