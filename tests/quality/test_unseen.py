"""What is promised of lines that nobody tuned on: the half that is only counted."""

import json
from typing import Any

import pytest

from benches._contacts import rows_of
from benches._unseen import HALVES, half
from benches.quality import FLOOR

FIGURES: dict[str, Any] = json.loads(FLOOR.read_text("utf-8"))["figures"]
LEAST = {
    "scam_vs_advice.recall": 0.80,
    "scam_vs_advice.precision": 0.85,
    "offers.recall": 0.80,
    "victims.recall": 0.90,
}
LEAST_OF_CONTACTS = {
    "lines.handles.recall": 0.90,
    "lines.handles.precision": 0.98,
    "lines.roles.recall": 0.86,
    "lines.prices.recall": 0.90,
    "later_lines.handles.recall": 0.90,
    "later_lines.handles.precision": 0.97,
    "later_lines.roles.recall": 0.90,
    "later_lines.prices.recall": 0.90,
    "latest_lines.handles.recall": 0.94,
    "latest_lines.handles.precision": 0.98,
    "latest_lines.roles.recall": 0.90,
    "latest_lines.prices.recall": 0.90,
}
LEAST_LATER_VICTIMS = 0.70
MOST_HIT = 0.05
MOST_NUMBERS = 0.03
LEAST_DISGUISED = 0.80


@pytest.mark.parametrize("name", LEAST)
def test_the_half_kept_aside_is_found(name: str) -> None:
    counted = FIGURES[f"unseen.held.{name}"]
    assert counted["whole"] >= 50
    assert counted["value"] >= LEAST[name]


@pytest.mark.parametrize("name", LEAST_OF_CONTACTS)
def test_contacts_of_the_half_kept_aside_are_read(name: str) -> None:
    counted = FIGURES[f"unseen.held.{name}"]
    assert counted["whole"] >= 36
    assert counted["value"] >= LEAST_OF_CONTACTS[name]


def test_numbers_of_orders_and_days_are_no_contacts() -> None:
    counted = FIGURES["unseen.held.no_contacts.hits"]
    assert counted["whole"] >= 100
    assert counted["value"] <= MOST_NUMBERS


def test_words_in_disguise_that_nobody_tuned_on_are_found() -> None:
    counted = FIGURES["unseen.held.disguises.recall"]
    assert counted["whole"] >= 190
    assert counted["value"] >= LEAST_DISGUISED


def test_possible_victims_of_the_second_set_are_found() -> None:
    """Two in three of the half kept aside; of the third set, see docs/quality.md."""
    counted = FIGURES["unseen.held.later_victims.recall"]
    assert counted["whole"] >= 20
    assert counted["value"] >= LEAST_LATER_VICTIMS


@pytest.mark.parametrize("table", ["later_victims", "latest_victims"])
@pytest.mark.parametrize("name", HALVES)
def test_few_who_say_nearly_the_same_are_taken_for_victims(name: str, table: str) -> None:
    assert FIGURES[f"unseen.{name}.{table}_others.false_leads"]["part"] <= 1


@pytest.mark.parametrize("sort", ["advice", "lookalike", "ordinary"])
def test_few_who_quote_the_same_words_are_hit(sort: str) -> None:
    assert FIGURES[f"unseen.held.{sort}.false_leads"]["value"] <= MOST_HIT


@pytest.mark.parametrize(
    ("table", "key", "least"),
    [
        ("posts", "text", 1_200),
        ("victims", "victim", 100),
        ("later_victims", "victim", 42),
        ("latest_victims", "victim", 40),
        ("context", "text", 128),
        ("later_lines", "text", 440),
        ("latest_lines", "text", 310),
    ],
)
def test_no_line_stands_in_both_halves(table: str, key: str, least: int) -> None:
    lines = [row[key] for row in rows_of(f"quality/unseen/{table}.tsv")]
    assert len(lines) >= least
    assert len(set(lines)) == len(lines)
    share = sum(half(line) == HALVES[1] for line in lines) / len(lines)
    assert 0.42 < share < 0.58
