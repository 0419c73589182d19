"""A register in which every page has something to show: each part written by the acts that people press.

The parts are for tests that need one of them; `furnish` makes all of them, so that each address of the workbench has
its object. Invented, neutral and short, as everything planted.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.plugins.passkey import registered

KITE = """\
title: {en: Kites swapped, zh-Hant: 風箏交換}
category: fraud
level: medium
why: Offers of quick money recur in fraud. A reason to look, never proof.
terms:
  kite: {words: [紙鳶]}
  swap: {words: [互換, 對調]}
when: kite and swap
examples:
  hit:
    - {text: 紙鳶互換，自取, spans: [紙鳶, 互換]}
  miss:
    - {text: 紙鳶展覽, because: Nothing is swapped.}
"""
OFFER = "[急收帳戶]，一本{1}，當天付款，安全可靠，歡迎詢問，加賴 {0} 詳談，{2}可面交"
JOINED = (
    ("seller901", OFFER.format("seller901", "三萬", "台北"), "lead"),
    ("goods_12", OFFER.format("goods_12", "5萬", "台中"), "lead"),
    ("abc77", OFFER.format("abc77", "兩萬", "高雄"), "lead"),
    ("seller901", "[高價收購]門號卡，量大可談，請找 seller901", "lead"),
    ("room5566", "[出租套房]近捷運，附家具，請找 room5566", "lead"),
    ("seller901", OFFER.format("seller901", "一萬", "台南"), "possible_victim"),
)
"""Three copies of one offer, one with the first's contact in other words, a stranger, and a possible victim."""


def aside(act: Callable[[], Any]) -> Any:
    """What it gives, from another thread: Django refuses to work in the one of Playwright's loop."""

    def closed() -> Any:
        from django.db import connection

        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closed).result()


def desk_of(account: str) -> Any:
    from patrol.actions.desk import Desk
    from patrol.register.tables import Person

    return Desk.of(Person.objects.get(account=account), origin="127.0.0.1")


def client_of(account: str) -> Any:
    from django.test import Client

    from patrol.register.tables import Person

    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(account=account))
    return client


def post(account: str, address: str, /, **form: Any) -> None:
    """As they would from a page; it is done, or this fails."""
    answer = client_of(account).post(address, form)
    assert answer.status_code == 302, (address, answer.status_code, answer.content[:2000].decode())


def plant_more(told: list[Any], *, key: str) -> list[int]:
    """Leads of the planted source beside those that are there. Gives their numbers."""
    from patrol.register.sealing import new_unit
    from patrol.register.tables import AuthorizationRow, Lead, RunRow, SourceRow

    planting = sys.modules["planting"]
    source = SourceRow.objects.get(name="harbor")
    run, mandate = RunRow.objects.earliest("pk"), AuthorizationRow.objects.earliest("pk")
    made = []
    for number, one in enumerate(told):
        lead = Lead.objects.create(
            unit=source.unit, source=source, kind=one.kind, category=one.category, score=one.score,
            rank=one.score + (101 if one.kind == "possible_victim" else 0),
            retention=new_unit("lead", f"{key} {number}"), opened_at=planting.NOW, moved_at=planting.NOW,
        )  # fmt: skip
        garden = planting.Garden(source=source)
        planting.add_sighting(garden, lead, one, run, mandate, key=f"{key}{number}")
        made.append(lead.pk)
    return made


def join() -> list[int]:
    """Leads that belong to one campaign. Gives their numbers."""
    from patrol.actions.desk import Desk
    from patrol.actions.linking.joining import gather

    told = [
        sys.modules["planting"].Told(
            text, kind=kind, category=None if kind == "possible_victim" else "fraud",
            handles=(("line", contact, "offered"),), author=f"seller {number}", score=50 - number,
        )
        for number, (contact, text, kind) in enumerate(JOINED)
    ]  # fmt: skip
    made = plant_more(told, key="joined")
    while gather(Desk.system("clock")):
        pass
    return made


