"""What is done to be fast changes no answer: each shortcut is compared with the long way."""

import re
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.config import read_rules
from patrol.models import Flagging
from patrol.settings import ROOT
from pipelines import links, match, messenger_words, messengers, profiles, roles
from pipelines.anchors import Anchors
from pipelines.clues import Clues
from pipelines.flow import Flagger
from pipelines.fold import NUL, fold, fold_one
from pipelines.letters import dots, leet, repeats
from pipelines.parted import Parted
from pipelines.readings import View
from pipelines.rules import Ruleset
from pipelines.sounds import Sounds
from pipelines.terms import Terms
from pipelines.views import cut, dear_readings, readings, spread

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


class _All(Anchors):
    """Leaves out no rule, and no regex."""

    def __init__(self, rules: int, terms: Terms) -> None:
        self.prices = True
        self._rules = rules
        terms.scan_first(terms.regexes)

    def candidates(self, *_: object, **__: object) -> int:
        return (1 << self._rules) - 1


@pytest.fixture(scope="module")
def thorough() -> Flagger:
    """Scans every text for every regex, and evaluates every rule."""
    slow = Ruleset.build(RULES, LEXICONS)
    slow.anchors = _All(len(slow.rules), slow.terms)
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
    st.text("援交加abcl1 3.,。/|\n🎉-*é０か한\u3099", max_size=9),
)


@given(st.lists(SEPARATED, max_size=8))
def test_a_batch_is_read_as_its_texts_one_by_one(texts: list[str]) -> None:
    batch = fold(texts)
    found: dict[int, list[View]] = defaultdict(list)
    for some in [*readings(batch), *dear_readings(batch, Sounds(()), Parted(()))]:
        for nth, post in enumerate(some.posts):
            found[post].append(some.view(nth))
        assert some.joined.split(NUL)[:-1] == [some.text(nth) for nth in range(len(some.posts))]
    for post, text in enumerate(batch.texts):
        assert batch.text(post) == text
        assert found[post] == [*leet(text), *spread(text), *cut(text), *dots(text), *repeats(text)]


ADDRESSED = st.lists(
    st.sampled_from(["b1@a.com", "b1.tw/a", "www.a", "http://a.b1", "a", "b1", ".", "..", "@", "-", "_", "%", "/", ":", "//", "http", "www", "com", "tw", "me", "io", " ",
                     " dot ", "(at)", "[.]", "(dot)", "，", "賴", "點", "小老鼠", " at ", "x" * 70, "?", "!", "\n"]),
    max_size=8,
).map("".join)  # fmt: skip


@given(ADDRESSED)
def test_pieces_hold_every_address(text: str) -> None:
    folded = fold_one(text)
    shapes = [(links._MAIL, re.compile("@"), links._ATTED), *links._SHAPES]
    for shape, needed, piece in shapes:
        if shape is links._MAIL and (" dot " in folded or "小老鼠" in folded or " @ " in folded):
            continue  # read as a whole
        need = needed.search(folded)
        all_of_it = [match.span() for match in shape.finditer(folded)]
        if need is None and shape is not links._MAIL:
            assert not all_of_it, shape.pattern
            continue
        found = links._finds(shape, folded, piece, need.start() if need else -1)
        assert [match.span() for match in found] == all_of_it, shape.pattern


@given(st.lists(st.sampled_from(["t.me/", "t", " [.] ", " . ", " [ dot ] ", "telegram", "me/", "dog/", "line", "page", "naver", "jp/", "lin", "ee/", "tg:", "//join?invite=", "//resolve?domain=", "abcde", "+", "joinchat/", " ", "/", ".", "賴", "加", "LINE：", "abc123", "微信", "紙飛機", "@abcde", "加我 ", "，", "\n", "contact me on ", "dm ", "ig", "insta", "gram.com/", "gr", ".am/", "me/m/", "追蹤", "follow ", "\u3000"]),
                max_size=9).map("".join))  # fmt: skip
def test_accounts_are_read_where_they_may_be_as_from_the_beginning(text: str) -> None:
    folded = fold_one(text)
    for _, pattern, needs in profiles._LINKS:
        found = [match.span() for match in profiles._pattern(pattern).finditer(folded)]
        first = profiles.first_of(folded, needs)
        longest = profiles._LONGEST_HOST
        if links.BRACKETS.search(folded):
            longest = profiles._LONGEST_DEFANGED
        assert not found or 0 <= first <= found[0][0] + longest
    for word in messenger_words.MESSENGERS:
        places = [match.start() for match in messengers._shape(word).finditer(folded)]
        assert not places or profiles.first_of(folded, word.needs) - 1 <= places[0]
    for end in range(len(folded) + 1):
        added = messengers._pattern(messengers._ADD).search(folded, max(0, end - 24), end)
        found_add = messengers.added(folded, end)
        assert (added and added.span()) == (found_add and found_add.span())


@given(st.lists(st.sampled_from([*"賴加瀨萊l+vx信微薇威維電報紙飛機✈tgㄌㄞˋe: @i", "line", "l i n e", "l.i.ne", "tele", "gram", "t.g", "t g", "ㄈㄟㄐㄧ", "ㄌ ", "ㄞ", *"癩籟賚小綠色軟體徽❤♥💚愛艾居", "綠泡泡", "wei", "i g", "wechat", "テレグラム", "加l", "+l", "加v", "+v", "ig", "insta", "哀居"]),
                max_size=8).map("".join))  # fmt: skip
def test_a_messenger_s_word_holds_one_of_its_needs(text: str) -> None:
    folded = fold_one(text)
    for word in messenger_words.MESSENGERS:
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


SAID = st.lists(
    st.sampled_from(["加我", "請私訊", "小心詐騙", "我被他威脅", "這帳號是詐騙", "不是詐騙", "點此連結", "匯款到", "only accept", "他叫我加", "a guy told me", "who is", "這支電話", "contact me", "scam", "don't", "visit", "收到", "，", " ", "。", "abc"]),
    max_size=6,
).map("".join)  # fmt: skip


@given(st.lists(SAID, max_size=4))
def test_what_is_said_of_many_texts_is_what_each_says(texts: list[str]) -> None:
    folded = fold(texts).texts
    for text, said in zip(folded, roles.said_in(folded), strict=True):
        for pattern in roles._SAYS:
            assert (pattern in said) >= bool(roles._pattern(pattern).search(text.encode()))


@pytest.mark.parametrize("piece", ["ttee.cc ", "@ab ", "三1", "$5"])
def test_flood_is_told_once_a_sign(
    flagger: Flagger, monkeypatch: pytest.MonkeyPatch, piece: str
) -> None:
    """A million signs in one text are not a million calls."""
    told = 0
    note = match._note

    def counted(number: int, start: int, end: int, flags: int, hits: list[match.Hit]) -> None:
        nonlocal told
        told += 1
        note(number, start, end, flags, hits)

    monkeypatch.setattr(match, "_note", counted)
    flood = piece * match.LONG
    flagger.flag(["加賴 abc123", flood])
    assert told < 1_000


def test_flood_changes_nothing_of_its_neighbours(flagger: Flagger) -> None:
    flood = "加.賴 a1 $5 " * (match.LONG // 8)
    alone = flagger.flag(EXAMPLES[:60])
    assert flagger.flag([flood, *EXAMPLES[:60]])[1:] == alone
