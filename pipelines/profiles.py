"""Accounts that a link leads to (`t.me/abc`, `line.me/ti/p/~abc`), and bare mentions (`@abcde`)."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.links import BRACKETS, DOT
from pipelines.regexes import folded_regex

NO_ACCOUNT = frozenset([
    "pay", "store", "points", "point", "today", "bank", "official", "group", "app", "music",
    "tv", "webtoon", "shop", "mobile", "taxi", "travel", "http", "https", "www", "line",
    "telegram", "wechat", "whatsapp", "skype", "id", "email", "mail", "mms", "sms", "bot",
    "notify", "works", "the", "and", "dance", "drawing", "manager", "doctor", "pods", "hotel",
    "stickers", "sticker", "theme", "login", "joinchat", "instagram", "insta", "reel", "reels",
    "stories", "story", "explore", "accounts", "direct", "about", "share", "legal", "live",
    "followers", "handle", "username", "contact", "channel",
])  # fmt: skip
"""What a link or a word is often followed by, and is nobody's account."""

_DOT = rf"(?:{DOT}| ?\. ?)"
"""Also spaced: what stands around it is no sentence's."""
_LINE_LINK = (
    rf"(?:line://(?:r/)?ti/[pg]2?/|(?:page{_DOT})?line{_DOT}(?:me|naver{_DOT}jp)/(?:r/)?(?:ti/[pg]2?/)?)"
    r"(?P<account>[~@%]?[a-z0-9._\-]{3,80})"
)
_TELEGRAM_LINK = (
    rf"(?:(?<![a-z0-9])(?:t|telegram|tlgrm){_DOT}(?:me|dog)(?: ?/ ?| ?斜線 ?)(?:s/)?"
    r"|tg://resolve\?domain=)(?P<account>[a-z0-9_\-]{4,40})"
)
_TELEGRAM_INVITE = (
    rf"(?:(?<![a-z0-9])(?:t|telegram|tlgrm){_DOT}(?:me|dog)/(?:joinchat/|\+)"
    r"|tg://join\?invite=)(?P<account>[a-z0-9_\-]{3,40})"
)
"""To a closed group. Its capitals carry meaning, other than those of a name."""
_INSTAGRAM_LINK = (
    rf"(?<![a-z0-9])(?:instagram{DOT}com/(?:stories/|_u/)?|instagr{DOT}am/|ig{DOT}me/m/)"
    r"(?P<account>@?[a-z0-9_][a-z0-9_.]{1,29})"
)
LINK_SIGN = "(?:me|jp|dog) ?(?:/|斜)|tg:|line:/|instagr"
MENTION_SIGN = "@[a-z0-9]"
_LINKS = (
    (HandleKind.LINE, _LINE_LINK, ("me/", "jp/", "e:/")),
    (HandleKind.TELEGRAM, _TELEGRAM_INVITE, ("me/", "dog/", "tg:")),
    (HandleKind.TELEGRAM, _TELEGRAM_LINK, ("me/", "me /", "me斜", "me 斜", "dog/", "tg:")),
    (HandleKind.INSTAGRAM, _INSTAGRAM_LINK, ("instagr", "me/m/")),
)
"""Each with what it cannot do without, which is found faster."""
_LONGEST_HOST = 24
"""Characters before the slash, blanks around dots among them."""
_LONGEST_DEFANGED = 48
"""The same with dots written as ` [ dot ] `."""
INVITE = "+"
"""Begins the value of an invitation to a group: no name begins so."""
_MENTION = r"(?<![a-z0-9._@/!#$%&*\-])@(?P<account>[a-z][a-z0-9_]{4,31}|[0-9]{3}[a-z]{5})(?![a-z0-9_@]|\.[a-z]|://)"
_DOTTED = r"(?<![a-z0-9._@/!#$%&*\-])@(?P<account>[a-z0-9][a-z0-9_\-]{1,18}\.(?!(?:com|net|org|tw|cn|hk|jp|io|cc)(?![a-z]))[a-z0-9._\-]{1,18}(?<![.\-]))(?![a-z0-9_@]|://)"
"""An official account of LINE as no name of Telegram is written."""
_ELSEWHERE = (
    r"(?:\big|insta(?:gram)?|twitter|推特|\bx|threads|脆|fb|facebook|臉書|tiktok|抖音|youtube|yt|小紅書|discord|dc|微博|plurk|噗浪"
    r"|snap(?:chat)?|skype|rt|by|via|回覆?|re|cc|謝謝?|感謝|標記|tag|hi|hello|哈囉)[^\w@]{0,4}$"
)
_LINE_NEAR = r"(?:(?<![a-z])line(?![a-z])|賴|官方|加好友|好友|生活圈)"
_TELEGRAM_NEAR = r"telegram|(?<![a-z])tg(?![a-z])|電報|飛機|✈"
_DEFAULT_OFFICIAL = re.compile("[0-9]{3}[a-z]{5}")
"""What LINE calls an official account whose owner did not pay for another name."""
_NEAR = 40
"""Characters on either side in which a messenger's name says whose a bare mention is."""


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(folded_regex(pattern))


