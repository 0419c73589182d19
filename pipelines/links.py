"""Mail addresses and web addresses, also the defanged ones: `hxxp`, `[.]`, `(dot)`, `[at]`."""

import re
from collections.abc import Iterator
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.regexes import folded_regex

MAIL_SIGN = r"@|[\[({] ?at|小老鼠|艾特| at [a-z0-9\-]+ dot "
URL_SIGN = r"h(?:tt|xx)p|www|[a-z0-9\-]\.[a-z]{2}|[\[({] ?(?:\.|dot|点)|[a-z][点。][a-z]|[a-z] dot [a-z]{2,7}(?: slash|/)"

_SAID_DOT = r"(?<=[a-z])[点。](?=(?:com|net|org|tw|hk|cn|cc|io|xyz|top|vip|example)(?![a-z0-9])|me(?:/| ?斜))"
"""Said instead of written: `shop點com`. 點 also means o'clock and to tap, so only before endings that mean nothing else."""
DOT = rf"(?:\.| ?[\[({{] ?(?:\.|dot|点) ?[\])}}] ?|{_SAID_DOT}|(?<=www)。)"
_MAIL_DOT = rf"(?:{DOT}| dot )"
_AT = r"(?:@| ?[\[({] ?(?:at|@) ?[\])}] ?| ?[\[(]?(?:小老鼠|艾特)[\])]? ?| @ (?=[a-z0-9.\-]{1,60}\.(?:com|net|org|edu|tw|hk|cn|example)(?![a-z0-9]))| at (?=[a-z0-9\-]+ dot (?:com|net|org|edu|gov|tw|hk|cn|io|me|co|example)(?![a-z])))"
_LABEL = r"[a-z0-9][a-z0-9-]{0,62}+"
"""Possessive: nothing that may follow it is one of its characters, so it need not be tried shorter."""

_ENDINGS = [
    "com",
    "net",
    "org",
    "info",
    "biz",
    "edu",
    "gov",
    "mil",
    "int",
    "tw",
    "cn",
    "hk",
    "mo",
    "jp",
    "kr",
    "sg",
    "my",
    "th",
    "vn",
    "ph",
    "uk",
    "us",
    "ca",
    "au",
    "de",
    "fr",
    "eu",
    "ru",
    "io",
    "cc",
    "xyz",
    "top",
    "vip",
    "club",
    "shop",
    "site",
    "online",
    "app",
    "link",
    "live",
    "asia",
    "tv",
    "gg",
    "ly",
    "page",
    "dev",
    "store",
    "fun",
    "win",
    "bet",
    "icu",
    "work",
    "world",
    "pro",
    "mobi",
    "name",
    "wiki",
    "space",
    "website",
    "tech",
    "click",
    "casino",
    "games",
    "game",
    "chat",
    "social",
    "group",
    "life",
    "money",
    "loan",
    "poker",
    "example",
    "ink",
    "gift",
    "pub",
    "red",
    "pink",
    "love",
    "today",
    "news",
    "blog",
    "art",
    "design",
    "cloud",
    "run",
]
"""Endings that are read without `http://`: not all that exist, for `me` and `it` are words too."""

_SHORT = [
    "me",
    "to",
    "in",
    "is",
    "it",
    "at",
    "no",
    "so",
    "am",
    "ai",
    "co",
    "la",
    "im",
    "be",
    "st",
    "ws",
    "tk",
    "ml",
    "ga",
    "cf",
    "gq",
    "pw",
    "id",
    "gd",
    "gl",
    "gle",
    "gy",
    "ee",
]
"""Endings that are words: read only before a path or after `www.`."""

_PATH = r"(?::[0-9]{2,5})?(?:[/?#][a-z0-9\-._~:/?#\[\]@!$&'()*+;=%|]{0,2000})?"
_MAIL = re.compile(
    rf"(?<![a-z0-9._%+\-/])[a-z0-9][a-z0-9._%+-]{{0,63}}+{_AT}"
    rf"(?:{_LABEL}{_MAIL_DOT}){{1,5}}[a-z]{{2,24}}(?![a-z0-9-])"
)
_SCHEME = re.compile(
    rf"(?<![a-z])h(?:tt|xx)p(s?) ?[\[(]?:[\])]? ?//(?:[a-z0-9\-._~%:]{{1,64}}@)?"
    rf"(?:{_LABEL}{DOT}){{1,9}}{_LABEL}{_PATH}"
)
_BARE = re.compile(
    rf"(?<![a-z0-9@/._%+\-])(?:www{DOT})?(?:{_LABEL}{DOT}){{1,5}}"
    rf"(?:(?:{'|'.join(_ENDINGS)})(?:\.[a-z]{{2}})?(?![a-z0-9-]|{_AT}){_PATH}|(?:{'|'.join(_SHORT)})(?=/[a-z0-9~+@]){_PATH})"
)
_WRITTEN_SCHEME = re.compile(r"h(?:tt|xx)p(s?) ?[\[(]?:[\])]? ?//", re.IGNORECASE)
_HOST = re.compile(r"([^/?#]*)(.*)", re.DOTALL)
_DOTS = re.compile(DOT, re.IGNORECASE)
_MAIL_DOTS = re.compile(_MAIL_DOT)
_ATS = re.compile(_AT)
_BARE_WWW = re.compile(rf"(?<![a-z0-9@/._-])www{DOT}(?:{_LABEL}{DOT}){{1,5}}[a-z]{{2,24}}{_PATH}")

