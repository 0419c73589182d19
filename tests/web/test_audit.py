"""The auditor's questions, one record whole, who saw a lead, its words for a reason, looks drawn for review."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
SECRETS = ("goodjob77", "日領", "quick cash", "fastlane_demo", "磨掉號碼", "seen before")


def seqs(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'href="/log/(\d+)/"', page)]


@pytest.fixture
def look(sign_in: Sign) -> Callable[[str], str]:
    """A page of the log, as the auditor reads it."""
    client = sign_in("audit")

    def read(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return str(answer.content.decode())

    return read


def write(account: str, verb: str, **more: Any) -> int:
    """A record of that account, at a time if need be."""
    from patrol.models import Actor, Record, Role, Verb
    from patrol.register import log
    from patrol.register.tables import LedgerIndex, Person

    at = more.pop("at", None)
    person = Person.objects.get(account=account)
    actor = Actor(person=person.pk, account=account, role=Role(person.role), origin="127.0.0.1")
    with log.durably():
        seq = log.append(Record(verb=Verb(verb), actor=actor, **more))
    if at is not None:
        LedgerIndex.objects.filter(seq=seq).update(at=at)
    return seq


def taipei(hour: int, day: str = "2026-11-20") -> datetime:
    from patrol.web.dates import TAIPEI

    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=TAIPEI)


def test_questions_find_what_they_ask_for(garden: Any, look: Callable[[str], str]) -> None:
    from patrol.register.tables import RunRow

    run = RunRow.objects.get()
    RunRow.objects.filter(pk=run.pk).update(outcome="authorization_ended")
    usual = write("mei", "lead.viewed", subject="lead:1", at=taipei(10))
    late = write("mei", "lead.viewed", subject="lead:1", at=taipei(23))
    sunday = write("mei", "lead.viewed", subject="lead:1", at=taipei(10, "2026-11-22"))
    given = write("mei", "evidence.exported", subject="lead:1", at=taipei(11))
    denied = write("mei", "lead.viewed", subject="lead:2", result="deny", at=taipei(12))
    own = write("mei", "posts.searched", details={"own": True, "query_hmac": "a"}, at=taipei(12))
    other = write("mei", "posts.searched", details={"query_hmac": "b"}, at=taipei(12))
    ended = write("lin", "run.ended", subject=f"run:{run.pk}", at=taipei(12))
    asked = {
        "exports": {given},
        "denials": {denied},
        "after_hours": {late, sunday},
        "own_name": {own},
        "no_authorization": {ended},
        "unlocks": set(),
    }
    written = {usual, late, sunday, given, denied, own, other, ended}
    for preset, expected in asked.items():
        assert set(seqs(look(f"/log/?preset={preset}"))) & written == expected, preset


def test_much_read_at_once_and_the_same_search_are_counted(
    garden: Any, look: Callable[[str], str]
) -> None:
    from django.db import transaction
    from django.utils import timezone

    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    with transaction.atomic():
        for minute in range(201):
            at = hour + timedelta(seconds=minute)
            write("mei", "lead.viewed", subject="lead:1", at=at)
            if minute < 200:
                write("lin", "lead.viewed", subject="lead:1", at=at)
        for _ in range(3):
            write("mei", "posts.searched", details={"query_hmac": "same"})
        write("lin", "posts.searched", details={"query_hmac": "same"})
    page = look("/log/?preset=mass_reading")
    counted = re.search(r'id="tallied".*?</table>', page, re.DOTALL)
    assert counted
    assert ">201<" in counted[0]
    assert "lin" not in counted[0]
    link = re.search(r'href="(/log/\?account=mei[^"]+)"', counted[0])
    assert link
    assert len(seqs(look(link[1].replace("&amp;", "&")))) == 50
    searches = re.search(r'id="tallied".*?</table>', look("/log/?preset=repeated"), re.DOTALL)
    assert searches
    assert (">3<" in searches[0], "lin" in searches[0]) == (True, False)


def test_serving_a_queue_is_no_mass_reading(garden: Any, look: Callable[[str], str]) -> None:
    """Mei decides on what she opens; Lin looks as often, and decides on other leads, too late, or not at all."""
    from django.db import transaction

    from patrol.actions.auditing.presets import MANY_LOOKS
    from patrol.register.tables import LedgerIndex

    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    whole = MANY_LOOKS + 1
    with transaction.atomic():
        for number in range(whole):
            at, lead = hour + timedelta(seconds=number), f"lead:{number}"
            write("mei", "leads.listed", at=at)
            write("mei", "lead.viewed", subject=lead, at=at)
            write("mei", "lead.decided", subject=lead, at=at)
    assert "Nobody did." in look("/log/?preset=mass_reading")

    def counted(*after: tuple[str, dict[str, Any]], verb: str = "lead.viewed") -> bool:
        """Whether as many looks of Lin, each with that behind it, are told."""
        with transaction.atomic():
            for number in range(whole):
                lead = f"lead:{number}"
                write("lin", verb, subject=lead if verb == "lead.viewed" else None, at=hour)
                for act, more in after:
                    write("lin", act, **{"subject": lead, "at": hour, **more})
        found = f">{whole}<" in look("/log/?preset=mass_reading")
        LedgerIndex.objects.filter(account="lin").update(at=hour - timedelta(days=200))
        return found

    assert counted()
    assert counted(("lead.decided", {"subject": "lead:9999"}))
    assert counted(("lead.decided", {"result": "deny"}))
    assert counted(("lead.decided", {"at": hour + timedelta(hours=1, seconds=1)}))
    assert not counted(("lead.decided", {"at": hour + timedelta(minutes=59)}))
    assert counted(verb="leads.listed")
    assert counted(verb="posts.searched")
    assert counted(("lead.decided", {}), verb="posts.searched")
    assert counted(("lead.decided", {}), verb="evidence.exported")
    assert not counted(("lead.decided", {}), verb="leads.listed")


def test_purpose_and_days(garden: Any, look: Callable[[str], str]) -> None:
    first = write("mei", "lead.viewed", purpose="authorization:3", at=taipei(9, "2026-11-18"))
    second = write("mei", "lead.viewed", purpose="authorization:4", at=taipei(9, "2026-11-19"))
    third = write("mei", "lead.viewed", purpose="authorization:3", at=taipei(23, "2026-11-20"))
    assert seqs(look("/log/?purpose=authorization:3")) == [third, first]
    assert seqs(look("/log/?first=2026-11-19&last=115/11/19")) == [second]
    assert seqs(look("/log/?first=2026-11-19&last=2026-11-20&account=mei")) == [third, second]
    assert first in seqs(look("/log/?first=nonsense&last=9999-99-99"))


def test_one_record_is_shown_with_its_proof_and_that_is_recorded(
    sign_in: Sign, look: Callable[[str], str], records: Records
) -> None:
    from patrol.register.checkpoints import sign_now

    sign_in("mei").get("/leads/1/")
    (seen,) = records(verb="lead.viewed")
    assert "under no signed checkpoint yet" in look(f"/log/{seen.seq}/")
    sign_now()
    page = look(f"/log/{seen.seq}/")
    assert "lead.viewed" in page
    assert f'"seq": {seen.seq}' in page.replace("&quot;", '"')
    assert "Time attested by this machine alone." in page
    assert f"/log/{seen.seq}/proof/" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert [row.subject for row in records(verb="log.read")] == [f"record:{seen.seq}"] * 2


def test_a_stamped_record_says_by_whose_clock_and_gives_the_stamp(
    sign_in: Sign, look: Callable[[str], str], records: Records
) -> None:
    from django.utils import timezone

    from patrol.register.checkpoints import sign_now
    from patrol.register.tables import LedgerStamp

    sign_in("mei").get("/leads/1/")
    (seen,) = records(verb="lead.viewed")
    signed = sign_now()
    assert signed is not None
    now = timezone.now()
    LedgerStamp.objects.create(size=signed.size, answer=b"told", at=now, by="CN=<b>", asked_at=now)
    page = look(f"/log/{seen.seq}/")
    assert "An authority of time (CN=&lt;b&gt;) stamped it:" in page
    assert "by this machine alone" not in page
    assert f"/log/stamps/{signed.size}/" in page
    answer = sign_in("audit").get(f"/log/stamps/{signed.size}/")
    assert (answer.content, answer.headers["Content-Type"]) == (
        b"told",
        "application/timestamp-reply",
    )
    assert sign_in("audit").get("/log/stamps/9999/").status_code == 404
    assert sign_in("mei").get(f"/log/stamps/{signed.size}/").status_code == 403
    assert records(verb="log.proved")[0].subject == f"checkpoint:{signed.size}"


def test_a_record_that_is_not_there(sign_in: Sign) -> None:
    assert sign_in("audit").get("/log/999999/").status_code == 404


def test_an_edited_record_is_told(
    sign_in: Sign, look: Callable[[str], str], records: Records
) -> None:
    from patrol.register.tables import LedgerRecord

    sign_in("mei").get("/leads/1/")
    (seen,) = records(verb="lead.viewed")
    row = LedgerRecord.objects.get(seq=seen.seq)
    row.body = bytes(row.body).replace(b"lead:1", b"lead:2")
    row.save()
    assert "Words and hash do not agree" in look(f"/log/{seen.seq}/")


def test_who_saw_a_lead_lists_included(
    sign_in: Sign, look: Callable[[str], str], records: Records
) -> None:
    mei, lin = sign_in("mei"), sign_in("lin")
    mei.get("/leads/1/")
    lin.get("/leads/")
    lin.get("/leads/2/")
    page = look("/log/leads/1/")
    mine = {row.seq for row in records() if row.verb in {"lead.viewed", "leads.listed"}}
    other = {row.seq for row in records(subject="lead:2")}
    assert set(seqs(page)) == mine - other
    assert "a line of it in a list" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert [(row.subject, row.account) for row in records(verb="log.read")] == [("lead:1", "audit")]


def test_words_are_unlocked_for_a_reason_once_and_on_record(
    sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import ReasonText

    client = sign_in("audit")
    assert "goodjob77" not in client.get("/log/leads/1/").content.decode()
    assert client.post("/log/leads/1/unlock/", {"reason": " "}).status_code == 400
    assert not records(verb="log.unlocked", result="allow")
    answer = client.post("/log/leads/1/unlock/", {"reason": "judging record 7"})
    assert "goodjob77" in answer.content.decode()
    (record,) = records(verb="log.unlocked", result="allow")
    assert (record.account, record.subject) == ("audit", "lead:1")
    assert ReasonText.objects.get(seq=record.seq).text == "judging record 7"
    assert "goodjob77" not in client.get("/log/leads/1/").content.decode()
    shown = sign_in("audit").get(f"/log/{record.seq}/").content.decode()
    assert "judging record 7" in shown
    victim = client.post("/log/leads/3/unlock/", {"reason": "judging"}).content.decode()
    assert "little_demo" not in victim
    assert client.post("/log/leads/99/unlock/", {"reason": "x y z"}).status_code == 404


def test_looks_are_drawn_by_the_log_and_judged(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from django.db import transaction
    from django.utils import timezone

    from patrol.web.dates import TAIPEI

    when = timezone.now().astimezone(TAIPEI).replace(day=1, hour=12) - timedelta(days=3)
    with transaction.atomic():
        mine = {write("mei", "lead.viewed", subject="lead:1", at=when) for _ in range(12)}
        write("audit", "log.read", subject="lead:1", at=when)
    client = sign_in("audit")
    address = f"/log/review/?month={when:%Y-%m}"
    page = client.get(address).content.decode()
    drawn = re.findall(r'id="record-(\d+)"', page)
    assert len(drawn) == 5
    assert {int(one) for one in drawn} < mine
    assert re.findall(r'id="record-(\d+)"', client.get(address).content.decode()) == drawn
    assert "0 of 5 judged" in page
    judge = f"/log/{drawn[0]}/review/"
    told = {"month": f"{when:%Y-%m}"}
    assert client.post(judge, {**told, "verdict": "doubtful", "comment": ""}).status_code == 400
    assert client.post(judge, {**told, "verdict": "justified", "comment": ""}).status_code == 302
    assert "1 of 5 judged" in client.get(address).content.decode()
    doubt = {**told, "verdict": "unjustified", "comment": "no case, no mandate"}
    assert client.post(judge, doubt).status_code == 302
    assert "Not justified</span>" in client.get(address).content.decode()
    kept = records(verb="log.reviewed", result="allow")
    assert [row.subject for row in kept] == [f"record:{drawn[0]}"] * 2


def test_nobody_judges_their_own_look(garden: Any, sign_in: Sign) -> None:
    own = write("audit", "source.viewed", subject="source:harbor")
    answer = sign_in("audit").post(f"/log/{own}/review/", {"verdict": "justified"})
    assert answer.status_code == 403


def test_nor_one_of_another_account_of_theirs(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import Person

    Person.objects.filter(account="mei").update(same_as=garden.people["audit"])
    theirs = write("mei", "lead.viewed", subject="lead:1")
    answer = sign_in("audit").post(f"/log/{theirs}/review/", {"verdict": "justified"})
    assert answer.status_code == 403


def test_a_search_for_ones_own_account_says_so(garden: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.searching.finding import own
    from patrol.register.tables import Person

    mei = Desk.of(garden.people["mei"], origin=None)
    assert own(mei, "Ｍｅｉ 加賴") == {"own": True}
    assert own(mei, "日領 wu 加賴") == {}
    Person.objects.filter(account="wu").update(same_as=garden.people["mei"])
    assert own(mei, "日領 wu 加賴") == {"own": True}, "an account of the same human being"
