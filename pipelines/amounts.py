"""What a number in a folded text amounts to: 1,200, 3万5, 1.2万, 一千二, 5k."""

import re
from decimal import Decimal

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000, "万": 10_000,
          "亿": 100_000_000, "k": 1_000, "w": 10_000}  # fmt: skip


def plain(written: str) -> str:
    """A number with a point before its decimals, if any, and nothing between thousands.

    Three digits behind the only kind of separator are thousands.
    """
    number = re.match(r"[0-9][0-9,.' ]*", written)
    if number is None:
        return written
    digits = re.sub("[' ]", "", number[0])
    whole, sign, part = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    decimal = bool(sign) and len(part) < 3
    bare = f"{re.sub('[,.]', '', whole)}.{part}" if decimal else re.sub("[,.]", "", digits)
    return bare + written[number.end() :]


def amount_of(written: str) -> Decimal | None:
    """What the number says; None if its units are in no order that means one."""
    total = section = Decimal(0)
    current: Decimal | None = None
    unit = Decimal(0)
    zero = False
    for part in re.findall(r"[0-9][0-9,.]*|[^\s0-9]", written):
        if part[0].isdigit() and part.isascii():
            current = Decimal(part.replace(",", "").rstrip("."))
        elif part in DIGITS:
            zero = zero or part in "零〇"
            unbroken = current is not None and not unit
            current = Decimal(DIGITS[part]) + (
                current * 10 if current is not None and unbroken else 0
            )
        else:
            unit = Decimal(UNITS[part])
            if unit >= 10_000 or part == "k":
                total += (
                    section + (current if current is not None else Decimal(not section))
                ) * unit
                section = Decimal(0)
            else:
                section += (current if current is not None else Decimal(1)) * unit
            current = None
    if current is not None:
        section += current if zero or not unit or unit == 10 else current * unit / 10
    return total + section
