"""Break-glass and ends of mandates: nobody reads alone unheard, and no mandate ends as a surprise."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Sign = Callable[[str], Any]
Records = Callable[..., list[Any]]
FORM = {
    "basis": "警察職權行使法第28條",
    "number": "115-急-1",
    "hosts": "harbor.example",
    "paths": "/",
    "categories": ["fraud"],
    "reason": "a threat for tonight",
}
PLACE = "/sources/harbor/break-glass/"


def second_auditor(garden: Any) -> Any:
    from patrol.register.tables import Person

    person = Person(account="audit2", role="auditor", unit=garden.people["lin"].unit, language="en")
    person.set_unusable_password()
    person.save()
    garden.people["audit2"] = person
    return person


def test_without_two_auditors_the_glass_stays_whole(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from patrol.register.tables import AuthorizationRow

    client = sign_in("lin")
    page = client.get(PLACE).content.decode()
    assert "2 auditors at least" in page
    assert "Break the glass</button>" not in page  # it would be refused
    assert client.post(PLACE, FORM).status_code == 403
    assert not AuthorizationRow.objects.filter(emergency=True).exists()
    (record,) = records(verb="authorization.glass_broken")
    assert (record.account, record.result) == ("lin", "deny")


def test_one_person_reads_for_a_day_and_auditors_judge(
    garden: Any, sign_in: Sign, records: Records
) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates
    from patrol.register.tables import AuthorizationRow, Notice

    second_auditor(garden)
    AuthorizationRow.objects.update(revoked_at=timezone.now())
    lin, audit = sign_in("lin"), sign_in("audit")
    assert "broke the glass" not in audit.get("/log/").content.decode()
    assert lin.post(PLACE, {**FORM, "reason": " "}).status_code == 400
    assert lin.post(PLACE, FORM).status_code == 302
    row = AuthorizationRow.objects.get(emergency=True)
    assert row.valid_until - row.valid_from == timedelta(hours=24)
    garden.source.refresh_from_db()
    assert mandates.in_force(garden.source, timezone.now()) == row
    assert mandates.in_force(garden.source, row.valid_until) is None
    noun = mandates.authorization(row)
    assert noun.in_force(timezone.now())
    assert noun.approver == "break-glass"
    assert "for a day" in lin.get("/sources/harbor/").content.decode()
    (record,) = records(verb="authorization.glass_broken", result="allow")
    assert record.subject == f"authorization:{row.pk}"
    for account in ("audit", "audit2"):
        assert "broke the glass" in sign_in(account).get("/dashboards/").content.decode()
        (notice,) = Notice.objects.filter(kind="glass_broken", person__account=account)
        assert (notice.about, notice.urgent) == (f"authorization:{row.pk}", True)
    assert "broke the glass" not in lin.get("/dashboards/").content.decode()
    assert lin.post(PLACE, FORM).status_code == 403
    page = audit.get("/log/break-glass/").content.decode()
    assert f"/log/{record.seq}/" in page
    judge = f"/log/break-glass/{row.pk}/"
    assert audit.post(judge, {"verdict": "doubtful", "comment": ""}).status_code == 400
    assert audit.post(judge, {"verdict": "justified"}).status_code == 302
    assert "broke the glass" not in audit.get("/dashboards/").content.decode()
    assert "broke the glass" in sign_in("audit2").get("/dashboards/").content.decode()
    assert lin.post(PLACE, FORM).status_code == 302
    asked = re.findall(
        r'href="/log/(\d+)/"', audit.get("/log/?preset=break_glass").content.decode()
    )
    assert len(asked) >= 3


def test_two_accounts_of_one_human_being_are_one_auditor(garden: Any, sign_in: Sign) -> None:
    """Nobody is told of, or judges, the glass that they broke: not by another account either."""
    from patrol.register.tables import AuthorizationRow, Person

    twin, lin = second_auditor(garden), sign_in("lin")
    for human in ("audit", "lin"):
        Person.objects.filter(pk=twin.pk).update(same_as=garden.people[human])
        assert "Break the glass</button>" not in lin.get(PLACE).content.decode(), human
        assert lin.post(PLACE, FORM).status_code == 403, human
    assert not AuthorizationRow.objects.filter(emergency=True).exists()
    Person.objects.filter(pk=twin.pk).update(same_as=None)
    assert lin.post(PLACE, FORM).status_code == 302
    row = AuthorizationRow.objects.get(emergency=True)
    Person.objects.filter(pk=twin.pk).update(same_as=garden.people["lin"])
    client = sign_in("audit2")
    assert "broke the glass" not in client.get("/dashboards/").content.decode()
    judge = f"/log/break-glass/{row.pk}/"
    assert client.post(judge, {"verdict": "justified"}).status_code == 403
    assert lin.post(PLACE, FORM).status_code == 403, "nobody has judged the last one"
    assert sign_in("audit").post(judge, {"verdict": "justified"}).status_code == 302


def test_only_an_auditor_judges_and_only_what_is_there(garden: Any, sign_in: Sign) -> None:
    assert sign_in("lin").post("/log/break-glass/1/", {"verdict": "justified"}).status_code == 403
    assert sign_in("audit").post("/log/break-glass/1/", {"verdict": "justified"}).status_code == 404
    assert sign_in("mei").get(PLACE).status_code == 403


@pytest.mark.parametrize(
    ("days", "within", "everywhere"),
    [(31, None, False), (30, 30, False), (8, 30, False), (7, 7, True), (2, 7, True), (1, 1, True)],
)
def test_ends_are_told_at_thirty_seven_and_one_days(
    garden: Any,
    sign_in: Sign,
    days: int,
    within: int | None,
    everywhere: bool,  # noqa: FBT001  (a case)
) -> None:
    from django.utils import timezone

    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(valid_until=timezone.now() + timedelta(days=days))
    client = sign_in("lin")
    sources = client.get("/sources/").content.decode()
    told = re.search(r'data-within="(\d+)"', sources)
    assert (int(told[1]) if told else None) == within
    assert ("data-within" in client.get("/dashboards/").content.decode()) is everywhere
    assert "data-within" not in sign_in("mei").get("/leads/").content.decode()


def test_a_successor_silences_the_end(garden: Any, sign_in: Sign) -> None:
    from django.utils import timezone

    from patrol.register.tables import AuthorizationRow

    AuthorizationRow.objects.update(valid_until=timezone.now() + timedelta(days=1))
    row = AuthorizationRow.objects.get()
    row.pk = None
    row.valid_from, row.valid_until = row.valid_until, row.valid_until + timedelta(days=60)
    row.save()
    assert "data-within" not in sign_in("lin").get("/sources/").content.decode()
