"""All of the configuration, read at once."""

from dataclasses import dataclass
from pathlib import Path

from patrol.config.document import Document, Step
from patrol.config.roles import Roles, roles_found
from patrol.config.rules import rule_entries
from patrol.config.sources import source_entries
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Lexicon, Rule, Source
from patrol.places import Place


@dataclass(frozen=True)
class Report:
    """What was read, where it stands, and every fault."""

    sources: tuple[Source, ...]
    rules: tuple[Rule, ...]
    lexicons: tuple[Lexicon, ...]
    roles: Roles
    faults: tuple[PatrolError, ...]
    documents: dict[str, Document]
    """The file of each rule, by its name."""

    @property
    def examples(self) -> int:
        """How many texts the rules say they flag or do not flag."""
        return sum(len(rule.examples.hit) + len(rule.examples.miss) for rule in self.rules)

    def where(self, rule: str, *steps: Step, at: int = 0) -> Place:
        """`file:line:column` of a part of a rule, such as `where("romance", "examples", "hit", 0)`; `at` is a character of it."""
        return self.documents[rule].where(*steps, at=at)


def survey(folder: Path) -> Report:
    """Read all of it, and keep the faults in the report."""
    problems: list[PatrolError] = []
    sources = source_entries(folder, problems)
    rules, lexicons = rule_entries(folder, problems)
    roles = roles_found(folder / "roles.yml", problems)
    return Report(
        sources=tuple(entry.noun for entry in sources),
        rules=tuple(entry.noun for entry in rules),
        lexicons=tuple(entry.noun for entry in lexicons),
        roles=roles,
        faults=tuple(problems),
        documents={entry.noun.name: entry.document for entry in rules},
    )


def survey_rules(folder: Path) -> Report:
    """The same of rules and their word lists alone."""
    problems: list[PatrolError] = []
    rules, lexicons = rule_entries(folder, problems)
    return Report(
        sources=(),
        rules=tuple(entry.noun for entry in rules),
        lexicons=tuple(entry.noun for entry in lexicons),
        roles={},
        faults=tuple(problems),
        documents={entry.noun.name: entry.document for entry in rules},
    )


def check(folder: Path) -> Report:
    """Read all of it. Raises `ManyErrors` with all faults of all files at once."""
    report = survey(folder)
    if report.faults:
        raise ManyErrors(list(report.faults))
    return report