BRACKETS = re.compile(r"[\[({]|[a-z][点。][a-z]")
"""Without one of them nothing is defanged."""
_DOTTED = re.compile(r"(?<![!-~])[!-\-/-~]*+\.[!-~]*")
_ATTED = re.compile(r"(?<![!-~])[!-?A-~]*+@[!-~]*")
"""A piece without blanks that holds a dot, or an at."""

_SPOKEN = re.compile(
    r"(?<![a-z0-9@.\-])(?!(?:the|a|at|to|on|or|and) )[a-z0-9\-]{2,40}(?: dot [a-z0-9\-]{2,40}){1,3}"
    r"(?:/| slash )[a-z0-9\-_]{1,40}(?:(?:/| slash )[a-z0-9\-_]{1,40}){0,3}"
)
"""Read out: `shop dot example slash deal`. Without a path it may be any talk of dots."""
_SAID_SIGNS = {" dot ": ".", " slash ": "/"}

_SHAPES = (
    (_SCHEME, re.compile("//"), None),
    (_BARE_WWW, re.compile("www"), _DOTTED),
    (_BARE, re.compile(r"(?:\.|。|dot|点)(?: ?[\])}] ?)?[a-z]{2}"), _DOTTED),
    (_SPOKEN, re.compile(" dot [a-z]"), None),
)
"""Each with what it cannot do without, which is found faster, and with the pieces that it is in if nothing is in brackets."""

_LONGEST_SCHEME = 16
"""Characters before the slashes, written as `https [:] //`."""

_TRAILING = ".,;:!?'*_~|"


_SWAPPED = re.compile(folded_regex(r"(?P<sign>[#*&$%])\s?(?:[換改]成?|=|是|代表|→|->)\s?@"))
"""Tells which sign stands for `@` in an address: `demo#mail.example(#換@)`."""


def mails(text: str) -> Iterator[Contact]:
    """Mail addresses of a folded text, in lower case."""
    if swapped := _SWAPPED.search(text):
        text = text.replace(swapped["sign"], "@")
    spaced = any(said in text for said in (" dot ", "小老鼠", "艾特", " @ "))
    first = 0 if spaced else text.find("@")
    for found in islice(_finds(_MAIL, text, None if spaced else _ATTED, first), MOST):
        value = _MAIL_DOTS.sub(".", _ATS.sub("@", found[0], count=1))
        if ".." not in value:
            sure = 0.95 if value == found[0] else 0.85
            yield Contact(HandleKind.MAIL, value, found.start(), found.end(), sure)


def _finds(
    shape: re.Pattern[str], text: str, piece: re.Pattern[str] | None, first: int
) -> Iterator[re.Match[str]]:
    """Where a shape is, given where the first of what it needs is.

    Without brackets (`[.]`, `(at)`) it has no blanks, and most pieces of a text are passed over.
    """
    if piece is None or BRACKETS.search(text):
        yield from shape.finditer(text, 0 if piece else max(0, first - _LONGEST_SCHEME))
        return
    while first > 0 and "!" <= text[first - 1] <= "~":
        first -= 1
    for found in piece.finditer(text, first) if first >= 0 else ():
        yield from shape.finditer(text, *found.span())


def urls(text: str) -> Iterator[Contact]:
    """Web addresses of a folded text, refanged, always with a scheme."""
    taken = 0
    found = [
        match
        for shape, needed, piece in _SHAPES
        if (first := needed.search(text))
        for match in _finds(shape, text, piece, first.start())
    ]
    for match in islice(sorted(found, key=lambda one: (one.start(), -one.end())), MOST):
        end = _trimmed(text, match.start(), match.end())
        if match.start() < taken or end - match.start() < 4:
            continue
        taken = end
        schemed = match.re is _SCHEME
        value = refanged(
            _unspoken(text[match.start() : end])
            if match.re is _SPOKEN
            else text[match.start() : end]
        )
        yield Contact(HandleKind.URL, value, match.start(), end, 0.95 if schemed else 0.8)


def _unspoken(written: str) -> str:
    for said, sign in _SAID_SIGNS.items():
        written = written.replace(said, sign)
    return written


def refanged(written: str) -> str:
    """An address as a browser would take it: host in lower case, path as it stands."""
    found = _WRITTEN_SCHEME.match(written)
    scheme = f"http{found[1].lower()}" if found else "http"
    rest = written[found.end() :] if found else written
    host, path = _HOST.fullmatch(_undotted(rest)).groups()  # type: ignore[union-attr]
    return f"{scheme}://{host.lower()}{'' if path == '/' else path}"


def _undotted(written: str) -> str:
    return _DOTS.sub(".", written)


def _trimmed(text: str, start: int, end: int) -> int:
    """The end without punctuation that belongs to the sentence, or to a bracket around the address."""
    while end > start:
        last = text[end - 1]
        piece = text[start:end]
        open_bracket = {")": "(", "]": "[", "}": "{"}.get(last)
        if last in _TRAILING or (open_bracket and piece.count(open_bracket) < piece.count(last)):
            end -= 1
        else:
            break
    return end
