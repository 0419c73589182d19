"""Everybody sees where they are signed in, and ends it from elsewhere."""

import re
from collections.abc import Callable
from typing import Any

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def _names(client: Any) -> list[str]:
    return re.findall(r"sessions/(\w{16})/end/", client.get("/account/sessions/").content.decode())


def test_each_browser_is_listed_as_it_calls_itself(sign_in: Sign) -> None:
    here, there, colleague = sign_in("mei"), sign_in("mei"), sign_in("lin")
    colleague.get("/account/", headers={"user-agent": "Colleague/1"})
    there.get("/account/", headers={"user-agent": "Fox/9 <b>"}, REMOTE_ADDR="192.0.2.7")
    here.get("/account/", headers={"user-agent": "Hedgehog/1"})
    page = here.get("/account/sessions/").content.decode()
    assert "Fox/9 &lt;b&gt;" in page
    assert "192.0.2.7" in page
    assert "Hedgehog/1" in page
    assert "Colleague" not in page
    assert page.count("this one") == 1


def test_one_is_ended_at_once_and_on_record(sign_in: Sign, records: Records) -> None:
    here, there = sign_in("mei"), sign_in("mei")
    there.get("/account/")
    (name,) = _names(here)
    assert here.post(f"/account/sessions/{name}/end/").status_code == 302
    assert there.get("/account/")["Location"].startswith("/account/login/")
    assert here.get("/account/").status_code == 200
    assert [row.subject for row in records(verb="person.signed_out", account="mei")] == ["person:1"]
    assert "You are signed in nowhere else." in here.get("/account/sessions/").content.decode()


def test_all_others_are_ended(sign_in: Sign) -> None:
    here, *elsewhere = [sign_in("mei") for _ in range(3)]
    colleague = sign_in("wu")
    for client in (here, colleague, *elsewhere):
        client.get("/account/")
    assert here.post("/account/sessions/others/end/").status_code == 302
    assert [client.get("/account/").status_code for client in elsewhere] == [302, 302]
    assert here.get("/account/").status_code == colleague.get("/account/").status_code == 200


def test_somebody_elses_is_not_there(sign_in: Sign) -> None:
    mei, lin = sign_in("mei"), sign_in("lin")
    sign_in("lin").get("/account/")
    (name,) = _names(lin)
    assert mei.post(f"/account/sessions/{name}/end/").status_code == 404
    assert _names(lin) == [name]


def test_nothing_is_ended_when_the_log_fails(sign_in: Sign, break_log: Callable[[], None]) -> None:
    here, there = sign_in("mei"), sign_in("mei")
    there.get("/account/")
    (name,) = _names(here)
    break_log()
    assert here.post(f"/account/sessions/{name}/end/").status_code == 503
    assert there.get("/account/").status_code == 200


def test_a_browser_is_named_in_words(sign_in: Sign) -> None:
    from patrol.web.agents import in_words

    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    known = {
        windows + "Chrome/140.0.0.0 Safari/537.36": "Chrome on Windows",
        windows + "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": "Edge on Windows",
        phone + "Version/18.1 Mobile/15E148 Safari/604.1": "Safari on iPhone",
        phone + "CriOS/140.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15": "Safari on macOS",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
        "Hedgehog/1": "",
    }  # fmt: skip
    assert {agent: in_words(agent) for agent in known} == known
    client = sign_in("mei")
    here = {"user-agent": windows + "Chrome/140.0.0.0 Safari/537.36"}
    client.get("/account/", headers=here)
    page = client.get("/account/sessions/", headers=here).content.decode()
    assert re.search(r"<strong>\s*Chrome on Windows\s*</strong>", page)
    client = sign_in("mei")
    client.get("/account/", headers={"user-agent": "Hedgehog/1"})
    assert "Another program" in client.get("/account/sessions/").content.decode()
