"""The queue, a lead and a decision, through real requests."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

Sign = Callable[[str], Any]
Plant = Callable[..., Any]
RULES = Path(__file__).resolve().parents[2] / "config" / "rules"

NASTY = [
    "看\u200b這<script>alert(1)</script>",
    "看\u202e這\n<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "{{7*7}}{% load static %}",
    "javascript:alert(1)",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "![](http://evil.example/x.png)",
    "<style>@import url(http://evil.example/)</style>",
    "{0.__class__} %(secret)s",
    "' onmouseover='alert(1)",
]


class Reading(HTMLParser):
    """The tags of a page, their attributes, and what stands in the marked-up text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self._depth = 0
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        classes = (dict(attrs).get("class") or "").split()
        if tag == "div" and "words" in classes:
            self.texts.append("")
            self._depth = 1
        self._hidden = self._depth > 0 and "sr" in classes

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._depth = 0
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if self._depth and not self._hidden:
            self.texts[-1] += data


def read(client: Any, address: str) -> Reading:
    return Reading(client.get(address).content.decode())


def test_the_queue_shows_what_waits_possible_victims_first(sign_in: Sign) -> None:
    page = sign_in("mei").get("/leads/").content.decode()
    assert re.findall(r'data-lead="(\d+)"', page) == ["3", "1", "2", "4", "5"]
    assert "<mark>日領</mark>" in page
    assert "goodjob77" in page
    assert "Possible victim" in page


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("category=trading", ["4"]),
        ("kind=possible_victim", ["3"]),
        ("status=dismissed", []),
        ("status=any&sort=oldest", ["1", "2", "3", "4", "5"]),
        ("sort=newest", ["5", "4", "3", "2", "1"]),
        ("source=elsewhere", []),
        ("rule=second", ["1"]),
        ("sort=nonsense&category=nonsense", ["3", "1", "2", "4", "5"]),
    ],
)
def test_the_address_is_the_filter(query: str, leads: list[str], sign_in: Sign) -> None:
    page = sign_in("mei").get(f"/leads/?{query}").content.decode()
    assert re.findall(r'data-lead="(\d+)"', page) == leads


def test_a_place_that_cannot_be_read_is_told(sign_in: Sign) -> None:
    answer = sign_in("mei").get("/leads/?after=nonsense")
    assert answer.status_code == 400
    assert "is no place in the queue" in answer.content.decode()


def test_pages_of_the_queue_hold_every_lead_once(planted: Plant) -> None:
    client = planted(*({"text": f"[lead] {number}", "score": number} for number in range(60)))
    seen: list[str] = []
    address = "/leads/?sort=score"
    for _page in range(3):
        page = client.get(address).content.decode()
        seen += re.findall(r'data-lead="(\d+)"', page)
        onward = re.search(r'rel="next"\s+href="([^"]+)"', page)
        address = "/leads/" + onward[1].replace("&amp;", "&") if onward else ""
    assert address == ""
    assert sorted(map(int, seen)) == list(range(1, 61))


def test_an_empty_queue_says_why(planted: Plant) -> None:
    client = planted()
    assert "Nothing waits" in client.get("/leads/").content.decode()
    assert "No lead fits these filters" in client.get("/leads/?category=arms").content.decode()


def test_a_lead_shows_its_words_as_they_were(sign_in: Sign) -> None:
    page = sign_in("mei").get("/leads/1/").content.decode()
    assert Reading(page).texts == [
        "徵日領人員，月入十萬，先繳保證金，加賴 goodjob77 詳談。名額有限，先到先得。"
    ]
    assert 'title="Planted rule, Second rule">先繳保證金' in page
    for part in ("Why it was flagged", "刑法第339條", "115-001", "not collected", "82"):
        assert part in page


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "[1 image or video, not collected]", "[2 images or videos, not collected]"),
        ("zh-hant", "〔圖片或影片 1 個，未擷取〕", "〔圖片或影片 2 個，未擷取〕"),
    ],
)
def test_in_place_of_media_their_number_is_said(
    planted: Plant, language: str, one: str, two: str
) -> None:
    from patrol.register.tables import Person

    client = planted(*({"text": "[lead]", "media": number} for number in range(3)))
    Person.objects.update(language=language)
    pages = [client.get(f"/leads/{number}/").content.decode() for number in (1, 2, 3)]
    assert 'class="media"' not in pages[0]
    assert [one in page for page in pages] == [False, True, False]
    assert [two in page for page in pages] == [False, False, True]
    assert not any(re.search(r"<(?:img|video|picture|audio|source)\b", page) for page in pages)


def test_who_looked_is_in_the_history(sign_in: Sign) -> None:
    sign_in("lin").get("/leads/1/")
    page = sign_in("mei").get("/leads/1/").content.decode()
    assert re.search(r"<b>lin</b>\s*looked at it", page)


