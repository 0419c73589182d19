"""A17 and A18: an officer's regex neither takes for ever nor eats the machine."""

import pytest
from pydantic import ValidationError

from patrol.models import Term
from pipelines.match import fault
from pipelines.regexes import folded_regex

LONG = "a" * 50_000 + "!"


@pytest.mark.parametrize(
    "regex", ["^(a+)+$", "(.*a){20}x", "(a|aa)+$", "(a|a?)+b", "^(([a-z])+.)+[A-Z]$"]
)
def test_a17_a_regex_that_would_never_end_ends(regex: str) -> None:
    """Backtracking would take longer than the sun shines; the limit of this test is pytest's own."""
    import re2

    folded = folded_regex(regex)
    if fault(folded) is None:
        re2.search(folded, LONG)


@pytest.mark.parametrize(
    "regex", ["x{5000}", r"\p{L}{500}{5}", "((a{100}){100}){100}", "(?:a{1000}){1000}"]
)
def test_a18_a_regex_that_would_eat_the_machine_is_refused(regex: str) -> None:
    assert fault(folded_regex(regex)) is not None


def test_a18_ten_thousand_alternatives_are_too_long_to_be_a_term() -> None:
    with pytest.raises(ValidationError, match="1000"):
        Term(regex="|".join(f"word{number}" for number in range(10_000)))
