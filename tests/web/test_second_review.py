"""A second officer judges without the first verdict; both stay, and the figures name nobody."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]


@pytest.fixture(autouse=True)
def _everything_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATROL_SECOND_REVIEW_PERCENT", "100")


def _decide(client: Any, lead: int, version: int = 1, **form: str) -> Any:
    return client.post(
        f"/leads/{lead}/decide/", {"version": version, "then": "queue", "note": "", **form}
    )


def _reviews() -> list[Any]:
    from patrol.register.tables import SecondReview

    return list(SecondReview.objects.order_by("pk"))


def _page(client: Any, address: str = "/reviews/") -> str:
    return str(client.get(address, follow=True).content.decode())


def test_a_lead_is_offered_to_another_officer_without_the_first_verdict(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    first, other = sign_in("mei"), sign_in("lin")
    _decide(first, 1, dismiss="lawful", note="seen in the paper")
    assert "No decided lead waits" in _page(first), "never to whoever decided"
    assert "1 second review" in other.get("/leads/").content.decode()
    page = _page(other)
    shown = page[page.index("<main") :]
    assert "先繳保證金" in shown
    for given_away in ("mei", "Lawful", "seen in the paper", "looked at it"):
        panel = shown.index('class="decide"')
        assert given_away not in shown[:panel], given_away
    assert [one.account for one in records(verb="review.viewed", subject="lead:1")] == ["lin"]
    answer = other.post("/reviews/1/judge/", {"verdict": "relevant"}, follow=True)
    assert "Your second verdict on lead 1 is kept." in answer.content.decode()
    review = _reviews()[0]
    assert (review.first.verdict, review.verdict, review.by.account) == (
        "dismissed", "relevant", "lin",
    )  # fmt: skip
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "dismissed", "the lead stays as it is"
    assert len(records(verb="review.decided", subject="lead:1", result="allow")) == 1
    assert other.post("/reviews/1/judge/", {"verdict": "relevant"}).status_code == 404


def test_whoever_has_looked_since_is_not_blind(sign_in: Sign, records: Any) -> None:
    first, other = sign_in("mei"), sign_in("lin")
    other.get("/leads/1/")
    _decide(first, 1, verdict="escalated")
    assert "Second review" in _page(other), "a look before the decision gave nothing away"
    other.get("/leads/1/")
    assert "No decided lead waits" in _page(other)
    assert other.get("/reviews/1/").status_code == 403
    assert other.post("/reviews/1/judge/", {"verdict": "relevant"}).status_code == 403
    assert records(verb="review.decided", result="deny")
    assert "先繳保證金" in _page(sign_in("wu")), "a third person may"


@pytest.mark.parametrize("form", [{"snooze": "day"}, {"verdict": "reopened"}])
def test_what_settles_nothing_is_not_drawn(form: dict[str, str], sign_in: Sign) -> None:
    client = sign_in("mei")
    _decide(client, 1, verdict="relevant")
    _decide(client, 1, version=2, **form)
    assert _reviews() == [], "the earlier one's place lapses"


def test_a_victim_that_an_officer_recognised_is_not_drawn(sign_in: Sign) -> None:
    _decide(sign_in("mei"), 1, verdict="victim")
    assert _reviews() == [], "its kind would give the verdict away"


@pytest.mark.parametrize(
    "form", [{}, {"verdict": "referred"}, {"verdict": "relevant", "dismiss": "lawful"}]
)
def test_half_a_verdict_is_none(form: dict[str, str], sign_in: Sign) -> None:
    _decide(sign_in("mei"), 1, verdict="relevant")
    assert sign_in("lin").post("/reviews/1/judge/", form).status_code == 400
    assert _reviews()[0].decided_at is None


def test_the_share_is_kept(register: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    del register
    from patrol.register.sealing import keyed_hash

    lots = [int(keyed_hash("second review", str(pk))[:8], 16) % 100 for pk in range(4000)]
    assert 0.03 < sum(lot < 5 for lot in lots) / 4000 < 0.07


def _planted_pairs(garden: Any, people: int, verdicts: list[tuple[str, str]]) -> None:
    from django.utils import timezone

    from patrol.register.tables import Decision, Person, SecondReview

    unit = garden.people["mei"].unit
    crowd = [
        Person.objects.create(account=f"p{number}", role="officer", unit=unit)
        for number in range(people)
    ]
    for number, (one, other) in enumerate(verdicts):
        lead = garden.leads[number % 2]
        first = Decision.objects.create(
            lead=lead, lead_version=100 + number, verdict=one, by=crowd[number % people],
            decided_at=timezone.now(),
        )  # fmt: skip
        SecondReview.objects.create(
            lead=lead, first=first, by=crowd[(number + 1) % people], verdict=other,
            offered_at=timezone.now(), decided_at=timezone.now(),
        )  # fmt: skip


SAME, OTHER = ("relevant", "relevant"), ("dismissed", "relevant")


def test_the_supervisor_sees_kappa_and_no_names(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    _planted_pairs(garden, 5, [SAME] * 10 + [("dismissed", "dismissed")] * 8 + [OTHER] * 4)
    page = sign_in("lin").get("/reviews/agreement/").content.decode()
    shown = page[page.index("<main") :]
    assert re.search(
        r"All categories together.*?22.*?18.*?0\.65.*?0\.3\d – 0\.9\d", shown, re.DOTALL
    )
    assert shown.count("Judged differently") == 1
    assert "Dismiss</b>" in shown
    for person in ("p0", "p1", "p2", "p3", "p4"):
        assert f">{person}<" not in shown
    assert len(records(verb="agreement.viewed", account="lin")) == 1


def test_figures_of_fewer_than_five_people_are_not_shown(garden: Any, sign_in: Sign) -> None:
    _planted_pairs(garden, 4, [SAME] * 10 + [OTHER] * 4)
    page = sign_in("lin").get("/reviews/agreement/").content.decode()
    assert "fewer than 5 people had a part" in page
    assert not re.search(r"\d\.\d\d – ", page)


@pytest.mark.parametrize("account", ["mei", "audit", "root"])
def test_only_supervisors_see_it(account: str, sign_in: Sign) -> None:
    assert sign_in(account).get("/reviews/agreement/").status_code == 403


def test_without_a_record_nothing_is_shown(sign_in: Sign, break_log: Callable[[], None]) -> None:
    _decide(sign_in("mei"), 1, verdict="relevant")
    client = sign_in("lin")
    break_log()
    assert client.get("/reviews/1/").status_code == 503
    assert client.get("/reviews/agreement/").status_code == 503