def be_looked_at() -> None:
    """Looks of an officer some days ago, to be drawn and counted; a mandate that ends, and one in an emergency."""
    from django.db import transaction
    from django.utils import timezone

    from patrol.models import Verb
    from patrol.register.tables import AuthorizationRow, LedgerIndex, Person, SourceRow

    desk = desk_of("mei")
    with transaction.atomic():
        for number in range(210):
            desk.record(
                Verb.LEAD_VIEWED, subject=f"lead:{1 + number % 3}", purpose="authorization:1"
            )
        AuthorizationRow.objects.update(valid_until=timezone.now() + timedelta(days=6))
        AuthorizationRow.objects.create(
            source=SourceRow.objects.get(), basis="警察職權行使法第28條", number="115-急-1",
            hosts=["harbor.example"], paths=["/"], categories=["fraud"], emergency=True,
            requester=Person.objects.get(account="wu"), requested_at=timezone.now(),
            valid_from=timezone.now(), valid_until=timezone.now() + timedelta(hours=24),
        )  # fmt: skip
        at = timezone.now().replace(minute=20) - timedelta(days=1)
        LedgerIndex.objects.filter(seq__in=desk.records).update(at=at)


def hand_over() -> None:
    """A report that was answered and is to be looked at again, and a request for an image's address."""
    from dashboards.period import local_day
    from patrol.actions.disclosing import handoff, images
    from patrol.models import Availability, Post, Receiver
    from patrol.register.sealing import Seal
    from patrol.register.tables import Handoff, Sighting
    from pipelines.images import keep

    desk = desk_of("mei")
    about = handoff.About(lead=1)
    order = handoff.Order(Receiver.PLATFORM, "Bicycle thefts", platform="forum.example")
    number = handoff.hand_over(desk, about, order).id
    handoff.hand_over(desk, about, handoff.Order(Receiver.IWIN, "Bicycle thefts"))
    today = local_day(desk.now())
    handoff.acknowledge(desk, number, "A-115-0042", "desk 3", today)
    handoff.check(desk, number, Availability.UP, None)
    Handoff.objects.filter(pk=number).update(check_on=date(2026, 1, 2))
    sighting = Sighting.objects.select_related("unit").filter(lead=1)[0]
    shown = ("https://i.pics.example/a.jpg",)
    post = Post(source="a", key="k", url="u", author=None, posted_at=None, text="", images=shown)
    keep([(sighting.pk, Seal.of(sighting.unit), post)])
    images.ask(desk, 1, "For the notice to forum.example")


def forget_and_hold() -> None:
    """Lead 5 was forgotten while a backup has it, lead 4 is over and held, and a request waits."""
    from patrol.actions.desk import Desk
    from patrol.actions.keeping import holds, retention
    from patrol.actions.maintaining import backups
    from patrol.register.tables import Lead
    from patrol.settings import Settings

    lin, wu = desk_of("lin"), desk_of("wu")
    Lead.objects.update(moved_at=lin.now())
    over = Lead.objects.filter(pk__in=(4, 5))
    over.update(status="dismissed", moved_at=lin.now() - timedelta(days=60))
    holds.place(wu, holds.ask(lin, "lead", "4", "臺北地檢署 115 偵 1 號函"))
    backups.know(lin, Settings().home / "backup.sqlite3", "asked", 9, 30)
    retention.run(Desk.command_line(), Settings())
    holds.ask(wu, "source", "harbor", "臺北地檢署 115 偵 2 號函")


