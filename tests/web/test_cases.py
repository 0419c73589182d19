"""Cases: similar ones first, every act on record and in the timeline, and what speaks against them leaves with them."""

import csv
import hashlib
import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
OFFER = "[急收帳戶]，一本三萬，當天付款，安全可靠，歡迎詢問，加賴 {0} 詳談"


@pytest.fixture
def garden(register: Any) -> Any:
    """Two copies of an offer, one by somebody whose name is a formula; a stranger; a possible victim; a contact again."""
    from patrol.actions.desk import Desk
    from patrol.actions.linking.joining import gather

    planting = sys.modules["planting"]

    def one(text: str, handle: str, author: str, **more: Any) -> Any:
        return planting.Told(text, handles=(("line", handle, "offered"),), author=author, **more)

    found = planting.plant(
        [
            one(OFFER.format("seller901"), "seller901", "first"),
            one(OFFER.format("goods_12"), "goods_12", "=cmd()"),
            one("[出租套房]近捷運，請找 room5566", "room5566", "third"),
            one(OFFER.format("seller901"), "seller901", "afraid", kind="possible_victim"),
            one("[高價收購]門號卡，量大可談，請找 seller901", "seller901", "fifth"),
        ]
    )
    while gather(Desk.system("clock")):
        pass
    return found


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return str(answer.content.decode())


def post(client: Any, address: str, status: int = 302, **form: Any) -> Any:
    answer = client.post(address, form)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def opened(client: Any, **form: Any) -> str:
    """Open a case. Gives its address."""
    return str(post(client, "/cases/open/", title="帳戶收購", **form).headers["Location"])


