"""A note that looks like somebody's identity is asked about once."""

import re
from collections.abc import Callable
from typing import Any

NOTE = "身分證 A123456789"
Sign = Callable[[str], Any]


def decide(client: Any, **form: str) -> Any:
    return client.post("/leads/1/decide/", {"version": 1, "then": "next", **form})


def test_asked_and_nothing_decided(garden: Any, sign_in: Sign) -> None:
    answer = decide(sign_in("mei"), verdict="relevant", note=NOTE)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "looks like a national ID number" in page
    assert f">{NOTE}</textarea>" in page
    assert re.search(r'<input type="checkbox"\s+name="keep_note"', page)
    garden.leads[0].refresh_from_db()
    assert garden.leads[0].status == "new"


def test_kept_when_the_officer_says_so_and_recorded(
    garden: Any, sign_in: Sign, records: Callable[..., list[Any]]
) -> None:
    from patrol.register.tables import LedgerRecord

    client = sign_in("mei")
    decide(client, verdict="relevant", note=NOTE)
    assert decide(client, verdict="relevant", note=NOTE, keep_note="yes").status_code == 302
    refused, done = records(verb="lead.decided", subject="lead:1")
    assert (refused.result, done.result) == ("error", "allow")
    told = bytes(LedgerRecord.objects.get(seq=done.seq).body).decode()
    assert '"note_kept":["national_id"]' in told
    everything = b"".join(bytes(one.body) for one in LedgerRecord.objects.all())
    assert b"A123456789" not in everything
    assert NOTE in client.get("/leads/1/").content.decode()


def test_taken_out_it_is_never_asked(garden: Any, sign_in: Sign) -> None:
    client = sign_in("mei")
    assert decide(client, verdict="relevant", note="same words as lead 2").status_code == 302
    assert "keep_note" not in client.get("/leads/2/").content.decode()


def test_asked_in_the_readers_language(garden: Any, sign_in: Sign) -> None:
    from patrol.register.tables import Person

    Person.objects.update(language="zh-hant")
    page = decide(sign_in("mei"), verdict="relevant", note="電話 0900-000-321").content.decode()
    assert "看起來像電話號碼" in page
    assert "仍要保留" in page
