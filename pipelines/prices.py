"""Prices as people write them: `NT$1,200`, `3萬5`, `1.2萬`, `5k`, `一千二`, `兩千元`, `$30`.

A number alone is no price. It becomes one by a currency, by `k`, by 萬 or 千
(unless people, times or metres are counted), or by a word such as 售價 before it.
"""

import re
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import NamedTuple

from pipelines.regexes import folded_regex

MOST = 200
"""Prices read from one text."""

_ONE_SIGN = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
_FIGURE = "[0-9零〇一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾]"
_CODES = "dkk|sek|nok|chf|sgd|aud|nzd|cad|aed|thb|myr|php|vnd|krw|inr|try|ron|czk|huf|pln|rub|uah|brl|mxn|idr|sar|ils|mop"
_SYMBOLS = "₫₪₹฿₱₽₺₴₦₡₣₲₸₼₾៛₭৳"
SIGN = (
    rf"{_FIGURE}.{{0,3}}(?:{_CODES}|[{_SYMBOLS}]|kc|zl|lei|kr|tl|lek|pyб|rph|лb|euro|원|تومان|ریال|درهم|元|块|圆|锾|蚊|円|usd|n?td?|twd|rmb|cny|hkd|jpy|eur|gbp|美|港|欧|日[圆币]|台币|人民|[$€£u]|bucks|dollars|镁|起跳|[订定押]金|有找|含运|免运|不议|可议|可小|成交|新|每|一[次节晚]|/)"
    rf"|[0-9] ?[kw万千仟百佰亿]|[{_ONE_SIGN}十百千][百千万][{_ONE_SIGN}]"
    rf"|(?:[$€£¥₩₮{_SYMBOLS}]|{_CODES}|r[spm]|nt|us[d$]|usdt|twd|rmb|cny|hkd|jpy|eur|gbp|价|卖|售|收|费|薪|币|美[金元]|price|cost|只要|零用.?|一[次晚节包张套份]|每月|包月|[月周年]付|红包|给|每[天日周次堂小]|小时|钟头?|过夜|车马|酬|奖金|现金|[订定押]金|尾款|领|包夜|[每一1] ?人|折|[0-9一两二三四五六七八九十半] ?[晚夜次天节堂趟克张本支颗包组套份盒瓶把条]).{{0,4}}{_FIGURE}"
)
"""Folded. Says whether a text may hold a price."""


class Price(NamedTuple):
    """An amount of money in a folded text, as `text[start:end]`."""

    amount: Decimal
    currency: str
    """ISO 4217, guessed: 元 and a bare number are Taiwan's; a bare $ is, where the text is Chinese."""
    start: int
    end: int


_SHORT = {code: code.upper() for code in _CODES.split("|")}
_MARKS = dict(zip(_SYMBOLS, ["VND", "ILS", "INR", "THB", "PHP", "RUB", "TRY", "UAH", "NGN", "CRC", "CHF", "PYG", "KZT", "AZN", "GEL", "KHR", "LAK", "BDT"], strict=True))  # fmt: skip
"""Folded, as the words around them."""
_BEFORE = {
    "nt$": "TWD", "ntd$": "TWD", "ntd": "TWD", "nt": "TWD", "twd": "TWD", "新台幣": "TWD", "台幣": "TWD",
    "us$": "USD", "usd$": "USD", "usd": "USD", "美金": "USD", "美元": "USD", "hk$": "HKD", "hkd": "HKD", "港幣": "HKD", "港紙": "HKD", "港元": "HKD",
    "rmb": "CNY", "cny": "CNY", "人民幣": "CNY", "jpy": "JPY", "日幣": "JPY", "eur": "EUR", "gbp": "GBP",
    "$": "$", "€": "EUR", "£": "GBP", "¥": "¥", "₩": "KRW", "₮": "USDT", "usdt": "USDT",
    "r$": "BRL", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD", "sgd$": "SGD", "mx$": "MXN", "mop$": "MOP",
    "rp": "IDR", "rs": "INR", "rs.": "INR", "rm": "MYR",
    **_SHORT, **_MARKS,
}  # fmt: skip
_AFTER = {
    "元": "TWD", "塊錢": "TWD", "塊": "TWD", "圓": "TWD", "鍰": "TWD", "ntd": "TWD", "nt": "TWD", "twd": "TWD", "新台幣": "TWD",
    "台幣": "TWD", "元台幣": "TWD", "usd": "USD", "美金": "USD", "美元": "USD", "美刀": "USD", "鎂": "USD", "元美金": "USD", "dollars": "USD", "bucks": "USD",
    "hkd": "HKD", "港幣": "HKD", "港紙": "HKD", "港元": "HKD", "rmb": "CNY", "cny": "CNY", "人民幣": "CNY", "元人民幣": "CNY", "蚊": "HKD", "円": "JPY", "日圓": "JPY",
    "日幣": "JPY", "jpy": "JPY", "€": "EUR", "eur": "EUR", "歐元": "EUR", "£": "GBP", "gbp": "GBP", "usdt": "USDT", "u": "USDT", "$": "$",
    "euro": "EUR", "kc": "CZK", "zl": "PLN", "lei": "RON", "kr": "SEK", "tl": "TRY", "pyб": "RUB", "pyб.": "RUB", "rph": "UAH", "rph.": "UAH",
    "лb": "BGN", "лb.": "BGN", "원": "KRW", "تومان": "IRR", "ریال": "IRR", "درهم": "AED",
    **_SHORT, **_MARKS,
}  # fmt: skip

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000, "万": 10_000,
          "亿": 100_000_000, "k": 1_000, "w": 10_000}  # fmt: skip

