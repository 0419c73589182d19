"""What is done to be fast changes no answer: each shortcut is compared with the long way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.config import read_rules
from patrol.models import Flagging
from patrol.settings import ROOT
from pipelines import links, messengers
from pipelines.clues import Clues
from pipelines.flow import Flagger
from pipelines.fold import fold, fold_one
from pipelines.rules import Ruleset
from pipelines.views import cut, leet, readings, spread

RULES, LEXICONS = read_rules(ROOT / "config")
EXAMPLES = [
    *(hit.text for rule in RULES for hit in rule.examples.hit),
    *(miss.text for rule in RULES for miss in rule.examples.miss),
]
PIECES = [
    piece for text in EXAMPLES for piece in re.findall(r"[^，。,.!?！？\n]+[，。,.!?！？\n]*", text)
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(["加賴 abc123", "3千元", "援.交", "l1ne"])),
    max_size=6,
).map("".join)


@pytest.fixture(scope="module")
def flagger() -> Flagger:
    return Flagger(Ruleset.build(RULES, LEXICONS))


@pytest.fixture(scope="module")
def thorough() -> Flagger:
    """Scans every text for every regex, and evaluates every rule."""
    slow = Ruleset.build(RULES, LEXICONS)
    slow.needs_prices = slow.needs_contacts = True
    every = range(len(slow.rules))
    slow.terms.scan_first(slow.terms.regexes)
    slow._by_term.clear()
    for number in slow.terms.prices:
        slow._by_term[number] = list(every)
    return Flagger(slow)


def thoroughly(flagger: Flagger, texts: list[str]) -> list[Flagging]:
    """With every doubtful term asked for at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Clues, "may", lambda *_: True)
        return flagger.flag(texts)


@given(st.lists(TEXTS, max_size=3))
def test_rules_that_are_not_asked_are_not_true(
    flagger: Flagger, thorough: Flagger, texts: list[str]
) -> None:
    assert flagger.flag(texts) == thoroughly(thorough, texts)


def test_every_example_is_flagged_alike_the_long_way(flagger: Flagger, thorough: Flagger) -> None:
    assert flagger.flag(EXAMPLES) == thoroughly(thorough, EXAMPLES)


SEPARATED = st.one_of(
    st.text("援交加ab1l 3.,。/|、·🎉*_-\n\u4dc0か\u3099（）ｅ", max_size=24),
    st.text("ab .,1", max_size=12),
    st.text("援 .,/a", max_size=9),
)


@given(st.lists(SEPARATED, max_size=8))
def test_a_batch_is_read_as_its_texts_one_by_one(texts: list[str]) -> None:
    batch = fold(texts)
    found = readings(batch)
    for post, text in enumerate(batch.texts):
        assert found.get(post, []) == [*leet(text), *spread(text), *cut(text)]


ADDRESSED = st.lists(
    st.sampled_from(["b1@a.com", "b1.tw/a", "www.a", "http://a.b1", "a", "b1", ".", "..", "@", "-", "_", "%", "/", ":", "//", "http", "www", "com", "tw", "me", "io", " ",
                     " dot ", "(at)", "[.]", "(dot)", "，", "賴", "點", "x" * 70, "?", "!", "\n"]),
    max_size=8,
).map("".join)  # fmt: skip


@given(ADDRESSED)
def test_pieces_hold_every_address(text: str) -> None:
    folded = fold_one(text)
    shapes = [(links._MAIL, re.compile("@"), links._ATTED), *links._SHAPES]
    for shape, needed, piece in shapes:
        if shape is links._MAIL and " dot " in folded:
            continue  # read as a whole
        need = needed.search(folded)
        all_of_it = [match.span() for match in shape.finditer(folded)]
        if need is None and shape is not links._MAIL:
            assert not all_of_it, shape.pattern
            continue
        found = links._finds(shape, folded, piece, need.start() if need else -1)
        assert [match.span() for match in found] == all_of_it, shape.pattern


@given(st.lists(st.sampled_from(["t.me/", "t", " [.] ", " [ dot ] ", "telegram", "me/", "dog/", "line", "page", "naver", "jp/", "lin", "ee/", "tg:", "//join?invite=", "//resolve?domain=", "abcde", "+", "joinchat/", " ", "/", ".", "賴", "加", "LINE：", "abc123", "微信", "紙飛機", "@abcde", "加我 ", "，", "\n", "contact me on ", "dm ", "\u3000"]),
                max_size=9).map("".join))  # fmt: skip
def test_accounts_are_read_where_they_may_be_as_from_the_beginning(text: str) -> None:
    folded = fold_one(text)
    for _, pattern, needs in messengers._LINKS:
        found = [match.span() for match in messengers._pattern(pattern).finditer(folded)]
        first = messengers._first(folded, needs)
        longest = messengers._LONGEST_HOST
        if links.BRACKETS.search(folded):
            longest = messengers._LONGEST_DEFANGED
        assert not found or 0 <= first <= found[0][0] + longest
    for word, shape in messengers._shapes():
        places = [match.start() for match in shape.finditer(folded)]
        assert not places or messengers._first(folded, word.needs) - 1 <= places[0]
    for end in range(len(folded) + 1):
        added = messengers._pattern(messengers._ADD).search(folded, max(0, end - 24), end)
        found_add = messengers._added(folded, end)
        assert (added and added.span()) == (found_add and found_add.span())


@given(st.lists(st.sampled_from([*"賴加瀨萊l+vx信微薇威維電報紙飛機✈tgㄌㄞˋe: @i", "line", "tele", "gram", "wechat", "テレグラム", "加l", "+l", "加v", "+v"]),
                max_size=8).map("".join))  # fmt: skip
def test_a_messenger_s_word_holds_one_of_its_needs(text: str) -> None:
    folded = fold_one(text)
    for word in messengers._WORDS:
        found = messengers._pattern(word.word).search(folded)
        assert not found or any(need in folded for need in word.needs)


def test_posts_are_flagged_alike_in_any_company(flagger: Flagger) -> None:
    texts = [f"{text} 加賴 abc{place}" for place, text in enumerate(EXAMPLES)]
    alone = [flagger.flag([text])[0] for text in texts]
    with pytest.MonkeyPatch.context() as patched:
        for batch, together in ((3, 6), (7, 7), (256, 2048)):
            patched.setattr("pipelines.flow.BATCH", batch)
            patched.setattr("pipelines.flow.TOGETHER", together)
            assert flagger.flag(texts) == alone
