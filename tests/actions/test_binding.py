"""An approval binds what the approver saw, and nothing that it became later."""

from datetime import timedelta
from typing import Any

import pytest

from patrol.models import Category, Scope


@pytest.fixture
def shipped(shipped: Any) -> Any:
    """One rule with its word lists: nothing is flagged here."""
    rules, lexicons = shipped
    return rules[:1], lexicons


def _asked(house: Any) -> Any:
    from django.utils import timezone

    from patrol.actions.collecting import mandates

    now = timezone.now()
    return mandates.request(
        house.desk("lin"),
        "harbor",
        basis="art. 28",
        number="1",
        scope=Scope(hosts=("harbor.example",)),
        categories=(Category.FRAUD,),
        valid_from=now,
        valid_until=now + timedelta(days=30),
    )


def _changed(house: Any, **changes: Any) -> Any:
    from patrol.actions.collecting import sources

    source = house.source.model_copy(update=changes)
    return sources.propose(house.desk("lin"), source)


START = ("http://harbor.example/viewforum.php?f=2",)


def test_what_was_shown_is_what_is_approved(house: Any) -> None:
    from patrol.actions.collecting import mandates
    from patrol.actions.collecting.binding import ChangedSinceShown, config_sha256
    from patrol.register.tables import AuthorizationRow

    number = _asked(house).pk
    shown = config_sha256(AuthorizationRow.objects.get(pk=number))
    _changed(house, start=START)
    with pytest.raises(ChangedSinceShown):
        mandates.approve(house.desk("wu"), number, shown)
    assert AuthorizationRow.objects.get(pk=number).approver is None
    now = config_sha256(AuthorizationRow.objects.get(pk=number))
    assert mandates.approve(house.desk("wu"), number, now).config_sha256 == now != shown


@pytest.mark.parametrize(
    ("changes", "covered"),
    [
        ({"start": START}, False),
        ({"engine": "discuz"}, False),
        ({"max_pages": 900}, False),
        ({"seconds_between_requests": 0.0}, False),
        ({"browser": "its pages draw themselves"}, False),
        ({"every_minutes": 5}, True),
        ({"title": {"en": "Harbour"}}, True),
        ({"floor": 0}, True),
    ],
)
def test_a_source_that_was_changed_after_its_approval_is_not_covered(
    house: Any,
    changes: dict[str, Any],
    covered: bool,  # noqa: FBT001  (what is expected)
) -> None:
    from django.utils import timezone

    from patrol.actions.collecting import mandates

    row = house.authorize()
    source = _changed(house, **changes)
    assert (mandates.in_force(source, timezone.now()) == row) is covered


def test_a_run_ends_when_its_source_is_changed_under_it(house: Any) -> None:
    from patrol.actions.collecting import runs

    house.authorize()
    begun = house.begin()
    assert runs.mandate(begun.run.pk)[0] is not None
    _changed(house, start=START)
    assert runs.mandate(begun.run.pk)[0] is None
    assert house.begin() is None


def test_a_mandate_lasts_ninety_days_at_most(house: Any) -> None:
    from django.utils import timezone

    from patrol.actions.collecting.mandates import BadAuthorization

    now = timezone.now()
    house.authorize(valid_from=now, valid_until=now + timedelta(days=90))
    with pytest.raises(BadAuthorization, match="more than 90 days"):
        house.authorize(valid_from=now, valid_until=now + timedelta(days=90, seconds=1))


def test_a_second_account_of_the_same_person_approves_nothing(house: Any) -> None:
    from patrol.actions.collecting import mandates
    from patrol.register.tables import Person

    lin = Person.objects.get(account="lin")
    Person.objects.filter(account="wu").update(same_as=lin)
    with pytest.raises(mandates.CannotApprove):
        mandates.approve(house.desk("wu"), _asked(house).pk)
