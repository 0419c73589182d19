"""Accounts of LINE, Telegram, WeChat and Instagram: links, and names behind a word that says what they are.

Patterns are written in traditional characters and folded once, as the texts
they read are. An account behind a bare word (`line abc`) is believed only if
something else speaks for it: an invitation, a colon, "ID", a digit in the name.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.messenger_words import BARE, MESSENGERS, OWNERLESS, Messenger
from pipelines.profiles import NO_ACCOUNT
from pipelines.regexes import folded_regex

_ADD = r"(?:加入?我?們?的?|請加|搜尋|搜|私|密|追蹤我?們?的?|\+|follow(?: me)?(?: on)?(?: my)?|add(?: me)?(?: on)?(?: my)?|\bdm(?: me)?(?: on)?|contact(?: me)?(?: on| via| at)?)\s{0,2}$"
"""An invitation that ends where the word begins."""
_ADD_ENDS = frozenset(folded_regex("加入我們的搜尋私密蹤") + "+denymtaw")
"""Folded. The last characters of an invitation."""

_BETWEEN = (
    r"(?P<also>(?:\s?(?:[/、&+,]|跟|和|與|及|或|同|and|or)\s?(?:line|賴|tg|telegram|電報|飛機|微信|wechat|wx|vx|ig|insta(?:gram)?|snap(?:chat)?|whatsapp|電話|手機)(?![a-z])){0,3})"
    r"(?P<mid>(?:\s?(?:(?<!\s)id|[,\-]?\s?id(?![a-z0-9_.])|handle|打|輸入|填|\(id\)|帳號|帳戶|帳(?!號)|賬號|账号|號碼|號|代號|官方|客服|專員|小編|助理|老師|群組|群|好友|搜尋|搜|私訊|私|請洽|洽詢|洽"
    r"|聯絡|聯繫|諮詢|請[加搜]|加|找我|找|我|聊聊|聊|你|同(?:[名號步]|手機|電話|門號)|同|可[加搜]|可以|個|ㄉ|一樣|都是|也是|的|是|為|在?這[裡邊]?|如下|[喔哦唷呦吧啦嘍囉嗎呢]|全?小寫|英文|叫做?|名稱|名字|一下|詳[談聊]|洽談|討論|索取|後|裡面?|上|內|[小本大主私]帳|搜索|查詢?|歡迎|預約|報名|訂[購位房]"
    r"|(?:or|me|is|at|on|here|only|both|same|account|username|user)(?![a-z0-9_]))){0,6})"
)
"""Another messenger where the account is the same, and words that only lead to it."""
_GAP = r"(?:\s?\([^()@]{1,16}\)(?=\s?:)|(?P<said>[一-龥]{1,10})(?=\s?(?:[:=→➡👉▶►]|id\s?[:=])|\s[a-z0-9.]{2,}_[a-z0-9]))?(?:(?<=[一-龥])\s?id(?=\s?[:=]))?(?P<gap>[^\w。,;!?@]{0,8})(?P<comma>,\s?(?=[a-z][a-z._\-]*[0-9_]))?(?:(?:[全都]?小寫|英文|請?搜尋?|是)\s?){0,2}"
_SPACED = r"[a-z0-9](?P<sep>[ \-.*])[a-z0-9_.](?:(?P=sep)[a-z0-9_.]){2,28}(?![a-z0-9_@])"
"""An account spelled character by character: `d e m o 7 7`, `d-e-m-o-7`."""
_AFTER = r"(?![a-z0-9_@])(?!\.[a-z]{2,}/)(?!:/)(?!-[a-z0-9])"
_SAID = r"[a-z0-9][a-z0-9._\-]*(?:\s?[(\[]?\s?(?:下?底線|後面[接加])\s?[)\]]?\s?[a-z0-9][a-z0-9._\-]*){1,3}"
"""An account as it is read out: `maple 底線 22`."""
_SAID_LINE = r"\s?[(\[]?\s?(?:下?底線|(?P<on>後面[接加]))\s?[)\]]?\s?"
_POINTS = frozenset(":=→➜➡⇒➔👉☞▶►>")
"""Signs that lead to an account."""


_LONG_NAME = 5
"""Letters of an account that is believed without a digit: 賴 is also a family name (賴 Tom)."""


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(folded_regex(pattern))


@cache
def _any_of(needs: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, needs))
    return re.compile(words)


def introduced(word: Messenger) -> Callable[[str], Iterator[Contact]]:
    """The reader of accounts behind a messenger's word in a folded text."""
    needed = _any_of(word.needs)

    def read(text: str) -> Iterator[Contact]:
        first = needed.search(text)
        start = max(0, first.start() - 1) if first else 0
        return islice(_named(text, word, start), MOST if first else 0)

    return read


