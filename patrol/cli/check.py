"""`patrol check`: all of `config/`, every fault at once."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, told
from patrol.errors import BadInput, ManyErrors, PatrolError

if TYPE_CHECKING:
    from patrol.config import Report
    from patrol.models import Flagging, Match, Rule

_NAMED = re.compile(r"(rule|term) `(\w+)`")

app = typer.Typer(help="Read all of the configuration and run every rule's examples.")


class HitMissed(BadInput):
    def __init__(self, where: str, rule: str, others: Sequence[str]) -> None:
        also = f" Other rules flag it: {', '.join(others)}." if others else ""
        super().__init__(
            f"`{rule}` does not flag this example.{also}",
            why="A hit shows what the rule is for; a rule that misses its own example misses posts too.",
            do="Widen a term, `when` or `within`, or correct the example.",
            where=where,
        )


class WrongSpans(BadInput):
    def __init__(self, where: str, marked: Sequence[str], expected: Sequence[str]) -> None:
        super().__init__(
            f"marked are {_quoted(marked)} instead of {_quoted(expected)}.",
            why="The marked words are what an officer is shown as the reason.",
            do=f"Write `spans: [{', '.join(marked)}]` if those are right, or correct the terms.",
            where=where,
        )


class MissFlagged(BadInput):
    def __init__(self, where: str, rule: str, marked: Sequence[str], because: str) -> None:
        super().__init__(
            f"`{rule}` flags this example by {_quoted(marked)}.",
            why=f"It must not be flagged: {because}",
            do="Narrow a term, or say in `when` what must not stand beside it.",
            where=where,
        )


@app.command()
@told
def check(
    config: Annotated[
        Path | None, typer.Option("--config", help="Configuration folder.", show_default="config/")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read all of the configuration and run every rule's examples."""
    from patrol.config import survey
    from patrol.settings import Settings

    report = survey(config if config is not None else Settings().config)
    faults = [*report.faults, *_rule_faults(report)]
    if as_json:
        data(_counts(report) | {"faults": [_told(fault) for fault in faults]})
    if faults:
        raise ManyErrors(faults)
    if not as_json:
        counts = _counts(report)
        examples = counts.pop("examples")
        read = ", ".join(f"{number} {name}" for name, number in counts.items())
        typer.echo(f"Read {read}; {examples} examples of rules came true. No fault.")


def _rule_faults(report: "Report") -> list[PatrolError]:
    """Compile the rules that were read, and run their examples."""
    from pipelines.flow import Flagger
    from pipelines.rules import Ruleset

    faulty = {(fault.where or "").split(":")[0] for fault in report.faults}
    known = {lexicon.name for lexicon in report.lexicons}
    rules = [
        rule
        for rule in report.rules
        if report.where(rule.name).split(":")[0] not in faulty
        and all(term.lexicon is None or term.lexicon in known for term in rule.terms.values())
    ]
    if not rules:
        return []
    try:
        flagger = Flagger(Ruleset.build(rules, report.lexicons))
    except ManyErrors as many:
        return [_placed(report, error) for error in many.errors]
    texts = [
        text
        for rule in rules
        for text in (
            *(hit.text for hit in rule.examples.hit),
            *(miss.text for miss in rule.examples.miss),
        )
    ]
    flaggings = iter(flagger.flag(texts))
    return [fault for rule in rules for fault in _example_faults(report, rule, flaggings)]


def _example_faults(
    report: "Report", rule: "Rule", flaggings: "Iterator[Flagging]"
) -> Iterator[PatrolError]:
    for place, hit in enumerate(rule.examples.hit):
        flagging = next(flaggings)
        where = report.where(rule.name, "examples", "hit", place)
        match = _match(flagging, rule)
        if match is None:
            yield HitMissed(where, rule.name, [other.rule for other in flagging.matches])
        elif _marked(match) != hit.spans:
            yield WrongSpans(where, _marked(match), hit.spans)
    for place, miss in enumerate(rule.examples.miss):
        match = _match(next(flaggings), rule)
        if match is not None:
            where = report.where(rule.name, "examples", "miss", place)
            yield MissFlagged(where, rule.name, _marked(match), miss.because)


def _match(flagging: "Flagging", rule: "Rule") -> "Match | None":
    return next((match for match in flagging.matches if match.rule == rule.name), None)


def _marked(match: "Match") -> tuple[str, ...]:
    return tuple(span.text for span in match.spans)


def _placed(report: "Report", error: PatrolError) -> PatrolError:
    """A fault of a rule or a lexicon, with the file and line that it came from instead of the name."""
    named = dict(_NAMED.findall(error.where or ""))
    if (rule := named.get("rule")) and rule in report.documents:
        term = named.get("term")
        error.where = report.where(rule, *(("terms", term) if term else ("when",)))
    return error


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "no words"


def _counts(report: "Report") -> dict[str, object]:
    return {
        "sources": len(report.sources),
        "rules": len(report.rules),
        "lexicons": len(report.lexicons),
        "roles": len(report.roles),
        "examples": report.examples,
    }


def _told(fault: PatrolError) -> dict[str, str | None]:
    return {"where": fault.where, "what": fault.what, "why": fault.why, "do": fault.do}
