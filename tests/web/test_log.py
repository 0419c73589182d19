"""The auditor reads who did what, and never a word of a lead."""

import re
from collections.abc import Callable
from typing import Any

Sign = Callable[[str], Any]
SECRETS = ("goodjob77", "日領", "quick cash", "fastlane_demo", "磨掉號碼", "seen before")


def _work(sign_in: Sign) -> None:
    client = sign_in("mei")
    client.get("/leads/")
    client.get("/leads/1/")
    client.post(
        "/leads/1/decide/",
        {"version": 1, "then": "next", "verdict": "relevant", "note": "seen before"},
    )


def test_every_look_and_decision_is_there_without_a_word_of_it(sign_in: Sign) -> None:
    _work(sign_in)
    page = sign_in("audit").get("/log/").content.decode()
    for verb in ("leads.listed", "lead.viewed", "lead.decided"):
        assert verb in page
    assert "lead:1" in page
    for secret in SECRETS:
        assert secret not in page


def test_auditors_read_no_leads(sign_in: Sign) -> None:
    client = sign_in("audit")
    for address in ("/leads/", "/leads/1/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert not [secret for secret in SECRETS if secret in answer.content.decode()]


def test_filters(sign_in: Sign) -> None:
    _work(sign_in)
    client = sign_in("audit")

    def verbs(query: str) -> set[str]:
        page = client.get(f"/log/?{query}").content.decode()
        return set(re.findall(r'class="quiet verb">([a-z_.]+)<', page))

    assert verbs("verb=lead.decided") == {"lead.decided"}
    assert verbs("subject=lead:1") == {"lead.viewed", "lead.decided"}
    assert verbs("account=audit") == {"log.listed"}
    assert verbs("account=nobody") == set()
    assert "log.listed" in verbs("verb=nonsense&before_seq=x")


def test_pages_go_back_to_the_first_record(sign_in: Sign) -> None:
    client = sign_in("audit")
    for _look in range(60):
        client.get("/log/")
    page = client.get("/log/").content.decode()
    onward = re.search(r'rel="next"\s+href="([^"]+)"', page)
    assert onward
    older = client.get(onward[1].replace("&amp;", "&")).content.decode()
    assert re.search(r'<td class="number"[^>]*>1</td>', older)


def test_verifying_says_what_came_out(sign_in: Sign) -> None:
    from patrol.register.checkpoints import sign_now
    from patrol.register.tables import LedgerRecord

    _work(sign_in)
    sign_now()
    client = sign_in("audit")
    answer = client.post("/log/verify/")
    assert answer.status_code == 200
    assert "The log is what it was." in answer.content.decode()
    record = LedgerRecord.objects.get(seq=2)
    record.body = bytes(record.body).replace(b"mei", b"lin")
    record.save()
    page = client.post("/log/verify/").content.decode()
    assert "The log is not what it was." in page
    assert "First bad record: 2." in page


def test_what_was_decided_is_told_without_the_note(sign_in: Sign) -> None:
    _work(sign_in)
    page = sign_in("audit").get("/log/?verb=lead.decided").content.decode()
    assert "verdict Relevant" in page
    assert "note_hmac" not in page


def test_a_record_whose_words_and_hash_disagree_is_marked(sign_in: Sign) -> None:
    from patrol.register.tables import LedgerRecord

    _work(sign_in)
    client = sign_in("audit")
    assert "Words and hash do not agree" not in client.get("/log/").content.decode()
    record = LedgerRecord.objects.get(seq=2)
    record.body = bytes(record.body).replace(b"mei", b"lin")
    record.save()
    assert client.get("/log/").content.decode().count("Words and hash do not agree") == 1


def test_the_verifier_speaks_chinese(sign_in: Sign) -> None:
    from patrol.register.checkpoints import sign_now
    from patrol.register.tables import LedgerRecord, Person

    _work(sign_in)
    sign_now()
    Person.objects.update(language="zh-hant")
    client = sign_in("audit")
    assert "個檢查點都相符" in client.post("/log/verify/").content.decode()
    LedgerRecord.objects.filter(seq=2).delete()
    page = client.post("/log/verify/").content.decode()
    assert "有一筆紀錄遭刪除。" in page
    assert "第 2 筆紀錄是第一筆不相符的" in page


def test_every_kind_of_fault_has_a_sentence() -> None:
    import re
    from pathlib import Path

    from patrol.web.words import FAULTS

    source = (Path(__file__).parents[2] / "patrol/ledger/verifier.py").read_text()
    kinds = set(re.findall(r'Fault\([^"]*?"([a-z_]+)"', source)) | {"deleted", "inserted"}
    assert kinds == set(FAULTS)
