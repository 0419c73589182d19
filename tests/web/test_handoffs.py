"""A lead or a case is handed over: one recorded act, an acknowledgement later, and somebody who looks again."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
WHY = "請移除：違反兒少保護"
TO_PLATFORM = {"receiver": "platform_operator", "platform": "forum.example", "reason": WHY}


def files(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content.decode()[:2000]
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}


def body(seq: int) -> dict[str, Any]:
    from patrol.register.tables import LedgerRecord

    told: dict[str, Any] = json.loads(bytes(LedgerRecord.objects.get(seq=seq).body))
    return told


def today() -> str:
    from django.utils import timezone

    from dashboards.period import local_day

    return local_day(timezone.now()).isoformat()


@pytest.mark.parametrize(
    ("receiver", "given", "kept"),
    [
        ("platform_operator", ("日領", "forum.example"), ("goodjob77 (", "line goodjob77")),
        ("image_centre", ("日領", "Centre for sexual images"), ("line goodjob77",)),
        ("iwin", ("日領", "iWIN"), ("line goodjob77", "Account as shown")),
        ("fraud_165", ("日領", "line goodjob77"), ()),
    ],
)
def test_each_receiver_reads_what_they_need(
    sign_in: Sign, receiver: str, given: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    answer = sign_in("mei").post(
        "/leads/1/handoffs/new/", {**TO_PLATFORM, "receiver": receiver, "check_on": today()}
    )
    told = files(answer)
    assert set(told) == {"notice.zh-Hant.txt", "notice.en.txt", "notice.json", "SHA256SUMS"}
    for said in given:
        assert said in told["notice.en.txt"], said
    for said in kept:
        assert said not in told["notice.en.txt"], said
    assert WHY in told["notice.zh-Hant.txt"]
    assert "通報單" in told["notice.zh-Hant.txt"]
    assert json.loads(told["notice.json"])["receiver"] == receiver


def test_one_act_then_an_answer_then_a_look(
    sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    client = sign_in("mei")
    assert "/leads/1/handoffs/" in client.get("/leads/1/").content.decode()
    files(client.post("/leads/1/handoffs/new/", {**TO_PLATFORM, "check_on": today()}))
    (made,) = records(verb="handoff.made")
    told = body(made.seq)
    assert (told["subject"], told["details"]["receiver"]) == ("lead:1", "platform_operator")
    assert told["reason_commitment"]
    assert WHY not in json.dumps(told, ensure_ascii=False)
    page = client.get("/leads/1/").content.decode()
    assert "not acknowledged yet" in page
    assert "To be looked at again since" in page
    answer = {"reference": "A-115-0042", "person": "desk 3", "on": today()}
    assert client.post("/handoffs/1/answer/", answer).status_code == 302
    looked = {"state": "taken_down", "again_on": ""}
    assert client.post("/handoffs/1/check/", looked).status_code == 302
    page = client.get("/leads/1/").content.decode()
    for said in ("A-115-0042", "Taken down", "mei"):
        assert said in page
    assert "To be looked at again" not in page
    shown = client.get("/leads/1/handoffs/").content.decode()
    assert "desk 3" in shown
    for verb in ("handoff.acknowledged", "handoff.checked", "handoff.viewed"):
        (record,) = records(verb=verb, result="allow")
        assert "A-115" not in json.dumps(body(record.seq))
    assert body(records(verb="handoff.checked")[0].seq)["details"]["state"] == "taken_down"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"platform": " "}, "Which platform is missing."),
        ({"reason": " "}, "An export needs its reason."),
        ({"check_on": "2020-01-01"}, "Nobody can look again on that day."),
        ({"check_on": "soon"}, "That day cannot be read."),
    ],
)
def test_what_is_missing_is_said_and_nothing_leaves(
    sign_in: Sign, records: Callable[..., list[Any]], form: dict[str, str], said: str
) -> None:
    answer = sign_in("mei").post("/leads/1/handoffs/new/", {**TO_PLATFORM, **form})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not records(verb="handoff.made", result="allow")


def test_answers_of_days_that_cannot_be_are_refused(sign_in: Sign) -> None:
    client = sign_in("mei")
    client.post("/leads/1/handoffs/new/", TO_PLATFORM)
    for on, said in (("2020-01-01", "acknowledged on that day"), ("", "is missing")):
        answer = client.post("/handoffs/1/answer/", {"reference": "A-1", "person": "", "on": on})
        assert (answer.status_code, said in answer.content.decode()) == (400, True)
    none = client.post("/handoffs/1/answer/", {"reference": " ", "person": "", "on": today()})
    assert "The reference number is missing." in none.content.decode()


def test_victims_others_and_auditors(sign_in: Sign, garden: Any) -> None:
    victim = next(lead.pk for lead in garden.leads if lead.kind == "possible_victim")
    client = sign_in("mei")
    assert client.post(f"/leads/{victim}/handoffs/new/", TO_PLATFORM).status_code == 403
    assert "in no report" in client.get(f"/leads/{victim}/handoffs/").content.decode()
    client.post("/leads/1/handoffs/new/", TO_PLATFORM)
    other, auditor = sign_in("other"), sign_in("audit")
    answer = {"reference": "A-1", "person": "", "on": today()}
    assert other.get("/leads/1/handoffs/").status_code == 404
    assert auditor.post("/leads/1/handoffs/new/", TO_PLATFORM).status_code == 403
    for address, form in (
        ("/handoffs/1/answer/", answer),
        ("/handoffs/1/check/", {"state": "still_up"}),
    ):
        assert other.post(address, form).status_code == 404, address
        assert auditor.post(address, form).status_code == 403, address


def test_a_case_is_handed_over_with_its_leads_and_no_victim(sign_in: Sign, garden: Any) -> None:
    client = sign_in("mei")
    opened = client.post("/cases/open/", {"title": "帳戶", "lead": "1"})
    address = opened["Location"]
    case = address.rstrip("/").rpartition("/")[2]
    assert f"/cases/{case}/handoffs/" in client.get(address).content.decode()
    told = json.loads(
        files(client.post(f"/cases/{case}/handoffs/new/", TO_PLATFORM))["notice.json"]
    )
    assert {item["lead"] for item in told["items"]} == {1}
    told = files(client.post(f"/cases/{case}/export/", {"purpose": WHY, "kind": "zip"}))
    assert {"case.json", "completeness.txt", "leads/1/report.txt"} <= set(told)
    page = client.get(address).content.decode()
    assert "What it cannot contain" in page
    assert "never fetched, only counted" in page
    assert client.post(f"/cases/{case}/export/", {"kind": "zip"}).status_code == 400
    assert "Hand-offs of this case" in client.get(f"/cases/{case}/handoffs/").content.decode()
    assert "not acknowledged yet" in client.get("/leads/1/").content.decode()


def test_nothing_leaves_while_the_log_does_not_hold(
    sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    """Every export stops with a sentence, and goes on once the log was verified and holds."""
    from patrol.errors import Tampered
    from patrol.register import disputes

    client = sign_in("mei")
    case = client.post("/cases/open/", {"title": "帳戶", "lead": "1"})["Location"]
    exports = {
        "/leads/1/handoffs/new/": TO_PLATFORM,
        "/leads/1/evidence/export/": {"reason": WHY, "which": "complete"},
        "/leads/1/evidence/contacts/": {"reason": WHY, "form": "csv"},
        f"{case}export/": {"purpose": WHY, "kind": "json"},
    }
    disputes.dispute("signer", Tampered("Two histories.", why="They differ.", do="Ask."))
    for address, form in exports.items():
        answer = client.post(address, form)
        assert answer.status_code >= 400, address
        assert "Nothing leaves while the access log does not hold." in answer.content.decode()
    page = sign_in("audit").get("/log/").content.decode()
    assert "The access log does not hold: nothing is exported." in page
    disputes.settle("signer")
    for address, form in exports.items():
        assert client.post(address, form).status_code == 200, address
    assert "nothing is exported" not in sign_in("audit").get("/log/").content.decode()


def test_image_addresses_are_read_by_four_eyes(sign_in: Sign, garden: Any) -> None:
    """Asked on one person's page, allowed on another's, read once more as text that no program opens."""
    from patrol.models import Post
    from patrol.register.sealing import Seal
    from patrol.register.tables import Sighting
    from pipelines.images import keep

    client, lead = sign_in("mei"), sign_in("wu")
    assert client.get("/leads/1/images/").status_code == 404
    sighting = Sighting.objects.select_related("unit").filter(lead=1)[0]
    images = ("https://i.pics.example/a.jpg",)
    post = Post(source="a", key="k", url="u", author=None, posted_at=None, text="", images=images)
    keep([(sighting.pk, Seal.of(sighting.unit), post)])
    assert "/leads/1/images/" in client.get("/leads/1/").content.decode()
    assert client.post("/leads/1/images/ask/", {"reason": " "}).status_code == 400
    assert client.post("/leads/1/images/ask/", {"reason": WHY}).status_code == 302
    assert client.post("/leads/1/images/read/").status_code == 403
    answer = {"answer": "allow", "lead": "1"}
    assert client.post("/images/1/answer/", answer).status_code == 403
    assert "Waits for another" in client.get("/leads/1/images/").content.decode()
    page = lead.get("/leads/1/images/").content.decode()
    assert (WHY in page, "pics" in page, "Allow it for an hour" in page) == (True, False, True)
    assert lead.post("/images/1/answer/", answer).status_code == 302
    assert "Read them" in client.get("/leads/1/images/").content.decode()
    shown = client.post("/leads/1/images/read/").content.decode()
    assert "hxxps://i[.]pics[.]example/a.jpg" in shown
    assert "https://i.pics" not in shown
    assert lead.post("/leads/1/images/read/").status_code == 403


def test_a_victims_contact_leaves_in_no_report(sign_in: Sign, garden: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.triaging.sparing import spare
    from patrol.register.tables import HandleRow

    client, to_fraud_line = sign_in("mei"), {**TO_PLATFORM, "receiver": "fraud_165"}
    told = files(client.post("/leads/1/handoffs/new/", to_fraud_line))
    assert "goodjob77" in told["notice.json"]
    tag = HandleRow.objects.filter(sighting__lead=1)[0].tag
    spare(Desk.of(garden.people["mei"], origin=None), 1, tag)
    told = files(client.post("/leads/1/handoffs/new/", to_fraud_line))
    assert not [name for name, content in told.items() if "goodjob77" in content]