def test_similar_cases_come_first(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    mei = sign_in("mei")
    assert "No case of your unit" in page(mei, "/cases/new/?lead=1")
    case = opened(mei, lead="1")
    of_campaign = page(mei, "/cases/new/?lead=2")
    assert "It has a lead of the same campaign." in of_campaign
    assert f'action="{case}leads/"' in of_campaign
    assert "A lead of it offers the same contact." in page(mei, "/cases/new/?lead=5")
    assert "No case of your unit" in page(mei, "/cases/new/?lead=3")
    assert "in it already" in page(mei, "/cases/new/?campaign=1")
    post(mei, f"{case}leads/", campaign="1")
    assert 'href="/leads/5/"' in page(mei, case)
    assert 'href="/cases/1/"' in page(mei, "/leads/5/")
    assert len(records(verb="case.leads_added", account="mei")) == 1
    assert len(records(verb="cases.listed", account="mei")) == 5


def test_each_act_is_in_the_timeline_and_on_record(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    mei = sign_in("mei")
    case = opened(mei, campaign="1", summary="三則")
    post(mei, f"{case}members/", account="lin", does="on")
    post(mei, f"{case}tasks/", what="調閱平臺回覆", account="lin", due_on="115/11/30")
    post(mei, f"{case}tasks/", done="1")
    post(mei, f"{case}leads/out/", lead="2", why="不同人")
    post(mei, f"{case}describe/", version="1", title="新名稱", summary="")
    post(mei, f"{case}members/", account="lin", does="off")
    post(mei, f"{case}stand/", does="close", version="2", why="移送")
    post(mei, f"{case}leads/", 400, lead="3")
    post(mei, f"{case}stand/", does="reopen", version="3", why="補充")
    words = page(mei, case)
    for said in ("調閱平臺回覆", "2026/11/30", "不同人", "新名稱", "移送", "補充"):
        assert said in words
    verbs = [
        "case.opened", "case.joined", "case.task_set", "case.task_done", "case.lead_detached",
        "case.described", "case.left", "case.closed", "case.reopened",
    ]  # fmt: skip
    for verb in verbs:
        assert [one.result for one in records(verb=verb, subject="case:1")] == ["allow"], verb
    assert [one.result for one in records(verb="case.leads_added", subject="case:1")] == ["deny"]
    assert len(records(verb="case.viewed", account="mei")) == 2


def test_a_merged_case_stays_and_leads_to_the_other(garden: Any, sign_in: Sign) -> None:
    mei = sign_in("mei")
    one, other = opened(mei, lead="1"), opened(mei, lead="3")
    post(mei, f"{other}stand/", 400, does="merge", into="9", why="同一批")
    post(mei, f"{other}stand/", does="merge", into="1", why="同一批")
    assert f'href="{one}"' in page(mei, other)
    assert 'href="/leads/3/"' in page(mei, one)
    assert "became part of this one" in page(mei, one)
    assert page(mei, "/cases/").count("帳戶收購") == 1
    post(mei, f"{other}tasks/", 400, what="x")
    post(mei, f"{other}stand/", does="unmerge", why="各自偵辦")
    assert 'href="/leads/3/"' not in page(mei, one)
    assert page(mei, "/cases/").count("帳戶收購") == 2


def test_a_stale_page_overwrites_nothing(garden: Any, sign_in: Sign) -> None:
    mei = sign_in("mei")
    case = opened(mei)
    post(mei, f"{case}describe/", version="1", title="甲", summary="")
    assert (
        "is not as you saw it"
        in post(mei, f"{case}describe/", 400, version="1", title="乙", summary="").content.decode()
    )
    assert "乙" not in page(mei, case)


def test_another_unit_and_other_roles_see_nothing(garden: Any, sign_in: Sign) -> None:
    case = opened(sign_in("mei"), lead="1")
    other = sign_in("other")
    assert "帳戶收購" not in page(other, "/cases/")
    post(other, f"{case}leads/", 404, lead="1")
    asked = post(other, f"{case}export/", 302, purpose="x", kind="csv")
    assert asked["Location"].startswith("/account/reauthenticate/"), "whatever the number"
    post(other, f"{case}stand/", 404, does="close", version="1", why="x")
    assert other.get(case).status_code == 404
    for account in ("audit", "root"):
        assert sign_in(account).get(case).status_code == 403


def test_possible_victims_are_in_no_case_and_leave_one(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import Lead

    mei = sign_in("mei")
    assert mei.get("/cases/new/?lead=4").status_code == 404
    case = opened(mei, lead="1")
    assert b"in no campaign and in no case" in post(mei, f"{case}leads/", 400, lead="4").content
    post(mei, f"{case}leads/", lead="5")
    post(mei, "/leads/5/decide/", version="1", verdict="relevant", then="stay")
    Lead.objects.filter(pk=5).update(kind="possible_victim")
    words = page(mei, case)
    assert "it turned out to be a possible victim" in words
    file = post(mei, f"{case}export/", 200, kind="json", purpose="地檢署").content.decode()
    for text in (words, file):
        assert "fifth" not in text
        assert "門號卡" not in text
        assert "lead 5" not in text
        assert '"lead_id": 5' not in text


def test_what_speaks_against_it_leaves_with_it(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.linking import campaigns
    from patrol.actions.triaging import triage
    from patrol.models import DismissReason, LinkState, Verdict
    from patrol.register.tables import LedgerRecord, ReasonText

    client = sign_in("mei")
    mei = Desk.of(garden.people["mei"], origin="test")
    case = opened(client, campaign="1")
    post(client, f"{case}leads/", lead="3")
    triage.decide(mei, 1, 1, Verdict.RELEVANT)
    triage.decide(mei, 1, 2, Verdict.DISMISSED, dismiss_reason=DismissReason.LAWFUL)
    campaigns.judge(mei, 1, 2, LinkState.DETACHED, "文字雷同而已")
    post(client, f"{case}leads/out/", lead="3", why="無關")
    post(client, f"{case}notes/", note="=先看碼頭")
    answer = post(client, f"{case}export/", 400, kind="csv", purpose=" ")
    assert "An export needs a purpose." in answer.content.decode()
    content = post(client, f"{case}export/", 200, kind="json", purpose="地檢署 115 偵 1").content
    found = json.loads(content)
    told = [(one["lead_id"], one["what"], one["words"]) for one in found["against"]]
    assert told == [
        (1, "dismissed", "lawful"),
        (1, "changed", "relevant → dismissed"),
        (2, "unlinked", "文字雷同而已"),
        (3, "detached", "無關"),
    ]
    assert {one["lead_id"] for one in found["exhibits"]} == {1, 2, 5}
    assert [(one["words"], one["account"]) for one in found["notes"]] == [("=先看碼頭", "mei")]
    assert {"case.opened", "case.noted"} <= {one["verb"] for one in found["looks"]}
    assert found["exhibits"][0]["contacts"] == [["line", "seller901"]]
    denied, done = records(verb="case.exported", account="mei")
    assert (denied.result, done.result) == ("error", "allow")
    body = bytes(LedgerRecord.objects.get(seq=done.seq).body).decode()
    assert hashlib.sha256(content).hexdigest() in body
    assert ReasonText.objects.get(seq=done.seq).text == "地檢署 115 偵 1"
    sheet = post(client, f"{case}export/", 200, kind="csv", purpose="地檢署").content.decode()
    rows = list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} == {"exhibit", "against", "note"}
    assert "'=cmd()" in rows[2]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_what_cannot_be_recorded_is_neither_done_nor_given(
    garden: Any, sign_in: Sign, break_log: Callable[[], None]
) -> None:
    from patrol.register.tables import CaseLead

    mei = sign_in("mei")
    case = opened(mei, lead="1")
    break_log()
    for address, form in (
        (f"{case}leads/", {"lead": "3"}),
        (f"{case}export/", {"kind": "json", "purpose": "x"}),
    ):
        answer = mei.post(address, form)
        assert answer.status_code == 503
        assert b"seller901" not in answer.content
    assert mei.get(case).status_code == 503
    assert CaseLead.objects.count() == 1


def test_words_that_look_like_an_identity_are_questioned(garden: Any, sign_in: Sign) -> None:
    mei = sign_in("mei")
    form = {"title": "身分證 A123456789", "lead": "1"}
    answer = mei.post("/cases/open/", form)
    assert answer.status_code == 400
    assert b"looks like a national ID number" in answer.content
    assert mei.post("/cases/open/", {**form, "keep_note": "yes"}).status_code == 302


def test_notes_on_a_case_keep_every_wording(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    mei, lin = sign_in("mei"), sign_in("lin")
    case = opened(mei)
    post(mei, f"{case}notes/", note="First wording")
    post(mei, f"{case}notes/", note="Second wording", corrects="1.1")
    shown = page(lin, case)
    assert "Second wording" in shown
    assert "First wording" in shown  # folded beneath
    assert 'name="corrects"' not in shown
    assert 'name="corrects"' in page(mei, case)
    for client, sent in (
        (lin, {"note": "not mine", "corrects": "1.2"}),
        (mei, {"note": "stale", "corrects": "1.1"}),
        (mei, {"note": " "}),
    ):
        post(client, f"{case}notes/", 400, **sent)
    assert "not mine" not in page(mei, case)
    assert len(records(verb="case.noted", result="allow")) == 2
    from patrol.register.tables import CaseNote

    assert b"Second" not in bytes(CaseNote.objects.latest("pk").body)
