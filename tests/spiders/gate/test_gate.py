import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from patrol.models import (
    Authorization,
    Category,
    Channel,
    Conduct,
    RobotsVerdict,
    Scope,
    Source,
)
from spiders.gate.gate import Aborted, Gate
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import place
from spiders.job import Job, Mandate

PAGE = place("http://ok.example/list")


def authorization(**changes: Any) -> Authorization:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "id": 1, "source": "board", "basis": "Example Act 1", "number": "A-1",
        "scope": Scope(hosts=("ok.example",)), "categories": (Category.FRAUD,),
        "requester": "one", "approver": "two",
        "valid_from": now - timedelta(hours=1), "valid_until": now + timedelta(hours=1),
    }  # fmt: skip
    return Authorization(**(values | changes))


def gate() -> Gate:
    source = Source(
        name="board", title={"en": "B"}, channel=Channel.PLATFORM, start=(PAGE.href,),
        seconds_between_requests=0.0,
    )  # fmt: skip
    made = Gate(Job(source=source, authorization=authorization(), contact="x@example.invalid"))
    made.standing.renew(Mandate(authorization=authorization()))
    return made


def do(work: Coroutine[Any, Any, Any]) -> Any:
    async def within() -> Any:
        async with asyncio.timeout(5):
            return await work

    return asyncio.run(within())


def test_what_departs_is_counted() -> None:
    made = gate()
    made.check(PAGE)
    do(made.depart(PAGE))
    assert made.requests == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked_at": datetime.now(UTC)},
        {"valid_until": datetime.now(UTC)},
        {"scope": Scope(hosts=("other.example",))},
        {"id": 2},
    ],
)
def test_the_last_word_is_spoken_at_departure(changes: dict[str, Any]) -> None:
    """What was let in at the door does not leave if the mandate changed meanwhile."""
    made = gate()
    made.check(PAGE)
    made.standing.renew(Mandate(authorization=authorization(**changes)))
    with pytest.raises(Refusal):
        do(made.depart(PAGE))
    assert made.requests == 0


def test_what_robots_exclude_departs_only_while_the_mandate_still_says_so() -> None:
    """The override was withdrawn between the door and the wire: its turn came later."""
    overrides = authorization(conduct=Conduct(overrides_robots=True, reason="Ordered in writing."))
    said = RobotsVerdict(
        status=200, fetched_at=datetime.now(UTC), rule="Disallow: /", overridden=True
    )
    made = gate()
    made.standing.renew(Mandate(authorization=overrides))
    do(made.depart(PAGE, said))
    made.standing.renew(Mandate(authorization=authorization()))
    with pytest.raises(Refusal) as refused:
        do(made.depart(PAGE, said))
    assert refused.value.reason is Reason.ROBOTS
    assert made.requests == 1


def test_nothing_departs_on_a_stale_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spiders.gate.gate.STALE_PATIENCE", 0.2)
    monkeypatch.setattr("spiders.gate.authorization.FRESH", 0.0)
    made = gate()
    with pytest.raises(Refusal, match="in time"):
        do(made.depart(PAGE))
    assert made.requests == 0


def test_a_request_waits_for_a_newer_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    made = gate()
    monkeypatch.setattr("spiders.gate.authorization.FRESH", 0.0)

    async def late() -> None:
        departing = asyncio.ensure_future(made.depart(PAGE))
        await asyncio.sleep(0.2)
        assert not departing.done()
        monkeypatch.setattr("spiders.gate.authorization.FRESH", 2.0)
        made.standing.renew(Mandate(authorization=authorization()))
        await departing

    do(late())
    assert made.requests == 1


def test_a_closed_gate_lets_nothing_through() -> None:
    made = gate()
    made.close()
    with pytest.raises(Refusal):
        made.check(PAGE)
    with pytest.raises(Refusal):
        do(made.depart(PAGE))


def test_closing_wakes_who_waits_and_cuts_what_flies() -> None:
    made = gate()

    async def close_soon() -> list[Any]:
        resting = asyncio.ensure_future(made.rest(60))
        flying = asyncio.ensure_future(made.fly(asyncio.sleep(60)))
        await asyncio.sleep(0.05)
        made.close()
        return list(await asyncio.gather(resting, flying, return_exceptions=True))

    rested, flown = do(close_soon())
    assert isinstance(rested, Refusal)
    assert isinstance(flown, Aborted)


def test_every_refusal_is_counted_once() -> None:
    made = gate()
    refusal = Refusal(Reason.SCOPE, "no")
    made.refuse(made.refuse(refusal))
    made.refuse(refusal.again())
    assert made.refusals == {Reason.SCOPE: 2}


def test_every_reason_has_its_sentences() -> None:
    for reason in Reason:
        told = str(Refusal(reason, "It was refused."))
        assert "why:" in told
        assert "do:" in told
