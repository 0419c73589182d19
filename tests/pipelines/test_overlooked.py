import pytest

from patrol.errors import ManyErrors
from patrol.models import Category, Examples, Hit, Level, Miss, Rule, Term
from pipelines.overlooked import OverlookedRegex
from pipelines.rules import Ruleset


def rule(regex: str) -> Rule:
    return Rule(
        name="told_alone",
        title={"en": "Alone"},
        category=Category.SOLICITATION,
        level=Level.LOW,
        why="To be tried.",
        terms={"alone": Term(regex=regex), "walk": Term(words=("walk",))},
        when="alone or walk",
        examples=Examples(
            hit=(Hit(text="no parents", spans=("no parents",)),),
            miss=(Miss(text="x", because="it says nothing"),),
        ),
    )


def test_a_regex_that_the_scanner_overlooks_behind_other_text_is_refused() -> None:
    with pytest.raises(ManyErrors) as caught:
        Ruleset.build([rule("(no|don.?t need) (a |your )?parents")], [])
    [error] = caught.value.errors
    assert isinstance(error, OverlookedRegex)
    assert error.where == "rule `told_alone`, term `alone`"
    assert "overlooks the regex `(no|don.?t need) (a |your )?parents` in `no parents`" in error.what
    assert "in silence" in error.why
    assert "Write the alternatives apart" in error.do


@pytest.mark.parametrize(
    "regex",
    [
        "no (a |your )?parents|don'?t need (a |your )?parents",
        "(no|don't need) (a |your )?parents",
        "^no parents",
        "somebody else",
    ],
)
def test_what_is_seen_or_does_not_match_there_is_taken(regex: str) -> None:
    assert Ruleset.build([rule(regex)], []).rules
