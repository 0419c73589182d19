"""Accounts of LINE, Telegram, WeChat and Instagram: links, and names behind a word that says what they are.

Patterns are written in traditional characters and folded once, as the texts
they read are. An account behind a bare word (`line abc`) is believed only if
something else speaks for it: an invitation, a colon, "ID", a digit in the name.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.profiles import NO_ACCOUNT, first_of
from pipelines.regexes import folded_regex

_ADD = r"(?:加入?我?們?的?|請加|搜尋|搜|密|追蹤我?們?的?|\+|follow(?: me)?(?: on)?(?: my)?|add(?: me)?(?: on)?(?: my)?|\bdm(?: me)?(?: on)?|contact(?: me)?(?: on| via| at)?)\s{0,2}$"
"""An invitation that ends where the word begins."""
_ADD_ENDS = frozenset(folded_regex("加入我們的搜尋密蹤") + "+denymtaw")
"""Folded. The last characters of an invitation."""

_BETWEEN = (
    r"(?P<also>(?:\s?(?:[/、&+,]|跟|和|與|及|或|and|or)\s?(?:line|賴|tg|telegram|電報|飛機|微信|wechat|wx|vx|ig|insta(?:gram)?|snap(?:chat)?|whatsapp|電話|手機)(?![a-z])){0,3})"
    r"(?P<mid>(?:\s?(?:(?<!\s)id|,?\s?id(?![a-z0-9_.])|\(id\)|帳號|帳戶|帳(?!號)|賬號|账号|號碼|號|代號|官方|客服|專員|小編|助理|老師|群組|群|好友|搜尋|搜|私訊|私|請洽|洽詢|洽"
    r"|聯絡|聯繫|諮詢|請加|加|找我|找|我|聊聊|聊|你|同[名號步]|同|可[加搜]|可以|個|ㄉ|一樣|都是|也是|的|是|為|在?這[裡邊]?|如下|[喔哦唷呦吧啦嘍囉嗎呢]"
    r"|(?:or|me|is|at|on|here|only|both|same|account|username|user)(?![a-z0-9_]))){0,6})"
)
"""Another messenger where the account is the same, and words that only lead to it."""
_GAP = r"(?P<gap>[^\w。,;!?@]{0,8})"
_SPACED = r"[a-z0-9](?P<sep>[ \-.*])[a-z0-9_.](?:(?P=sep)[a-z0-9_.]){2,28}(?![a-z0-9_@])"
"""An account spelled character by character: `d e m o 7 7`, `d-e-m-o-7`."""
_AFTER = r"(?![a-z0-9_@])(?!\.[a-z]{2,}/)(?!:/)"


class _Word(NamedTuple):
    """How the accounts of one messenger are introduced and spelled."""

    kind: HandleKind
    word: str
    account: str
    sign: str
    """A folded regex: without it the word is not there."""
    needs: tuple[str, ...]
    """Folded; the word begins at most a character before the first of them."""
    weak: tuple[str, ...] = ()
    """Words that are also others: something must speak for the account."""
    ends: str = ".-_"
    """What no account ends with: it belongs to the sentence."""


_WORDS = (
    _Word(
        HandleKind.LINE,
        r"(?:l(?:ine|[ .]i[ .]?n[ .]?e)(?:@|(?=[^a-z]|id))|賴|ㄌ ?ㄞ ?[ˋˊˇ]?|[瀨萊癩籟賚](?<=加[瀨萊癩籟賚])|[瀨癩](?=:)|[萊賴拉][恩因](?=\s?(?:id|:))|小綠|綠色(?:軟體|app)|l(?<=加l)(?![a-z])|lai(?<=加lai)(?![a-z])|l(?<=\+l)(?![a-z]))",
        r"@?[a-z0-9][a-z0-9._\-]{2,29}",
        sign=r"l(?:ine|[ .]i[ .]?n[ .]?e)|赖|ㄌ ?ㄞ|加[l濑莱癞籁赉]|[濑癞]:|[莱赖拉][恩因] ?(?:id|:)|\+l|小绿|绿色[软a]",
        needs=(
            "line",
            "l i",
            "l.i",
            "赖",
            "ㄌ",
            "濑",
            "癞",
            "加莱",
            "加籁",
            "加赉",
            "加l",
            "+l",
            "绿",
            "莱恩",
            "莱因",
            "赖恩",
            "拉恩",
            "拉因",
        ),
        weak=("line", "小绿", "绿色软体", "绿色app"),
    ),
    _Word(
        HandleKind.TELEGRAM,
        r"(?:(?:telegra(?:m|rn)|telegrm|teleg?|t[ .]?g)(?![a-z])|電報|紙?(?:飛|ㄈㄟ)(?:機|ㄐㄧ)|✈|テレグラム)",
        r"@?[a-z][a-z0-9_]{3,31}",
        sign=r"tele|tg|\bt[ .]g\b|电报|飞[机ㄐ]|ㄈㄟ[机ㄐ]|✈|テレグラム",
        needs=("tele", "tg", "t g", "t.g", "电报", "飞机", "飞ㄐ", "ㄈㄟ", "✈", "テレグラム"),
        weak=("tele", "电报", "飞机", "纸飞机", "✈"),
    ),
    _Word(
        HandleKind.WECHAT,
        r"(?:[微薇威維徽v]信|[微薇v][❤♥💚]信?|wei信|綠泡泡|衛星(?<=加衛星)|薇(?=:)|(?<![a-z0-9])v(?=我)|微(?<=加微)(?=[^\w。,;!?]{0,4}[a-z0-9])|(?:wechat|weixin|wx|vx)(?![a-z])|v(?<=加v)(?![a-z])|v(?<=\+v)(?![a-z]))",
        r"[a-z0-9][a-z0-9_\-]{4,29}",
        sign=r"[微薇威维徽v]信|[微薇v][❤♥💚]|wei信|绿泡泡|加卫星|薇:|v我|加微|wechat|weixin|wx|vx|加v|\+v",
        needs=(
            "信",
            "❤",
            "♥",
            "💚",
            "wei信",
            "卫星",
            "薇",
            "v我",
            "绿泡泡",
            "加微",
            "wechat",
            "weixin",
            "wx",
            "vx",
            "加v",
            "+v",
        ),
        weak=("威信", "维信", "薇信", "徽信", "绿泡泡"),
    ),
    _Word(
        HandleKind.INSTAGRAM,
        r"(?:(?:insta(?:gram)?|i ?g)(?![a-z])|[哀愛艾]居)",
        r"@?[a-z0-9_][a-z0-9_.]{2,29}",
        sign=r"insta|\bi ?g\b|[哀爱艾]居",
        needs=("insta", "ig", "i g", "居"),
        weak=("instagram", "insta", "ig", "i g", "哀居", "爱居", "艾居"),
        ends=".",
    ),
)

_LONG_NAME = 5
"""Letters of an account that is believed without a digit: 賴 is also a family name (賴 Tom)."""


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(folded_regex(pattern))


def introduced(word: _Word) -> Callable[[str], Iterator[Contact]]:
    """The reader of accounts behind a messenger's word in a folded text."""

    def read(text: str) -> Iterator[Contact]:
        first = first_of(text, word.needs)
        return islice(_named(text, word, max(0, first - 1)), MOST if first >= 0 else 0)

    return read


