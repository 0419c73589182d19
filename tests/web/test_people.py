"""Lost second factors, auditors by auditors, and what each role may do."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]


def _has_factor(person: Any) -> bool:
    from allauth.mfa.models import Authenticator

    return bool(Authenticator.objects.filter(user=person).exists())


def _stale(client: Any) -> Any:
    session = client.session
    session.pop("account_authentication_methods")
    session.save()
    return client


def test_the_first_auditor_is_made_at_the_machine(register: Any) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people
    from patrol.models import Role

    desk = Desk.command_line()
    made = [
        people.add(desk, name, Role.AUDITOR, "One", password=None, language="en").is_active
        for name in ("ann", "ben")
    ]
    assert made == [True, False]


@pytest.mark.both_databases
def test_a_second_auditor_is_let_in_by_the_first(
    second: Any, sign_in: Sign, visitor: Any, records: Records
) -> None:
    from patrol.actions.desk import Desk
    from patrol.actions.staffing import people

    token = people.issue_link(Desk.command_line(), "audit2")
    assert visitor.post(f"/enter/{token}/").status_code == 403
    audit = sign_in("audit")
    page = audit.get("/people/vouching/").content.decode()
    assert "New auditor: audit2" in page
    assert "asked for by operator" in page
    assert audit.post("/people/vouching/1/vouch/").status_code == 302
    assert visitor.post(f"/enter/{token}/").status_code == 302
    (given,) = records(verb="person.vouched", account="audit")
    assert given.subject == f"person:{second.pk}"
    assert audit.post("/people/vouching/1/vouch/").status_code == 404, "answered once"
    assert "Nothing waits for your word" in audit.get("/people/vouching/").content.decode()


def test_a_refused_auditor_stays_outside(second: Any, sign_in: Sign) -> None:
    assert sign_in("audit").post("/people/vouching/1/decline/").status_code == 302
    second.refresh_from_db()
    assert not second.is_active


def test_a_word_is_given_a_moment_after_showing_who_one_is(second: Any, sign_in: Sign) -> None:
    answer = _stale(sign_in("audit")).post("/people/vouching/1/vouch/")
    assert answer["Location"].startswith("/account/reauthenticate/")
    second.refresh_from_db()
    assert not second.is_active


def test_a_lost_factor_is_reset_by_another_person(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    lin = garden.people["lin"]
    working, root = sign_in("lin"), sign_in("root")
    working.get("/leads/")
    assert "lin" in root.get("/people/").content.decode()
    place = f"/people/{lin.pk}/factor/"
    assert root.post(place, {"reason": "phone stolen"}).status_code == 302
    assert not _has_factor(lin)
    assert working.get("/leads/")["Location"].startswith("/account/login/"), "signed out at once"
    (row,) = records(verb="person.factor_reset", account="root")
    assert row.subject == f"person:{lin.pk}"


def test_nobody_resets_their_own(garden: Any, sign_in: Sign) -> None:
    root = garden.people["root"]
    answer = sign_in("root").post(f"/people/{root.pk}/factor/", {"reason": "lost"})
    assert answer.status_code == 403
    assert _has_factor(root)


@pytest.mark.both_databases
def test_an_auditors_factor_is_reset_by_two(garden: Any, second: Any, sign_in: Sign) -> None:
    second.is_active = True
    second.save()
    audit = garden.people["audit"]
    place = f"/people/{audit.pk}/factor/"
    sign_in("root").post(place, {"reason": "lost"})
    assert _has_factor(audit), "it waits"
    waiting = sign_in("audit").get("/people/vouching/").content.decode()
    assert "Another auditor answers: this is your own." in waiting
    assert sign_in("audit").post("/people/vouching/2/vouch/").status_code == 403
    assert _has_factor(audit)
    assert sign_in("audit2").post("/people/vouching/2/vouch/").status_code == 302
    assert not _has_factor(audit)


def test_the_page_of_roles_says_what_the_file_says(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    import re
    from pathlib import Path

    told = yaml.safe_load(Path("config/roles.yml").read_text())
    page = sign_in("audit").get("/roles/").content.decode()
    shown: dict[str, list[bool]] = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        name = re.search(r'<code class="quiet">([a-z]+:[a-z]+)</code>', row)
        if name:
            shown[name[1]] = [
                "✓" in cell for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            ]
    roles = ("officer", "supervisor", "auditor", "privacy_officer", "admin")
    everything = {permission for role in roles for permission in told[role]}
    assert set(shown) >= everything
    for permission, given in shown.items():
        assert given == [permission in told[role] for role in roles], permission
    assert len(records(verb="roles.viewed", account="audit")) == 1


def test_every_permission_has_its_meaning() -> None:
    from patrol.models import Permission
    from patrol.web.permission_words import MEANING

    assert set(MEANING) == set(Permission)
