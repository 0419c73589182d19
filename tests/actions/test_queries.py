"""Standing queries: kept with a purpose and an end, never following anybody unasked, never silent."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from patrol.models import (
    Category,
    LeadKind,
    NoticeKind,
    QueryEnd,
    Scope,
    Verb,
)

OFFER = "找援交的加賴 gull0042，價格可議"
OTHER = "外約，加賴 gull0043"
VICTIM = "我國二，缺錢，想找兼職，有人可以幫我嗎"


@cache
def _few() -> Any:
    """Rules that flag what these tests write, with their word lists."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    wanted = {"paid_dating_contact", "offers_self_minor"}
    found = [rule for rule in rules if rule.name in wanted or rule.kind == LeadKind.POSSIBLE_VICTIM]
    return found, lexicons


@pytest.fixture
def shipped() -> Any:
    return _few()


def drain() -> None:
    from patrol.schedule.projecting import drain as drained
    from patrol.settings import Settings

    drained(Settings())


@pytest.fixture
def told(kept: Callable[..., Any]) -> Callable[..., None]:
    """Two offers and a possible victim, told to the index; and a way to keep more."""

    from patrol.actions.desk import Desk
    from patrol.actions.linking import joining

    def keep(*texts: Any, **options: Any) -> None:
        kept(*texts, **options)
        joining.gather(Desk.system())
        drain()

    keep(("a1", OFFER), ("a2", OTHER), ("a3", VICTIM), author="sea_breeze")
    return keep


def run() -> int:
    from patrol.actions.desk import Desk
    from patrol.actions.searching import watching

    return watching.run_due(Desk.system("clock"))


def last(verb: Verb) -> dict[str, Any]:
    from patrol.register.tables import LedgerIndex, LedgerRecord

    found = LedgerIndex.objects.filter(verb=verb).latest("seq")
    body: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.get(pk=found.seq).body))
    return body


def save(house: Any, text: str, **changes: Any) -> int:
    from patrol.actions.searching import queries

    asked = {"name": "offers", "purpose": "Offers in the harbour", "days": 30, **changes}
    account = asked.pop("account", "mei")
    return queries.save(house.desk(account), text=text, **asked)


def direct(house: Any, *names: str) -> Any:
    """A directed mandate on the harbour, approved."""
    return house.authorize(number="115-D1", directed_at=names)


def test_a_query_finds_what_is_flagged_later_once_and_tells_its_owner(
    house: Any, told: Callable[..., None]
) -> None:
    from patrol.actions.searching import queries
    from patrol.register.tables import Notice

    number = save(house, "援交")
    assert run() == 0  # what was there before is no news
    told(("b1", "援 交 約，加賴 gull0099"), ("b2", "今天的港口風很大"), author="x")
    assert run() == 1
    assert run() == 0
    (mine,) = queries.mine(house.desk("mei"))
    assert (mine.hits, mine.unseen, queries.unseen(house.desk("mei"))) == (1, 1, 1)
    told(("b1", "援交 約，加賴 gull0099，今天"), author="x")  # the same lead, seen again
    run()
    page = queries.view(house.desk("mei"), number)
    assert len(page.rows) == len(page.unseen)
    assert queries.unseen(house.desk("mei")) == 0
    assert queries.view(house.desk("mei"), number).unseen == frozenset()
    notice = Notice.objects.get(kind=NoticeKind.QUERY_HIT)
    assert (notice.person.account, notice.link) == ("mei", f"/search/queries/{number}/")
    hit = last(Verb.QUERY_HIT)
    assert hit["details"]["owner"] == "mei"
    assert hit["details"]["leads"]


def test_what_waited_in_the_outbox_is_not_missed(house: Any, kept: Callable[..., Any]) -> None:
    """The index was away for days: a run that came before it had heard of everything goes back as far."""
    from patrol.register.tables import Lead, OutboxRow, Sighting, StandingQuery

    number = save(house, "外約")
    kept(("c1", OTHER))
    early = Sighting.objects.latest("pk").first_seen_at - timedelta(days=3)
    Sighting.objects.update(first_seen_at=early)
    Lead.objects.update(opened_at=early)
    OutboxRow.objects.update(written_at=early)
    StandingQuery.objects.update(made_at=early, through_at=early)
    assert run() == 0
    assert StandingQuery.objects.get(pk=number).through_at == early
    drain()
    assert run() == 1


@pytest.mark.parametrize("text", ["國二", "缺錢", "kind:lead 兼職"])
def test_possible_victims_are_never_hit(house: Any, told: Callable[..., None], text: str) -> None:
    save(house, text)
    told(("d1", "我國二，缺錢，想找兼職，請幫我"), author="y")
    assert run() == 0