def test_a_possible_victims_contact_is_masked_everywhere(sign_in: Sign) -> None:
    client = sign_in("mei")
    for address in ("/leads/", "/leads/3/"):
        page = client.get(address).content.decode()
        assert "little_demo" not in page
        assert "•••••" in page
    assert "goodjob77" in client.get("/leads/1/").content.decode()


def test_an_address_is_text_and_never_a_link(sign_in: Sign) -> None:
    page = read(sign_in("mei"), "/leads/1/")
    targets = [value for name, value in page.attributes if name in {"href", "src", "action"}]
    assert targets
    assert all(target and target.startswith(("/", "#")) for target in targets)


def test_what_hides_is_made_visible(planted: Plant) -> None:
    hidden = "a\u202eb\u200bc\u2066d\U000e0041e\u3164f\rg"
    client = planted({"text": f"[x]{hidden}", "author": "\u202eevil"})
    for address in ("/leads/", "/leads/1/"):
        page = client.get(address).content.decode()
        for point in ("202E", "200B", "2066", "E0041", "3164", "000D"):
            assert f"⟦U+{point}⟧" in page, (address, point)
        assert not set(page) & {"\u202e", "\u200b", "\u2066", "\U000e0041", "\u3164", "\r"}


def _naughty() -> list[str]:
    """Big List of Naughty Strings where there is one (`PATROL_NAUGHTY_STRINGS`), and our own."""
    path = Path(os.environ.get("PATROL_NAUGHTY_STRINGS", "/nowhere"))
    found = json.loads(path.read_text()) if path.is_file() else []
    return [text for text in [*NASTY, *found] if text and "[" not in text and "]" not in text]


def test_whatever_a_board_says_is_text(planted: Plant) -> None:
    """Bodies, authors, addresses and titles hold every nasty string; the page has no tag more than a plain one."""
    texts = _naughty()
    nasty = ({"text": f"[x] {text}", "author": text[:100], "url": text} for text in texts)
    client = planted({"text": "[plain] words"}, *nasty)
    plain = read(client, "/leads/1/").tags
    for place, text in enumerate(texts, start=2):
        page = read(client, f"/leads/{place}/")
        strangers = page.tags - plain - Counter({"span": 10_000, "a": 1, "kbd": 1})
        assert not strangers, text
        assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
        targets = [value for name, value in page.attributes if name in {"href", "src", "action"}]
        assert all(target and target.startswith(("/", "#")) for target in targets), text
        shown = re.sub(r"⟦U\+([0-9A-F]+)⟧", lambda found: chr(int(found[1], 16)), page.texts[0])
        assert shown == f"x {text}".replace("\r\n", "\n"), text
    queue = read(client, "/leads/?sort=newest&status=any")
    assert not set(queue.tags) & {"img", "svg", "iframe", "style", "object", "embed", "video"}
    assert queue.tags["script"] == 3