_NUMBER = r"[0-9]{1,3}(?:[,.' ][0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]{1,9}(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]{1,9}"
"""Also as it is written elsewhere: `1.049,95`, `9 800`, `34,50`."""
_ONE = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
_CHINESE = rf"(?:(?!一[次节晚张包个套份])[{_ONE}零〇十拾百佰千仟万亿]){{1,14}}"
_AMOUNT = (
    rf"(?P<plain>(?:{_NUMBER})(?P<unit>\s?(?:[百千]?[万千仟百佰亿](?:[0-9{_ONE}][千百])*(?:(?!一[次节晚张包个套份本支组])[0-9{_ONE}](?![0-9%]|[.,:/][0-9]))?|[kw](?![a-z0-9])))?)"
    rf"|(?P<chinese>{_CHINESE})"
)
_COUNTED = (
    r"\s?(?:多|餘)?(?:人|次|名|筆|個|字|里|公里|公尺|米|步|小時|分|天|年|月|日|號|票|點|粉絲|觀看|瀏覽|件|張|本|台|臺|位|瓦|坪|歲|度|倍|家|戶|場|畫"
    r"|解析|螢幕|電視|影|夜|里路|公斤|克|毫|種|句|項|萬|千|百|%|run|hz|mah|follower|view|video|tv)"
)
_NOT_MONEY = r"(?:子|蟲|香|帳|叮|復始|素|論|化|件|旦|宵|首|老|朝|蛋糕|肉|地|布|木|石|巧克力|豆腐)"
_CUE = r"(?:售價|價格|價錢|定價|特價|原價|開價|底價|價位|半價|收費|費用|月費|日薪|時薪|月薪|薪水|零用[錢金]?|一次|一晚|一節|一[包張套份]|每月|包月|[月週年]付|紅包|只要|只賣|僅售|賣|售|收|價|price|cost)s?[\s:]{0,3}$"
_LOOSE_CUE = (
    r"(?:給(?:你|妳|我|他|她|您|人)?們?|每(?:天|日|[週周]|月|次|堂|小時)|[0-9一兩二三四五六七八九十半]\s?個?(?:小時|鐘頭|鐘|晚|夜|次|天|節|堂|趟|公克|克|張|本|支|顆|包|組|套|份|盒|瓶|把|條)"
    r"|過夜|包夜|[每一1]\s?人|[0-9]折|車馬費|酬勞|報酬|獎金|現金|訂金|定金|尾款|押金|底薪|領)[\s:]{0,2}$"
)
"""Words before a price that stand before much else: only an amount of a hundred or more is one there."""
_LEAST = 100


_EACH = r"\s?(?:/\s?[0-9一两二三四五六七八九十半]{0,3}\s?(?:次|本|张|支|组|个|件|堂|hr|h|小时|晚|节|天|人|g|包|pcs?)|一次|一节|一晚|每次)"
"""What one gets for it, folded: a number before it is a price."""


_TRADED = re.compile(folded_regex(r"\s?(?:起跳|[訂定押]金|有找|含運|免運|不議|可議|可小議|成交)"))
"""Words that only follow a price."""
_UP_TO = re.compile(r"\s?[~至到-]\s?[0-9][0-9,]{1,6}\s?(?:元|块|圆)")
"""The upper end of a range: `2,000~3,000元`."""
_APART = re.compile(r"[0-9]+(?:[' .][0-9]{3}|,[0-9]{1,2}(?![0-9]))")
"""A number that is one only as another country's price."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The price, what counts something else, what only looks like a coin, words before a price, and words before many things."""
    price = re.compile(
        rf"(?<![0-9a-z])(?<![0-9][.,])(?:(?P<before>{_any(_BEFORE)})\s?[:.]?\s?)?(?:{_AMOUNT})"
        rf"(?:\s?(?P<after>{_any(_AFTER)}))?(?![0-9])"
    )
    others = (_COUNTED, _NOT_MONEY, _CUE, _LOOSE_CUE)
    return price, *(re.compile(folded_regex(one)) for one in others)


