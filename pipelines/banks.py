"""Bank accounts of Taiwan: a bank's code of three digits and an account's ten to sixteen.

A long number is none by itself: a word or a code before it says that it is one.
The Post Office (700) also writes the number of an office and of an account, seven
digits each.
"""

import re
from collections.abc import Iterator
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.phones import CHINESE, number_of
from pipelines.regexes import folded_regex

_CHINESE = "[零〇一二三四五六七八九]"
_DIGIT = "[0-9零〇一二三四五六七八九]"
_LONG = rf"(?:[0-9](?:[ \-]?[0-9]){{9,15}}|{_CHINESE}(?:[ \-]?{_CHINESE}){{9,15}})"
"""An account's digits: all of one kind, for a sign of both mixed takes as long as all other signs."""
SIGN = folded_regex(rf"[0-9](?:[ \-]?[0-9]){{9}}|{_CHINESE}(?:[ \-]?{_CHINESE}){{9}}|局號")

_GAP = r"[^\w。;!?@]{0,6}"
"""What stands between a word and its number."""
_ACCOUNT = r"(?:帳號|帳戶|賬號|賬戶|戶頭|(?<![a-z])(?:account(?: no| number)?|acct?|a/c)(?![a-z]))"
_BANK = (
    r"(?:[^\W\da-z_]{0,8}(?:銀行?|商銀|合庫|合作金庫|郵局|郵政|農會|漁會|信合社|富邦|中信|中國信託|國泰(?:世華)?|玉山|台新|兆豐|永豐|元大|華南|凱基|星展|渣打|新光|聯邦)"
    r"(?:[^\W\da-z_]{1,5}分行)?|(?<![a-z])(?:line ?|[a-z]{2,15} )?bank(?: of [a-z]{2,15})?(?![a-z])|post office)"
)
_CODE = rf"[(\[]?(?P<told>{_DIGIT}{{3}})[)\]]?"
_WORDS = r"(?:代碼|代號|(?<![a-z])code(?![a-z]))"
_ANY = re.compile(
    folded_regex(
        "[銀匯轉收付]|[合金]庫|郵局|郵政|[農漁]會|信合社|富邦|中信|中國信託|國泰(?:世華)?|玉山|台新|兆豐|永豐|元大|華南|凱基|星展|渣打|新光|聯邦"
        "|[帳賬][號戶]|戶頭|警示|人頭|代[碼號]|bank|acc|a/c|code|post office"
    )
)
"""Without any of them no number is an account."""
_RUN = re.compile(
    folded_regex(
        rf"(?<![0-9a-z+.])(?:[(\[]?(?P<code>{_DIGIT}{{3}})[)\]]?[ \-/]{{0,3}}(?<!{_DIGIT}))?"
        rf"(?P<account>{_LONG})(?!\.?[0-9a-z])(?![ \-]{_DIGIT})"
    )
)
_OFFICE = re.compile(
    folded_regex(
        rf"(?P<opened>局號){_GAP}(?P<office>{_DIGIT}(?:[ \-]?{_DIGIT}){{6}})(?!{_DIGIT})"
        rf"{_GAP}(?:儲金|存簿)?帳號{_GAP}(?P<account>{_DIGIT}(?:[ \-]?{_DIGIT}){{6}})(?![ \-]?[0-9a-z])"
    )
)


def _before(pattern: str) -> re.Pattern[str]:
    """What stands right before a number."""
    return re.compile(folded_regex(rf"(?:{pattern}){_GAP}$"))


