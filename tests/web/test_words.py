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
    from patrol.web.keys import VERDICT_KEYS
    from patrol.web.words import DECIDED, VERDICTS

    assert set(VERDICTS) == set(VERDICT_KEYS) == set(models.Verdict)
    assert set(DECIDED) == set(models.LeadStatus)


def test_no_key_does_two_things_in_one_place() -> None:
    from patrol.web.keys import KEYS

    for place in ("queue", "lead"):
        here = [(key.code, key.shift) for key in KEYS if key.where in {place, "both"}]
        assert len(here) == len(set(here))


def test_no_key_is_one_that_browsers_need() -> None:
    from patrol.web.keys import KEYS

    assert not {key.code for key in KEYS} & {
        "Tab",
        "Backspace",
        "Delete",
        "Escape",
        "Space",
        "Enter",
    }


def test_the_script_knows_every_act_of_the_registry() -> None:
    from patrol.web.keys import KEYS

    script = (WEB / "static" / "keys.js").read_text()
    for key in KEYS:
        does = key.does.split(":")[0]
        known = f"{does}:" in script or f'"{does}":' in script or f'verb === "{does}"' in script
        assert known, key.does
    assert len(script.splitlines()) <= 300


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