def test_a_hit_that_turns_out_a_possible_victims_is_not_shown(
    house: Any, told: Callable[..., None]
) -> None:
    from patrol.actions.searching import queries
    from patrol.register.tables import Lead, StandingHit

    number = save(house, "外約")
    told(("e1", "外約，加賴 gull0051，台中"), author="z")
    assert run() == 1
    Lead.objects.filter(pk=StandingHit.objects.get().lead_id).update(kind=LeadKind.POSSIBLE_VICTIM)
    assert queries.view(house.desk("mei"), number).rows == ()
    assert queries.mine(house.desk("mei"))[0].hits == 0


@pytest.mark.parametrize(
    "text",
    [
        "gull0042",
        "ＧＵＬＬ００４２ 援交",
        '"加賴 gull0777"',
        "加賴 gull0777",
        "@gull",
        "sea_breeze",
    ],
)
def test_nobody_is_followed_without_a_mandate_that_names_them(
    house: Any, told: Callable[..., None], text: str
) -> None:
    from patrol.actions.searching import finding, queries

    finding.find(house.desk("mei"), text)  # once is allowed
    with pytest.raises(queries.FollowsOne):
        save(house, text)
    assert last(Verb.QUERY_SAVED)["result"] == "deny"


def test_a_directed_mandate_allows_it_on_its_source_until_it_ends(
    house: Any, told: Callable[..., None]
) -> None:
    from patrol.actions.collecting import mandates
    from patrol.actions.searching import queries

    direct(house, "LINE gull9999")
    with pytest.raises(queries.FollowsOne):
        save(house, "gull0042")
    mandate = direct(house, "gull0042")
    number = save(house, "gull0042")
    assert queries.mine(house.desk("mei"))[0].authorization == "115-D1"
    assert last(Verb.QUERY_SAVED)["purpose"] == f"authorization:{mandate.pk}"
    told(("f1", "援交新貨，加賴 gull0042，台南"), author="q")
    assert run() == 1
    mandates.revoke(house.desk("lin"), mandate.pk, "over")
    assert run() == 0
    assert queries.mine(house.desk("mei"))[0].because is QueryEnd.MANDATE_ENDED
    with pytest.raises(queries.FollowsOne):
        queries.renew(house.desk("mei"), number, 7)


def test_a_mandate_that_was_only_asked_for_names_nobody(
    house: Any, told: Callable[..., None]
) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates
    from patrol.actions.searching import queries

    now = timezone.now()
    mandates.request(
        house.desk("lin"),
        "harbor",
        basis="art. 28",
        number="115-D2",
        scope=Scope(hosts=("harbor.example",)),
        categories=(Category.SOLICITATION,),
        valid_from=now - timedelta(minutes=1),
        valid_until=now + timedelta(days=1),
        directed_at=("gull0042",),
    )
    with pytest.raises(queries.FollowsOne):
        save(house, "gull0042")


def test_a_word_that_becomes_a_contact_stops_its_query(
    house: Any, told: Callable[..., None]
) -> None:
    """Nobody knew it when it was kept; the first post that offers it makes the query a following."""
    from patrol.actions.searching import queries

    save(house, "tern0777")
    told(("g1", "援交新貨，加賴 tern0777，台北"), author="t")
    assert run() == 0
    assert queries.mine(house.desk("mei"))[0].because is QueryEnd.FOLLOWS


