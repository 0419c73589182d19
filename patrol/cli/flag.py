"""`patrol flag`: what the rules say of texts in a file. Keeps nothing and asks no register."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from patrol.cli.common import Home, Json, data, say, told
from patrol.errors import BadInput, Exit, NotFound
from patrol.settings import Settings

if TYPE_CHECKING:
    from patrol.models import Flagging, Lexicon, Rule
    from pipelines.explain import Explainer
    from pipelines.rules import Ruleset

app = typer.Typer()

BATCH = 1024
"""Lines read, flagged and written at a time."""

TOLD = 20
"""Bad lines told in full; the others are counted."""


class NoFile(NotFound):
    """The file of texts cannot be opened."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read: {reason}.",
            why="What the command reads stands in this file.",
            do="Name a file of JSON lines, or `-` for standard input.",
        )


class NoRules(BadInput):
    """There is nothing to compare texts with."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(
            what,
            why="Without a rule every text would look harmless.",
            do="Name a folder of rules with `--rules DIR`, such as `config/rules`, "
            "or one of its categories.",
            where=str(folder),
        )


class BadLine(BadInput):
    """A line that is not a text with an id."""

    def __init__(self, path: str, number: int, what: str) -> None:
        super().__init__(
            what,
            why="Each line is one JSON object with an id (text or number) and a text.",
            do='Write {"id": "p1", "text": "..."} on the line, in UTF-8.',
            where=f"{path}:{number}",
        )


@app.command()
@told
def flag(
    file: Annotated[
        str, typer.Argument(help="JSON lines with id and text; `-` is standard input.")
    ] = "-",
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules", help="Folder of rules, or of one category.", show_default="config/rules"
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Why each rule hit; implies --json.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of a line, and end.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Flag texts by the rules: matches with their words, and contacts with their roles."""
    from patrol.garbage import settle
    from pipelines.flow import Flagger

    del home  # flagging reads no data directory
    if schema:
        data(line_schema())
        return
    folder = rules or Settings().config / "rules"
    if explain:
        explained(file, folder, None)
        return
    flagger = Flagger(ruleset(folder))
    settle()
    for texts in texts_of(file):
        found = flagger.flag([text for _, text in texts])
        _write(_documents(texts, found) if as_json else _sentences(texts, found))


def line_schema() -> dict[str, Any]:
    """The JSON schema of a line of `patrol flag --json`, with `--explain` or without; docs/flag.schema.json is it."""
    from patrol.models.explained import FlagLine

    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of `patrol flag --json`",
    }
    return FlagLine.model_json_schema(mode="serialization") | head


def explained(file: str, folder: Path | None, rule: str | None) -> None:
    """Write each text's flags with their reasons, or why one rule hits it or does not."""
    from pipelines.explain import ENGINE, Explainer
    from pipelines.flow import Flagger
    from pipelines.rules import Ruleset

    folder = folder or Settings().config / "rules"
    today = datetime.now(tz=UTC).date()
    written, made = _on_day(folder, today)
    flagger = Flagger(Ruleset.build(*made))
    explainer = Explainer(flagger, {one.name: one for one in written}, today)
    if rule is not None and rule not in {one.name for one in flagger.ruleset.rules}:
        raise NoRules(folder, f"there is no rule `{rule}` in this folder.")
    for texts in texts_of(file):
        found = flagger.flag([text for _, text in texts])
        lines = [
            _explained_line(explainer, one, flagging, ENGINE)
            if rule is None
            else {"id": one[0], "rule": rule, "why": _why(explainer, one[1], rule)}
            for one, flagging in zip(texts, found, strict=True)
        ]
        _write(json.dumps(line, ensure_ascii=False) for line in lines)


def _explained_line(
    explainer: "Explainer", one: tuple[str | int, str], flagging: "Flagging", engine: str
) -> dict[str, Any]:
    from pipelines.score import KEPT

    line = document(one[0], flagging)
    for match in line["matches"]:
        match["why"] = _why(explainer, one[1], match["rule"])
    line["parts"] = [part.model_dump(exclude_none=True) for part in flagging.parts]
    line["not_known_here"] = list(KEPT)
    line["ruleset"] = explainer.flagger.ruleset.sha256
    line["engine"] = engine
    return line


def _why(explainer: "Explainer", text: str, rule: str) -> dict[str, Any]:
    return explainer.why(text, rule).model_dump(mode="json")


