"""How a site is met is approved with the mandate, word for word, and never by one person."""

import json
from typing import Any

import pytest

from patrol.models import Conduct, Scope, SiteTerms, UserAgent

WHY = "The district court ordered it in writing."
OVERRIDES = Conduct(overrides_robots=True, reason=WHY)
SCOPE = Scope(hosts=("harbor.example",), query_allow=("f=1",), query_deny=("sid",))


@pytest.fixture
def shipped(shipped: Any) -> Any:
    """One rule is enough here."""
    rules, lexicons = shipped
    return rules[:1], lexicons


def test_it_is_asked_for_shown_and_recorded_without_its_reason(house: Any) -> None:
    from patrol.actions.collecting import mandates, sources
    from patrol.register import log
    from patrol.register.tables import LedgerRecord

    conduct = Conduct(
        overrides_robots=True,
        user_agent=UserAgent.PLAIN,
        terms=SiteTerms.FORBID,
        reason=f"  {WHY} ",
    )
    row = house.authorize(conduct=conduct)
    stripped = conduct.model_copy(update={"reason": WHY})
    assert mandates.authorization(row).conduct == stripped
    (sheet,) = sources.viewed(house.desk("wu"), "harbor").authorizations
    assert sheet.conduct == stripped
    records = [
        (record.seq, json.loads(bytes(record.body)))
        for record in LedgerRecord.objects.order_by("seq")
    ]
    told = {body["verb"]: (seq, body) for seq, body in records}
    for verb in ("authorization.requested", "authorization.approved"):
        details = told[verb][1]["details"]
        assert (details["overrides_robots"], details["user_agent"], details["terms"]) == (
            True,
            "plain",
            "terms_forbid",
        )
        assert WHY not in json.dumps(told[verb][1])
    seq, body = told["authorization.requested"]
    assert body["reason_commitment"]
    assert log.maybe_reason(seq) == WHY


@pytest.mark.parametrize(
    "conduct",
    [
        Conduct(overrides_robots=True),
        Conduct(terms=SiteTerms.FORBID),
        Conduct(overrides_robots=True, reason="   "),
        Conduct(overrides_robots=True, reason="because"),
        Conduct(overrides_robots=True, reason="so " * 200),
    ],
)
def test_a_departure_needs_a_reason_to_weigh(house: Any, conduct: Conduct) -> None:
    from patrol.actions.collecting.mandates import BadAuthorization
    from patrol.register.tables import AuthorizationRow

    with pytest.raises(BadAuthorization):
        house.authorize(conduct=conduct)
    assert not AuthorizationRow.objects.exists()


def test_a_reason_names_nobody(house: Any) -> None:
    from patrol.actions.triaging.verdicts import NoteQuestioned

    with pytest.raises(NoteQuestioned):
        house.authorize(conduct=Conduct(overrides_robots=True, reason="Asked for by A123456789."))


@pytest.mark.parametrize(
    "changes",
    [
        {"overrides_robots": False},
        {"user_agent": UserAgent.PLAIN},
        {"terms": SiteTerms.FORBID},
        {"conduct_reason": "Somebody wrote another reason."},
        {"https_only": True},
        {"query_allow": ["f=1", "t"]},
        {"query_deny": []},
    ],
)
def test_what_changes_after_the_approval_is_not_covered_by_it(
    house: Any, changes: dict[str, Any]
) -> None:
    """Neither for the next run nor for the one that goes on."""
    from django.utils import timezone

    from patrol.actions.collecting import mandates, runs, sources
    from patrol.actions.collecting.binding import ChangedSinceShown, config_sha256
    from patrol.actions.collecting.sources_child import _standing
    from patrol.register.tables import AuthorizationRow

    row = house.authorize(conduct=OVERRIDES, scope=SCOPE)
    begun = house.begin()
    assert runs.mandate(begun.run.pk)[0] is not None
    assert _standing(row.pk) is not None
    shown = config_sha256(row)
    AuthorizationRow.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    assert mandates.in_force(row.source, timezone.now()) is None
    assert runs.mandate(begun.run.pk)[0] is None
    assert _standing(row.pk) is None
    (sheet,) = sources.viewed(house.desk("wu"), "harbor").authorizations
    assert sheet.state == "changed"
    AuthorizationRow.objects.filter(pk=row.pk).update(approver=None, approved_at=None)
    with pytest.raises(ChangedSinceShown):
        mandates.approve(house.desk("wu"), row.pk, shown)


def test_earlier_approvals_stay_what_they_were(house: Any) -> None:
    """A mandate that departs from nothing has the hash that it had before there was a word for it."""
    import hashlib

    from patrol.actions.collecting.binding import config_sha256, configuration
    from patrol.ledger.canonical import encode

    row = house.authorize()
    told: dict[str, object] = {
        "source": "harbor", "configuration": configuration(row.source.body), "basis": row.basis,
        "number": row.number, "document": None, "hosts": row.hosts, "paths": row.paths,
        "categories": sorted(row.categories), "directed": False, "trial": False, "age": [None, None],
        "emergency": False, "from": row.valid_from.isoformat(), "until": row.valid_until.isoformat(),
    }  # fmt: skip
    assert config_sha256(row) == hashlib.sha256(encode(told)).hexdigest()


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "changes",
    [
        {"overrides_robots": True},
        {"terms": SiteTerms.FORBID},
        {"overrides_robots": True, "conduct_reason": WHY, "emergency": True},
    ],
)
def test_the_database_itself_refuses_a_departure_without_reason_or_second_person(
    house: Any, changes: dict[str, Any]
) -> None:
    from django.db import IntegrityError, transaction

    from patrol.register.tables import AuthorizationRow

    row = house.authorize()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorizationRow.objects.filter(pk=row.pk).update(**changes)