def _change(row: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


def _rewrite(row: Any, text: str) -> None:
    from patrol.actions.searching.queries import words_of
    from patrol.register.sealing import seal

    body = json.dumps({**words_of(row), "text": text}).encode()
    _change(row, body=seal(row.retention, body))


def _leave(row: Any) -> None:
    row.owner.is_active = False
    row.owner.save()


@pytest.mark.parametrize(
    ("break_it", "because"),
    [
        (lambda row: _rewrite(row, "staus:new 援交"), QueryEnd.BROKEN),
        (lambda row: _rewrite(row, "source:gone 援交"), QueryEnd.NAMES_GONE),
        (lambda row: _rewrite(row, "rule:gone_rule 援交"), QueryEnd.NAMES_GONE),
        (lambda row: _change(row, expires_at=row.made_at), QueryEnd.EXPIRED),
        (_leave, QueryEnd.OWNER_GONE),
    ],
)
def test_a_query_that_cannot_run_says_so_once_and_stops(
    house: Any, told: Callable[..., None], break_it: Callable[[Any], None], because: QueryEnd
) -> None:
    from patrol.register.tables import Notice, StandingQuery

    number = save(house, "援交")
    break_it(StandingQuery.objects.get(pk=number))
    assert (run(), run()) == (0, 0)
    row = StandingQuery.objects.get(pk=number)
    assert row.stopped_because == because
    assert last(Verb.QUERY_STOPPED)["details"]["because"] == because
    notices = Notice.objects.filter(kind=NoticeKind.QUERY_BROKEN)
    assert notices.count() == (0 if because is QueryEnd.OWNER_GONE else 1)


@pytest.mark.parametrize(
    ("text", "changes", "because"),
    [
        ("", {}, "no word and no field"),
        ("援交", {"name": " "}, "needs a name"),
        ("援交", {"name": "x" * 61}, "needs a name"),
        ("援交", {"purpose": ""}, "its purpose"),
        ("援交", {"days": 91}, "90 days at most"),
        ("source:nowhere", {}, "no source and no rule"),
        ('source: "open', {}, "Nothing stands behind"),
    ],
)
def test_what_is_no_standing_query_is_refused(
    house: Any, text: str, changes: dict[str, Any], because: str
) -> None:
    from patrol.errors import BadInput
    from patrol.register.tables import StandingQuery

    with pytest.raises(BadInput, match=because):
        save(house, text, **changes)
    assert not StandingQuery.objects.exists()


def test_a_query_is_its_owners_and_overseen_in_full(house: Any, told: Callable[..., None]) -> None:
    from patrol.actions.desk import NotPermitted
    from patrol.actions.searching import queries

    number = save(house, "援交")
    for account in ("lin", "audit"):
        (seen,) = queries.overseen(house.desk(account))
        assert (seen.text, seen.purpose, seen.owner) == ("援交", "Offers in the harbour", "mei")
    assert last(Verb.QUERIES_LISTED)["details"]["queries"] == [number]
    with pytest.raises(NotPermitted):
        queries.overseen(house.desk("mei"))
    for act in (queries.view, queries.end, queries.suggest):
        with pytest.raises(queries.NoSuchQuery):
            act(house.desk("other"), number)
    with pytest.raises(queries.NoSuchQuery):
        queries.renew(house.desk("other"), number, 7)
    queries.end(house.desk("mei"), number)
    assert queries.mine(house.desk("mei"))[0].because is QueryEnd.ENDED
    queries.renew(house.desk("mei"), number, 7)
    assert queries.mine(house.desk("mei"))[0].runs


def test_words_of_queries_and_searches_stand_nowhere_in_the_clear(
    house: Any, told: Callable[..., None], register: Any
) -> None:
    from patrol.actions.searching import batches, finding

    finding.find(house.desk("mei"), "援交 gull0042")
    batches.search(house.desk("mei"), ("外約 gull0043",), "a list")
    save(house, "援交 台北")
    content = b"".join(file.read_bytes() for file in register.glob("register.sqlite3*"))
    assert "援交 gull0042".encode() not in content
    assert "外約 gull0043".encode() not in content
    assert json.dumps("援交 台北").encode() not in content
    assert "援交 台北".encode() not in content


def test_a_suggested_query_becomes_the_draft_of_a_rule(
    house: Any, told: Callable[..., None]
) -> None:
    from patrol.actions.rulemaking import rule_drafts
    from patrol.actions.searching import queries, query_rule

    number = save(house, '援交 "價格 可議" -新聞 category:solicitation')
    queries.suggest(house.desk("mei"), number)
    assert queries.overseen(house.desk("lin"))[0].suggested_at
    name, text = query_rule.draft_of(house.desk("lin"), number)
    assert name == "offers"
    checked = rule_drafts.check(
        house.desk("lin"), name, text, ["援交，價格可議", "援交的新聞，價格可議", "援交"]
    )
    assert [one.hit for one in checked.tried] == [True, False, False]
    assert not checked.faults


def test_the_sources_page_names_those_at_whom_a_mandate_is_directed(house: Any) -> None:
    """Whoever approves it reads them; the approval binds exactly those."""
    from patrol.actions.collecting import sources
    from patrol.actions.collecting.binding import config_sha256
    from patrol.register.tables import AuthorizationRow

    row = direct(house, "gull0042", " sea breeze ")
    page = sources.viewed(house.desk("lin"), "harbor")
    (shown,) = [one for one in page.authorizations if one.id == row.pk]
    assert shown.directed_at == ("gull0042", "sea breeze")
    kept = AuthorizationRow.objects.get(pk=row.pk)
    assert b"gull0042" not in bytes(kept.directed_names or b"")
    before = config_sha256(kept)
    kept.directed_tags = kept.directed_tags[:1]
    assert config_sha256(kept) != before
