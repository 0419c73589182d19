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
