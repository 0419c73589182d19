"""A page's title says which page of a list it is, in both languages (WCAG 2.4.2)."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.web.planting import tell

Plant = Callable[..., Any]
TEMPLATES = Path(__file__).resolve().parents[2] / "patrol" / "web" / "templates"
LANGUAGES = pytest.mark.parametrize(
    ("language", "numbers"),
    [("en", ["", "page 2", "page 3"]), ("zh-hant", ["", "第 2 頁", "第 3 頁"])],
)


def _title(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found
    return " ".join(found[1].split())


def _numbers(client: Any, address: str) -> list[str]:
    """What the titles of that list's pages have between its name and ours, from the first page to the last."""
    said = []
    while address:
        page = client.get(address).content.decode()
        said.append(" · ".join(_title(page).split(" · ")[1:-1]))
        onward = re.search(r'rel="next"\s+href="([^"]+)"', page)
        path = address.partition("?")[0]
        address = path + "?" + onward[1].replace("&amp;", "&").partition("?")[2] if onward else ""
    return said


@LANGUAGES
def test_queue_and_search_say_their_page(planted: Plant, language: str, numbers: list[str]) -> None:
    from patrol.register.tables import Person

    client = planted(*({"text": f"[lead] {number}", "score": number} for number in range(60)))
    tell()
    Person.objects.update(language=language)
    assert _numbers(client, "/leads/?sort=newest") == numbers
    assert _numbers(client, "/search/?q=lead") == numbers


@LANGUAGES
def test_the_access_log_says_its_page(
    sign_in: Callable[[str], Any], language: str, numbers: list[str]
) -> None:
    from patrol.register.tables import Person

    client = sign_in("audit")
    Person.objects.update(language=language)
    for _look in range(110):
        client.get("/log/")
    assert _numbers(client, "/log/?verb=log.listed") == numbers


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("page=7", "Leads · Patrol"),
        ("after=9.0&page=7", "Leads · page 7 · Patrol"),
        ("after=9.0&page=x", "Leads · Patrol"),
        ("after=9.0&page=1", "Leads · Patrol"),
        ("after=9.0", "Leads · Patrol"),
    ],
)
def test_a_number_is_only_of_a_place_to_which_somebody_turned(
    planted: Plant, query: str, title: str
) -> None:
    client = planted({"text": "[lead]"})
    assert _title(client.get(f"/leads/?sort=newest&{query}").content.decode()) == title


def test_every_list_with_a_next_page_says_its_number() -> None:
    paged = {path for path in TEMPLATES.rglob("*.html") if 'rel="next"' in path.read_text()}
    assert len(paged) >= 5
    for path in paged:
        assert "{% nth_page %}\n{% endblock title %}" in path.read_text(), path
        assert "{% turned %}" in path.read_text(), path
