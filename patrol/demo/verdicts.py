"""What the invented officers made of the invented month's leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from patrol.models import DismissReason, LeadKind, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision, and how long after the one before it was made."""

    verdict: Verdict
    after: timedelta
    reason: DismissReason | None = None
    note: str | None = None


NOTES = {
    Verdict.RELEVANT: (
        "同一聯絡方式上週出現過，併案觀察。",
        "招攬文字明確，已截錄時間與網址。",
        "用語與先前案件相近，持續注意。",
    ),
    Verdict.ESCALATED: (
        "有面交地點與時間，請偵查隊評估。",
        "對象可能是學生，請主管核示。",
        "同一人跨三個看板，建議立案。",
    ),
    Verdict.REFERRED: (
        "已轉少年輔導委員會，請社工聯繫。",
        "已通報 113，等候回覆。",
        "已轉婦幼隊與學校輔導室。",
    ),
    Verdict.SNOOZED: ("等板主回覆後再看。", "明早與同事一起看。"),
    Verdict.REOPENED: ("又有新的貼文，重新檢視。", "同一聯絡方式再次出現。"),
    Verdict.DISMISSED: ("看過前後文，沒有招攬。", "是轉貼提醒大家的文字。"),
}
"""Words of officers, invented."""

NOTED = 0.3
"""Share of decisions with a note."""

_REASONS: Mapping[DismissReason, int] = {
    DismissReason.RULE_FALSE_HIT: 25,
    DismissReason.LAWFUL: 30,
    DismissReason.DUPLICATE: 20,
    DismissReason.KNOWN_CASE: 15,
    DismissReason.UNDECIDABLE: 10,
}


def judged(chance: Random, kind: LeadKind, *, harmless: bool) -> list[Judged]:
    """The decisions on one lead, in their order: mostly one, sometimes a second thought."""
    if harmless:
        reason = chance.choice((DismissReason.RULE_FALSE_HIT, DismissReason.LAWFUL))
        return [_one(chance, Verdict.DISMISSED, hours=8, reason=reason)]
    if kind is LeadKind.POSSIBLE_VICTIM:
        verdict = chance.choices((Verdict.REFERRED, Verdict.ESCALATED), (85, 15))[0]
        return [_one(chance, verdict, hours=2)]
    first = chance.choices(
        (Verdict.RELEVANT, Verdict.ESCALATED, Verdict.DISMISSED, Verdict.SNOOZED), (52, 15, 25, 8)
    )[0]
    decisions = [_one(chance, first, hours=14)]
    if first is Verdict.SNOOZED:
        decisions.append(_one(chance, Verdict.RELEVANT, hours=30))
    elif first is Verdict.RELEVANT and chance.random() < 0.08:
        decisions.append(_one(chance, Verdict.ESCALATED, hours=60))
    elif first is Verdict.DISMISSED and chance.random() < 0.12:
        decisions.append(_one(chance, Verdict.REOPENED, hours=40))
        decisions.append(_one(chance, Verdict.ESCALATED, hours=10))
    return decisions


def _one(
    chance: Random, verdict: Verdict, *, hours: float, reason: DismissReason | None = None
) -> Judged:
    if verdict is Verdict.DISMISSED and reason is None:
        reason = chance.choices(list(_REASONS), list(_REASONS.values()))[0]
    note = chance.choice(NOTES[verdict]) if chance.random() < NOTED else None
    return Judged(verdict, timedelta(minutes=15 + 60 * hours * chance.random()), reason, note)