def test_titles_of_sources_and_rules_are_text_too(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import RuleVersion

    nasty = "<img src=x onerror=alert(1)>"
    garden.source.body["title"] = {"en": nasty}
    garden.source.save()
    rule = RuleVersion.objects.get(name="planted")
    rule.body["title"], rule.body["why"] = {"en": nasty}, nasty
    rule.save()
    client = sign_in("lin")
    for address in ("/leads/", "/leads/1/", "/sources/", "/sources/harbor/"):
        assert "img" not in read(client, address).tags, address


def test_shipped_rules_say_in_chinese_what_they_mistake(planted: Plant) -> None:
    from django.utils import timezone

    from patrol.register.tables import Person, RuleVersion

    one_of_each = [min(category.glob("*.yml")) for category in RULES.iterdir()]
    rules = {path.stem: yaml.safe_load(path.read_text()) for path in one_of_each}
    told = ("title", "why", "falsepositives", "examples")
    client = planted({"text": "[a]", "rules": tuple(rules)})
    RuleVersion.objects.bulk_create(
        RuleVersion(
            name=name,
            version=1,
            body={part: rule[part] for part in told},
            sha256="0" * 64,
            published_at=timezone.now(),
        )
        for name, rule in rules.items()
    )
    Person.objects.update(language="zh-hant")
    page = client.get("/leads/1/").content.decode()
    mistakes = re.findall(r'<p class="quiet">已知會誤判：(.*?)</p>', page)
    reasons = re.findall(r'<li>不標出 <bdi>.*?</bdi> <span class="quiet">(.*?)</span></li>', page)
    assert len(mistakes) == len(rules)
    assert len(reasons) == sum(len(rule["examples"]["miss"][:3]) for rule in rules.values())
    assert [said for said in mistakes + reasons if re.search("[A-Za-z]", said)] == []


def _decide(client: Any, lead: int, **form: Any) -> Any:
    return client.post(f"/leads/{lead}/decide/", {"version": 1, "then": "next", **form})


@pytest.mark.parametrize(
    ("lead", "form", "status"),
    [
        (1, {"verdict": "relevant"}, "relevant"),
        (1, {"verdict": "escalated"}, "escalated"),
        (3, {"verdict": "referred"}, "referred"),
        (1, {"dismiss": "lawful"}, "dismissed"),
        (1, {"dismiss": "other", "note": "gone"}, "dismissed"),
        (2, {"dismiss": "rule_false_hit"}, "dismissed"),
        (1, {"dismiss": "rule_false_hit", "false_rule": "second"}, "dismissed"),
        (1, {"snooze": "shift"}, "snoozed"),
    ],
)
def test_a_decision_is_kept_and_the_next_lead_shown(
    lead: int, form: dict[str, str], status: str, garden: Any, sign_in: Sign
) -> None:
    client = sign_in("mei")
    answer = _decide(client, lead, **form)
    assert answer.status_code == 302
    onward = r"/leads/3/referral/" if status == "referred" else r"/leads/[1-5]/(\?unasked=yes)?"
    assert re.fullmatch(onward, answer.headers["Location"])
    row = garden.leads[lead - 1]
    row.refresh_from_db()
    assert (row.status, row.version) == (status, 2)
    following = client.get(answer.headers["Location"]).content.decode()
    assert f"Lead {lead} " in following
    assert 'value="reopened"' in following
    assert f"Lead {lead} is" not in client.get(answer.headers["Location"]).content.decode()


def test_a_decision_can_be_taken_back(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    _decide(client, 1, verdict="relevant")
    answer = _decide(client, 1, verdict="reopened", version=2, then="stay")
    assert answer.headers["Location"] == "/leads/1/"
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "new"
    page = client.get("/leads/1/").content.decode()
    assert "is open again" in page
    assert re.search(r"<b>mei</b>\s*Relevant", page)


def test_from_the_queue_one_returns_to_the_queue(sign_in: Sign) -> None:
    answer = sign_in("mei").post(
        "/leads/1/decide/?category=fraud", {"version": 1, "then": "queue", "verdict": "relevant"}
    )
    assert answer.headers["Location"] == "/leads/?category=fraud#lead-2"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"dismiss": "other"}, "needs a note"),
        ({"dismiss": "rule_false_hit"}, "Which rule was wrong?"),
        ({"verdict": "referred"}, "Only a possible victim is referred to help."),
    ],
)
def test_what_a_decision_lacks_is_said_beside_the_lead(
    form: dict[str, str], sentence: str, garden: Any, sign_in: Sign
) -> None:
    answer = _decide(sign_in("mei"), 1, **form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert "<title>Error" in re.sub(r"\s+", "", page)
    assert "goodjob77" in page
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "new"


def test_a_note_survives_a_mistake(sign_in: Sign) -> None:
    answer = _decide(sign_in("mei"), 1, dismiss="rule_false_hit", note="seen <before>")
    assert ">seen &lt;before&gt;</textarea>" in answer.content.decode()


def test_two_officers_see_both_versions(garden: Any, sign_in: Sign) -> None:
    _decide(sign_in("lin"), 1, verdict="escalated")
    answer = _decide(sign_in("mei"), 1, verdict="relevant")
    page = answer.content.decode()
    assert answer.status_code == 409
    for part in ("lin", "mei", "Escalate", "Relevant", "Nothing was overwritten"):
        assert part in page
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "escalated"


@pytest.mark.parametrize(
    "form",
    [
        {"verdict": "relevant", "role": "admin"},
        {"verdict": "relevant", "dismiss": "lawful"},
        {},
        {"verdict": "nonsense"},
        {"verdict": "dismissed"},
        {"verdict": "relevant", "version": "x"},
        {"verdict": "relevant", "then": "https://evil.example"},
    ],
)
def test_a_form_that_we_did_not_ask_for_is_refused(
    form: dict[str, str], garden: Any, sign_in: Sign
) -> None:
    answer = _decide(sign_in("mei"), 1, **form)
    assert answer.status_code == 400
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].version == 1


def test_another_units_lead_is_not_there(sign_in: Sign) -> None:
    client = sign_in("other")
    assert client.get("/leads/1/").status_code == client.get("/leads/999/").status_code == 404
    assert _decide(client, 1, verdict="relevant").status_code == 404
    assert "goodjob77" not in client.get("/leads/").content.decode()


def test_no_decision_when_the_log_fails(
    garden: Any, sign_in: Sign, break_log: Callable[[], None]
) -> None:
    client = sign_in("mei")
    client.get("/leads/1/")
    break_log()
    assert _decide(client, 1, verdict="relevant").status_code == 503
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "new"


def test_a_filter_too_narrow_says_which_part_of_it_to_let_go(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    page = re.sub(r"\s+", " ", client.get("/leads/?category=trading&kind=tip").content.decode())
    assert "No lead fits these filters" in page
    assert "without Kind: Tip – 1 lead <" in page
    assert 'href="/leads/?category=trading"' in page
    assert "without Category" not in page, "nothing is there without it either"
    page = client.get("/leads/?category=arms&kind=tip").content.decode()
    assert "Remove a filter above" in page
