"""Saved filters: one's own, the unit's, the one to begin with, and those that nobody may save."""

from typing import Any

import pytest


def test_views_are_ones_own_or_the_units(house: Any) -> None:
    from patrol.actions.triaging import views

    mei, lin, other = house.desk("mei"), house.desk("lin"), house.desk("other")
    views.save(mei, " my  threats ", "category=intimidation", is_default=True)
    views.save(lin, "fraud", "category=fraud", shared=True, is_default=True)
    assert [(view.name, view.shared, view.removable) for view in views.views(mei)] == [
        ("fraud", True, False),
        ("my threats", False, True),
    ]
    assert views.default_query(mei) == "category=intimidation"
    assert views.default_query(lin) == "category=fraud"
    assert views.views(other) == ()
    views.save(mei, "my threats", "category=trading")
    assert views.default_query(mei) == "category=fraud"
    (shared,) = (view for view in views.views(mei) if view.shared)
    for desk in (mei, other):
        with pytest.raises(views.NoSuchView):
            views.forget(desk, shared.id)
    views.forget(lin, shared.id)
    assert [view.name for view in views.views(lin)] == []


@pytest.mark.parametrize(
    ("name", "query", "whose", "because"),
    [
        ("", "category=fraud", "mine", "needs a name"),
        ("x" * 61, "category=fraud", "mine", "needs a name"),
        ("long", "a" * 501, "mine", "too long"),
        ("one seller", "handle=abc", "mine", "follows one contact"),
        ("ours", "category=fraud", "ours", "Only supervisors"),
        ("twin", "category=arms", "mine", "shows the same"),
    ],
)
def test_what_is_no_view_is_refused(
    house: Any, name: str, query: str, whose: str, because: str
) -> None:
    from patrol.actions.triaging import views
    from patrol.register.tables import SavedView

    mei = house.desk("mei")
    views.save(mei, "arms", "category=arms")
    with pytest.raises(views.BadView, match=because):
        views.save(mei, name, query, shared=whose == "ours")
    assert SavedView.objects.count() == 1
