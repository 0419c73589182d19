import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fold import clusters, fold, fold_one
from pipelines.fold_table import SPECIAL, spelled, table

MIXED = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(
            [
                *"援交加賴线線ＬｉＮe①㍿½…ßŁİ🅻🇱ʟАвΙη妳ｶﾞか゛가ㄱㅏ각Üé\u0301\u0336\u3099\u200b\u202e\u2066\ufe0f\u20e3",
                *("\u1100", "\u1161", "\u11a8", "\uff9e", "\u00ad", "\ud83d", "\udc00", "e\u0301"),
            ]
        ),
    ),
    max_size=30,
).map("".join)


def slowly(text: str) -> str:
    """The definition: every cluster for itself."""
    return "".join(spelled(text[start:end]) for start, end in clusters(text))


@given(st.lists(MIXED, max_size=8))
def test_a_batch_folds_like_its_clusters_one_by_one(texts: list[str]) -> None:
    assert fold(texts).texts == [slowly(text) for text in texts]


@given(MIXED)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold_one(text)
    assert fold_one(once) == once


@given(MIXED.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_composed_and_decomposed_fold_alike(text: str) -> None:
    folded = fold_one(text)
    assert fold_one(unicodedata.normalize("NFD", text)) == folded
    assert fold_one(unicodedata.normalize("NFC", text)) == folded


@given(st.lists(MIXED, min_size=1, max_size=6), st.data())
def test_each_piece_of_a_fold_has_its_place_in_the_original(
    texts: list[str], data: st.DataObject
) -> None:
    batch = fold(texts)
    post = data.draw(st.integers(0, len(texts) - 1))
    length = len(batch.texts[post])
    if not length:
        return
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    place = batch.place(post, start, end)
    assert 0 <= place.start < place.end <= len(texts[post])
    assert batch.texts[post][start:end] in fold_one(texts[post][place.start : place.end])


@given(st.lists(MIXED, min_size=1, max_size=4))
def test_places_never_go_back(texts: list[str]) -> None:
    batch = fold(texts)
    for post, folded in enumerate(batch.texts):
        places = [batch.place(post, index, index + 1) for index in range(len(folded))]
        assert places == sorted(places)


def test_every_code_point_of_the_table_is_what_its_spelling_says() -> None:
    rules = table()
    for code in (*range(0x31400), *range(0xE0000, 0xE1000)):
        value = int(rules.codes[code])
        entry = value - SPECIAL
        found = chr(value) if entry < 0 else bytes_of(rules.words[entry][: rules.lengths[entry]])
        assert found == spelled(chr(code)), hex(code)


def bytes_of(row: "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]") -> str:
    return "".join(map(chr, row.tolist()))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＬＩＮＥ：ａｂｃ１２３", "line:abc123"),
        ("加\u200b賴", "加赖"),
        ("加\u202e賴\u2066", "加赖"),
        ("🅻🅸🅽🅴 🇱🇮🇳🇪 ⓛⓘⓝⓔ 🄻🄸🄽🄴 ʟɪɴᴇ 𝓵𝓲𝓷𝓮", "line line line line line line"),
        ("①②③ ❶❷❸ ⑴⒉⓷ 1\ufe0f\u20e3", "123 123 123 1"),
        ("lіnе ΤΕLΕGRΑΜ", "line telegram"),
        ("l\u0336i\u0336n\u0336e\u0336 łïñé", "line line"),
        ("儿童與妳", "儿童与你"),
        ("兒童与你", "儿童与你"),
        ("帳戶賬戶账户", "帐户帐户帐户"),
        ("看著看着姊姐鎗槍", "看着看着姐姐枪枪"),
        ("か\u3099 が ｶﾞ l\u3099", "が が ガ l"),
        ("한 ㄱㅏ", "한 가"),
        ("don’t – “x”", 'don\'t - "x"'),
        ("٠١٢ ०१२", "012 012"),
        ("加⠀賴　", "加 赖 "),
        ("a\x00b\x07c", "abc"),
        ("\ud83d!", "\ufffd!"),
    ],
)
def test_spellings(written: str, folded: str) -> None:
    assert fold_one(written) == folded


@pytest.mark.parametrize(
    "kept", ["口ロ力カ二ニ一ー八ハ工エ卜ト夕タ", "0o1l5s", "0O1l".lower(), "〇零"]
)
def test_east_asian_look_alikes_and_digits_stay_themselves(kept: str) -> None:
    assert fold_one(kept) == kept


def test_a_span_takes_the_accent_on_its_last_letter_and_no_invisible_neighbour() -> None:
    text = "x\u200bcafe\u0301\u200b y"
    batch = fold([text])
    start = batch.texts[0].index("cafe")
    place = batch.place(0, start, start + 4)
    assert text[place.start : place.end] == "cafe\u0301"


def test_one_character_of_many_is_marked_whole() -> None:
    batch = fold(["在㍿內"])
    assert batch.texts == ["在株式会社内"]
    assert batch.place(0, 2, 4) == (1, 2)


def test_an_empty_piece_has_no_place() -> None:
    with pytest.raises(ValueError, match="empty piece"):
        fold(["abc"]).place(0, 1, 1)


@given(st.integers(1, 3))
def test_a_pile_of_marks_does_not_stop_the_fold(times: int) -> None:
    assert fold_one("か" + "\u3099\u0301\u0316\u05b0" * 20_000 * times).startswith("が")


@given(st.lists(MIXED, max_size=8))
def test_stretches_that_are_copied_are_those_that_are_counted(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.fold._SPARSE", 0)
        copied = fold(texts)
        patched.setattr("pipelines.fold._SPARSE", 10**9)
        counted = fold(texts)
    assert copied.texts == counted.texts
    assert copied.codes.tolist() == counted.codes.tolist()
