"""Prices as people write them: `NT$1,200`, `3萬5`, `1.2萬`, `5k`, `一千二`, `兩千元`, `$30`.

A number alone is no price. It becomes one by a currency, by `k`, by 萬 or 千
(unless people, times or metres are counted), or by a word such as 售價 before it.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import NamedTuple

from pipelines.amounts import DIGITS, UNITS, amount_of, plain
from pipelines.regexes import folded_regex

MOST = 200
"""Prices read from one text."""

_ONE_SIGN = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
_FIGURE = "[0-9零〇一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾]"
_PIECES = "期次节晚张包个套份堂天趟人位本支组小件盒瓶箱斤公颗条双对台杯夜间坪车年月年"
"""What is bought by the piece, folded: 六百一堂 is six hundred a lesson, not 610."""
_CODES = "dkk|sek|nok|chf|sgd|aud|nzd|cad|aed|thb|myr|php|vnd|krw|inr|try|ron|czk|huf|pln|rub|uah|brl|mxn|idr|sar|ils|mop"
_SYMBOLS = "₫₪₹฿₱₽₺₴₦₡₣₲₸₼₾៛₭৳"
SIGN = (
    rf"{_FIGURE}.{{0,3}}(?:{_CODES}|[{_SYMBOLS}]|kc|zl|lei|kr|tl|lek|pyб|rph|лb|euro|원|تومان|ریال|درهم|元|块|圆|锾|蚊|円|usd|n?td?|twd|rmb|cny|hkd|jpy|eur|gbp|美|港|欧|日[圆币]|台[币票]|人民|[$€£u]|bucks|dollars|镁|quid|起跳|[订定押]金|有找|含运|[免包][运邮]|不议|[可不]刀|可[议小谈]|成交|带走|拿走|就[卖出好可]|[卖让]你|让|obo|firm|ono|新|每|一[次节晚]|[张个](?:小朋友|千|大[钞]|[蓝钞]|就好|搞定|不议|成交|一|/| ?[次节])|[x*] ?[0-9]{{1,2}} ?期|/|o|嚿|旧水|撇水|栋水|皮[嘢野]|箍|抠|大洋|up|[出售卖讓让]|起标| each| a| per| apiece)"
    rf"|[0-9] ?[kw万千仟百佰亿]|[{_ONE_SIGN}十百千廿][百千万]|[0-9百千万] ?[每一][{_PIECES}]|[百千万][~至到-][{_ONE_SIGN}]"
    rf"|(?:[$€£¥₩₮💲💰{_SYMBOLS}]|{_CODES}|r[spm]|nt|us[d$]|usdt|twd|rmb|cny|hkd|jpy|eur|gbp|价|卖|售|收|费|薪|币|美[金元]|price|cost|只要|零用.?|一[次晚节包张套份]|每月|包月|[月周年]付|红包|给|每[天日周次堂小]|小时|钟头?|过夜|车马|酬|奖金|现金|[订定押]金|尾款|领|包夜|[每一1] ?人|折|[0-9一两二三四五六七八九十半] ?[晚夜次天节堂趟克张本支颗包组套份盒瓶把条]).{{0,4}}{_FIGURE}"
    rf"|(?:待遇|月收|预算|运费|邮资|[月年房店车]租|租金|押|油钱|[车工]资|票|一律|均一|统一价|通通|共|骗了?我?|坑了?我?|[让算给]你|不然|要不|头期|保证金|总|合计|一口价|行情|罚|贷款?|额度|周转|借|投资|本金|获利|赚|[日月利]息|赌金|津贴|补助|折抵|[现省]|低消|换购|工钱|[调涨降杀砍喊出开卖跌加减标]整?到|只剩|[特优]惠|汇|转|[找满送赠减还变赔各加]|回馈|[储充存]值?|入金|下注|[起得]标|便宜出|[想急忍]出?|[爱低痛半][价]?出?|整组|[打一]包|一起|算[你妳]|[原开]|成人|大人|[小儿][孩童]|早鸟|单[程买]|[独全][买拿部收]|一堂课|另[计外]|外加|rent|deposit|budget|salary|wage|pay|paid|fee|offer|asking|for|每[{_PIECES}]|[0-9一两二三四五六七八九十半] ?个?[人件双对台间车坪杯斤月周年]).{{0,6}}(?:[0-9]{{2}}|[{_ONE_SIGN}十][十百千万])"
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
    "$": "$", "💲": "$", "💰": "$", "€": "EUR", "£": "GBP", "¥": "¥", "₩": "KRW", "₮": "USDT", "usdt": "USDT",
    "r$": "BRL", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "s$": "SGD", "sgd$": "SGD", "mx$": "MXN", "mop$": "MOP",
    "rp": "IDR", "rs": "INR", "rs.": "INR", "rm": "MYR",
    **_SHORT, **_MARKS,
}  # fmt: skip
_AFTER = {
    "元": "TWD", "塊錢": "TWD", "塊": "TWD", "圓": "TWD", "鍰": "TWD", "台票": "TWD", "ntd": "TWD", "nt": "TWD", "twd": "TWD", "新台幣": "TWD",
    "台幣": "TWD", "元台幣": "TWD", "usd": "USD", "美金": "USD", "美元": "USD", "美刀": "USD", "鎂": "USD", "元美金": "USD", "dollars": "USD", "bucks": "USD", "quid": "GBP",
    "hkd": "HKD", "港幣": "HKD", "港紙": "HKD", "港元": "HKD", "rmb": "CNY", "cny": "CNY", "人民幣": "CNY", "元人民幣": "CNY", "蚊": "HKD", "円": "JPY", "日圓": "JPY",
    "日幣": "JPY", "jpy": "JPY", "€": "EUR", "eur": "EUR", "歐元": "EUR", "£": "GBP", "gbp": "GBP", "usdt": "USDT", "u": "USDT", "$": "$", "¥": "¥", "euros": "EUR", "箍": "TWD", "摳": "TWD", "大洋": "CNY", "泰銖": "THB", "披索": "PHP",
    "euro": "EUR", "kc": "CZK", "zl": "PLN", "lei": "RON", "kr": "SEK", "tl": "TRY", "pyб": "RUB", "pyб.": "RUB", "rph": "UAH", "rph.": "UAH",
    "лb": "BGN", "лb.": "BGN", "원": "KRW", "تومان": "IRR", "ریال": "IRR", "درهم": "AED",
    **_SHORT, **_MARKS,
}  # fmt: skip

_NUMBER = r"[0-9]{1,3}(?:[,.' ][0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]{1,9}(?:[.,][0-9]{1,2})?(?![0-9])|[0-9]{1,9}"
"""Also as it is written elsewhere: `1.049,95`, `9 800`, `34,50`."""
_ONE = "一二三四五六七八九两壹贰叁肆伍陆柒捌玖"
_CHINESE = rf"(?:(?!一[次节晚张包个套份]|(?<=[百千万佰仟])一[{_PIECES}]|(?<=[百千万佰仟][{_ONE}])一[{_PIECES}])[{_ONE}零〇十拾百佰千仟万亿]){{1,14}}"
_AMOUNT = (
    rf"(?P<plain>(?:{_NUMBER})(?P<unit>\s?(?:[百千]?[万千仟百佰亿](?:[0-9{_ONE}][千百])*(?:(?!(?<=[百千万佰仟])一[{_PIECES}])[0-9{_ONE}](?![0-9%]|[.,:/][0-9]))?|[kw](?:[0-9](?![0-9a-z.,:/%-]))?(?![a-z0-9])))?)"
    rf"|(?P<chinese>{_CHINESE}(?:(?<=[百千万])[0-9](?![0-9a-z%.,:/]))?)"
)
_COUNTED = (
    r"\s?(?:多|餘)?(?:人(?!民幣)|次|名|筆|個(?!月[付租])|字|里|公里|公尺|米|步|小時|分|天|年(?![付薪費])|月(?![付薪租費底入])|日(?![付薪幣圓])|號|票|點|粉絲|觀看|瀏覽|件|張|本|台(?!幣|票)|臺|位|瓦|坪|歲|度|倍|家|戶|場|畫"
    r"|解析|螢幕|電視|影|夜|里路|公斤|克|毫|種|句|項|集|層|樓|頁|行|則|篇|封|組|匹|棵|公頃|公噸|噸|公分|公厘|大卡|卡路里|[房室班巷弄棟](?![租價])|課(?!程)|元宇宙|金(?![額幣訂])|路跑|馬拉松|南下|北上|東行|西行|處|播放|下載|訂閱|追蹤|按讚|讚|會員|用戶|年級|萬|千|百|%|run|hz|mah|follower|view|video|tv)"
)
_NOT_MONEY = r"(?:子|蟲|香|帳|叮|復始|素|論|化|件|旦|宵|首|老|朝|蛋糕|肉|地|布|木|石|巧克力|豆腐)"
_CUE = r"(?:售價|價格|價錢|定價|特價|原價|開價|底價|價位|半價|收費|費用|月費|日薪|時薪|[月週周]薪|薪水|薪資|待遇|月收|日領|週領|零用[錢金]?|預算|運費|郵資|[月年房店車]租|租金|學費|報名費|入場費|清潔費|服務費|手續費|管理費|材料費|場地費|掛號費|油錢|車資|工資|工錢|票價|門票|團費|會費|頭期款?|保證金|總價|總共|合計|一口價|現金價|賣價|買價|成交價|行情|罰[款金]|貸款?|額度|週轉|借款?|投資|本金|獲利|賺|賭金|[日月利]息|直購價|標價|單買|補助|津貼|折抵|現折|現省|省|低消|加價|換購|一次|一晚|一節|一[包張套份]|每月|包月|[月週年]付|紅包|只要|只賣|僅售|賣你?|讓你|算你|給你|售|收|價|費|一律|均一價?|統一價?|通通|共|騙了?我?|坑了?我?|price|cost|rent|deposit|budget|salary|wage|pay|paid|fee|offer)s?[\s:]{0,3}(?:約|大約|大概|最高|最低|最多|至少|就是|就|是|為|一律|均一|都|也|從|另計|另加|外加|只要|只|要|開|is|of|for|at)?[\s:]{0,2}$"
_LOOSE_CUE = (
    r"(?:給(?:你|妳|我|他|她|您|人)?們?|每(?:天|日|[週周]|月|次|堂|小時)|[0-9一兩二三四五六七八九十半]\s?個?(?:小時|月|週|年|鐘頭|鐘|晚|夜|次|天|節|堂|趟|公克|克|張|本|支|顆|包|組|套|份|盒|瓶|把|條)"
    r"|[0-9一兩二三四五六七八九十]\s?(?:人|件|雙|對|台|間|車|坪|杯|斤)|一堂課|(?:便宜|急|想|割愛|低價|忍痛|打包|整組|一起|半價)出|算[你妳]|全拿|全部|全收|單買|[另外再]加|另計|各|還|變成?|不然|要不|(?:全|優待|學生|敬老|愛心|早鳥|預售|現場|單日|套|年|月|季|單程|來回)票|成人|大人|小孩|兒童|早鳥|單程|(?:^|[\s,、/(])[原現開]|送|贈|折|減|回饋|儲值?|首[儲存]|入金|充值|下注|起標|得標|賠|罰|asking(?: price)?|(?:sell(?:ing)?|sold|going|yours|it) for"
    r"|過夜|包夜|[每一1]\s?人|[0-9]折後?|車馬費|酬勞|報酬|獎金|現金|訂金|定金|尾款|押金|底薪|領|付|付款|貨到付款|含運|(?:^|[\s,、/(])出|半?[0-9.]\s?(?:g|錢|顆|粒)|半個|(?:調|漲|降|殺|砍|喊|出|開|賣|跌|加|減|標)(?:整|價)?到|只剩|特惠|優惠|現在|匯|轉|轉帳|找|滿|省)[ :=]{0,2}\Z"
)
"""Words before a price that stand before much else: only an amount of a hundred or more is one there."""
_LEAST = 100
_LEAST_SAID = 1_000
_ROUND = re.compile(
    f"[{_ONE}]{{1,2}}[千万仟]|[{_ONE}]万[{_ONE}][千仟]|[{_ONE}]?十[{_ONE}]?万|廿[{_ONE}]?万"
)
_ENDS = re.compile(folded_regex(r"\s?(?:$|[\s,。!?、~)/起]|以[下內上]|就|不|[出收讓賣給])"))
"""兩千, 三十五萬: where a clause ends behind them, they are money."""


_EACH = rf"\s?(?:/\s?[0-9一两二三四五六七八九十半]{{0,3}}\s?(?:[{_PIECES}日周时份克]|hr|hour|h(?![a-z])|min|day|night|month|week|person|g|kg|pcs?)|[一每][{_PIECES}](?:时|月|斤|里)?|[x*]\s?[0-9]{{1,2}}\s?期|\s(?:each|apiece|a pop|an? (?:hour|gram|night|piece|head|bag)|per (?:hour|hr|gram|g|night|day|month|week|person|head|piece|bag))(?![a-z]))"
"""What one gets for it, folded: a number before it is a price."""


_NOT_BEFORE = (
    r"(?:人口|粉絲|追蹤[者數]?|訂閱數?|觀看數?|點閱率?|瀏覽[數量]?|按讚數?|讚數?|讚破|跑|步數|座位|里程|字數|票數|得票|流量|下載[量數]?|會員數?|人數|學號|編號|排名|國道|省道|台[0-9]{1,3}線|國[一三道])"
    r"(?:[了完過已破達有約近共的是剩僅只到滿:\s]|超過|大約|將近){0,4}$"
)
"""What is counted in thousands too."""

_TRADED = re.compile(
    folded_regex(
        r"\s?(?:起跳|[訂定押]金|有找|含運|免運|包運|包郵|不議|可議|可小議|可談|[可不]刀|成交|帶走|拿走|就[賣出好可]|讓(?![人他她我])|賣你|讓你|[出售賣讓](?=$|[\s,。!?、~)])|起標|(?:obo|firm|ono|up)(?![a-z]))"
    )
)
"""Words that only follow a price."""
_UP_TO = re.compile(r"\s?[~至到-]\s?[0-9][0-9,]{1,6}\s?(?:元|块|圆)")
"""The upper end of a range: `2,000~3,000元`."""
_RANGE = re.compile(
    r"\s?[~至到-]\s?(?P<upper>[0-9][0-9,]{0,7}(?:\.[0-9])?)\s?(?:(?P<unit>[百千]?[万千百]|k(?![a-z]))[0-9]?(?![0-9]))?"
)
"""What stands behind the lower end of a range: `800-1200`, `3~5k`, `10-50萬`."""
_LOWER = re.compile(
    r"(?<![0-9a-z/\-])[0-9][0-9,]{0,7}(?:\.[0-9])?\s?[百千万k]?\s?(?:元|块|圆)?\s?[~至到、或和跟-]\s?$"
)
"""The same before the upper end, or the next of a list."""
_SPAN = re.compile(
    rf"[{_ONE}十]+[百千万][{_ONE}]?[~至到-][{_ONE}十]+[百千万](?!\s?(?:多|余)?[人次名笔个字里公尺米步小分天日号票点件本位岁度倍家户场集楼页篇])"
)
_SPAN_END = re.compile(rf"[{_ONE}十]+[百千万][{_ONE}]?[~至到-]$")
"""Two amounts in words: 八百到一千."""
_SUMS = (
    (re.compile(folded_regex(r"\s?(?:嚿水?|舊水)")), 100),
    (re.compile(folded_regex(r"\s?(?:撇水|棟水?)")), 1_000),
    (re.compile(folded_regex(r"\s?皮(?:嘢|野)")), 10_000),
)
"""Hong Kong's words for sums: 兩嚿水 is two hundred."""
_BILLS = re.compile(
    folded_regex(
        r"\s?(?:張(?:藍色?)?(?:小朋友|千元?鈔|千元(?:大鈔|紙鈔)|大鈔|鈔票|藍(?:色)?的)|個小朋友(?=$|[\s,。!?、~)/]|就|起|含|不))"
    )
)
"""Notes of a thousand: 三張小朋友."""
_NOTES = re.compile(
    folded_regex(
        r"\s?張(?P<sure>就好|搞定|不議|成交|一[次節晚]|[/\s]?(?:次|節|[0-9]?h))?(?=$|[\s,。!?、~)起])"
    )
)
_NOTES_CUE = re.compile(
    folded_regex(
        r"(?:一次|一節|一晚|包夜|過夜|全套|半套|車馬費?|開價?|只[要收]|收費?|給|要價|費用|價[格錢]?|小時|[0-9]h|外加|加)\s?:?\s?$"
    )
)
_PAPER = re.compile(folded_regex("[票照卡圖紙床桌椅片券券單卷]|專輯|海報|沙發|車位"))
"""What else is counted in sheets."""
_OH = re.compile(
    r"(?<![a-z0-9])[0-9][0-9,]*o[0-9o]*(?=\s?[元块圆锾蚊起])|(?<=[$€£¥])[0-9][0-9,]*o[0-9o]*(?![a-z])"
)
"""An amount with letters for noughts: 25O0元."""
_APART = re.compile(r"[0-9]+(?:[' .][0-9]{3}|,[0-9]{1,2}(?![0-9]))")
"""A number that is one only as another country's price."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The price, what counts something else, what only looks like a coin, words before a price, and words before many things."""
    price = re.compile(
        rf"(?<![0-9a-z_])(?<![0-9][.,])(?<![a-z]\.)(?:(?<![a-z]{{2}}-)|(?=[$€£]))(?:(?P<before>{_any(_BEFORE)})\s?[:.]?\s?)?(?:{_AMOUNT})"
        rf"(?:\s?(?P<after>{_any(_AFTER)}))?(?![0-9])"
    )
    others = (_COUNTED, _NOT_MONEY, _CUE, _LOOSE_CUE, _NOT_BEFORE)
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
    if "o" in text:
        text = _OH.sub(lambda found: found[0].replace("o", "0"), text)
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text[:2000])
    made = (_price(text, found, chinese=chinese) for found in price.finditer(text))
    return list(islice((one for some in made if some for one in _both(text, some)), MOST))


