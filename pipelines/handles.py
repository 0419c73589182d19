"""Contacts in a text: LINE, Telegram, WeChat, phone, mail, URL, wallet, each with its role.

Each reader is asked only if its sign was seen in the one pass over the text.
They read the fold; what depends on case (addresses, wallets) is then taken
from the original.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import islice
from typing import NamedTuple

from patrol.models import Handle, HandleKind, HandleRole, Span
from pipelines.contact import MOST, Contact
from pipelines.fold import Folded
from pipelines.fold_table import ignored
from pipelines.links import MAIL_SIGN, URL_SIGN, mails, refanged, urls
from pipelines.match import Scan, Signs
from pipelines.messengers import INVITE, LINE_SIGN, TELEGRAM_SIGN, WECHAT_SIGN, messengers
from pipelines.phones import SIGN as PHONE_SIGN
from pipelines.phones import phones
from pipelines.roles import PLAIN, labelled, role
from pipelines.views import View
from pipelines.wallets import SHAPES, address
from pipelines.wallets import SIGN as WALLET_SIGN


class _Reader(NamedTuple):
    sign: str
    read: Callable[[str], Iterable[Contact]]


def _wallets(text: str) -> Iterator[Contact]:
    """What has the shape of an address; the original's letters decide."""
    for found in islice(SHAPES.finditer(text), MOST):
        yield Contact(HandleKind.WALLET, found[0], *found.span(), 0.99)


READERS = (
    _Reader(f"{LINE_SIGN}|{TELEGRAM_SIGN}|{WECHAT_SIGN}", messengers),
    _Reader(MAIL_SIGN, mails),
    _Reader(URL_SIGN, urls),
    _Reader(WALLET_SIGN, _wallets),
    _Reader(PHONE_SIGN, phones),
)
"""In the order of precedence: what an earlier one took, a later one leaves, phones behind 賴 aside."""

SIGNS = tuple(reader.sign for reader in READERS)


@cache
def contact_signs() -> Signs:
    """The same for all rules, so compiled once a process."""
    return Signs(SIGNS)


class FoundHandle(NamedTuple):
    """A handle, and its place in the folded text."""

    handle: Handle
    start: int
    end: int


class Reading(NamedTuple):
    """A text that a post is read as: its fold, or another view of it."""

    text: str
    view: View | None
    scan: Scan | None
    signs: AbstractSet[int]
    """Readers of contacts that are worth asking."""


def handles(batch: Folded, post: int, readings: Iterable[Reading]) -> list[FoundHandle]:
    """Contacts of a post of a batch, in the order of the text."""
    found: list[Contact] = []
    seen: set[tuple[HandleKind, str]] = set()
    for text, view, _, signs in readings:
        if view is None:
            found += _contacts(text, signs)
            seen |= {(contact.kind, contact.value) for contact in found}
            continue
        for contact in _contacts(text, signs) if not view.cut else ():
            start, end = view.place(contact.start, contact.end)
            opened = view.origins[contact.begins]
            if (contact.kind, contact.value) not in seen and not _taken(found, start, end):
                seen.add((contact.kind, contact.value))
                found.append(contact._replace(start=start, end=end, opened=opened))
    made = (_handle(batch, post, contact) for contact in sorted(found, key=lambda one: one.start))
    return [one for one in made if one is not None]


def _contacts(text: str, signs: AbstractSet[int]) -> Iterator[Contact]:
    kept: list[Contact] = []
    for number in sorted(signs):
        reader = READERS[number]
        for contact in reader.read(text):
            others = kept
            if contact.kind is HandleKind.PHONE:  # 加賴 0900-000-000 is both
                others = [one for one in kept if one.kind not in _BY_PHONE]
            if not _taken(others, contact.start, contact.end):
                kept.append(contact)
    yield from kept


_BY_PHONE = frozenset({HandleKind.LINE, HandleKind.WECHAT})


def _taken(contacts: Iterable[Contact], start: int, end: int) -> bool:
    return any(one.start < end and start < one.end for one in contacts)


def _handle(batch: Folded, post: int, contact: Contact) -> FoundHandle | None:
    place = batch.place(post, contact.start, contact.end)
    written = batch.originals[post][place.start : place.end]
    value: str | None = contact.value
    if contact.kind is HandleKind.WALLET:
        value = address(_exact(written))
    elif contact.kind is HandleKind.URL:
        value = refanged(_exact(written))
    elif contact.kind is HandleKind.TELEGRAM and contact.value.startswith(INVITE):
        value = INVITE + re.split("[/+=]", _exact(written))[-1]
    if value is None:
        return None
    meant, sure = role(batch.texts[post], contact), contact.confidence
    if meant is HandleRole.UNKNOWN and labelled(batch.texts[post], contact):
        meant, sure = HandleRole.OFFERED, min(sure, PLAIN)
    handle = Handle(
        kind=contact.kind,
        value=value,
        role=meant,
        confidence=sure,
        span=Span(start=place.start, end=place.end, text=written),
    )
    return FoundHandle(handle, contact.start, contact.end)


def _exact(written: str) -> str:
    """What was written, in plain characters, with its capitals."""
    plain = unicodedata.normalize("NFKC", written)
    return "".join(char for char in plain if not ignored(char))
