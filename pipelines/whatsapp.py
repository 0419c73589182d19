"""Accounts of WhatsApp: links, and telephone numbers behind its name."""

import re
from collections.abc import Iterator
from itertools import islice

from patrol.models import HandleKind
from pipelines.contact import MOST, Contact
from pipelines.links import DOT
from pipelines.messengers import added
from pipelines.phones import number_of, phones
from pipelines.profiles import schemed
from pipelines.regexes import folded_regex

_NAME = r"what['’]?s? ?app|w(?:at|t)s ?app|瓦次|沃茨"
SIGN = folded_regex(rf"{_NAME}|\bw(?:[as]|ts)\b")

_ANY = re.compile(folded_regex(rf"{_NAME}|(?<![a-z0-9])w(?:[as]|ts)(?![a-z0-9])"))
_SEND = r"(?:[a-z_]{1,20}=[^&\s]{0,200}&){0,5}phone="
_HOST = rf"(?:(?:api|web|www){DOT})?whatsapp{DOT}com"
_NUMBER = re.compile(
    rf"(?<![a-z0-9.])(?:wa{DOT}me/|(?:{_HOST}|whatsapp:/)/send/?\?{_SEND})"
    r"(?:\+|%2b)?(?P<number>[0-9]{7,15})(?![0-9a-z])"
)
_CODE = re.compile(
    rf"(?<![a-z0-9.])(?:wa{DOT}me/(?P<what>message|qr)/|(?P<chat>chat){DOT}whatsapp{DOT}com/(?:invite/)?)"
    r"(?P<code>[a-z0-9]{6,40})(?![a-z0-9])"
)
_WORD = re.compile(
    folded_regex(
        rf"(?P<word>{_NAME}|(?<![a-z0-9])w(?:ts(?=\s?[:+(0-9])|[as](?=\s?(?:[:+]|me |us ))))"
        r"(?:\s?[/&、+]\s?(?:電話|手機|line|賴|tg|telegram|微信|wechat|tel|phone|signal)){0,2}"
        r"(?P<mid>(?:\s?(?:帳號|號碼|群組|聯絡|聯繫|洽詢|洽|加|找|我|是|me|us|at|on|is|no|only|number)(?![a-z])){0,4})"
        r"[^\w。,;!?@+(]{0,6}(?=[+(0-9零〇一二三四五六七八九])"
    )
)
_INVITES = tuple(map(folded_regex, ("聯", "洽", "加", "找", "我", "me", "us")))
_LONGEST = 40
"""Characters of a number with all that stands between its digits."""


def whatsapp(text: str) -> Iterator[Contact]:
    """Accounts in a folded text: `+886...`; codes of links as `chat/...`, whose capitals carry meaning."""
    first = _ANY.search(text)
    if first is not None:
        start = max(0, first.start() - 1)
        yield from islice(_links(text), MOST)
        yield from islice(_numbers(text, start), MOST)


def _links(text: str) -> Iterator[Contact]:
    for found in _NUMBER.finditer(text):
        value = f"+{found['number'].removeprefix('00')}"
        yield Contact(HandleKind.WHATSAPP, value, schemed(text, found.start()), found.end(), 0.95)
        if number_of(value, "TW"):  # as a country's own reader would not see it without its `+`
            yield Contact(HandleKind.PHONE, value, *found.span("number"), 0.95)
    for found in _CODE.finditer(text):
        value = f"{found['what'] or found['chat']}/{found['code']}"
        yield Contact(HandleKind.WHATSAPP, value, schemed(text, found.start()), found.end(), 0.95)


def _numbers(text: str, first: int) -> Iterator[Contact]:
    for found in _WORD.finditer(text, first):
        behind = text[found.end() : found.end() + _LONGEST]
        number = next(phones(behind), None) or _abroad(behind)
        if number is None or number.start:
            continue
        add = added(text, found.start())
        yield Contact(
            kind=HandleKind.WHATSAPP,
            value=number.value,
            start=found.end(),
            end=found.end() + number.end,
            confidence=0.95,
            invited=add is not None or any(said in found["mid"] for said in _INVITES),
            opened=add.start() if add else found.start(),
        )
        if number.confidence < _LEAST_SURE:
            yield number._replace(start=found.end(), end=found.end() + number.end)


_LOCAL = re.compile(r"[4-79][0-9]{3}[ \-]?[0-9]{4}(?![0-9])")
_CODED = re.compile(r"[1-9](?:[ \-]?[0-9]){9,13}(?![0-9])")
_LEAST_SURE = 0.7


def _abroad(text: str) -> Contact | None:
    """A number without its `+`, or a mobile as Hong Kong writes its own: most there use WhatsApp."""
    for shape, code in ((_CODED, "+"), (_LOCAL, "+852")):
        found = shape.match(text)
        number = number_of(f"{code}{found[0]}", "TW") if found else None
        if found and number:
            return Contact(HandleKind.PHONE, number, 0, found.end(), 0.6)
    return None
