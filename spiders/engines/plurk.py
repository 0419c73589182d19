"""Reads what Plurk shows to everybody: a plurk's page, an account's timeline, and lists in JSON (`/Stats/...`).

Its pages carry the plurks as data beside what they draw: `plurk = {...};`,
`_PLURKS = [...];`. Responses are only given to programs that send a form, which
Patrol never does: how many there are is told. What is meant for certain people
(`limited_to`) is left out.
"""

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from patrol.errors import PatrolError
from patrol.models import Channel, Outcome, Post
from spiders.engines.base import Engine, Kind, Sign, Where
from spiders.json_page import Record, begun, document
from spiders.page import LayoutChanged, Page
from spiders.plain import Body
from spiders.walls import Wall, login_page

_START = r"^\ufeff?\s*\{\s*"
_DATE = re.compile(r"new Date\(\s*(\"[^\"]*\")\s*\)")
_PLURK = re.compile(r"(?<![\w.])plurk\s*=\s*(?=\{)")
_PLURKS = re.compile(r"(?<![\w.])_PLURKS\s*=\s*(?=[\[{])")
_OWNER = re.compile(r"\"page_user\"\s*:\s*(?=\{)")
_PAGE = re.compile(r"^/(?:m/)?p/\w+/?$")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Unread(PatrolError):
    """Responses that the page does not hold."""

    def __init__(self, url: str, count: int) -> None:
        super().__init__(
            f"{count} responses to the plurk are not read",
            where=url,
            why="Plurk gives responses only to programs that send it a form; Patrol asks, and sends nothing.",
            do="Open the plurk itself where its responses matter.",
        )


class Plurk(Engine):
    channel: ClassVar[Channel] = Channel.SOCIAL_MEDIA
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.MARKER, "meta[property='og:site_name'][content='Plurk'], #plurk_responses, .plurk .text_holder"),
        Sign(Where.SCRIPT, r"(?<![\w.])_PLURKS\s*=\s*[\[{]"),
        Sign(Where.FEED, _START + r"\"(?:pids|stats)\"\s*:\s*\[[\s\S]{0,3000}?\"plurk_id\"\s*:"),
        Sign(Where.FEED, _START + r"\"\d+\"\s*:\s*\{[\s\S]{0,2000}?\"plurk_id\"\s*:"),
        Sign(Where.FEED, _START + r"\"(?:plurks|plurk_users)\"\s*:\s*[\[{]"),
    )  # fmt: skip

    def kind(self, page: Page) -> Kind | None:
        if document(page) is not None:
            return "feed"
        if _PAGE.match(urlsplit(page.url).path) or _PLURK.search(page.markup):
            return "thread"
        return "feed" if _PLURKS.search(page.markup) else None

    def post_rows(self, page: Page) -> list[Any]:
        rows: list[Any] = list(_plurks(page))
        if self.kind(page) == "thread":
            rows += [
                Unread(page.url, count)
                for row in rows[:1]
                if (count := row.number("response_count"))
            ]
        return rows

    def post(self, page: Page, row: Any, place: int) -> Post | None:  # noqa: ARG002
        if isinstance(row, Unread):
            raise row
        number = row.number("plurk_id") or row.number("id")
        if number is None:
            raise LayoutChanged(page.url, ["plurk_id"])
        if row.get("limited_to") or row.number("plurk_type") in {1, 3}:
            return None
        body = row.body("content") or Body(row.maybe("content_raw") or "", 0)
        return page.post(
            key=f"p{number}",
            url=page.absolute(f"/p/{_short(number)}"),
            author=None if row.get("anonymous") else _owner(page, row),
            posted_at=row.time("posted"),
            body=body,
        )

    def stands(self, page: Page) -> Wall | None:
        if document(page) is None and _page_user(page).get("timeline_privacy"):
            return Wall(Outcome.LOGIN_WALL, "The account shows its plurks to certain people only.")
        if document(page) is None and self.kind(page) is None:
            return login_page(page, "Plurk") or Wall(
                Outcome.LAYOUT_CHANGED,
                "This page holds no plurks that can be read: start with an account, a plurk, or `/Stats/`.",
            )
        return None


def _plurks(page: Page) -> list[Record]:
    data = document(page)
    found: list[Any]
    if data is None:
        found = _written(page, _PLURK) or _written(page, _PLURKS)
    elif isinstance(data.get("stats"), list):
        found = [part for pair in data.get("stats") if isinstance(pair, list) for part in pair]
    elif isinstance(data.get("plurks"), list):
        found = data.get("plurks")
    else:
        found = list(data.value.values())
    return [
        Record(page, one)
        for one in found
        if isinstance(one, dict) and ("plurk_id" in one or "content" in one)
    ]


def _written(page: Page, name: re.Pattern[str]) -> list[Any]:
    """What a script of the page says after a name: an object, or several."""
    found = name.search(page.markup)
    if found is None:
        return []
    text = _DATE.sub(r"\1", page.markup[found.end() :])
    try:
        value, _ = begun(text)
    except (ValueError, RecursionError):
        return []
    if name is _PLURKS and isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _owner(page: Page, row: Record) -> str | None:
    """The nickname of whoever wrote it, from what the page says of people."""
    data = document(page)
    number = row.maybe("owner_id", "user_id")
    if data is not None:
        return data.maybe(f"plurk_users.{number}.nick_name") or row.maybe(
            "owner.nick_name", "user.nick_name"
        )
    owner = _page_user(page)
    named = owner.get("nick_name")
    return (
        named
        if isinstance(named, str) and str(owner.get("id")) == number
        else page.maybe(".plurk .name", ".user .name")
    )


def _page_user(page: Page) -> dict[str, Any]:
    """What the page says of the account that it is of."""
    people = _written(page, _OWNER)
    return people[0] if people and isinstance(people[0], dict) else {}


def _short(number: int) -> str:
    """A number as Plurk's addresses write it: in base 36."""
    said = ""
    while number:
        number, digit = divmod(number, 36)
        said = _DIGITS[digit] + said
    return said or "0"
