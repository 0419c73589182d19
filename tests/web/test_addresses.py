"""The lists beside the table of addresses, from which browsers walk every page, say what is there."""

from collections.abc import Callable
from typing import Any

from tests.plugins.addresses import AS, AT, NO_PAGES, OBJECTS, each_place

Sign = Callable[[str], Any]


def _routes() -> dict[str, str]:
    from patrol.web.access import each_pattern

    return {str(pattern.name): route for route, pattern in each_pattern()}


def test_lists_name_what_there_is() -> None:
    assert set(NO_PAGES) | set(AS) | set(AT) <= set(_routes())
    addresses = [place.address for place in each_place()]
    for before, number in OBJECTS.items():
        assert any(one.startswith(f"/{before}{number}") for one in addresses), before
    assert len(addresses) > 75


def test_what_is_called_no_page_sends_none(garden: Any, sign_in: Sign) -> None:
    for account in ("mei", "lin", "audit"):
        client = sign_in(account)
        for name in NO_PAGES:
            answer = client.get("/" + _at(name))
            whole = answer.status_code == 200 and b"<html" in getattr(answer, "content", b"")
            assert not whole or name == "reviews", (name, account)


def _at(name: str) -> str:
    route = _routes()[name]
    for word in ("<int:record>", "<int:size>", "<slug:name>", "<int:lead_id>", "<int:seq>"):
        route = route.replace(word, "1")
    return route
