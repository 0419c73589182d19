"""Every role at every address with every object: who may can, who may not is refused, and what is another unit's is not there.

The expectation follows from `config/roles.yml` and the table of addresses
alone. An object of another unit and one that never was answer alike (A38).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from patrol.models import Permission, Role

ACCOUNTS = {
    "mei": Role.OFFICER,
    "lin": Role.SUPERVISOR,
    "audit": Role.AUDITOR,
    "ning": Role.PRIVACY_OFFICER,
    "root": Role.ADMIN,
}
REASON: dict[str, object] = {"reason": "For the review of 115-8."}
FORMS: dict[str, dict[str, object]] = {
    "decide": {"version": 1, "verdict": "relevant", "then": "next"},
    "take": {"version": 1},
    "assign": {"to": "me", "version": 1, "then": "queue"},
    "tag": {"tag": "later"},
    "untag": {"tag": "later"},
    "note": {"text": "Seen before.", "version": 1},
    "evidence_export": {**REASON, "which": "complete"},
    "evidence_contacts": {**REASON, "form": "csv"},
    "handoff_new": {**REASON, "receiver": "platform", "platform": "harbor"},
    "case_handoff_new": {**REASON, "receiver": "platform", "platform": "harbor"},
    "images_ask": REASON,
    "images_answer": {"lead": 1, "answer": "allow"},
    "case_describe": {"title": "Other words"},
    "case_note": {"text": "Seen before."},
    "case_add": {"lead": 1},
    "case_export": REASON,
    "query_end": REASON,
    "query_renew": {"days": 30},
    "rule_retire": REASON,
    "rule_release": REASON,
    "source_stop": REASON,
    "source_pause": REASON,
    "revoke": REASON,
    "log_unlock": REASON,
    "log_words": REASON,
    "factor_reset": REASON,
    "person_close": REASON,
    "person_reopen": REASON,
    "person_role": {**REASON, "role": "officer"},
    "hold_answer": {"does": "ask_lifting", "basis": "Closed."},
    "privacy_unlock": REASON,
    "privacy_identify": {"version": 1, "identified": "in_person"},
    "privacy_extend": {**REASON, "version": 1},
    "privacy_hand_over": {"version": 1},
    "privacy_answer": {"version": 1, "answer": "done_as_asked"},
    "carry": {"version": 2, "carried": "nothing_to_carry_out"},
}
CHANGED_BY = {"keys": Permission.LEADS_READ}
"""Pages that everybody reads and only some change."""
SHARED = {"rule_try", "rule_approve", "rule_retire", "trial"}
"""Rules are everybody's."""
UNSAID = {"account_logout", "sessions_end_others", "enter", "language", "session_end"}
"""They end or change the session that asks."""

Sign = Callable[[str], Any]


def _addresses() -> Iterator[tuple[str, str, Any]]:
    """Name, route and declaration of everything that needs a session."""
    from patrol.web.access import Access, declaration, each_pattern

    for route, pattern in each_pattern():
        declared = declaration(pattern.callback)
        assert declared is not None
        name = str(pattern.name)
        allauth = name.startswith(("account_", "mfa_"))
        if declared.needs in {Access.TOKEN, Access.ANYONE} or name in UNSAID or allauth:
            continue
        yield name, "/" + route, declared


def _at(route: str, number: str, slug: str) -> str:
    return re.sub(r"<slug:\w+>", slug, re.sub(r"<int:\w+>", number, route))


@pytest.fixture
def house(garden: Any, sign_in: Sign) -> Any:
    """With a case, a saved view and a privacy request beside the leads, all of the first unit; the log is signed, so that it can be proven."""
    from django.utils import timezone

    from patrol.register.checkpoints import sign_now

    mei = sign_in("mei")
    assert mei.post("/cases/open/", {"title": "帳戶", "lead": "2"}).status_code == 302
    assert mei.post("/leads/views/?category=fraud", {"name": "Mine"}).status_code == 302
    ning = sign_in("ning")
    today = f"{timezone.now():%Y-%m-%d}"
    asked = {"right": "erasure", "name": "nobody", "received_on": today}
    assert ning.post("/privacy/new/", asked).status_code == 302
    assert ning.post("/privacy/1/hand-over/", {"version": 1}).status_code == 302
    sign_now()
    return garden


@pytest.mark.parametrize("account", sorted(ACCOUNTS))
def test_who_may_can_and_who_may_not_is_refused(account: str, house: Any, sign_in: Sign) -> None:
    from patrol.actions.desk import permissions

    client = sign_in(account)
    allowed = permissions(ACCOUNTS[account])
    opened: set[str] = set()
    refused: set[str] = set()
    for name, route, declared in _addresses():
        may = not isinstance(declared.needs, Permission) or declared.needs in allowed
        address = _at(route, "1", "harbor")
        if "GET" in declared.methods:
            answer = client.get(address)
            assert answer.status_code < 500, (name, answer.content[-1500:])
            assert (answer.status_code == 403) is not may, (name, answer.status_code)
            (opened if may and answer.status_code in {200, 302} else refused).add(name)
        if "POST" in declared.methods and not may:
            assert client.post(address, FORMS.get(name, {})).status_code == 403, name
        elif "POST" in declared.methods:
            # what is wrong with an empty form is the form's; it is never the door's
            answer = client.post(address)
            assert answer.status_code < 500, (name, answer.content[:400])
            door = "This needs the permission" in answer.content.decode(errors="replace")
            keeps = CHANGED_BY.get(name)
            assert door is (keeps is not None and keeps not in allowed), (name, answer.status_code)
    assert len(opened) > 6, opened
    assert refused


def _words(answer: Any) -> tuple[int, str]:
    """An answer without what differs by the address alone."""
    text = answer.content.decode(errors="replace")
    text = re.sub(r'value="[^"]*"|href="[^"]*"|action="[^"]*"', "", text)
    place = answer.headers.get("Location", "")
    return answer.status_code, re.sub(r"harbor|nowhere|planted|\d+", "X", place + text)


@pytest.mark.parametrize(
    ("role", "addresses"), [(Role.OFFICER, 20), (Role.SUPERVISOR, 20), (Role.PRIVACY_OFFICER, 8)]
)
def test_what_is_another_units_is_as_if_it_never_was(
    role: Role, addresses: int, house: Any, sign_in: Sign
) -> None:
    from patrol.actions.desk import permissions

    stranger = house.people["other"]
    stranger.role = role.value
    stranger.save()
    client = sign_in("other")
    asked = 0
    for name, route, declared in _addresses():
        may = isinstance(declared.needs, Permission) and declared.needs in permissions(role)
        if not may or "<" not in route or name in SHARED:
            continue
        for method in ("GET", "POST"):
            if method not in declared.methods:
                continue
            ask = client.get if method == "GET" else client.post
            form = FORMS.get(name, {}) if method == "POST" else {}
            theirs = _words(ask(_at(route, "1", "harbor"), form))
            missing = _words(ask(_at(route, "999999", "nowhere"), form))
            assert theirs == missing, (name, method, theirs[0], missing[0])
            asked += 1
    assert asked >= addresses