def _any(words: dict[str, str]) -> str:
    """The words as alternatives, longest first; one of letters must end where letters end."""
    longest = sorted(words, key=len, reverse=True)
    return "|".join(
        re.escape(word) + ("(?![a-z])" if word[-1].isalpha() else "")
        if word.isascii()
        else folded_regex(word)
        for word in longest
    )


@cache
def _currencies() -> dict[str, str]:
    return {folded_regex(word).replace("\\", ""): code for word, code in (_BEFORE | _AFTER).items()}


def prices(text: str) -> list[Price]:
    """Prices in a folded text, in order."""
    price, *_ = _patterns()
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text[:2000])
    made = (_price(text, found, chinese=chinese) for found in price.finditer(text))
    return list(islice((one for one in made if one is not None), MOST))


def _price(text: str, found: re.Match[str], *, chinese: bool) -> Price | None:
    amount = _amount(_plain(found["plain"] or "") or found["chinese"])
    alone = not (found["after"] or found["before"])
    if (
        not amount
        or (alone and _APART.match(found["plain"] or ""))
        or _VAGUE.fullmatch(found["chinese"] or "")
        or not _money(text, found, amount)
    ):
        return None
    code = _currencies().get(found["before"] or "") or _currencies().get(
        found["after"] or "", "TWD"
    )
    if found["before"] == "$" and found["after"]:
        code = _currencies()[found["after"]]
    guess = {"$": "TWD" if chinese else "USD", "¥": "CNY" if chinese else "JPY"}
    return Price(amount, guess.get(code, code), *found.span())


_VAGUE = re.compile("[百千万亿]+")
"""千元以下: no amount."""


def _money(text: str, found: re.Match[str], amount: Decimal) -> bool:
    """Whether the number is an amount of money."""
    _, counted, coins, cue, loose_cue = _patterns()
    rest = text[found.end() : found.end() + 8]
    if found["after"]:
        loose = found["after"] in {"元", "块", "圆", "锾", "蚊", "u"}
        single = bool(found["chinese"]) and len(found["chinese"]) == 1
        return not (loose and (coins.match(rest) or (single and found["after"] == "块")))
    if found["before"]:
        return not (found["before"] == "us" and not rest)
    if len(found[0]) > 2 and (re.match(_EACH, rest) or _UP_TO.match(rest)):
        return True
    if counted.match(rest) or re.match(r"[-/:.][0-9]|[a-z]", rest):
        return False
    near = max(0, found.start() - 12)
    return (
        bool(found["unit"])
        or _short(found["chinese"] or "")
        or (amount >= _LEAST and bool(_TRADED.match(rest)))
        or (len(found[0]) > 1 and bool(cue.search(text, near, found.start())))
        or (amount >= _LEAST and bool(loose_cue.search(text, near, found.start())))
    )


def _plain(written: str) -> str:
    """A number with a point before its decimals, if any, and nothing between thousands.

    Three digits behind the only kind of separator are thousands.
    """
    number = re.match(r"[0-9][0-9,.' ]*", written)
    if number is None:
        return written
    digits = re.sub("[' ]", "", number[0])
    whole, sign, part = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    decimal = bool(sign) and len(part) < 3
    plain = f"{re.sub('[,.]', '', whole)}.{part}" if decimal else re.sub("[,.]", "", digits)
    return plain + written[number.end() :]


def _short(chinese: str) -> bool:
    """Whether it is said as prices are: 一千二, 三萬五, 兩百五, 三萬五千, 一萬五千六百."""
    return bool(
        re.fullmatch(
            rf"[{_ONE}十百千]+[百千万][{_ONE}]千?|(?:[{_ONE}十]+万)?[{_ONE}]千[{_ONE}]百(?:[{_ONE}]十)?",
            chinese,
        )
    )


def _amount(written: str) -> Decimal | None:
    """What the number says; None if its units are in no order that means one."""
    total = section = Decimal(0)
    current: Decimal | None = None
    unit = Decimal(0)
    zero = False
    for part in re.findall(r"[0-9][0-9,.]*|[^\s0-9]", written):
        if part[0].isdigit() and part.isascii():
            current = Decimal(part.replace(",", "").rstrip("."))
        elif part in _DIGITS:
            zero = zero or part in "零〇"
            unbroken = current is not None and not unit
            current = Decimal(_DIGITS[part]) + (
                current * 10 if current is not None and unbroken else 0
            )
        else:
            unit = Decimal(_UNITS[part])
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