_ABOUT = re.compile(rf"[{_ONE}]{{2}}[百千万]")


def _both(text: str, price: Price) -> Iterator[Price]:
    """The two amounts of 兩三千, or the one of another price."""
    about = _ABOUT.match(text, price.start)
    least, most = (DIGITS[sign] for sign in about[0][:2]) if about else (0, 0)
    if about is None or most != least + 1:
        yield price
        return
    for first in (least, most):
        yield price._replace(amount=Decimal(first * UNITS[about[0][-1]]))


def _price(text: str, found: re.Match[str], *, chinese: bool) -> Price | None:
    written = plain(found["plain"] or "") or found["chinese"]
    amount = amount_of(written)
    alone = not (found["after"] or found["before"])
    if alone and amount and amount < _LEAST:
        for sums, worth in _SUMS:
            if sums.match(text, found.end()):
                return Price(amount * worth, "HKD", *found.span())
        if _in_notes(text, found):
            return Price(amount * 1_000, "TWD", *found.span())
    if alone and not found["unit"] and amount:
        amount *= _unit_of_range(text, found, amount)
    if (
        not amount
        or (alone and _NOUGHT_FIRST.match(written))
        or (alone and _APART.match(found["plain"] or ""))
        or _VAGUE.fullmatch(found["chinese"] or "")
        or _BROKEN.search(found["chinese"] or "")
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


def _in_notes(text: str, found: re.Match[str]) -> bool:
    """Whether it counts notes of a thousand: 三張小朋友, 一次兩張."""
    if _BILLS.match(text, found.end()):
        return True
    notes = _NOTES.match(text, found.end())
    if not notes or _PAPER.search(text):
        return False
    return bool(notes["sure"] or _NOTES_CUE.search(text, max(0, found.start() - 8), found.start()))


_NOUGHT_FIRST = re.compile("[0零〇][0-9零〇一二三四五六七八九]")
"""A telephone's, a code's."""


def _unit_of_range(text: str, found: re.Match[str], lower: Decimal) -> int:
    """What the lower end of a range is counted in: 10-50萬 begins at 100,000."""
    behind = _RANGE.match(text, found.end()) if found["plain"] else None
    if behind is None or not behind["unit"]:
        return 1
    unit = 1
    for sign in behind["unit"]:
        unit *= UNITS[sign]
    return unit if lower < Decimal(behind["upper"].replace(",", "")) else 1


_VAGUE = re.compile("[百千万亿]+")
"""千元以下: no amount."""
_BROKEN = re.compile("[十百千万][零〇]$")
"""Of 一千零一夜."""


def _money(text: str, found: re.Match[str], amount: Decimal) -> bool:
    """Whether the number is an amount of money."""
    _, counted, coins, cue, loose_cue, others = _patterns()
    rest = text[found.end() : found.end() + 12]
    if found["after"]:
        loose = found["after"] in {"元", "块", "圆", "锾", "蚊", "u"}
        single = bool(found["chinese"]) and len(found["chinese"]) == 1
        return not (loose and (coins.match(rest) or (single and found["after"] == "块")))
    if found["before"]:
        return not (found["before"] == "us" and not rest)
    if (len(found[0]) > 2 or found["chinese"]) and (re.match(_EACH, rest) or _UP_TO.match(rest)):
        return True
    start, unit = found.start(), bool(found["unit"])
    if found["plain"]:
        if lower := _LOWER.search(text, max(0, start - 14), start):
            start = lower.start()
        if (behind := _RANGE.match(rest)) and (unit or amount < _number(behind["upper"]) * 10_000):
            unit = unit or bool(behind["unit"])
            rest = rest[behind.end() :]
            unit = unit or bool(re.match(_EACH, rest))
    spans = bool(found["chinese"]) and bool(
        _SPAN.match(text, found.start()) or _SPAN_END.search(text, max(0, start - 8), start)
    )
    if counted.match(rest) or re.match(r"[-/:.][0-9]|[a-z]", rest):
        return False
    near = max(0, start - 14)
    if others.search(text, near, start):
        return False
    return (
        unit
        or (spans and amount >= _LEAST)
        or _short(found["chinese"] or "")
        or (
            amount >= _LEAST_SAID
            and bool(_ROUND.fullmatch(found["chinese"] or ""))
            and bool(_ENDS.match(rest))
        )
        or (amount >= _LEAST and bool(_TRADED.match(rest)))
        or (len(found[0]) > 1 and bool(cue.search(text, near, start)))
        or (amount >= _LEAST and bool(loose_cue.search(text, near, start)))
    )


def _number(written: str) -> Decimal:
    return Decimal(written.replace(",", ""))


def _short(chinese: str) -> bool:
    """Whether it is said as prices are: 一千二, 三萬五, 兩百五, 三萬五千, 一萬五千六百."""
    return bool(
        re.fullmatch(
            rf"[{_ONE}十百千]+[百千万][{_ONE}0-9]千?|(?:[{_ONE}十]+万)?[{_ONE}]千[{_ONE}]百(?:[{_ONE}]十)?",
            chinese,
        )
    )