WORDS = tuple((word.sign, introduced(word)) for word in MESSENGERS)
"""The readers of words, each with its sign."""


@cache
def _shape(word: Messenger) -> re.Pattern[str]:
    """How an account stands behind a word."""
    return _pattern(
        rf"(?P<word>{word.word}){_BETWEEN}{_GAP}(?P<account>{_SPACED}|{word.dialled}{_SAID}|{word.account}){_AFTER}"
    )


def _named(text: str, word: Messenger, first: int) -> Iterator[Contact]:
    behind = {}
    if any(sign in text for sign in _TELLS_BEHIND):
        behind = {one.opened: one for one in _before_brackets(text, word, first)}
    yield from behind.values()
    for found in _shape(word).finditer(text, first):
        if found.start() in behind and not _POINTS.intersection(found["gap"]):
            continue
        add = added(text, found.start())
        account = found["account"].rstrip(word.ends)
        start = found.start("account")
        end = start + len(account)
        invited = add is not None or found["word"] in BARE or _invites(found["mid"])
        sure = _sureness(found, word, account, invited=invited)
        if sure is None or _inside_word(text, found) or _elsewhere(text, found):
            continue
        contact = Contact(
            kind=word.kind,
            value=_value(word, account, found["sep"]),
            start=start,
            end=end,
            confidence=sure,
            invited=invited,
            opened=add.start() if add else found.start(),
        )
        yield contact
        yield from _listed(text, word, contact)


def _value(word: Messenger, account: str, sep: str | None) -> str:
    value = account.replace(sep, "") if sep else account.replace("@ ", "@")
    if not value.isascii():
        value = _pattern(_SAID_LINE).sub(lambda said: "" if said["on"] else "_", value)
    if word.kind is not HandleKind.LINE:
        value = value.removeprefix("@")
    return re.sub("[ .-]", "", value) if _MOBILE.fullmatch(value) else value


@cache
def _brackets(word: Messenger) -> re.Pattern[str]:
    return _pattern(
        rf"(?:[(\[]\s?(?:我的?)?(?P<word>{word.word})(?:\s?(?:id|帳號|同[名號]))?\s?[)\]]"
        rf"|(?:←|<-|這[個支組]|是我們?的?)\s?(?P<own>{word.word})(?![^\w]{{0,6}}[a-z0-9@]))"
    )


_TELLS_BEHIND = ("(", "[", "←", "<-", "是我", *folded_regex("這個 這支 這組").split())
_STANDS_BEFORE = re.compile(r"(?<![a-z0-9_.@/\-])@?(?P<account>[a-z0-9_][a-z0-9._\-]{3,29}) ?$")


def _before_brackets(text: str, word: Messenger, first: int) -> Iterator[Contact]:
    """Accounts that are told first, and the messenger behind them: `abc_123 (LINE)`, `abc_123 是我的賴`."""
    for found in _brackets(word).finditer(text, max(0, first - 4)):
        start = max(0, found.start() - 34)
        before = _STANDS_BEFORE.search(text[start : found.start()])
        account = before["account"].rstrip(word.ends) if before else ""
        if before and _SPELLS.intersection(account) and _LETTER.search(account):
            place = start + before.start("account")
            yield Contact(
                word.kind,
                account,
                place,
                place + len(account),
                0.6,
                opened=max(found.start("word"), found.start("own")),
            )


_AND = re.compile(
    folded_regex(
        r"(?:\s?(?:[、/&]|和|與|及|跟|或|or |and )|[^。!?\n@]{0,10}(?:新的|現在|目前|改成|換成|另一個|備用的?|小號|大號)(?:帳號)?(?:是|為|:|叫|(?<=[用號])\s))\s?(?P<account>@?[a-z][a-z0-9_.]{2,28}[0-9_][a-z0-9_.]{0,9})(?![a-z0-9_@:=\-]|\.[a-z]|\s?:)"
    )
)


