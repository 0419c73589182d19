"""Labels and keys are complete."""

from enum import StrEnum
from pathlib import Path

import pytest

from patrol import models

WEB = Path(__file__).resolve().parents[2] / "patrol" / "web"
LISTS = [
    models.Category,
    models.Channel,
    models.DismissReason,
    models.HandleKind,
    models.HandleRole,
    models.LeadKind,
    models.LeadStatus,
    models.Outcome,
    models.Result,
    models.Role,
    models.PrivacyRight,
    models.Identified,
    models.PrivacyAnswer,
    models.PrivacyGround,
    models.Carried,
    models.Verb,
]


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_word_has_a_label(words: type[StrEnum]) -> None:
    from patrol.web.words import LABELS

    assert not [word for word in words if word not in LABELS]


def test_no_two_lists_share_a_word() -> None:
    all_words = [word.value for words in LISTS for word in words]
    assert len(all_words) == len(set(all_words))


def test_every_verdict_has_a_button_and_a_key() -> None:
    from patrol.web.keys import KEYS
    from patrol.web.words import DECIDED, VERDICTS

    pressed = {key.does.removeprefix("press:") for key in KEYS}
    chosen = {models.Verdict.DISMISSED, models.Verdict.SNOOZED}
    assert set(VERDICTS) == set(models.Verdict)
    assert set(models.Verdict) - chosen <= pressed
    assert set(DECIDED) == set(models.LeadStatus)


def test_no_key_does_two_things_in_one_place() -> None:
    from patrol.web.keys import KEYS, conflicts

    assert conflicts(KEYS) == []
    assert len({key.does for key in KEYS}) == len(KEYS)


def test_no_key_is_one_that_browsers_need() -> None:
    from patrol.web.keys import CODES

    taken = {"Tab", "Backspace", "Delete", "Escape", "Space", "Enter"}
    assert not set(CODES.values()) & taken


def test_the_script_knows_every_act_of_the_registry() -> None:
    from patrol.web.keys import KEYS

    script = "".join((WEB / "static" / name).read_text() for name in ("keys.js", "hands.js"))
    for key in KEYS:
        does = key.does.split(":")[0]
        known = [f"{does}:", f'"{does}":', f'verb === "{does}"', f"    {does},"]
        assert any(words in script for words in known), key.does
    for path in (WEB / "static").glob("*.js"):
        assert len(path.read_text().splitlines()) <= 300, path


def test_templates_escape_everything() -> None:
    for path in WEB.rglob("*.html"):
        words = path.read_text()
        for hole in (
            "|safe",
            "autoescape off",
            "<style",
            " style=",
            " on",
            "<img",
            "http://",
            "https://",
        ):
            if hole == " on":
                assert not [w for w in words.split() if w.startswith("on") and "=" in w], path
            else:
                assert hole not in words, (path, hole)


@pytest.mark.usefixtures("register")
def test_marks_number_their_rules_in_the_order_of_the_page() -> None:
    from django.utils.translation import override

    from patrol.actions.triaging.pieces import Piece
    from patrol.web.templatetags.patrol import text_of

    titles = {"later": {"en": "First shown"}, "earlier": {"en": "Second shown"}}
    with override("en"):
        marked = text_of({}, (Piece("words", ("earlier", "later")),), titles)
    assert 'data-rule="1 2"' in marked
    assert 'title="First shown, Second shown"' in marked
