"""The rules in force: what is live, on trial or to be reviewed, read by every run."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet

from patrol.actions.desk import Desk
from patrol.models import Lexicon, Permission, Rule, RuleStatus, Verb
from patrol.register.tables import LexiconRow, RuleVersion
from pipelines import calendar
from pipelines.aside import FLAGGING, name_of
from pipelines.flow import Flagger, warm
from pipelines.rules import Ruleset

SHIPPED = "It came with an installation of Patrol."
LATER = frozenset(
    {"sentences", "order", "exceptions", "scope", "suppress", "expires", "note", "wellness"}
)
"""Fields that rules of earlier versions of Patrol did not have: empty, they are as if they were not there."""
_compiled: dict[str, Flagger] = {}
"""The rules that this process flags with, by their digest; one entry at most."""


def publish(desk: Desk, rules: list[Rule], lexicons: list[Lexicon]) -> Ruleset:
    """Take in the rules and words that are shipped. Raises every fault at once, and keeps none.

    The first installation puts them in force. A later one only proposes what is
    new or different: a person approves it. What people wrote or retired stays.
    """
    ruleset = compiled(*calendar.on(None, rules, lexicons)).ruleset
    with desk.act(Permission.RULES_PROPOSE, Verb.RULES_PUBLISHED) as act:
        first = not RuleVersion.objects.exists()
        status = RuleStatus.LIVE if first else RuleStatus.DRAFT
        changed = [rule.name for rule in rules if _ship_rule(desk, rule, status)]
        words = [lexicon.name for lexicon in lexicons if _ship_words(desk, lexicon, status)]
        act.count = len(changed)
        act.details = {"ruleset": ruleset.sha256, "status": status.value}
        if not first:
            act.details |= {"rules": changed, "lexicons": words}
    return ruleset


def _ship_rule(desk: Desk, rule: Rule, status: RuleStatus) -> bool:
    body = body_of(rule)
    digest = digest_of(body)
    shipped = RuleVersion.objects.filter(name=rule.name, proposed_by=None).order_by("-version")
    before = shipped.first()
    if before is not None and before.sha256 == digest:
        return False
    shipped.filter(status=RuleStatus.DRAFT).update(status=RuleStatus.RETIRED, retired_at=desk.now())
    RuleVersion.objects.create(
        name=rule.name,
        version=next_version(RuleVersion, rule.name),
        body=body,
        sha256=digest,
        status=status,
        published_at=desk.now(),
        because="" if status is RuleStatus.LIVE else SHIPPED,
    )
    return True


def _ship_words(desk: Desk, lexicon: Lexicon, status: RuleStatus) -> bool:
    body = words_body(lexicon)
    digest = digest_of(body)
    shipped = LexiconRow.objects.filter(name=lexicon.name, proposed_by=None).order_by("-version")
    before = shipped.first()
    if before is not None and before.sha256 == digest:
        return False
    shipped.filter(status=RuleStatus.DRAFT).update(status=RuleStatus.RETIRED)
    LexiconRow.objects.create(
        name=lexicon.name,
        version=next_version(LexiconRow, lexicon.name),
        body=body,
        sha256=digest,
        status=status,
        proposed_at=desk.now(),
    )
    return True


def next_version(table: type[RuleVersion] | type[LexiconRow], name: str) -> int:
    """The number of the version after the newest one of that name."""
    newest = table.objects.filter(name=name).aggregate(newest=Max("version"))["newest"]
    return int(newest or 0) + 1


def in_force(day: date | None = None) -> tuple[list[Rule], list[Lexicon]]:
    """The rules that runs compare posts with on that day, today by default, and their lexicons.

    Those on trial are among them, under a name of their own.
    """
    rows = RuleVersion.objects.filter(retired_at=None, status__in=FLAGGING)
    rules = [
        rule_of(row).model_copy(update={"name": name_of(row.name, row.version, row.status)})
        for row in rows.order_by("name", "version")
    ]
    return calendar.on(day or Desk.system().now().date(), rules, live_lexicons())


def live_lexicons() -> list[Lexicon]:
    """The word lists that rules may use, by name."""
    rows = LexiconRow.objects.filter(status=RuleStatus.LIVE).order_by("name")
    return [Lexicon.model_validate(row.body) for row in rows]


def rule_of(row: RuleVersion) -> Rule:
    """The row as a noun."""
    return Rule.model_validate({**row.body, "version": row.version})


def flagger() -> Flagger:
    """The rules in force, compiled."""
    return compiled(*in_force())


def compiled(rules: list[Rule], lexicons: list[Lexicon]) -> Flagger:
    """These rules, ready to flag. Compiling takes seconds, so a process does it once for the same words."""
    digest = digest_of(
        [[noun.model_dump(mode="json") for noun in _by_name(nouns)] for nouns in (rules, lexicons)]
    )
    if digest not in _compiled:
        _compiled.clear()
        warm()
        _compiled[digest] = Flagger(Ruleset.build(rules, lexicons))
    return _compiled[digest]


def _by_name(nouns: Sequence[Rule | Lexicon]) -> list[Rule | Lexicon]:
    return sorted(nouns, key=lambda noun: noun.name)


def titles(names: Collection[str] | None = None) -> dict[str, dict[str, str]]:
    """Title of every rule ever published, or of these, by name."""
    rows = RuleVersion.objects.order_by("version")
    published = rows if names is None else rows.filter(name__in=names)
    return {name: body["title"] for (name, _), body in _read(published).items()}


def bodies(names: Collection[str]) -> dict[tuple[str, int], dict[str, Any]]:
    """What each version of those rules says, by its name and number. To be read, never changed: everybody gets the same."""
    return _read(RuleVersion.objects.filter(name__in=names))


def _read(rows: QuerySet[RuleVersion]) -> dict[tuple[str, int], dict[str, Any]]:
    """What these versions say, in their order; those that this process read before are not read again."""
    there = list(rows.values_list("name", "version", "sha256", "pk"))
    unread = [row[3] for row in there if row[:3] not in _bodies]
    if unread:
        for *which, body in RuleVersion.objects.filter(pk__in=unread).values_list(
            "name", "version", "sha256", "body"
        ):
            _bodies[tuple(which)] = body
    return {row[:2]: _bodies[row[:3]] for row in there}


_bodies: dict[tuple[Any, ...], dict[str, Any]] = {}
"""Of published versions, told apart by their hash: some hundreds of a few kilobytes, and parsing them takes longer than a page may."""


def body_of(rule: Rule) -> dict[str, Any]:
    """A rule as it is kept: without its version, and without later fields that it does not use."""
    body = rule.model_dump(mode="json", exclude={"version"})
    return {name: value for name, value in body.items() if value or name not in LATER}


def words_body(lexicon: Lexicon) -> dict[str, Any]:
    """A word list as it is kept: each word without later fields that it does not use."""
    body = lexicon.model_dump(mode="json")
    later = {"variants", "owner", "expires"}
    body["words"] = [
        {name: value for name, value in word.items() if value or name not in later}
        for word in body["words"]
    ]
    return body


def digest_of(body: object) -> str:
    """SHA-256 of something as JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