def linked(text: str) -> Iterator[Contact]:
    """Accounts of a folded text that a link leads to: `t.me/abc`."""
    return islice(_links(text), MOST)


def mentioned(text: str) -> Iterator[Contact]:
    """Bare mentions in a folded text: `@abcde`, an official account where LINE is talked of."""
    for found in islice(_pattern(_MENTION).finditer(text), MOST):
        near = max(0, found.start() - 20)
        if not _pattern(_ELSEWHERE).search(text, near, found.start()):
            official = _official(text, found)
            yield Contact(
                HandleKind.LINE if official else HandleKind.TELEGRAM,
                f"@{found['account']}" if official else found["account"],
                *found.span(),
                0.4,
            )

    for found in islice(_pattern(_DOTTED).finditer(text), MOST):
        if _official(text, found):
            yield Contact(HandleKind.LINE, f"@{found['account']}", *found.span(), 0.4)


def _official(text: str, found: re.Match[str]) -> bool:
    """Whether it is LINE's."""
    if _DEFAULT_OFFICIAL.fullmatch(found["account"]):
        return True
    around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
    return bool(_pattern(_LINE_NEAR).search(around)) and not _pattern(_TELEGRAM_NEAR).search(around)


def _links(text: str) -> Iterator[Contact]:
    for kind, pattern, needs in _LINKS:
        first = first_of(text, needs)
        if first < 0:
            continue
        longest = _LONGEST_DEFANGED if BRACKETS.search(text) else _LONGEST_HOST
        for found in _pattern(pattern).finditer(text, max(0, first - longest)):
            ends = "." if kind is HandleKind.INSTAGRAM else ".-_"
            account = found["account"].lstrip("~").replace("%40", "@").rstrip(ends)
            if account not in NO_ACCOUNT:
                end = found.end() - (len(found["account"]) - len(found["account"].rstrip(".-")))
                start = schemed(text, found.start())
                value = f"{INVITE}{account}" if pattern == _TELEGRAM_INVITE else account
                yield Contact(kind, value, start, end, 0.95)


_SCHEME = re.compile(r"h(?:tt|xx)ps? ?[\[(]?:[\])]? ?//(?:www\.)?$")


def schemed(text: str, start: int) -> int:
    """Where a link begins, with the `https://` before it."""
    before = _SCHEME.search(text[max(0, start - 20) : start])
    return start - len(before[0]) if before else start


def first_of(text: str, needs: tuple[str, ...]) -> int:
    """Where the first of these is; -1 if none is."""
    first = -1
    for need in needs:
        place = text.find(need, 0, len(text) if first < 0 else first + len(need))
        if place >= 0:
            first = place
    return first