WORDS = tuple((word.sign, introduced(word)) for word in _WORDS)
"""The readers of words, each with its sign."""


@cache
def _shape(word: _Word) -> re.Pattern[str]:
    """How an account stands behind a word."""
    return _pattern(
        rf"(?P<word>{word.word}){_BETWEEN}{_GAP}(?P<account>{_SPACED}|{word.account}){_AFTER}"
    )


def _named(text: str, word: _Word, first: int) -> Iterator[Contact]:
    for found in _shape(word).finditer(text, first):
        add = added(text, found.start())
        account = found["account"].rstrip(word.ends)
        invited = add is not None or _invites(found["mid"])
        sure = _sureness(found, word, account, invited=invited)
        if sure is None or _inside_word(text, found):
            continue
        start = found.start("account")
        value = account.replace(found["sep"], "") if found["sep"] else account
        if word.kind is not HandleKind.LINE:
            value = value.removeprefix("@")
        yield Contact(
            kind=word.kind,
            value=value.replace("-", "") if _MOBILE.fullmatch(value) else value,
            start=start,
            end=start + len(account),
            confidence=sure,
            invited=invited,
            opened=add.start() if add else found.start(),
        )


def added(text: str, end: int) -> re.Match[str] | None:
    """An invitation that ends there."""
    if text[max(0, end - 4) : end].rstrip()[-1:] not in _ADD_ENDS:
        return None
    return _pattern(_ADD).search(text, max(0, end - 24), end)


def _invites(words: str) -> bool:
    return bool(words) and any(
        said in words for said in _folded("加", "搜", "密", "洽", "找", "私", "聯", "諮詢")
    )


@cache
def _folded(*words: str) -> tuple[str, ...]:
    return tuple(folded_regex(word) for word in words)


def _inside_word(text: str, found: re.Match[str]) -> bool:
    """Whether an ASCII word begins in the middle of another: `online`, `deadline`."""
    start = found.start("word")
    first, before = text[start], text[start - 1 : start]
    return first.isascii() and first.isalpha() and before.isascii() and before.isalnum()


_MOBILE = re.compile(r"09[0-9\-]+")
_LETTER = re.compile("[a-z]")
_SPELLS = frozenset("_.0123456789")


def _sureness(found: re.Match[str], word: _Word, account: str, *, invited: bool) -> float | None:
    """How sure it is that an account follows, or None if nothing speaks for it."""
    bare = account.removeprefix("@")
    gap = found["gap"]
    told = ":" in gap or "=" in gap or account.startswith("@") or _announced(found["mid"])
    spelled = not _SPELLS.isdisjoint(bare)
    sure: float | None = 0.6 if spelled else 0.5
    if (
        len(bare) < 3
        or bare in NO_ACCOUNT
        or _NUMBERS.fullmatch(bare)
        or ("\n" in gap and not (":" in gap or invited))
    ):
        sure = None
    elif invited or told:
        sure = 0.95 if invited and told else 0.9
    elif (
        (gap.strip(" ") in {"-", ".", "/", "_"} and gap != " - ")
        or _AS_A_THING.search(found.string, max(0, found.start() - 12), found.start())
        or (word.kind is HandleKind.TELEGRAM and _FLIGHT.fullmatch(bare))
        or not (spelled or len(bare) >= _LONG_NAME)
        or (found["word"].strip("@") in word.weak and not (spelled and _LETTER.search(bare)))
    ):
        sure = None
    return sure


_AS_A_THING = re.compile(r"(?:^|[^a-z])(?:the|an?|this|that|first|last|finish|product|in)\s$")
"""Before a word that is none of a messenger: `the line at gate12`."""
_FLIGHT = re.compile(r"[a-z]{2}[0-9]{2,4}")
"""Behind 飛機 a flight: BR221."""
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)+")
"""An IP address, a version, an amount."""


def _announced(words: str) -> bool:
    return bool(words) and any(
        said in words for said in _folded("id", "帳", "號", "搜", "username", "account")
    )
