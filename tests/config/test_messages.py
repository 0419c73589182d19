"""Every fault of a file, as people read it. `messages/` holds the words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from patrol.config import survey
from tests.config.conftest import LEXICON, RULE, SOUND, SOURCE, Write
from tests.plugins.golden import Golden

MESSAGES = Path(__file__).parent / "messages"


def changed(name: str, old: str, new: str) -> dict[str, str | bytes | None]:
    """One file of the sound configuration with some words of it replaced."""
    assert old in SOUND[name]
    return {name: SOUND[name].replace(old, new)}


def asked(term: str) -> dict[str, str | bytes | None]:
    """The sound configuration with another first term."""
    return changed(RULE, "{lexicon: bicycle}", term)


CASES: Mapping[str, Mapping[str, str | bytes | None]] = {
    "unknown_engine": changed(SOURCE, "phpbb", "phpb"),
    "unknown_field": changed(RULE, "level:", "levle:"),
    "unknown_field_in_a_term": changed(RULE, "{lexicon:", "{lexikon:"),
    "title_cut_by_a_comma": changed(SOURCE, "{en: Motorcycles", "{en: Bikes, old and new"),
    "unknown_choice": changed(RULE, "level: medium", "level: mediun"),
    "unknown_timezone": changed(SOURCE, "engine: phpbb", "timezone: Asia/Taipe"),
    "unknown_handle": changed(RULE, "{lexicon: bicycle}", "{handle: [lime]}"),
    "unknown_role_of_a_handle": asked("{handle: [line], role: [ofered]}"),
    "role_without_a_handle": asked("{words: [bike], role: [offered]}"),
    "role_that_only_officers_give": asked("{handle: [line], role: [spared]}"),
    "unknown_currency": asked("{price: {at_least: 500, currency: TDW}}"),
    "misspelt_bound": asked("{price: {at_lest: 500}}"),
    "bound_that_is_no_number": asked("{age: {at_most: eighteen}}"),
    "bounds_the_wrong_way_round": asked("{price: {at_least: 5000, at_most: 500}}"),
    "number_of_anything": asked("{number: {}}"),
    "number_without_fields": asked("{number: true}"),
    "two_things_asked_for": asked("{age: true, number: {at_least: 3}}"),
    "duplicate_key": changed(RULE, "within: 40", "within: 40\nlevel: high"),
    "bad_when": changed(RULE, "bicycle and removed", "bicycle and remove"),
    "missing_lexicon": changed(RULE, "lexicon: bicycle", "lexicon: bycicle"),
    "missing_field": changed(RULE, "why: Removed", "# why: Removed"),
    "missing_examples": changed(RULE, "  miss:\n", "  miss: []\n  # "),
    "misspelt_list": changed(SOURCE, "[https://moto.example/viewforum.php?f=2]", "moto.example"),
    "not_a_number": changed(RULE, "within: 40", "within: forty"),
    "bad_hours": changed(SOURCE, "engine: phpbb", "hours: [8, 25]"),
    "hours_that_begin_at_the_end": changed(SOURCE, "engine: phpbb", "hours: [24, 8]"),
    "two_kinds_of_term": changed(RULE, "{lexicon: bicycle}", "{lexicon: bicycle, price: true}"),
    "victim_with_category": changed(RULE, "level:", "kind: possible_victim\nlevel:"),
    "lead_without_category": changed(RULE, "category: trading\n", ""),
    "wrong_folder": {RULE: None, "rules/fraud/serial_removed.yml": SOUND[RULE]},
    "same_name": {"rules/trading/deeper/serial_removed.yml": SOUND[RULE]},
    "bad_file_name": {"sources/Moto Forum.yml": SOUND[SOURCE]},
    "not_yml": {"sources/harbor.yaml": SOUND[SOURCE]},
    "name_is_the_files": changed(SOURCE, "title:", "name: moto\ntitle:"),
    "repeated_word": changed(LEXICON, "腳踏車", "BIKE"),
    "address_with_a_password": changed(SOURCE, "https://", "https://me:hidden@"),
    "broken_yaml": changed(RULE, "{lexicon: bicycle}", "{lexicon: bicycle"),
    "tab": changed(LEXICON, "  - {word: bike", "\t- {word: bike"),
    "alias": changed(SOURCE, "{en: Motorcycles, zh-Hant: 機車}", "&t {en: Motorcycles}\nagain: *t"),
    "tag": changed(SOURCE, "phpbb", "!!python/name:os.system phpbb"),
    "second_document": {SOURCE: SOUND[SOURCE] + "---\n" + SOUND[SOURCE]},
    "empty": {LEXICON: "# nothing\n"},
    "not_fields": {LEXICON: "- bike\n"},
    "not_utf8": {LEXICON: SOUND[LEXICON].encode("big5")},
    "too_long": {LEXICON: SOUND[LEXICON] + "#" * 1_000_000},
    "too_deep": {LEXICON: "title: " + "[" * 500 + "]" * 500},
    "control_character": {LEXICON: SOUND[LEXICON] + "# \x01\n"},
    "unknown_role": {"roles.yml": SOUND["roles.yml"].replace("officer", "oficer", 1)},
    "unknown_permission": {"roles.yml": SOUND["roles.yml"].replace("[]", "[leads:reed]", 1)},
    "roles_not_a_list": {"roles.yml": SOUND["roles.yml"].replace("[]", "leads:read", 1)},
}


@pytest.mark.parametrize("case", CASES)
def test_message(case: str, written: Write, golden: Golden) -> None:
    report = survey(written(CASES[case]))

    golden(MESSAGES / f"{case}.txt", "\n\n".join(map(str, report.faults)))


def test_a_contradiction_that_only_the_noun_knows_is_told(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patrol.config.rules._contradictions", lambda _document: iter(()))
    report = survey(written(changed(RULE, "within: 40", "within: 40\nsentences: 1")))
    assert ["not both" in str(fault) for fault in report.faults] == [True]


def test_every_message_has_its_case() -> None:
    assert {file.stem for file in MESSAGES.glob("*.txt")} >= set(CASES)


def test_sound_configuration_has_no_fault(written: Write) -> None:
    assert survey(written()).faults == ()
