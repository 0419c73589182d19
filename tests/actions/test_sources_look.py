"""Looking at an address: under which mandate, what is seen, and what is proposed."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from patrol.demo.boards import Boards
from patrol.models import Category, Channel, Outcome, Role, Scope, Source
from tests.plugins.unknown_board import served


@pytest.fixture(scope="module")
def boards() -> Iterator[Boards]:
    with Boards(seed=3) as opened:
        yield opened


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    with served() as (host, asked):
        monkeypatch.setenv("PATROL_LABORATORY", host)
        yield host, asked


class Unit:
    """Two supervisors and an officer, without the rules that nothing here needs."""

    def __init__(self) -> None:
        from patrol.actions.desk import Desk
        from patrol.actions.staffing import people

        roles = {"lin": Role.SUPERVISOR, "wu": Role.SUPERVISOR, "mei": Role.OFFICER}
        for account, role in roles.items():
            people.add(Desk.command_line(), account, role, "One", password=None, language="en")

    def desk(self, account: str) -> Any:
        from patrol.actions.desk import Desk
        from patrol.actions.staffing import people

        return Desk.of(people.find(account), origin="127.0.0.1")


@pytest.fixture
def unit(register: Path) -> Unit:
    return Unit()


Look = Callable[..., Any]


@pytest.fixture
def look(unit: Unit) -> Look:
    from patrol.actions.collecting import sources_look

    def looked(address: str, account: str = "lin", **wanted: Any) -> Any:
        return sources_look.look(unit.desk(account), address, **wanted)

    return looked


def _told() -> list[dict[str, Any]]:
    from patrol.register.tables import LedgerRecord

    records = [json.loads(bytes(row.body)) for row in LedgerRecord.objects.order_by("seq")]
    return [one for one in records if one["verb"] == "source.looked_at"]


def test_without_a_mandate_nothing_is_asked(
    look: Look, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATROL_LABORATORY", "")
    host, asked = site
    seen = look(f"http://{host}/talk")
    assert seen.glance is None
    assert "trial authorization" in seen.why_not
    assert seen.proposal.source.start == (f"http://{host}/talk",)
    assert seen.proposal.source.name == "talk_talk"
    assert seen.proposal.scope.hosts == (host,)
    assert asked == []
    assert _told()[-1]["details"] == {"address": f"http://{host}/talk", "asked": False}


def test_a_known_board_is_recognised_and_sampled(
    look: Look, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATROL_LABORATORY", boards.laboratory)
    board = boards["harbor_forum"]
    before = boards.asked(board.host)
    seen = look(boards.address(board, f"/viewforum.php?f={board.areas[0].id}"))
    glance, proposal = seen.glance, seen.proposal
    assert seen.under == "laboratory"
    assert (glance.outcome, glance.engine) == (Outcome.OK, "phpbb")
    assert "phpbb" in glance.evidence
    assert len(glance.posts) == 5 or glance.read == len(glance.posts) > 0
    assert all(post.author and post.posted_at and post.text for post in glance.posts)
    assert glance.robots == "allowed"
    assert proposal.source.engine == "phpbb"
    assert proposal.source.selectors is None
    assert set(proposal.scope.paths) == {"/viewforum.php", "/viewtopic.php"}
    assert proposal.source.every_minutes >= 15
    assert boards.asked(board.host) - before <= 5, "a look is a handful of requests"
    begun, ended = _told()
    assert begun["details"]["asked"] is True
    assert begun["purpose"] == ended["purpose"] == "laboratory"
    assert ended["details"]["outcome"] == "ok"
    assert not any(post.text in str(_told()) for post in glance.posts)


def test_a_look_keeps_nothing(look: Look, site: Any) -> None:
    from patrol.register.tables import BacktestPost, CaptureRow, RunRow, SeenPost

    look(f"http://{site[0]}/talk")
    for table in (BacktestPost, CaptureRow, RunRow, SeenPost):
        assert not table.objects.exists()


def test_an_unknown_board_gets_selectors_suggested(look: Look, site: Any) -> None:
    seen = look(f"http://{site[0]}/talk")
    assert [post.text for post in seen.glance.posts] == [
        "first words",
        "second words",
        "third words",
    ]
    assert seen.proposal.source.selectors == seen.glance.selectors
    assert seen.proposal.source.selectors.row.endswith("div.entry")
    assert seen.glance.confidence > 0.9
    assert seen.glance.robots_delay == 0.01
    assert seen.glance.gap_minutes == 24 * 60
    assert seen.proposal.source.every_minutes == 24 * 60


def test_selectors_are_tried_as_they_are_given(look: Look, site: Any) -> None:
    from patrol.models import Selectors

    seen = look(f"http://{site[0]}/talk", selectors=Selectors(row="div.entry", text=".said"))
    assert (seen.glance.posts[0].author, seen.glance.posts[0].text) == (None, "first words")


def test_a_feed_is_read_rather_than_an_unknown_page(look: Look, site: Any) -> None:
    seen = look(f"http://{site[0]}/fed")
    assert seen.address == f"http://{site[0]}/feed.xml"
    assert seen.proposal.source.engine == "feed"
    assert [post.title for post in seen.glance.posts] == ["A post"]


@pytest.mark.parametrize(
    ("path", "outcome", "robots"),
    [
        ("/closed/room", Outcome.ROBOTS_DENIED, "denied"),
        ("/guarded", Outcome.POLICY_BLOCKED, "allowed"),
        ("/shell", Outcome.LAYOUT_CHANGED, "allowed"),
    ],
)
def test_what_stands_in_the_way_is_said(
    look: Look, site: Any, path: str, outcome: Outcome, robots: str
) -> None:
    glance = look(f"http://{site[0]}{path}").glance
    assert (glance.outcome, glance.robots) == (outcome, robots)
    assert glance.detail
    assert glance.posts == ()
    assert glance.draws_itself is (path == "/shell")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://www.dcard.tw/f/bicycle", "Dcard"),
        ("https://www.facebook.com/groups/1", "Facebook"),
    ],
)
def test_a_place_that_turns_programs_away_is_refused_with_what_to_do(
    look: Look, address: str, name: str
) -> None:
    from patrol.actions.collecting.sources_look import PlaceRefuses

    with pytest.raises(PlaceRefuses, match=name) as caught:
        look(address)
    assert "official channel" in caught.value.do
    assert _told()[-1]["result"] == "deny"


@pytest.mark.parametrize(
    "address", ["ftp://a.example/", "talk", "https://a@b.example/", "http://a.example/\\x"]
)
def test_what_is_no_address_is_told(look: Look, address: str) -> None:
    from patrol.actions.collecting.sources_look import NoAddress

    with pytest.raises(NoAddress):
        look(address)


def test_an_officer_looks_at_no_address(look: Look) -> None:
    from patrol.actions.desk import NotPermitted

    with pytest.raises(NotPermitted):
        look("https://a.example/", account="mei")


@pytest.fixture
def tried(unit: Unit, site: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The unknown board as a source with a trial authorization."""
    from django.utils import timezone

    from patrol.actions.collecting import mandates, sources

    start = f"http://{site[0]}/talk"
    source = Source(name="harbor", title={"en": "A"}, channel=Channel.PLATFORM, start=(start,))
    sources.propose(unit.desk("lin"), source)
    now = timezone.now()
    row = mandates.request(
        unit.desk("lin"), "harbor", basis="art. 28", number="115-001", categories=(Category.FRAUD,),
        scope=Scope(hosts=(site[0],), paths=("/talk",)), valid_from=now, valid_until=now + timedelta(days=3), trial=True,
    )  # fmt: skip
    return mandates.approve(unit.desk("wu"), row.pk)


