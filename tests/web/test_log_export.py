"""The access log as a file: what the filters name, all of it, no formula in it, and on record."""

import csv
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
SECRETS = ("goodjob77", "日領", "quick cash", "磨掉號碼")


def _taken(client: Any, kind: str, query: str = "") -> bytes:
    answer = client.post(f"/log/export/{kind}/?{query}")
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(answer.streaming_content)


def _table(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_everything_leaves_oldest_first_with_its_own_record_last(
    sign_in: Sign, records: Records
) -> None:
    officer, client = sign_in("mei"), sign_in("audit")
    for _look in range(4):
        officer.get("/leads/1/")
    content = _taken(client, "csv")
    rows = _table(content)
    assert [int(row["seq"]) for row in rows] == [row.seq for row in records()]
    assert (rows[-1]["verb"], rows[-1]["account"]) == ("log.exported", "audit")
    assert json.loads(rows[-1]["details"]) == {"form": "csv"}
    told = json.loads(_taken(client, "json"))
    assert [row["seq"] for row in told["records"]][:-1] == [int(row["seq"]) for row in rows]
    assert told["export_record"] == told["records"][-1]["seq"]
    assert told["records"][0]["details"] is not None
    assert not [secret for secret in SECRETS if secret in content.decode()]


def test_the_filters_hold_past_the_pages_of_the_list(sign_in: Sign, records: Records) -> None:
    from patrol.actions.auditing import extract

    officer, client = sign_in("mei"), sign_in("audit")
    for _look in range(7):
        officer.get("/leads/1/")
    officer.get("/leads/2/")
    at_once, extract._AT_ONCE = extract._AT_ONCE, 3
    try:
        rows = _table(_taken(client, "csv", "subject=lead:1&verb=lead.viewed&before_seq=1"))
    finally:
        extract._AT_ONCE = at_once
    assert len(rows) == 7
    assert {row["subject"] for row in rows} == {"lead:1"}
    assert _table(_taken(client, "csv", "purpose=authorization:999")) == []
    assert json.loads(_taken(client, "json", "account=nobody"))["records"] == []
    last = json.loads(_taken(client, "json", "verb=log.exported"))["records"][-2]
    assert last["details"] == {"form": "json", "narrowed_by": "account"}


def test_no_cell_is_a_formula(sign_in: Sign, visitor: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.models import Verb

    Desk.system("=cmd|'/c calc'!A1", origin="+1+1").record(Verb.LEAD_VIEWED, subject="@SUM(1)")
    row = _table(_taken(sign_in("audit"), "csv", "verb=lead.viewed"))[0]
    assert (row["account"], row["origin"]) == ("'=cmd|'/c calc'!A1", "'+1+1")
    assert row["subject"] == "'@SUM(1)"


def test_the_page_offers_both_with_its_filters(sign_in: Sign) -> None:
    client = sign_in("audit")
    client.get("/log/")
    page = client.get("/log/?verb=log.listed").content.decode()
    assert 'action="/log/export/csv/?verb=log.listed"' in page
    assert 'formaction="/log/export/json/?verb=log.listed"' in page
    assert "on every page of the list" in page


def test_it_asks_again_who_one_is_and_comes_back_to_the_filters(sign_in: Sign) -> None:
    client = sign_in("audit")
    client.get("/log/")
    session = client.session
    shown = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**one, "at": time.time() - 999} for one in shown]
    session.save()
    answer = client.post("/log/export/csv/?verb=lead.viewed")
    assert answer["Location"].endswith("next=%2Flog%2F%3Fverb%3Dlead.viewed")


@pytest.mark.parametrize("account", ["mei", "lin", "root"])
def test_only_auditors_take_it(account: str, sign_in: Sign) -> None:
    assert sign_in(account).post("/log/export/csv/").status_code == 403


def test_other_kinds_are_not_there(sign_in: Sign) -> None:
    assert sign_in("audit").post("/log/export/xlsx/").status_code == 404


def test_nothing_leaves_when_the_log_fails(sign_in: Sign, break_log: Callable[[], None]) -> None:
    client = sign_in("audit")
    client.get("/log/")
    break_log()
    answer = client.post("/log/export/csv/")
    assert answer.status_code == 503
    assert b"log.listed" not in answer.content
