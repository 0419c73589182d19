import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.table import Cell, Row, Table, as_csv


def written(*values: str | int) -> list[list[str]]:
    row = Row("code", Cell("head"), tuple(Cell(value) for value in values))
    content = as_csv(Table("t", "T", ("head", *("c" for _ in values)), (row,)))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "＋1", "－1", "＠A"]
)
def test_nothing_is_a_formula(formula: str) -> None:
    assert written(formula)[1][2] == f"'{formula}"


def test_numbers_stay_numbers_and_chinese_is_kept() -> None:
    assert written(12, "港灣論壇")[1] == ["code", "head", "12", "港灣論壇"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_every_text_comes_back(text: str) -> None:
    shown = written(text)[1][2]
    assert shown in {text, f"'{text}"}
    assert shown.lstrip()[:1] not in {"=", "+", "-", "@"}
