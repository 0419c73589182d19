"""A rule while it is written in a form: read, proved and tried on texts, and nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from patrol.actions.desk import Desk
from patrol.actions.rulemaking.rule_proof import proved
from patrol.actions.rulemaking.rule_sheets import lexicon_names
from patrol.actions.rulemaking.rule_versions import Proposed, propose
from patrol.actions.rulemaking.rulebook import live_lexicons
from patrol.config import read_rule
from patrol.errors import ManyErrors, PatrolError
from patrol.models import Permission, Rule, Verb
from pipelines import calendar
from pipelines.examples import match_of
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

MOST_TEXTS = 50


@dataclass(frozen=True)
class Tried:
    """A text that was tried: its pieces, and whether each made the rule hit."""

    pieces: tuple[tuple[str, bool], ...]
    hit: bool


@dataclass(frozen=True)
class Checked:
    """What was found out about a draft."""

    faults: tuple[PatrolError, ...]
    remarks: tuple[str, ...]
    tried: tuple[Tried, ...]


def check(desk: Desk, name: str, text: str, texts: Sequence[str]) -> Checked:
    """All that is wrong with a draft, and what it does to some texts. Nothing is kept but that somebody looked."""
    desk.require(Permission.RULES_PROPOSE, Verb.RULE_VIEWED, f"rule:{name}")
    rule: Rule | None = None
    faults: tuple[PatrolError, ...] = ()
    remarks: tuple[str, ...] = ()
    try:
        rule = read_rule(name, text, lexicon_names())[0]
        remarks = proved(rule)
    except ManyErrors as many:
        faults = many.errors
    tried = _tried(desk, rule, texts[:MOST_TEXTS]) if rule is not None else ()
    desk.record(
        Verb.RULE_VIEWED,
        subject=f"rule:{name}",
        details={"draft": True, "faults": len(faults), "texts": len(tried)},
    )
    return Checked(faults, remarks, tried)


def write(desk: Desk, name: str, text: str, because: str) -> Proposed:
    """Propose what the form says. Raises `ManyErrors` with all that is wrong with it."""
    desk.require(Permission.RULES_PROPOSE, Verb.RULE_PROPOSED, f"rule:{name}")
    return propose(desk, read_rule(name, text, lexicon_names())[0], because)


def _tried(desk: Desk, rule: Rule, texts: Sequence[str]) -> tuple[Tried, ...]:
    try:
        made = Ruleset.build(*calendar.on(desk.now().date(), [rule], live_lexicons()))
    except ManyErrors:
        return ()
    found = []
    for text, flagging in zip(texts, Flagger(made).flag(texts), strict=True):
        match = match_of(flagging, rule.name)
        pieces: list[tuple[str, bool]] = []
        done = 0
        for span in match.spans if match else ():
            pieces += [(text[done : span.start], False), (text[span.start : span.end], True)]
            done = span.end
        pieces.append((text[done:], False))
        found.append(Tried(tuple(piece for piece in pieces if piece[0]), match is not None))
    return tuple(found)
