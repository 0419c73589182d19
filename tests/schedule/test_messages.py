"""Messages leave this machine: gathered, signed, tried again, never lost, and without a collected word."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest

from patrol.models import NoticeKind
from tests.plugins.receivers import Post, mail_server, webhook_receiver
from tests.plugins.warm import Warm

WAIT_SECONDS = 120
NIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""Two o'clock in Taipei."""


@pytest.fixture
def people(register: Path) -> dict[str, Any]:
    from patrol.register.tables import Person, Unit

    unit = Unit.objects.create(name="巡查一隊")
    found = {}
    for account, role, language in (("mei", "officer", "zh-hant"), ("lin", "supervisor", "en")):
        found[account] = Person(account=account, role=role, unit=unit, language=language)
        found[account].set_unusable_password()
        found[account].save()
    return found


@pytest.fixture
def mails(register: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with mail_server() as post:
        monkeypatch.setenv("PATROL_MAIL_SERVER", post.place)
        monkeypatch.setenv("PATROL_MAIL_SECURITY", "none")
        monkeypatch.setenv("PATROL_MAIL_FROM", "patrol@unit.example")
        yield post


@pytest.fixture
def hook(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    key = tmp_path / "webhook.key"
    key.write_bytes(b"k" * 32 + b"\n")
    with webhook_receiver() as post:
        monkeypatch.setenv("PATROL_WEBHOOK", f"http://{post.place}/in?from=patrol")
        monkeypatch.setenv("PATROL_WEBHOOK_KEY_FILE", str(key))
        monkeypatch.setenv("PATROL_WEBHOOK_NETWORKS", '["127.0.0.0/8"]')
        yield post


def tell(*people: Any, **changes: Any) -> int:
    from patrol.actions.notifying import notices

    told: dict[str, Any] = {"about": "query:4", "link": "/queries/4/", "count": 3, **changes}
    kind = told.pop("kind", NoticeKind.QUERY_HIT)
    return notices.tell(people, kind, told.pop("link"), **told)


def reach(person: Any, **choice: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.notifying import reach as reaching

    told = {"mail": f"{person.account}@unit.example", **choice}
    reaching.choose(Desk.of(person, origin=None), reaching.Chosen(**told))


def turn() -> int:
    from patrol.schedule.messenger import Messenger
    from patrol.settings import Settings

    return Messenger(Settings()).turn()


def messages(**wanted: Any) -> list[Any]:
    from patrol.register.tables import Message

    return list(Message.objects.filter(**wanted).order_by("pk"))


def again() -> None:
    """As if the time to wait were over."""
    from django.utils import timezone

    from patrol.register.tables import Message

    Message.objects.update(next_at=timezone.now())


def test_one_mail_gathers_what_nobody_has_read(people: dict[str, Any], mails: Post) -> None:
    reach(people["mei"])
    tell(people["mei"], people["lin"])
    tell(people["mei"], kind=NoticeKind.RULE_BRAKED, about="rule:planted", link="/rules/planted/", count=1)  # fmt: skip
    assert (turn(), turn()) == (1, 0)
    (mail,) = mails.came
    assert (mail["To"], mail["Subject"]) == ("mei@unit.example", "巡查：2 則通知")
    text = mail.get_content()
    assert "常駐查詢有命中 · query:4 · 3" in text
    assert "http://127.0.0.1:8400/queries/4/" in text
    tell(people["mei"])
    assert turn() == 0, "the next mail waits for its hour"
    (message,) = messages()
    assert message.sent_at is not None


def test_what_is_old_is_not_mailed(people: dict[str, Any], mails: Post) -> None:
    from patrol.actions.notifying import delivery
    from patrol.register.clock import now

    reach(people["mei"])
    tell(people["mei"])
    assert delivery.gather(now() + delivery.MAILED_WITHIN) == 0
    assert delivery.gather(now() + timedelta(days=1)) == 1


def test_who_reads_english_gets_english(people: dict[str, Any], mails: Post) -> None:
    reach(people["lin"])
    tell(people["lin"])
    assert turn() == 1
    assert "A standing query has hits · query:4 · 3" in mails.came[0].get_content()


def test_quiet_hours_hold_everything_but_what_is_urgent(
    people: dict[str, Any], mails: Post
) -> None:
    from patrol.actions.notifying import delivery

    reach(people["mei"], quiet_from=clock_time(22), quiet_until=clock_time(7))
    tell(people["mei"])
    assert delivery.gather(NIGHT) == 0
    alarm = {"kind": NoticeKind.VICTIM_ALARM, "about": "lead:7", "link": "/leads/7/"}
    tell(people["mei"], urgent=True, once="alarm:1:0", count=1, **alarm)
    assert delivery.gather(NIGHT) == 1
    (message,) = messages()
    assert [one["kind"] for one in message.body["notices"]] == ["victim_alarm"]
    tell(people["mei"], urgent=True, once="alarm:1:1", count=1, **alarm)
    assert delivery.gather(NIGHT + timedelta(minutes=1)) == 1, "nor does the last mail"
    assert delivery.gather(NIGHT + timedelta(hours=10)) == 1


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [(22, 7, True), (0, 6, True), (2, 3, True), (3, 2, False), (12, 13, False), (7, 22, False)],
)
def test_quiet_hours_are_taipeis(register: Path, begin: int, end: int, quiet: bool) -> None:  # noqa: FBT001
    from patrol.actions.notifying.reach import Chosen

    chosen = Chosen(quiet_from=clock_time(begin), quiet_until=clock_time(end))
    assert chosen.is_quiet(NIGHT) is quiet


@pytest.mark.parametrize(
    "choice",
    [
        {"mail": "nobody"},
        {"mail": "mei@elsewhere.example"},
        {"mail": "mei@unit.example\nBcc: all@unit.example"},
        {"mail": "", "every_minutes": 1},
        {"mail": "", "quiet_from": clock_time(1)},
    ],
)
def test_nobody_is_reached_like_that(
    people: dict[str, Any], monkeypatch: pytest.MonkeyPatch, choice: dict[str, Any]
) -> None:
    from patrol.actions.notifying.reach import BadReach

    monkeypatch.setenv("PATROL_MAIL_DOMAINS", '["unit.example"]')
    with pytest.raises(BadReach):
        reach(people["mei"], **choice)


def test_a_refused_mail_is_tried_again_under_its_name(people: dict[str, Any], mails: Post) -> None:
    reach(people["mei"])
    tell(people["mei"])
    mails.answers = [451]
    assert turn() == 0
    (message,) = messages()
    assert (message.attempts, message.sent_at, message.fault) == (1, None, "SMTPDataError 451.")
    assert turn() == 0, "not before its time"
    again()
    assert turn() == 1
    assert len({mail["Message-ID"] for mail in mails.came}) == 1


def test_every_notice_calls_the_webhook_once_for_all(people: dict[str, Any], hook: Post) -> None:
    tell(people["mei"], people["lin"], once="hit:1")
    tell(people["mei"], people["lin"], once="hit:1")
    assert turn() == 1
    ((key, body),) = hook.came
    assert (body["kind"], body["count"]) == ("query_hit", 3)
    assert body["link"] == "http://127.0.0.1:8400/queries/4/"
    assert set(body) == {"kind", "about", "count", "link", "urgent", "made_at"}
    assert messages()[0].key == key


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_call_that_fails_is_tried_again_and_then_given_up(
    people: dict[str, Any], hook: Post, status: int
) -> None:
    from patrol.actions.notifying import delivery
    from patrol.register.clock import now

    tell(people["mei"])
    hook.answers = [status] * delivery.TRIES
    for _ in range(delivery.TRIES):
        assert turn() == 0
        again()
    (message,) = messages()
    assert (message.dead_at is None, message.fault) == (False, f"It answers {status}.")
    assert turn() == 0
    assert delivery.standing().dead == 1
    assert delivery.revive(now()) == 1
    assert turn() == 1
    assert len({key for key, _ in hook.came}) == 1
    assert len(hook.came) == delivery.TRIES + 1


def test_waits_grow_and_end(register: Path) -> None:
    from patrol.actions.notifying.delivery import FIRST_WAIT, LONGEST_WAIT, TRIES

    waits = [min(FIRST_WAIT * 2**tries, LONGEST_WAIT) for tries in range(TRIES)]
    assert waits == sorted(waits)
    assert timedelta(hours=8) < sum(waits[:-1], timedelta()) < timedelta(hours=12)


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("http://127.0.0.1:9/", "[]"),
        ("https://127.0.0.1:9/", "[]"),
        ("https://localhost:9/", "[]"),
        ("https://169.254.169.254/latest/", "[]"),
        ("https://169.254.169.254/latest/", '["10.0.0.0/8"]'),
        ("https://[fe80::1]/", "[]"),
        ("https://[::ffff:169.254.169.254]/", "[]"),
        ("https://100.100.100.200/", "[]"),
        ("https://2852039166/", "[]"),
        ("https://10.0.0.7/", "[]"),
        ("http://203.0.114.1/", "[]"),
        ("ftp://127.0.0.1/", '["127.0.0.0/8"]'),
        ("file:///etc/hosts", "[]"),
        ("https://user:word@127.0.0.1/", '["127.0.0.0/8"]'),
    ],
)
def test_an_address_that_may_not_be_called_is_not(
    register: Path, monkeypatch: pytest.MonkeyPatch, address: str, networks: str
) -> None:
    from patrol.schedule.webhook import WebhookForbidden, call
    from patrol.settings import Settings

    monkeypatch.setenv("PATROL_WEBHOOK", address)
    monkeypatch.setenv("PATROL_WEBHOOK_NETWORKS", networks)
    with pytest.raises(WebhookForbidden):
        call(Settings(), "1", {"link": "/"})


