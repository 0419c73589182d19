"""Categories, sources, engines, severities and rules are each asked for, left out, or neither; counts agree with the list."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

Sign = Callable[[str], Any]
CATEGORIES = ("fraud", "drugs", "arms", None)
RULES = ("planted", "second", "third")
ENGINES = {"harbor": "phpbb", "quay": "discuz", "pier": "none"}
VALUES = {
    "status": ("new", "relevant", "snoozed"),
    "category": ("fraud", "drugs", "arms", "none"),
    "source": tuple(ENGINES),
    "engine": tuple(ENGINES.values()),
    "severity": ("high", "medium", "low"),
    "rule": RULES,
}
SIFTED = ("category", "source", "engine", "severity", "rule")


@pytest.fixture
def asked_of_database() -> Callable[..., int]:
    """How many questions a page asks the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(client: Any, address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    return count


@pytest.fixture
def random_leads(register: Any) -> tuple[Any, dict[int, dict[str, set[str]]]]:
    """Forty leads on three boards, and what each is, told by who planted them."""
    from patrol.register.tables import Lead, MatchRow, SourceRow
    from tests.web import planting

    chance = Random(8)
    garden = planting.plant([planting.Told(f"文字 {number}") for number in range(40)])
    first = garden.source
    SourceRow.objects.filter(pk=first.pk).update(detected_engine="phpbb")
    boards = {"harbor": first}
    for name, engine in (("quay", "discuz"), ("pier", None)):
        body = {**first.body, "name": name, "engine": engine}
        boards[name] = SourceRow.objects.create(name=name, unit=first.unit, body=body)
    told = {}
    for lead in garden.leads:
        name, category = chance.choice(list(boards)), chance.choice(CATEGORIES)
        score, status = chance.choice((0, 39, 40, 69, 70, 100)), chance.choice(("new", "relevant"))
        rules = set(chance.sample(RULES, chance.randint(1, 3)))
        Lead.objects.filter(pk=lead.pk).update(
            source=boards[name], category=category, score=score, status=status
        )
        (match,) = MatchRow.objects.filter(sighting__lead=lead)
        match.delete()
        for rule in rules:
            for _twice in range(2):
                MatchRow.objects.create(
                    sighting_id=match.sighting_id, rule=rule, version=1, kind="lead",
                    category=category, spans=[], weight=score,
                )  # fmt: skip
        told[lead.pk] = {
            "status": {status},
            "category": {category or "none"},
            "source": {name},
            "engine": {ENGINES[name]},
            "severity": {"high" if score >= 70 else "medium" if score >= 40 else "low"},
            "rule": rules,
        }
    return garden, told


def _passes(values: set[str], words: str) -> bool:
    """Said again in other words than the code's."""
    asked = {word for word in words.split(",") if word and word[0] != "-"}
    return not any(f"-{value}" in words.split(",") for value in values) and (
        not asked or bool(asked & values)
    )


@pytest.mark.both_databases
def test_the_list_and_the_counts_are_of_the_same_leads(
    random_leads: tuple[Any, dict[int, dict[str, set[str]]]],
) -> None:
    """Whatever is asked for and left out: the list holds what passes, and each count is what the list shows with that value alone."""
    from patrol.actions.desk import Desk
    from patrol.actions.triaging.facets import counts
    from patrol.actions.triaging.queue import QueueFilter, how_many, queue

    garden, told = random_leads
    desk = Desk.of(garden.people["mei"], origin=None)
    chance = Random(20_261_124)
    for _ in range(60):
        asked = {
            name: ",".join(
                chance.choice(("", "-")) + value
                for value in chance.sample(VALUES[name], chance.choice((0, 0, 1, 2)))
            )
            for name in SIFTED
        }
        wanted = QueueFilter(**asked, status=chance.choice(("", "new", "relevant")), size=100)  # type: ignore[arg-type]
        words = {**asked, "status": wanted.status}
        passing = {
            pk
            for pk, lead in told.items()
            if all(_passes(lead[name], words[name]) for name in words)
        }
        found = queue(desk, wanted)
        assert ({row.id for row in found.rows}, found.total) == (passing, len(passing)), asked
        facets = counts(desk, wanted)
        assert {*facets} == {*VALUES, "kind"}
        for name, values in VALUES.items():
            others = [word for word in words if word != name]
            for value in values:
                number = sum(
                    value in lead[name] and all(_passes(lead[one], words[one]) for one in others)
                    for lead in told.values()
                )
                if (name, value) != ("category", "none"):  # no chip is offered for it
                    assert facets[name].get(value, 0) == number, (name, value, asked)
                alone = QueueFilter(**{**vars(wanted), name: value})
                assert how_many(desk, alone) == number


TURN = re.compile(
    r'<a class="chip turn"\s+id="(?P<id>[^"]+)"\s+href="(?P<href>[^"]+)"[^>]*?data-state="(?P<state>[^"]*)">'
    r"(?P<words>.*?)</a>",
    re.DOTALL,
)


def _turn(page: str, name: str, value: str) -> tuple[str, str, str]:
    """State, what is read of it, and the address of the next state."""
    found = {turn["id"]: turn for turn in TURN.finditer(page)}[f"sift-{name}-{value}"]
    words = " ".join(re.sub(r"<[^>]+>", "", found["words"]).split())
    return found["state"], words, found["href"].replace("&amp;", "&")


def _rows(page: str) -> list[str]:
    return re.findall(r'<li class="row" id="lead-(\d+)"', page)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Fraud 3 (off; press to ask for it)", "with Fraud", "without Fraud")),
        ("zh-hant", ("詐欺 3 （未使用；按下即納入）", "含 詐欺", "不含 詐欺")),
    ],
)
def test_a_chip_is_off_then_asked_for_then_left_out_by_links_alone(
    garden: Any, sign_in: Sign, language: str, said: tuple[str, str, str]
) -> None:
    off, asked, left_out = said
    person = garden.people["mei"]
    person.language = language
    person.save()
    client = sign_in("mei")
    whole = client.get("/leads/?counts=yes&sort=oldest").content.decode()
    state, words, href = _turn(whole, "category", "fraud")
    assert (state, words) == ("", off)
    page = client.get(href).content.decode()
    state, words, href = _turn(page, "category", "fraud")
    assert state == "with"
    assert asked in words
    fraud = _rows(page)
    assert fraud == ["1", "2", "5"]
    page = client.get(href).content.decode()
    state, words, href = _turn(page, "category", "fraud")
    assert state == "without"
    assert left_out in words
    assert _rows(page) == [number for number in _rows(whole) if number not in fraud]
    assert f"{left_out} <span" in page, "what is on is told above the list too"
    assert _turn(client.get(href).content.decode(), "category", "fraud")[0] == ""
    assert "sort=oldest" in href


