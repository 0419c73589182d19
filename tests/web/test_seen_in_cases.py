"""How many cases know a row's contacts or its author: of one's own unit, never by a possible victim, never by what was taken out."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugins import house

Sign = Callable[[str], Any]
ROOT = Path(__file__).parents[2]
OFFERED = (("line", "goodjob77", "offered"),)


def _told(text: str, **more: Any) -> Any:
    return sys.modules["planting"].Told(text, **more)


@pytest.fixture
def rows(garden: Any, sign_in: Sign) -> Callable[[], dict[int, int]]:
    """Of each lead in mei's queue that says so: in how many cases it is seen. Nothing is remembered from before."""

    def read() -> dict[int, int]:
        from django.core.cache import caches

        caches["near"].clear()
        page = sign_in("mei").get("/leads/?status=any").content.decode()
        parts = re.split(r'data-lead="(\d+)"', page)
        said = {lead: re.search(r"seen in (\d+) case", part) for lead, part in zip(parts[1::2], parts[2::2], strict=True)}  # fmt: skip
        return {int(lead): int(one[1]) for lead, one in said.items() if one}

    return read


def test_a_row_says_in_how_many_cases_its_contacts_are(
    rows: Callable[[], dict[int, int]],
) -> None:
    from patrol.register.tables import Sighting

    same, author, victim = house.plant_more(
        [
            _told("[日領]，加賴 goodjob77", handles=OFFERED, author="another"),
            _told("[日領]，面談", author="a third"),
            _told(
                "[我好害怕]，賴 goodjob77", handles=OFFERED, kind="possible_victim", category=None
            ),
        ],
        key="more",
    )
    assert rows() == {}
    house.post("mei", "/cases/open/", title="帳戶", lead=1)
    assert rows() == {1: 1, same: 1}
    house.post("mei", "/cases/open/", title="門號", lead=author)
    Sighting.objects.filter(lead__in=(2, author)).update(author_hmac="a" * 32)
    Sighting.objects.filter(lead=victim).update(author_hmac="a" * 32)
    assert rows() == {1: 1, same: 1, author: 1, 2: 1}, "by the author, and never on a victim's row"
    house.post("mei", "/cases/2/leads/", lead=same)
    assert rows()[1] == rows()[same] == 2
    house.post("mei", "/cases/1/stand/", does="merge", into=2, why="同一個賣家")
    assert rows()[1] == 1, "a merged case is the one that goes on with it"
    house.post("mei", "/cases/2/leads/out/", lead=same, why="不相干")
    assert rows()[same] == 1
    house.post("mei", "/cases/2/leads/out/", lead=author, why="不相干")
    assert author not in rows()


def test_what_is_another_units_or_a_victims_is_not_counted(
    rows: Callable[[], dict[int, int]], garden: Any
) -> None:
    from patrol.register.tables import Case, Lead

    (same,) = house.plant_more([_told("[日領]，加賴 goodjob77", handles=OFFERED)], key="more")
    house.post("mei", "/cases/open/", title="帳戶", lead=1)
    assert rows() == {1: 1, same: 1}
    Lead.objects.filter(pk=1).update(kind="possible_victim")
    assert rows() == {}
    Lead.objects.filter(pk=1).update(kind="lead")
    Case.objects.update(unit=garden.people["other"].unit)
    assert rows() == {}


def test_who_may_not_read_cases_is_not_told_of_them(
    rows: Callable[[], dict[int, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.post("mei", "/cases/open/", title="帳戶", lead=1)
    assert rows() == {1: 1}
    roles = (ROOT / "config" / "roles.yml").read_text()
    assert "  - cases:read\n" in roles
    (tmp_path / "roles.yml").write_text(roles.replace("  - cases:read\n", ""))
    monkeypatch.setenv("PATROL_CONFIG", str(tmp_path))
    assert rows() == {}
