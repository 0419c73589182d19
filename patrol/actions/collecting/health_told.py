"""What is known of a source's health, in sentences with their numbers. The pages say them in two languages."""

from collections.abc import Iterator

from patrol.models import Because, Drift, Health, Lack, Source
from patrol.search.index import LOCAL


def told(source: Source, health: Health | None) -> tuple[str, ...]:
    """How often it is read and why, how long it is left alone, and below what a run is not believed."""
    if health is None:
        return (f"It is to be read every {source.every_minutes} minutes; no run has ended so far.",)
    return (
        *_rhythm(source, health),
        *_breaker(health),
        *_floor(source, health),
        *_drifts(health),
    )


def _rhythm(source: Source, health: Health) -> Iterator[str]:
    every = health.every_minutes
    seen = f"{health.posts_an_hour:.3g} posts an hour were seen over {health.days} days, and a page of the board holds {health.page_rows}"
    if source.revisit is None or health.because is Because.FIXED:
        if source.every_minutes == 1:
            yield "It is read every minute, as its schedule says."
        else:
            yield f"It is read every {source.every_minutes} minutes, as its schedule says."
        return
    match health.because:
        case Because.LEARNING:
            yield f"It is read every {every} minutes, as its schedule says: too little was seen of it so far to go by."
        case Because.RATE:
            yield f"{seen}: so it is read every {every} minutes, before a page is full."
        case Because.FASTEST:
            yield f"{seen}: it is read every {every} minutes, and its limits allow no more."
        case Because.SLOWEST:
            yield f"{seen}: it is read every {every} minutes, and its limits allow no less."
        case _:
            yield f"{seen}: it is read every {every} minutes, because its runs take half as long."
    limits = source.revisit
    yield f"Its limits are {limits.fastest_minutes} and {limits.slowest_minutes} minutes."


def _breaker(health: Health) -> Iterator[str]:
    if health.stretched_minutes:
        yield (
            f"It failed {health.failures} times in a row: to spare the site it is tried again after {health.stretched_minutes} minutes only."
            " One good run, and it is read as before. What is not read until then is a gap in its coverage."
        )
    elif health.failures:
        yield f"It failed {health.failures} times in a row."


def _floor(source: Source, health: Health) -> Iterator[str]:
    if not source.learns_floor:
        yield f"Only a run of fewer than {source.floor} rows is suspiciously empty: no floor is learned."
    elif health.rows_floor:
        yield f"{health.rows_runs} good runs of four weeks read {health.rows_least} rows at least: a run of fewer than {max(health.rows_floor, source.floor)} is suspiciously empty."
    else:
        yield f"A run of fewer than {source.floor} rows is suspiciously empty; too little was read so far to learn more ({health.rows_runs} good runs)."
    if health.quiet_since is not None and health.usual is not None:
        hours = max(1, round((health.at - health.quiet_since).total_seconds() / 3600))
        yield f"Nothing new came for {hours} hours, although {health.usual} posts at least came at the same hours of each week before."


def _drifts(health: Health) -> Iterator[str]:
    for one in health.drifts:
        yield _drift(one)
    if health.drifts:
        yield "The board may have changed its pages: compare its latest posts with what stands there. Propose selectors or another engine where something is missing; where nothing is, have it learned anew."


def _drift(one: Drift) -> str:
    at = f"{one.since.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    match one.lack:
        case Lack.AUTHOR:
            return f"Since {at}, {one.now} of 100 posts have no author; before, {one.before} of 100 had none."
        case Lack.DATE:
            return f"Since {at}, {one.now} of 100 posts have no date; before, {one.before} of 100 had none."
        case Lack.TEXT:
            return f"Since {at}, {one.now} of 100 posts have no words; before, {one.before} of 100 had none."
        case _:
            return f"Since {at}, its pages are read by `{one.hook}` instead of `{one.usual}`, which gave the same {one.before} of 100 times before and gives it {one.now} of 100 times now."
