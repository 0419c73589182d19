from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.charset import LIE, decode

HANT = "昨天下午在河邊撿到一把雨傘，請失主留言說明顏色，謝謝大家。版主請置頂。"
HANS = "昨天下午在河边捡到一把雨伞，请失主留言说明颜色，谢谢大家。版主请置顶。"
JAPANESE = (
    "昨日の午後、川のそばで傘を拾いました。色を書いて連絡してください。よろしくお願いします。"
)
KOREAN = "어제 오후에 강가에서 우산을 주웠습니다. 색깔을 적어서 연락해 주세요."
RUSSIAN = "Вчера днём у реки нашёл зонт, напишите цвет. Спасибо всем за внимание."
FRENCH = "Hier après-midi, près de la rivière, trouvé un parapluie à côté du café, égaré."

PERSIAN = "ديروز در كنار رودخانه يك چتر پيدا شد. براي آن كه صاحب آن را پيدا كنم اين پيام را به انجمن ارسال كردم، با تشكر از همه."
ARABIC = "وجدت أمس مظلة على ضفة النهر. من يعرف صاحبها يكتب إلى المنتدى في هذا الموضوع، مع الشكر على كل رد."
GREEK = "Βρήκα χθες μια ομπρέλα κοντά στο ποτάμι. Γράψτε το χρώμα της για να την πάρετε, και ευχαριστώ που είναι όλοι εδώ."
HEBREW = "מצאתי אתמול מטריה ליד הנהר. כתבו לי מה הצבע של המטריה, כי אני לא יודע של מי זה. תודה על כל תגובה."
THAI = "เมื่อวานนี้พบร่มที่ริมแม่น้ำ ใครเป็นเจ้าของให้บอกสีของร่ม จะได้คืนให้ ขอบคุณครับ"

WRITTEN = [
    (RUSSIAN + " Не забудьте, что это было вчера и как она лежала на траве.", "koi8_r"), (PERSIAN, "cp1256"), (ARABIC, "cp1256"),
    (GREEK, "cp1253"), (HEBREW, "cp1255"), (THAI, "cp874"),
    (HANT, "cp950"), (HANT, "big5hkscs"), (HANT, "utf-8"), (HANT, "gb18030"), (HANS, "gb18030"), (HANS, "gbk"),
    (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (KOREAN, "cp949"), (RUSSIAN, "cp1251"), (FRENCH, "cp1252"),
    (FRENCH, "utf-8"), (HANT, "utf-16"), (HANT, "utf-16-le"), (HANT, "utf-16-be"), (HANT, "utf-32"),
]  # fmt: skip


def page(text: str) -> str:
    return f"<html><head><title>x</title></head><body>{text}</body></html>"


def header(charset: str) -> dict[str, str]:
    return {"Content-Type": f"text/html; charset={charset}"}


@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_charset_is_guessed_where_nobody_names_it(text: str, codec: str) -> None:
    assert text in decode(page(text).encode(codec)).text


@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_header_that_says_utf_8_is_not_believed_against_the_bytes(text: str, codec: str) -> None:
    decoded = decode(page(text).encode(codec), header("utf-8"))
    assert text in decoded.text
    assert decoded.replaced <= LIE


@pytest.mark.parametrize("lie", ["big5", "gbk", "iso-8859-1", "shift_jis", "no-such-charset"])
@pytest.mark.parametrize("text", [HANT, HANS, JAPANESE, KOREAN, RUSSIAN])
def test_utf_8_proves_itself_whatever_the_header_says(text: str, lie: str) -> None:
    decoded = decode(page(text).encode(), header(lie))
    assert (decoded.charset, text in decoded.text) == ("utf-8", True)


def test_big5_page_under_a_gbk_header_and_the_other_way_round() -> None:
    assert HANT in decode(page(HANT).encode("cp950"), header("gbk")).text
    assert HANS in decode(page(HANS).encode("gb18030"), header("big5")).text


@pytest.mark.parametrize(
    ("body", "headers", "origin", "charset"),
    [
        (page(HANT).encode("cp950"), header("Big5"), "header", "big5"),
        (b"\xef\xbb\xbf" + page(HANT).encode(), {}, "bom", "utf-8"),
        (b"\xef\xbb\xbf" + page(HANT).encode(), header("big5"), "bom", "utf-8"),
        (f'<meta charset="gb2312">{HANS}'.encode("gbk"), {}, "meta", "gb18030"),
        (
            f'<?xml version="1.0" encoding="EUC-KR"?><a>{KOREAN}</a>'.encode("cp949"),
            {},
            "meta",
            "euc-kr",
        ),
        (page(HANT).encode("cp950"), {}, "guess", "big5"),
        (b"plain", {}, "guess", "utf-8"),
        (b"", {}, "guess", "utf-8"),
    ],
)
def test_who_named_the_charset_is_said(
    body: bytes, headers: dict[str, str], origin: str, charset: str
) -> None:
    decoded = decode(body, headers)
    assert (decoded.charset_from, decoded.charset) == (origin, charset)


def test_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfabc").text == "abc"


def test_few_broken_bytes_do_not_change_the_charset() -> None:
    decoded = decode(page(HANT * 20).encode() + b"\xe4\xb8", header("utf-8"))
    assert (decoded.charset, decoded.charset_from) == ("utf-8", "header")
    assert 0 < decoded.replaced <= LIE


def test_characters_that_were_lost_before_are_not_held_against_utf_8() -> None:
    assert decode(b'<meta charset="utf-8">' + "\ufffd caf\u00e9".encode()).charset_from == "meta"


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "utf-8", "big5", "utf-16", "rot13", "base64", "idna", "\x00"]),
)
def test_decoding_never_raises(body: bytes, charset: str) -> None:
    decoded: Any = decode(body, header(charset))
    assert isinstance(decoded.text, str)
    assert 0 <= decoded.replaced <= 1


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_utf_8_comes_through_unchanged(text: str) -> None:
    assert decode(text.encode(), header("utf-8")).text == text.removeprefix("\ufeff")