def _listed(text: str, word: Messenger, last: Contact) -> Iterator[Contact]:
    """More accounts behind one: `LINE: abc_1、abc_2`."""
    while found := _AND.match(text, last.end):
        account = found["account"].rstrip(word.ends)
        start = found.start("account")
        last = last._replace(
            value=_value(word, account, None), start=start, end=start + len(account)
        )
        yield last


_OTHERS = r"(?:\big|insta(?:gram)?|threads|脆|fb|facebook|臉書|推特|twitter|tg|telegram|電報|飛機|微信|wechat|微博|抖音|小紅書|youtube|discord|\bdc|遊戲|steam|switch|代碼|snap|skype|qq|kakao)[^。!?\n]{0,12}$"


def _elsewhere(text: str, found: re.Match[str]) -> bool:
    """Whether a word that is LINE's by default stands behind another messenger's name."""
    start = found.start()
    return found["word"] in OWNERLESS and bool(
        _pattern(_OTHERS).search(text, max(0, start - 24), start)
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


_MOBILE = re.compile(r"09[0-9 .\-]+")
_LETTER = re.compile("[a-z]")
_SAME, _NAME = map(folded_regex, "同賴")
_SPELLS = frozenset("_.0123456789")


def _sureness(
    found: re.Match[str], word: Messenger, account: str, *, invited: bool
) -> float | None:
    """How sure it is that an account follows, or None if nothing speaks for it."""
    bare = account.removeprefix("@").lstrip()
    gap = found["gap"]
    told = not _POINTS.isdisjoint(gap) or account.startswith("@") or _announced(found["mid"])
    told = told or (
        _MOBILE.fullmatch(bare) is not None and _SAME in f"{found['also']}{found['mid']}"
    )
    spelled = not _SPELLS.isdisjoint(bare)
    named = spelled and bool(_LETTER.search(bare))
    sure: float | None = 0.6 if spelled else 0.5
    if (
        len(bare) < 3
        or bare in NO_ACCOUNT
        or _NUMBERS.fullmatch(bare)
        or (found["comma"] and not invited)
        or (found["said"] and found["word"] in word.weak and not (invited or told))
        or (found["word"] == "id" and not ((invited or _asked(found)) and named))
        or ("\n" in gap and not (":" in gap or invited))
        or (found["word"] in word.shy and not (invited or (named and (told or _asked(found)))))
    ):
        sure = None
    elif (invited or told) and not (found["said"] and not named):
        sure = 0.95 if invited and told else 0.9
    elif (
        (
            gap.strip(" ") in {"-", ".", "/", "_"}
            and gap != " - "
            and not (found["word"] == _NAME and "_" in bare)
        )
        or _AS_A_THING.search(found.string, max(0, found.start() - 12), found.start())
        or (word.kind is HandleKind.TELEGRAM and _FLIGHT.fullmatch(bare))
        or not (spelled or len(bare) >= _LONG_NAME)
        or (found["word"].strip("@") in word.weak and not named)
        or (bool(found["mid"]) and _of_many(found["mid"]))
        or (bool(found["said"]) and not named)
    ):
        sure = None
    return sure


_AS_A_THING = re.compile(r"(?:^|[^a-z])(?:the|an?|this|that|first|last|finish|product|in)\s$")
"""Before a word that is none of a messenger: `the line at gate12`."""
_FLIGHT = re.compile(r"[a-z]{2}[0-9]{2,4}")
"""Behind 飛機 a flight: BR221."""
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)+")
"""An IP address, a version, an amount."""


def _asked(found: re.Match[str]) -> bool:
    """Whether an invitation stands right behind."""
    return bool(_pattern(_ASKS).match(found.string, found.end("account")))


_ASKS = r"\s{0,2}(?:私|密|詳|洽|聊|加我|找我|諮詢|詢|約|訂|預|報名|敲|傳訊|看貨)"


def _of_many(words: str) -> bool:
    """Whether a group is named, and no account."""
    return any(said in words for said in _folded("群組", "群"))


def _announced(words: str) -> bool:
    return bool(words) and any(
        said in words for said in _folded("id", "帳", "號", "搜", "username", "account")
    )