def test_a_trial_lets_its_own_addresses_be_looked_at(look: Look, tried: Any, site: Any) -> None:
    seen = look(f"http://{site[0]}/talk")
    assert seen.under == "authorization 115-001 (harbor)"
    assert seen.source == "harbor"
    assert seen.glance.read == 3
    assert _told()[-1]["purpose"] == f"authorization:{tried.pk}"


def test_the_scope_that_is_proposed_keeps_to_the_board_and_to_https() -> None:
    """What the start and its threads always say alike; what pages are counted by stays free."""
    from patrol.actions.collecting.sources_proposal import proposed
    from spiders.look import Glance

    start = "https://board.example/viewforum.php?f=7&start=0"
    threads = tuple(f"https://board.example/viewtopic.php?f=7&t={number}" for number in (1, 2))
    scope = proposed(start, None, Glance(outcome=Outcome.OK, threads=threads)).scope
    assert (scope.https_only, scope.query_allow) == (True, ("f=7",))
    other = (*threads, "https://board.example/viewtopic.php?f=8&t=3")
    assert proposed(start, None, Glance(outcome=Outcome.OK, threads=other)).scope.query_allow == ()
    clear = start.replace("https", "http")
    assert not proposed(clear, None, None).scope.https_only


def test_what_is_never_asked_is_proposed_for_its_engine_with_the_reason() -> None:
    """Session ids, other orders, print views and forms; but nothing that reading was seen to need."""
    from patrol.actions.collecting.sources_proposal import proposed
    from spiders.look import Glance

    start = "https://board.example/viewforum.php?f=7"
    seen = Glance(outcome=Outcome.OK, engine="phpbb", onward=(f"{start}&sk=t&start=25",))
    proposal = proposed(start, None, seen)
    denied = proposal.scope.query_deny
    assert {"sid", "sd", "view=print", "mode=reply"} <= set(denied)
    assert "sk" not in denied, "its own next page says so"
    assert tuple(one for part in proposal.denied for one in part.patterns) == denied
    assert "session ids" in next(part.why for part in proposal.denied if "sid" in part.patterns)
    other = proposed(
        "https://store.example/shop", None, Glance(outcome=Outcome.OK, engine="shopify")
    )
    assert "sort_by" in other.scope.query_deny
    assert "sid" in proposed(start, None, None).scope.query_deny