def test_one_chip_leaves_the_others_and_a_form_keeps_all(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    query = "category=-fraud&severity=medium,high&rule=-second&engine=phpbb"
    page = client.get(f"/leads/?{query}&counts=yes").content.decode()
    _state, _words, href = _turn(page, "severity", "high")
    address = href.partition("#")[0]
    assert "category=-fraud" in address
    assert "rule=-second" in address
    assert "severity=medium,-high" in address
    for name, value in (("category", "-fraud"), ("severity", "high,medium"), ("rule", "-second")):
        assert re.search(rf'type="hidden"\s+name="{name}"\s+value="{value}"', page), name


def test_an_address_that_cannot_be_read_asks_for_nothing(sign_in: Sign) -> None:
    client = sign_in("mei")
    everything = _rows(client.get("/leads/").content.decode())
    for query in ("category=-nonsense", "severity=-", "category=,,", "severity=very,-very"):
        assert _rows(client.get(f"/leads/?{query}").content.decode()) == everything


def test_a_view_keeps_what_is_left_out(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    query = "category=-fraud&severity=medium&engine=-phpbb&rule=planted"
    assert (
        client.post(f"/leads/views/?{query}", {"name": "quiet", "is_default": "yes"}).status_code
        == 302
    )
    place = client.get("/").headers["Location"]
    assert sorted(place.partition("?")[2].split("&")) == sorted(query.split("&"))


def test_rules_are_told_with_the_counts_and_as_chips(garden: Any, sign_in: Sign) -> None:
    told = json.loads(sign_in("mei").get("/leads/counts/?rule=-second").content)
    assert told["rule"]["planted"] >= 3
    state, words, href = _turn(told["rules"], "rule", "planted")
    assert (state, words.split(" (")[0]) == ("", f"Planted rule {told['rule']['planted']}")
    assert "rule=planted,-second" in href
    assert _turn(told["rules"], "rule", "second")[0] == "without"


def test_filters_ask_the_database_no_more_however_many_values_they_have(
    garden: Any, sign_in: Sign, asked_of_database: Callable[..., int]
) -> None:
    client = sign_in("mei")
    client.get("/leads/")
    few = asked_of_database(client, "/leads/?severity=-low&engine=-phpbb&rule=-second&counts=yes")
    many = asked_of_database(
        client,
        "/leads/?category=-arms,-drugs,-gambling&severity=high,medium,-low&engine=-phpbb,-discuz"
        "&rule=-second,-third,planted&counts=yes",
    )
    assert many <= few