def texts_of(file: str) -> Iterator[list[tuple[str | int, str]]]:
    """Ids and texts of a file, many at a time. Bad lines are told as they come, and at the end by the exit code."""
    bad = 0
    with ExitStack() as stack:
        lines = enumerate(stack.enter_context(_opened(file)), start=1)
        while batch := list(islice(lines, BATCH)):
            texts, faults = _texts(file, batch)
            for fault in faults[: max(0, TOLD - bad)]:
                say(f"{fault}\n")
            bad += len(faults)
            yield texts
    if bad:
        say(f"{bad} bad line{'s' if bad > 1 else ''} left out.")
        raise typer.Exit(Exit.USAGE)


def ruleset(folder: Path) -> "Ruleset":
    """The rules of a folder as they count today. Raises `NoRules`, or what is wrong with them."""
    from pipelines.rules import Ruleset

    return Ruleset.build(*_on_day(folder, datetime.now(tz=UTC).date())[1])


def _on_day(folder: Path, day: date) -> "tuple[list[Rule], tuple[list[Rule], list[Lexicon]]]":
    """The rules of a folder as they are written, and as they count on a day."""
    from patrol.config import read_rules
    from pipelines import calendar

    if not folder.is_dir():
        raise NoRules(folder, "there is no such folder.")
    rules, lexicons = read_rules(folder)
    if not rules:
        raise NoRules(folder, "there is no rule in this folder.")
    return rules, calendar.on(day, rules, lexicons)


def _opened(file: str) -> IO[bytes]:
    if file == "-":
        return open(sys.stdin.fileno(), "rb", closefd=False)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise NoFile(file, error.strerror or str(error)) from error


def _texts(
    file: str, lines: Sequence[tuple[int, bytes]]
) -> tuple[list[tuple[str | int, str]], list[BadLine]]:
    """The texts of some lines with their ids, and the lines that hold none."""
    texts, faults = [], []
    name = "standard input" if file == "-" else file
    for number, line in lines:
        if not line.strip():
            continue
        try:
            texts.append(_text(line))
        except ValueError as error:
            faults.append(BadLine(name, number, str(error)))
    return texts, faults


def _text(line: bytes) -> tuple[str | int, str]:
    """The id and text of a line. Raises `ValueError` with a sentence."""
    try:
        document = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1} of the line is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"column {error.colno} is not JSON: {error.msg}.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("the line is no JSON that can be read.") from error
    if not isinstance(document, dict):
        raise ValueError("the line is not a JSON object.")  # noqa: TRY004  (told as a bad line)
    for key in ("id", "text"):
        if key not in document:
            raise ValueError(f"the object has no `{key}`.")
    key, text = document["id"], document["text"]
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise ValueError("`id` is neither a text nor a whole number.")  # noqa: TRY004  (same)
    if not isinstance(text, str):
        raise ValueError("`text` is not a text.")  # noqa: TRY004  (told as a bad line)
    return key, text


def _documents(
    texts: Sequence[tuple[str | int, str]], found: "Sequence[Flagging]"
) -> Iterator[str]:
    for (key, _), flagging in zip(texts, found, strict=True):
        yield json.dumps(document(key, flagging), ensure_ascii=False)


def document(key: str | int, flagging: "Flagging") -> dict[str, Any]:
    """One line of the answer. Places count code points of the original text."""
    return {
        "id": key,
        "score": flagging.score,
        "matches": [
            {
                "rule": match.rule,
                "version": match.version,
                "kind": match.kind.value,
                "category": match.category.value if match.category else None,
                "spans": [[span.start, span.end, span.text] for span in match.spans],
                "weight": match.weight,
            }
            for match in flagging.matches
        ],
        "handles": [
            {
                "kind": handle.kind.value,
                "value": handle.value,
                "role": handle.role.value,
                "confidence": handle.confidence,
                "span": [handle.span.start, handle.span.end, handle.span.text],
            }
            for handle in flagging.handles
        ],
    }


def _sentences(
    texts: Sequence[tuple[str | int, str]], found: "Sequence[Flagging]"
) -> Iterator[str]:
    for (key, _), flagging in zip(texts, found, strict=True):
        rules = "; ".join(
            f"{match.rule}: {', '.join(span.text for span in match.spans)}"
            for match in flagging.matches
        )
        yield f"{flagging.score:3}  {key}  {rules or 'nothing'}"


def _write(lines: Iterator[str]) -> None:
    """Lines on standard output. A lone surrogate is written as JSON's own escape for it."""
    out = "".join(f"{line}\n" for line in lines)
    sys.stdout.buffer.write(out.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