_WITH_CODE = (
    (_before(rf"(?:{_BANK}|機構|金融)(?:的)?{_WORDS}(?:{_GAP}{_BANK})?"), 0.95),
    (_before(rf"{_BANK}(?:{_GAP}{_ACCOUNT})?"), 0.9),
    (
        _before(
            rf"(?:匯款|轉帳|[收受]款|存款|入帳|匯入|付款)(?:資料|資訊|{_ACCOUNT})?(?:{_GAP}{_BANK})?"
        ),
        0.9,
    ),
    (_before(rf"(?:警示|人頭|問題|可疑|詐騙|指定){_ACCOUNT}"), 0.85),
    (
        _before(r"(?:匯|轉)(?:款|帳|錢)?(?:到|至|入|給|進)?(?:我的?|這個?|以下)?(?:帳戶|戶頭)?"),
        0.85,
    ),
)
"""Where the number begins with its bank's code, and how sure it then is."""
_BRACKETED = ((_before(_ACCOUNT), 0.85),)
"""The same where the code is in brackets: 帳號 (822) 123456789012."""
_TOLD = _before(
    rf"(?:{_BANK}|{_WORDS}){_GAP}(?:{_WORDS}{_GAP})?{_CODE}(?:{_GAP}{_BANK})?(?:{_GAP}|[^0-9a-z。!?\n]{{0,10}}){_ACCOUNT}"
)
"""Where the code stands before the word for the account."""
_PAID = _before(rf"(?:匯|轉|存|付)(?:款|帳|錢)?(?:到|至|入|給|進){_GAP}{_CODE}{_GAP}{_BANK}")
"""Where one is told to pay to a bank of this code: 匯至 822 中國信託."""
_WITHOUT = (
    (_before(rf"{_BANK}(?:的|{_GAP}){_ACCOUNT}"), 0.85),
    (
        _before(
            rf"(?:匯款|轉帳|[收受]款|存款|入帳|匯入|付款|約定|虛擬)的?{_ACCOUNT}(?:{_GAP}{_BANK})?"
        ),
        0.85,
    ),
    (
        _before(
            r"(?<![a-z])(?:pay|transfer|send|wire|deposit)(?: [a-z]{1,8}){0,4} account(?: no| number)?"
        ),
        0.85,
    ),
)
"""Where no code is told."""
_BEHIND = re.compile(
    folded_regex(
        rf"[^\w。;!?@]{{0,3}}(?:{_BANK}{_GAP})?{_WORDS}{_GAP}(?P<told>{_DIGIT}{{3}})(?![0-9a-z])"
    )
)
"""Where the code is told after the number."""
_OWN_BANK = re.compile(folded_regex(rf"\s?[(\[]\s?{_BANK}\s?[)\]]"))
"""A bank in brackets behind a number, which a word for an account stands before."""
_NAMED = _before(_ACCOUNT)
_FLAGGED = re.compile(
    folded_regex(r"[^\w。;!?@]{0,3}[^0-9。!?\n]{0,8}(?:警示帳?戶|人頭(?:帳?戶|頭)|帳戶|戶頭)")
)
"""What says behind a number with a bank's code that it is an account."""
_POST = re.compile(folded_regex("郵局|郵政|post office"))
POST_OFFICE = "700"
_NEAR = 48
"""Characters before a number in which its words stand."""


def banks(text: str) -> Iterator[Contact]:
    """Accounts in a folded text: `013-001234567890`; without the bank where none is told."""
    if _ANY.search(text):
        yield from islice(_offices(text), MOST)
        yield from islice(_accounts(text), MOST)


def _offices(text: str) -> Iterator[Contact]:
    for found in _OFFICE.finditer(text):
        value = f"{POST_OFFICE}-{_digits(found['office'])}{_digits(found['account'])}"
        start = found.start("office")
        yield Contact(
            HandleKind.BANK, value, start, found.end(), 0.95, opened=found.start("opened")
        )


def _accounts(text: str) -> Iterator[Contact]:
    for found in _RUN.finditer(text):
        before = text[max(0, found.start() - _NEAR) : found.start()]
        told = _introduced(before, found["code"], found["account"], bracketed=found[0][0] in "([")
        if told is None and found["code"] and _FLAGGED.match(text, found.end()):
            told = len(before), found["code"], 0.8
        if told is None and _OWN_BANK.match(text, found.end()) and (word := _NAMED.search(before)):
            told = word.start(), None, 0.8
        if told is None:
            continue
        place, code, sure = told
        account = _digits(found["account"] if code or not found["code"] else found[0])
        if code is None and (behind := _BEHIND.match(text, found.end())):
            code = behind["told"]
        value = f"{_digits(code)}-{account}" if code else account
        opened = found.start() - len(before) + place
        yield Contact(HandleKind.BANK, value, found.start(), found.end(), sure, opened=opened)


def _introduced(
    before: str, code: str | None, account: str, *, bracketed: bool
) -> tuple[int, str | None, float] | None:
    """Where the words begin that make a number an account, the bank's code if it is told, and how sure that is."""
    if _is_phone(code, account):
        return None
    if code is not None:
        for shape, sure in (
            *_WITH_CODE,
            *(_BRACKETED if bracketed else ()),
        ):
            if word := shape.search(before):
                return word.start(), code, sure
        return None
    if word := _TOLD.search(before) or _PAID.search(before):
        return word.start(), word["told"], 0.95
    for shape, sure in _WITHOUT:
        if word := shape.search(before):
            return word.start(), POST_OFFICE if _POST.search(word[0]) else None, sure
    return None


def _is_phone(code: str | None, account: str) -> bool:
    """Whether it is a mobile's or another country's number, as numbers behind 帳號 may be."""
    digits = _digits(account)
    if code is not None:
        return _digits(code) == "886"
    return digits.startswith(("09", "886")) and number_of(digits, "TW") is not None


def _digits(written: str) -> str:
    return re.sub(r"[ \-]", "", written.translate(CHINESE))