def tell(refer: int = 3) -> None:
    """Notices of several kinds, somebody on call, an unfinished referral, and a call that went all the way."""
    from patrol.actions.notifying import alarms, notices, oncall
    from patrol.actions.triaging import triage
    from patrol.models import NoticeKind, Verdict
    from patrol.register import clock
    from patrol.register.tables import Lead, Person

    now = clock.now()
    mei, desk = Person.objects.get(account="mei"), desk_of("mei")
    triage.decide(desk, refer, Lead.objects.get(pk=refer).version, Verdict.REFERRED)
    if not Lead.objects.filter(kind="possible_victim", status="new").exists():
        Lead.objects.filter(pk=1).update(kind="possible_victim")
    Lead.objects.filter(kind="possible_victim", status="new").update(moved_at=now)
    oncall.put_on_call(desk_of("lin"), "mei", now - timedelta(hours=1), now + timedelta(hours=11))
    alarms.raise_due(now)
    for step in range(1, 4):
        alarms.go_further(now + timedelta(minutes=20 * step))
    tell = notices.tell
    tell([mei], NoticeKind.QUERY_HIT, "/leads/", about="query:4", count=3)
    tell([mei], NoticeKind.MANDATE_ENDING, "/sources/harbor/", about="source:harbor", count=7)
    tell([mei], NoticeKind.SOURCE_RECOVERED, "/sources/harbor/", about="source:harbor")
    assert tell([mei], NoticeKind.RULE_BRAKED, "/rules/planted/", about="rule:planted")
    rows = notices.inbox(desk).rows
    notices.put_aside(desk, next(one.id for one in rows if one.kind == "rule_braked"))


def work_on_rules() -> int:
    """A live rule, one on trial, one to be reviewed, and a finished backtest. Gives its number."""
    from django.utils import timezone

    from patrol.actions.rulemaking import rule_drafts, rule_versions, rulebook, trials
    from patrol.models import Post, ReadPage
    from patrol.register.tables import RuleVersion, RunRow
    from pipelines.keep import Keeper

    lin, wu = desk_of("lin"), desk_of("wu")
    rule_drafts.write(lin, "kite_swap", KITE, "Kites are swapped.")
    rule_versions.approve(wu, "kite_swap", 1)
    wider = KITE.replace("[互換, 對調]", "[互換, 對調, 交換]")
    rule_drafts.write(lin, "kite_swap", wider, "Another word for swapping.")
    rule_versions.try_out(lin, "kite_swap", 2)
    RuleVersion.objects.filter(name="second").update(
        status="review",
        braked_because="It hit 60 of 500 posts within 24 hours, more than 10 %.",
    )
    run = RunRow.objects.select_related("source", "authorization").first()
    assert run is not None
    said = ["今天天氣很好", "紙鳶交換，請聯絡 0912345678", "紙鳶互換，晚上都在公園旁邊", "紙鳶展覽"]
    posts = tuple(
        Post(
            source="harbor", key=f"k{nth}", url="http://harbor.example/", author=f"a{nth}",
            posted_at=None, text=text,
        )
        for nth, text in enumerate(said)
    )  # fmt: skip
    capture = {
        "requested_url": "http://harbor.example/", "url": "http://harbor.example/", "status": 200,
        "headers": {}, "fetched_at": datetime.now(tz=UTC) - timedelta(minutes=1),
        "raw_sha256": "0" * 64, "raw_bytes": 1, "charset": "utf-8", "charset_from": "header",
    }  # fmt: skip
    page = ReadPage.model_validate(
        {"source": "harbor", "capture": capture, "engine": "phpbb", "kind": "thread", "posts": posts}
    )  # fmt: skip
    Keeper(run, rulebook.flagger(), unflagged_days=7, now=timezone.now).keep(page)
    number = trials.ask(lin, trials.Wanted("backtest", 7, "kite_swap", 2)).pk
    trials.carry_out(number)
    return int(number)


def keep_a_query() -> int:
    """What is planted, told to the index, and one kept query. Gives the query's number."""
    from patrol.actions.searching import queries

    sys.modules["planting"].tell()
    return queries.save(desk_of("mei"), "日領廣告", "日領 -官方", "求職廣告的變化", 30)


