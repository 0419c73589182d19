"""One reader at a time for each host: whichever source it is read for, on whatever machine, by a run or a look.

Pauses are kept within a run by the gate; from one run to the next they are
kept here. Hosts are those where a source begins, and those that its mandates
name.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from patrol.actions.staffing.shifts import settings_now
from patrol.errors import TryLater
from patrol.models import Source
from patrol.register.lock import Lock
from patrol.register.tables import AuthorizationRow, RunRow, SourceRow

Hosts = frozenset[str]
"""Names, with `:port` where it is not the scheme's own."""
_LONGEST_PAUSE = timedelta(
    seconds=next(
        mark.le
        for mark in Source.model_fields["seconds_between_requests"].metadata
        if hasattr(mark, "le")
    )
)


class HostBusy(TryLater):
    """A site is asked by one reader at a time."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is being read at this moment.",
            why="A host is asked by one reader at a time, so that its pauses are kept.",
            do="Look again in a minute.",
        )


def hosts_of(sources: Iterable[SourceRow]) -> Mapping[int, Hosts]:
    """Of each source: where it begins, and what its mandates name."""
    found = {row.pk: {urlsplit(one).netloc.lower() for one in row.body["start"]} for row in sources}
    mandates = AuthorizationRow.objects.filter(source__in=found, revoked_at=None)
    for source, hosts in mandates.values_list("source", "hosts"):
        found[source] |= {host.lower() for host in hosts}
    return {source: frozenset(hosts) for source, hosts in found.items()}


def read_now(besides: int | None = None) -> Hosts:
    """Hosts that runs read now; those of one source aside."""
    begun = RunRow.objects.filter(ended_at=None, brought_as=None).exclude(begun_at=None)
    rows = begun.exclude(source=besides).values("source") if besides else begun.values("source")
    of = hosts_of(SourceRow.objects.filter(pk__in=rows))
    return frozenset().union(*of.values())


def looking(host: str) -> Lock:
    """What a look at that host holds."""
    return Lock(settings_now().home / "looking" / f"{host.replace(':', '_')}.lock")


def looked_at(hosts: Iterable[str]) -> bool:
    """Whether somebody looks at one of them now, on this machine."""
    return any(looking(host).taken() for host in hosts)


def free(runs: Collection[RunRow]) -> list[int]:
    """Of runs that wait, the oldest first: those that may begin together, a host at a time."""
    if not runs:
        return []
    of = hosts_of({run.source_id: run.source for run in runs}.values())
    taken = set(read_now())
    found = []
    for run in runs:
        hosts = of[run.source_id]
        if taken.isdisjoint(hosts) and not looked_at(hosts):
            taken |= hosts
            found.append(run.pk)
    return found


def refuse_busy(source: SourceRow) -> None:
    """Raise `HostBusy` while a run of another source, or a look, asks one of its hosts."""
    hosts = hosts_of([source])[source.pk]
    for host in sorted(hosts & read_now(besides=source.pk)):
        raise HostBusy(host)
    for host in sorted(hosts):
        if looked_at([host]):
            raise HostBusy(host)


def resting(source: SourceRow, now: datetime) -> dict[str, float]:
    """Seconds for which hosts of a source are still to be left alone: the longer pause of it and of who asked them last."""
    own = hosts_of([source])[source.pk]
    ended = RunRow.objects.filter(ended_at__gt=now - _LONGEST_PAUSE, brought_as=None)
    last = list(ended.exclude(begun_at=None).select_related("source"))
    of = hosts_of({run.source_id: run.source for run in last}.values())
    found: dict[str, float] = {}
    for run in last:
        pause = max(_pause(source), _pause(run.source))
        left = pause - (now - (run.ended_at or now)).total_seconds()
        for host in own & of[run.source_id]:
            if left > found.get(host, 0.0):
                found[host] = left
    return found


def _pause(source: SourceRow) -> float:
    usual: float = Source.model_fields["seconds_between_requests"].default
    return float(source.body.get("seconds_between_requests", usual))
