"""What is done about rules without being asked: the brake, last days, and results that are over."""

from datetime import timedelta

from patrol.actions.desk import Desk
from patrol.actions.rulemaking import records, rule_versions, trials
from patrol.actions.triaging import rank, weighing
from patrol.register.tables import RuleTally
from patrol.settings import Settings
from pipelines import brake

AUTHORS_KEPT = timedelta(days=8)
"""One day longer than the brake looks back."""


def look_after_rules(desk: Desk) -> int:
    """Brake what hits too much, retire what is over, forget old results, weigh leads and put them in order. Returns how many rules were braked."""
    now = desk.now()
    braked = sum(
        brake.pull(one, now) for one in list(brake.excesses(now, Settings().brake_percent))
    )
    rule_versions.end_expired(desk)
    trials.forget_old(desk)
    RuleTally.objects.filter(hour__lt=now - AUTHORS_KEPT).exclude(authors=[]).update(authors=[])
    records.count_due(desk)
    weighing.weigh_due(desk)
    rank.apply(desk)
    return braked
