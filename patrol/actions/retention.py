"""What is kept no longer than it may be: unflagged words end after `PATROL_UNFLAGGED_DAYS`."""

from patrol.actions.desk import Desk
from patrol.models import Permission, Verb
from patrol.register.sealing import destroy
from patrol.register.tables import BacktestPost, RetentionUnit


def forget_expired(desk: Desk) -> int:
    """Destroy the keys and the words of the unflagged days that are over. Returns how many posts' words went.

    Their keyed hashes and counters stay: a post is known to have been read.
    """
    now = desk.now()
    over = RetentionUnit.objects.filter(kind="unflagged", expires_at__lte=now, destroyed_at=None)
    if not over.exists():
        return 0
    with desk.act(Permission.SYSTEM_OPERATE, Verb.POSTS_FORGOTTEN) as act:
        units = list(over)
        gone, _ = BacktestPost.objects.filter(unit__in=units).delete()
        for unit in units:
            destroy(unit, now)
        act.count = gone
        act.details = {"units": [unit.pk for unit in units]}
        return gone
