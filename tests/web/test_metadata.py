"""A22: whatever a title, name, address, label or reason says, every page writes it out. In the house of every page."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.plugins import house
from tests.plugins.addresses import STATES, each_place

MARK = "<i id=x-{0}>\"'>"
"""A tag and the end of an attribute, named by where it was written."""
COLUMNS = {
    "Unit": ("name",),
    "ApiToken": ("label",),
    "AuthorizationRow": ("basis", "number"),
    "RunRow": ("detail",),
    "LegalHold": ("basis",),
    "BackupCopy": ("name",),
    "Handoff": ("platform",),
    "RuleVersion": ("because", "braked_because"),
    "RuleTrial": ("failed",),
    "SavedView": ("name",),
}
"""Free text of people, sites and programs, in clear, of which the house has some and a page shows it."""
BODIES = {"SourceRow": "body", "RuleVersion": "body"}
"""Files of the configuration, as JSON."""
SHOWN = frozenset(
    [
        "ApiToken-label",
        "AuthorizationRow-basis",
        "AuthorizationRow-number",
        "BackupCopy-name",
        "Handoff-platform",
        "LegalHold-basis",
        "RuleTrial-failed",
        "RuleVersion-because",
        "RuleVersion-braked_because",
        "RuleVersion-en",
        "RuleVersion-why",
        "RuleVersion-zh-Hant",
        "RunRow-detail",
        "SavedView-name",
        "SourceRow-en",
        "Unit-name",
        "sealed-case",
        "sealed-case-title",
        "sealed-lead",
        "sealed-lead-author",
        "sealed-lead-text",
        "sealed-privacy-name",
        "sealed-query-name",
        "sealed-query-text",
        "sealed-searches",
    ]
)
"""What some page shows."""
WORDS = frozenset({"en", "zh-Hant", "why"})  # fmt: skip
"""Keys of these that hold words for people."""
SEALED = frozenset({"title", "author", "text", "name"})  # fmt: skip
"""Keys of sealed bodies that hold what somebody wrote."""


def _marked(value: Any, keys: frozenset[str], place: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _marked(one, keys, place, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, keys, place, key) for one in value]
    if isinstance(value, str) and key in keys:
        return value + MARK.format(f"{place}-{key}")
    return value


class _Opener:
    """What is unsealed with it says more than it did."""

    def __init__(self, cipher: Any, kind: str) -> None:
        self._cipher, self._kind = cipher, kind

    def decrypt(self, *given: Any) -> bytes:
        words: bytes = self._cipher.decrypt(*given)
        try:
            body = json.loads(words)
        except ValueError:
            return words + MARK.format(f"sealed-{self._kind}").encode()
        return json.dumps(_marked(body, SEALED, f"sealed-{self._kind}")).encode()

    def encrypt(self, *given: Any) -> bytes:
        sealed: bytes = self._cipher.encrypt(*given)
        return sealed


@pytest.fixture
def poisoned(garden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that anybody wrote ends with a mark."""
    from django.apps import apps
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from patrol.register import sealing

    monkeypatch.setenv("PATROL_SECOND_REVIEW_PERCENT", "100")
    house.furnish()
    for name, columns in COLUMNS.items():
        rows = apps.get_model("register", name).objects
        for column in columns:
            rows.exclude(**{f"{column}__isnull": True}).update(
                **{column: Concat(F(column), Value(MARK.format(f"{name}-{column}")))}
            )
    for name, column in BODIES.items():
        for row in apps.get_model("register", name).objects.all():
            marked = _marked(getattr(row, column), WORDS, name)
            type(row).objects.filter(pk=row.pk).update(**{column: marked})
    opened = sealing._unit_key
    monkeypatch.setattr(sealing, "_unit_key", lambda unit: _Opener(opened(unit), unit.kind))


def _pages() -> Iterator[tuple[str, str, str | None]]:
    for place in each_place():
        yield from ((place.name, place.address, account) for account in place.accounts)
    yield from ((name, *state) for name, state in STATES.items())


def test_a22_no_words_of_anybody_are_markup(poisoned: None, visitor: Any) -> None:
    written: set[str] = set()
    clients: dict[str | None, Any] = {None: visitor}
    for name, address, account in _pages():
        if account not in clients:
            clients[account] = house.client_of(str(account))
        answer = clients[account].get(address)
        assert answer.status_code < 500, (name, account)
        page = b"".join(answer) if answer.streaming else answer.content
        assert b"<i id=x-" not in page, (name, account)
        written |= set(re.findall(r"&lt;i id=x-([\w-]+)&gt;&quot;&#x27;&gt;", page.decode()))
    assert not SHOWN - written, "no page shows them any more: nothing was tried with them"
