"""A lead that was read by a run, kept, looked at and decided on, with a signed log."""

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

_HOUSE = Path(__file__).parent.parent / "actions" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("house_of_actions", _HOUSE)
assert _SPEC is not None
assert _SPEC.loader is not None
_house: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["house_of_actions"] = _house
_SPEC.loader.exec_module(_house)

OFFER = "找援交的加賴 gull0042，價格可議"
CHATTER = "今天的港口風很大，釣不到魚。"


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the furnished house is kept for the next test."""
    return tmp_path_factory.mktemp("furnished") / "home"


@pytest.fixture
def house(register: Path, _kept: Path) -> Any:
    """A unit with its people, its source, and what `lead` tells of."""
    from django.db import connections

    if not _kept.exists():
        built = _house.House(_one_rule())
        _furnish(built)
        connections.close_all()
        shutil.copytree(register, _kept)
        return built
    connections.close_all()
    shutil.copytree(_kept, register, dirs_exist_ok=True)
    return object.__new__(_house.House)


@pytest.fixture
def lead(house: Any) -> int:
    """The number of a lead that was listed, looked at, dismissed, and then found relevant. The log is signed up to there."""
    from patrol.register.tables import Lead

    return int(Lead.objects.get().pk)


def _one_rule() -> Any:
    """The rule that flags the offer, with its word lists: to compile all that ships takes half a minute."""
    from patrol.config import read_rules
    from patrol.settings import Settings

    rules, lexicons = read_rules(Settings().config)
    return [rule for rule in rules if rule.name == "paid_dating_contact"], lexicons


def _furnish(house: Any) -> None:
    from patrol.actions.triaging import triage
    from patrol.models import DismissReason, Verdict
    from patrol.register.checkpoints import sign_now
    from patrol.register.tables import Lead

    house.authorize()
    begun = house.begin()
    house.keeper(begun).keep(house.page(CHATTER, ("p2", OFFER), author="gull_author"))
    number = Lead.objects.get().pk
    desk = house.desk("mei")
    triage.queue(desk, triage.QueueFilter())
    triage.look(desk, number)
    triage.decide(desk, number, 1, Verdict.DISMISSED, dismiss_reason=DismissReason.LAWFUL)
    triage.decide(desk, number, 2, Verdict.RELEVANT, note="same words as before")
    sign_now()
