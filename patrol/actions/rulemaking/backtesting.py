"""A backtest at once, for who waits at a terminal; on record like one that is asked for by the page."""

from collections.abc import Iterator
from typing import Any

from patrol.actions.desk import Desk
from patrol.actions.rulemaking import backtests, trials
from patrol.actions.rulemaking.rule_proof import proved
from patrol.actions.rulemaking.rule_versions import live_row, version_row, versions
from patrol.actions.rulemaking.rulebook import rule_of
from patrol.models import Permission, Rule, Verb


def now(
    desk: Desk, asked: Rule | str, days: int, *, version: int | None, against: int | None
) -> dict[str, Any]:
    """Counts of a rule, or of what changes between two versions, and samples for a person who may read them.

    A rule that is not proposed yet is proved first: nobody's contact is looked for.
    """
    name = asked if isinstance(asked, str) else asked.name
    desk.require(Permission.RULES_PROPOSE, Verb.RULE_BACKTESTED, f"rule:{name}")
    if isinstance(asked, str):
        rule = rule_of(version_row(asked, version) if version else _newest(asked))
    else:
        proved(asked)
        rule = asked
    unit = trials.person_unit(desk)
    if against is None:
        found = backtests.backtest(desk, rule, days, unit=unit)
    else:
        old = rule_of(version_row(name, against))
        found = backtests.changes(desk, (old, rule), days, unit=unit)
    reads = desk.person is not None and desk.may(Permission.LEADS_READ)
    shown = trials.samples_of(desk, rule, found["samples"]) if reads else ()
    desk.record(
        Verb.RULE_BACKTESTED,
        subject=f"rule:{name}",
        count=len(shown),
        details={"days": days, "compared": found["compared"], "version": rule.version},
    )
    found["samples"] = [
        {
            "day": one.day,
            "source": one.source,
            "text": "".join(f"[{words}]" if hit else words for words, hit in one.pieces),
            "lead": one.lead,
        }
        for one in shown
    ]
    found.pop("gone", None)
    return found


def _newest(name: str) -> Any:
    """What waits for approval, or what is live: a backtest is for what comes next."""
    waiting = [row for row in versions(name) if row.status in {"draft", "shadow"}]
    return waiting[0] if waiting else live_row(name)


def told(found: dict[str, Any]) -> Iterator[str]:
    """A result for people at a terminal."""
    if "newly" in found:
        yield (
            f"Of {found['compared']:,} posts since {found['first']}: newly hit {found['newly']:,}, "
            f"no longer hit {found['no_longer']:,}, hit by both {found['both']:,}."
        )
    else:
        yield f"{found['hits']:,} of {found['compared']:,} posts since {found['first']}; {found['fresh']:,} of them no rule had flagged."
        for day, (posts, hits) in found["by_day"].items():
            yield f"  {day}  {hits:>6,} of {posts:,}"
        for source, (posts, hits) in found["by_source"].items():
            yield f"  {source:<24} {hits:>6,} of {posts:,}"
        for rule, count in found["overlap"]:
            yield f"  also hit by {rule}: {count:,}"
        agreed, again = backtests.agreement(found), backtests.found_again(found)
        low, high = agreed.interval
        yield f"  decided leads among them: {agreed.part} of {agreed.whole} were followed (95 %: {low:.2f} to {high:.2f})"
        yield f"  confirmed leads of its category: it hits {again.part} of {again.whole}"
    if found["left_out"]:
        yield f"Not compared, for want of an authorization for its category: {', '.join(found['left_out'])}."
    for sample in found["samples"]:
        yield f"  {sample['day']} {sample['source']}: {' '.join(sample['text'].split())}"
