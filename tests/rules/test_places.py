"""A hit is a hit wherever it stands in a post.

The scanner in use (vectorscan 5.4.12) misses some regexes behind more than 32
bytes of other text, such as `(no|don.?t need) (a |your )?parents`; this holds
the shipped rules to what re2 says, and tells which regex to write differently.
"""

import pytest

from patrol.config import read_rules
from patrol.models import Rule
from patrol.settings import Settings
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

BEFORE = "今天天氣很好，適合散步。 " * 8
RULES, LEXICONS = read_rules(Settings().config)
FLAGGER = Flagger(Ruleset.build(RULES, LEXICONS))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_hits_behind_other_text_are_found(rule: Rule) -> None:
    found = FLAGGER.flag([BEFORE + hit.text for hit in rule.examples.hit])
    for hit, flagging in zip(rule.examples.hit, found, strict=True):
        assert rule.name in {match.rule for match in flagging.matches}, hit.text
