"""What belongs together is one click apart, for whoever may read it; no number has to be known by heart."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

Sign = Callable[[str], Any]


@pytest.mark.parametrize(
    ("account", "page", "address", "there"),
    [
        ("mei", "/leads/1/", "/sources/harbor/", True),
        ("mei", "/leads/1/", "/rules/planted/", False),
        ("lin", "/leads/1/", "/rules/planted/", True),
        ("lin", "/rules/planted/", "/leads/?status=any&amp;rule=planted", True),
        ("audit", "/rules/planted/", "/leads/?status=any&amp;rule=planted", False),
        ("mei", "/sources/harbor/", "/leads/?status=any&amp;source=harbor", True),
        ("mei", "/sources/harbor/", "/sources/harbor/coverage/", True),
        ("audit", "/sources/harbor/", "/leads/?status=any&amp;source=harbor", False),
        ("audit", "/log/", "/log/?subject=source%3Aharbor", True),
    ],
)
def test_what_belongs_together_is_linked_for_who_may_read_it(
    sign_in: Sign, account: str, page: str, address: str, *, there: bool
) -> None:
    sign_in("mei").get("/sources/harbor/")
    client = sign_in(account)
    shown = client.get(page).content.decode()
    assert (f'href="{address}"' in shown) is there
    if there:
        assert client.get(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ("/leads/1/notes/?category=fraud", "/leads/1/?category=fraud"),
        ("/cases/3/notes/", "/cases/3/"),
        ("/sources/harbor/authorizations/", "/sources/harbor/"),
        ("/rules/terms/", "/rules/"),
        ("/rules/planted/backtest/", "/rules/planted/"),
        ("/authorizations/5/approve/", "/"),
    ],
)
def test_who_was_signed_out_while_writing_comes_back_to_that_page(
    sign_in: Sign, visitor: Any, sent: str, back: str
) -> None:
    answer = visitor.post(sent, {"text": "half a sentence"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"?next={quote(back)}")
    again = sign_in("lin").get(sent)
    assert (again.status_code, again.headers["Allow"]) == (405, "POST")
    page = again.content.decode()
    assert "This address only takes a form." in page
    assert f'class="button first" href="{back.partition("?")[0]}"' in page
