"""What in a note looks like an identity. The numbers are invented: their checksum is all that they have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.actions.triaging.identity import Identity, identities

LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def national(letter: str, digits: str) -> str:
    """Those digits with the check digit that they need."""
    place = LETTERS.index(letter) + 10
    numbers = [place // 10, place % 10, *map(int, digits)]
    total = sum(n * w for n, w in zip(numbers, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"{letter}{digits}{-total % 10}"


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        ("嫌疑人身分證 A123456789", [Identity.NATIONAL_ID]),
        ("Ａ１２３４５６７８９", [Identity.NATIONAL_ID]),
        ("a123456789 again", [Identity.NATIONAL_ID]),
        ("居留證 A800000014", [Identity.NATIONAL_ID]),
        ("護照號碼：300000001", [Identity.PASSPORT]),
        ("passport no. X0000001", [Identity.PASSPORT]),
        ("電話 0900-000-321", [Identity.PHONE]),
        ("+886 900 000 321", [Identity.PHONE]),
        ("(02) 2000-0000", [Identity.PHONE]),
        ("住在虛構市和平路12號3樓", [Identity.ADDRESS]),
        ("虛構街一段三十之2號", [Identity.ADDRESS]),
        ("lives at 12 Invented Street", [Identity.ADDRESS]),
        ("A123456789，和平路12號", [Identity.NATIONAL_ID, Identity.ADDRESS]),
    ],
)
def test_questioned(note: str, kinds: list[Identity]) -> None:
    assert list(identities(note)) == kinds


@pytest.mark.parametrize(
    "note",
    [
        "",
        "A123456788 has a wrong check digit",
        "貼文 A1234567890123 是商品編號",
        "同一則廣告在路邊社第3版",
        "與線索 1234 相同，分數 82，2026-11-22 14:05",
        "要價 25000，三包 5000",
        "警職法第28條，案號 115-001",
        "a known pattern, seen on 3 boards since 2026",
        "線上買賣，面交地點在捷運站",
    ],
)
def test_left_alone(note: str) -> None:
    assert identities(note) == ()


@given(
    st.sampled_from(LETTERS), st.sampled_from("1289"), st.from_regex(r"[0-9]{7}", fullmatch=True)
)
def test_every_true_number_is_questioned_and_its_neighbours_are_not(
    letter: str, second: str, rest: str
) -> None:
    number = national(letter, second + rest)
    assert Identity.NATIONAL_ID in identities(f"見 {number}。")
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert Identity.NATIONAL_ID not in identities(f"見 {wrong}。")


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert len(identities(text)) <= len(Identity)