def ask_what_is_held() -> None:
    """An erasure that was handed over and is late, an open request for access, and an answered one."""
    from patrol.actions.answering import answers, carrying, requests
    from patrol.actions.desk import Desk
    from patrol.actions.linking import joining
    from patrol.models import PrivacyAnswer, PrivacyGround, PrivacyRight
    from patrol.search.index import LOCAL

    while joining.gather(Desk.system("clock")):
        pass
    ning = desk_of("ning")
    today = ning.now().astimezone(LOCAL).date()
    for right, days in (
        (PrivacyRight.ERASURE, 40),
        (PrivacyRight.ACCESS, 13),
        (PrivacyRight.ACCESS, 3),
    ):
        day = today - timedelta(days=days)
        requests.enter(ning, requests.Asked(right, "nobody", "", "個資 115-7", "", day))
    carrying.hand_over(ning, 1, 1)
    refused = answers.Answer(
        PrivacyAnswer.REFUSED, PrivacyGround.NOT_IDENTIFIED, "No papers were shown."
    )
    answers.answer(ning, 3, 1, refused)


def work_on_cases(leads: list[int]) -> None:
    """A case with everything a case may have, and one that was merged into it."""
    post(
        "mei", "/cases/open/", title="帳戶收購", summary="同一個聯絡方式，三個城市。", lead=leads[0]
    )
    post("mei", "/cases/open/", title="自行車", lead=2)
    post("mei", "/cases/1/leads/", lead=leads[1])
    post("mei", "/cases/1/notes/", note="請銀行回覆。")
    post("mei", "/cases/1/members/", account="lin", does="on")
    post("mei", "/cases/1/tasks/", what="讀完整串", account="mei", due_on="2026-01-02")
    post("mei", "/cases/1/tasks/", what="回覆檢察官")
    post("mei", "/cases/1/tasks/", done=2)
    post("mei", "/cases/open/", title="門號卡", lead=leads[3])
    post("mei", "/cases/3/stand/", does="merge", into=1, why="同一個賣家")


def _keep_accounts() -> None:
    """Ways to sign in that not everybody has, and everybody has just shown theirs."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people, tokens
    from patrol.models import Role, TokenScope

    lin, ning = people.find("lin"), people.find("ning")
    Authenticator.objects.filter(user=lin).delete()
    TOTP.activate(lin, generate_totp_secret())
    RecoveryCodes.activate(lin)
    Authenticator.objects.create(
        pk=PASSKEY,
        user=ning,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Desk 3", "credential": registered()},
    )
    unit = lin.unit.name
    people.add(Desk.command_line(), "audit2", Role.AUDITOR, unit, password=None, language="en")
    tokens.make(desk_of("audit"), "the board's monitor", [TokenScope.CHECKPOINT], 30)


def show_again(session: str) -> None:
    """Whoever signed in with a second factor has shown it a moment ago, for an hour."""
    from importlib import import_module

    from django.conf import settings

    store = import_module(settings.SESSION_ENGINE).SessionStore(session)
    shown = store.get("account_authentication_methods", [])
    for one in shown:
        one.update(reauthenticated=True, at=time.time() + 3600)
    store["account_authentication_methods"] = shown
    store.save()


def hold(account: str, lead: int) -> None:
    """That account reads the lead now."""
    from patrol.actions.triaging import leases

    leases.hold(desk_of(account), lead)


PASSKEY = 77
"""The number of mei's passkey."""


def furnish() -> None:
    """Everything, in the register that is open and planted."""
    from django.utils import timezone

    from patrol.register.tables import Sighting

    joined = join()
    at = timezone.now()
    assert Sighting.objects.filter(lead=1).update(missed_at=at, removed_seen_at=at)
    be_looked_at()
    hand_over()
    forget_and_hold()
    tell()
    assert work_on_rules() == 1
    work_on_cases(joined)
    assert keep_a_query() == 1
    ask_what_is_held()
    post("mei", "/leads/views/?category=fraud", name="Money")
    post("mei", "/leads/selections/", lead=[f"{one}.1" for one in (1, *joined[1:4])])
    post("wu", f"/leads/{joined[4]}/decide/", version=1, verdict="escalated", then="queue")
    post("mei", "/leads/1/notes/", note="看過兩次。", version=1)
    _keep_accounts()
