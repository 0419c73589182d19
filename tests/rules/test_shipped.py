"""Properties of every rule that ships, and lines that none of their examples quote."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from patrol.config import read_rules
from patrol.models import Category, Flagging, LeadKind, Lexicon, Rule
from patrol.settings import ROOT
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

HERE = Path(__file__).parent
RULES, LEXICONS = read_rules(ROOT / "config")
NAMED: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
HAN = re.compile("[一-鿿]")
KINDS = [*Category, LeadKind.POSSIBLE_VICTIM]


@pytest.fixture(scope="module")
def flagger() -> Flagger:
    return Flagger(Ruleset.build(RULES, LEXICONS))


def found(flagging: Flagging) -> set[str]:
    """Categories of the matches; a possible victim is named by its kind."""
    return {match.category or match.kind for match in flagging.matches}


def texts(rule: Rule) -> list[str]:
    return [hit.text for hit in rule.examples.hit] + [miss.text for miss in rule.examples.miss]


@pytest.mark.parametrize("name", NAMED)
def test_examples_come_true(name: str, flagger: Flagger) -> None:
    rule = NAMED[name]
    for hit in rule.examples.hit:
        [flagging] = flagger.flag([hit.text])
        marked = [
            tuple(span.text for span in one.spans) for one in flagging.matches if one.rule == name
        ]
        assert marked == [hit.spans], hit.text
    for miss in rule.examples.miss:
        [flagging] = flagger.flag([miss.text])
        assert name not in {match.rule for match in flagging.matches}, miss.text


@pytest.mark.parametrize("name", NAMED)
def test_rule_is_whole(name: str) -> None:
    rule = NAMED[name]
    assert set(rule.title) == {"en", "zh-Hant"}
    assert rule.why
    assert rule.offence
    assert rule.falsepositives
    assert len(rule.examples.hit) >= 3
    assert len(rule.examples.miss) >= 3
    assert all(miss.because for miss in rule.examples.miss)
    assert all(
        term in rule.when.split() or f"({term}" in rule.when or f"{term})" in rule.when
        for term in rule.terms
    )


@pytest.mark.parametrize("name", NAMED)
def test_examples_name_no_real_host(name: str) -> None:
    for text in texts(NAMED[name]):
        hosts = re.findall(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", text.lower())
        assert all(host.endswith(".example") for host in hosts), text


@pytest.mark.parametrize("kind", KINDS)
def test_every_category_speaks_both_languages(kind: str) -> None:
    hits = [
        hit.text
        for rule in RULES
        if (rule.category or rule.kind) == kind
        for hit in rule.examples.hit
    ]
    assert any(HAN.search(text) for text in hits)
    assert any(not HAN.search(text) for text in hits)


def test_there_are_thirty_rules() -> None:
    assert len(RULES) >= 30


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.name)
def test_words_have_meaning_and_origin(lexicon: Lexicon) -> None:
    assert set(lexicon.title) == {"en", "zh-Hant"}
    assert all(word.meaning and word.origin for word in lexicon.words)


def test_every_lexicon_is_used() -> None:
    used = {term.lexicon for rule in RULES for term in rule.terms.values()}
    assert {lexicon.name for lexicon in LEXICONS} <= used


def test_offers_are_flagged_with_their_category(flagger: Flagger) -> None:
    lines = [line.split("\t") for line in (HERE / "offers.tsv").read_text("utf-8").splitlines()[1:]]
    flaggings = flagger.flag([text for _, text in lines])

    missed = [
        line
        for line, flagging in zip(lines, flaggings, strict=True)
        if line[0] not in found(flagging)
    ]

    assert missed == []


def test_lookalikes_are_not_flagged(flagger: Flagger) -> None:
    lines = (HERE / "lookalikes.txt").read_text("utf-8").splitlines()
    flaggings = flagger.flag(lines)

    flagged = [
        (line, found(flagging))
        for line, flagging in zip(lines, flaggings, strict=True)
        if flagging.matches
    ]

    assert flagged == []


def test_who_speaks_as_a_minor_is_no_suspect(flagger: Flagger) -> None:
    """The same words from the other side are solicitation."""
    speaking = ["I am in 8th grade and need money", "我國二，缺錢", "9th grader here, need cash"]
    seeking = ["looking for 8th-graders", "想找國二妹妹聊天，給零用錢", "seeking 9th graders, cash"]

    assert [found(one) for one in flagger.flag(speaking)] == [{LeadKind.POSSIBLE_VICTIM}] * 3
    assert [found(one) for one in flagger.flag(seeking)] == [{Category.SOLICITATION}] * 3


def test_scams_are_parted_from_advice_that_quotes_them(flagger: Flagger) -> None:
    """A plain list of fraud words hits 66 % of this advice and 61 % of these scams."""
    data = ROOT / "tests/data/text/scam_vs_advice_zhtw_dev.tsv"
    lines = [line.split("\t") for line in data.read_text("utf-8").splitlines()[1:]]
    flaggings = flagger.flag([line[2] for line in lines])
    hits = [Category.FRAUD in found(flagging) for flagging in flaggings]
    scams = [line[0] == "scam" for line in lines]
    both = sum(hit and scam for hit, scam in zip(hits, scams, strict=True))

    assert both / sum(hits) >= 0.95
    assert both / sum(scams) >= 0.90