def test_killed_while_it_sends_it_sends_again(
    people: dict[str, Any], hook: Post, register: Path, tmp_path: Path, warm: Warm
) -> None:
    """Killed after the receiver has it and before it is marked: the next process sends it under the same key."""
    tell(people["mei"])
    hook.holds.clear()
    first = warm.patrol("projector", "--home", str(register), err=tmp_path / "first")
    until(lambda: len(hook.came) == 1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert [message.sent_at for message in messages()] == [None]
    hook.holds.set()
    second = warm.patrol("projector", "--home", str(register), err=tmp_path / "second")
    try:
        until(lambda: messages()[0].sent_at is not None)
    finally:
        second.send_signal(signal.SIGTERM)
        second.communicate()
    assert len(hook.came) >= 2
    assert len({key for key, _ in hook.came}) == 1


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_left_is_on_record_without_words(people: dict[str, Any], hook: Post) -> None:
    from patrol.register.tables import LedgerIndex, LedgerRecord

    tell(people["mei"])
    assert turn() == 1
    (seq,) = LedgerIndex.objects.filter(verb="message.sent").values_list("seq", flat=True)
    body = json.loads(bytes(LedgerRecord.objects.get(seq=seq).body))
    assert (body["count"], set(body["details"])) == (1, {"channel", "key"})


def test_mails_and_pages_use_the_same_words(register: Path) -> None:
    from django.utils import translation

    from patrol.schedule.letters import TITLES
    from patrol.web.words import label

    assert set(TITLES) == set(NoticeKind)
    for kind, (english, chinese) in TITLES.items():
        with translation.override("en"):
            assert label(kind) == english
        with translation.override("zh-hant"):
            assert label(kind) == chinese


def test_nothing_configured_sends_nothing(people: dict[str, Any]) -> None:
    from patrol.schedule.messenger import Messenger
    from patrol.settings import Settings

    tell(people["mei"])
    messenger = Messenger(Settings())
    messenger.start()
    messenger.join(WAIT_SECONDS)
    assert not messenger.is_alive()
    assert messages() == []
    assert "PATROL_WEBHOOK" not in os.environ
