"""`patrol check`: all of `config/`, every fault at once."""

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from patrol.cli.common import Home, Json, data, told
from patrol.errors import BadInput, ManyErrors, PatrolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from patrol.config import Report
    from patrol.models import Lexicon, Rule

_NAMED = re.compile(r"(rule|term) `(\w+)`")

app = typer.Typer(help="Read all of the configuration and run every rule's examples.")


class NoRuleFile(BadInput):
    """What should be a rule's file is none."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file} {what}.",
            why="A rule is one YAML file, in UTF-8.",
            do="Name such a file, as `config/rules/fraud/bait_job.yml` is one, or a folder of them; "
            "`patrol rule test NAME` asks about a rule that is in force.",
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
    faults = [*report.faults, *_selector_faults(report), *_rule_faults(report)]
    if as_json:
        data(_counts(report) | {"faults": [_told(fault) for fault in faults]})
    if faults:
        raise ManyErrors(faults)
    if not as_json:
        counts = _counts(report)
        examples = counts.pop("examples")
        read = ", ".join(f"{number} {name}" for name, number in counts.items())
        typer.echo(f"Read {read}; {examples} examples of rules came true. No fault.")


def _selector_faults(report: "Report") -> "Iterator[PatrolError]":
    """Selectors of sources that nobody could read a page by."""
    from spiders.selectors import BadSelectors, judge

    for source in report.sources:
        try:
            if source.selectors is not None:
                judge(source.selectors)
        except BadSelectors as fault:
            fault.where = f"sources/{source.name}.yml"
            yield fault


def _rule_faults(report: "Report") -> list[PatrolError]:
    """Compile the rules that were read, and run their examples."""
    faulty = {(fault.where or "").split(":")[0] for fault in report.faults}
    known = {lexicon.name for lexicon in report.lexicons}
    rules = [
        rule
        for rule in report.rules
        if report.where(rule.name).split(":")[0] not in faulty
        and all(term.lexicon is None or term.lexicon in known for term in rule.terms.values())
    ]
    return _examples_faults(report, rules)


def _examples_faults(report: "Report", rules: "list[Rule]") -> list[PatrolError]:
    """Of those rules, all that cannot be compiled, and examples of the others that do not come true."""
    from pipelines import calendar
    from pipelines.examples import disproved, texts_of
    from pipelines.flow import Flagger
    from pipelines.rules import Ruleset

    if not rules:
        return []
    try:
        flagger = Flagger(Ruleset.build(*calendar.on(None, rules, report.lexicons)))
    except ManyErrors as many:
        broken = {dict(_NAMED.findall(fault.where or "")).get("rule") for fault in many.errors}
        placed = [_placed(report, fault) for fault in many.errors]
        whole = [rule for rule in rules if rule.name not in broken]
        return placed + (_examples_faults(report, whole) if len(whole) < len(rules) else [])
    texts = [text for rule in rules for text in texts_of(rule)]
    flaggings = iter(flagger.flag(texts))
    return [
        fault
        for rule in rules
        for fault in disproved(rule, flaggings, partial(report.where, rule.name))
    ]


def rules_faults(folder: Path) -> "tuple[Report, list[PatrolError]]":
    """The rules of a folder, and all that is wrong with them."""
    from patrol.config import survey_rules

    report = survey_rules(folder)
    if not (report.rules or report.faults):
        raise NoRuleFile(folder, "holds no rule")
    return report, [*report.faults, *_rule_faults(report)]


def rule_text(file: Path) -> str:
    """The words of a rule's file. Raises `NoRuleFile`."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoRuleFile(file, f"is not UTF-8: byte {error.start + 1} is none of it") from error
    except OSError as error:
        raise NoRuleFile(file, f"cannot be read: {error.strerror or error}") from error


def faults_of(file: Path) -> "tuple[Rule | None, Sequence[Lexicon], list[PatrolError]]":
    """A rule's file by itself, with the word lists of its configuration, and all that is wrong with it."""
    from patrol.config import read_rule, read_rules
    from patrol.settings import Settings
    from pipelines import calendar
    from pipelines.examples import disproved, texts_of
    from pipelines.flow import Flagger
    from pipelines.rules import Ruleset

    text = rule_text(file)
    folder = next((one for one in file.resolve().parents if (one / "lexicons").is_dir()), None)
    _, lexicons = read_rules(folder or Settings().config)
    try:
        rule, document = read_rule(file.stem, text, {one.name for one in lexicons})
        flagger = Flagger(Ruleset.build(*calendar.on(None, [rule], lexicons)))
    except ManyErrors as many:
        return None, lexicons, list(many.errors)
    flaggings = iter(flagger.flag(texts_of(rule)))
    return rule, lexicons, list(disproved(rule, flaggings, document.where))


def _placed(report: "Report", error: PatrolError) -> PatrolError:
    """A fault of a rule or a lexicon, with the file and line that it came from instead of the name."""
    named = dict(_NAMED.findall(error.where or ""))
    if (rule := named.get("rule")) and rule in report.documents:
        if term := named.get("term"):
            error.where = report.where(rule, "terms", term, "regex")
        else:
            column = getattr(error, "column", 0)  # its own sentence shows the line
            error.where = str(report.where(rule, "when", at=column))
    return error


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
