"""Contacts in a text: LINE, Telegram, WeChat, phone, mail, URL, wallet, each with its role.

Each reader is asked only if its sign was seen in the one pass over the text.
They read the fold; what depends on case (addresses, wallets) is then taken
from the original.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain, islice
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


class Read(NamedTuple):
    """A post of a batch, and the texts that it is read as."""

    batch: Folded
    post: int
    readings: Sequence[Reading]
    """Its fold first."""


def handles(posts: Sequence[Read]) -> list[list[FoundHandle]]:
    """Contacts of each of these posts, in the order of the text.

    One reader after the other reads all posts: each has tables that it would
    else fetch from memory again for each post.
    """
    told: dict[tuple[int, int], list[list[Contact]]] = defaultdict(list)
    for number, reader in enumerate(READERS):
        for place, one in enumerate(posts):
            for nth, reading in enumerate(one.readings):
                if number in reading.signs and not (reading.view and reading.view.cut):
                    told[place, nth].append(list(reader.read(reading.text)))
    found = [
        _found(one, [told.get((place, nth), []) for nth in range(len(one.readings))])
        for place, one in enumerate(posts)
    ]
    meant = [
        [_meant(one.batch.texts[one.post], contact) for contact in some]
        for one, some in zip(posts, found, strict=True)
    ]
    return [
        [
            handle
            for contact, said in zip(some, roles, strict=True)
            if (handle := _handle(one, contact, *said))
        ]
        for one, some, roles in zip(posts, found, meant, strict=True)
    ]


def _found(post: Read, told: Sequence[Sequence[Sequence[Contact]]]) -> list[Contact]:
    """What the readers said of each reading, without what two said of the same place."""
    found: list[Contact] = []
    seen: set[tuple[HandleKind, str]] = set()
    for (_, view, _, _), said in zip(post.readings, told, strict=True):
        contacts = _untaken(said)
        if view is None:
            found += contacts
            seen |= {(contact.kind, contact.value) for contact in contacts}
            continue
        for contact in contacts:
            start, end = view.place(contact.start, contact.end)
            opened = view.origins[contact.begins]
            if (contact.kind, contact.value) not in seen and not _taken(found, start, end):
                seen.add((contact.kind, contact.value))
                found.append(contact._replace(start=start, end=end, opened=opened))
    return sorted(found, key=lambda one: one.start)


def _untaken(said: Iterable[Iterable[Contact]]) -> list[Contact]:
    """What readers found, in the order of their precedence."""
    kept: list[Contact] = []
    for contact in chain.from_iterable(said):
        others = kept
        if contact.kind is HandleKind.PHONE:  # 加賴 0900-000-000 is both
            others = [one for one in kept if one.kind not in _BY_PHONE]
        if not _taken(others, contact.start, contact.end):
            kept.append(contact)
    return kept


_BY_PHONE = frozenset({HandleKind.LINE, HandleKind.WECHAT})


def _taken(contacts: Iterable[Contact], start: int, end: int) -> bool:
    return any(one.start < end and start < one.end for one in contacts)


def _meant(text: str, contact: Contact) -> tuple[HandleRole, float]:
    """Its role in a folded text, and how sure it is then that it is a contact."""
    meant = role(text, contact)
    if meant is HandleRole.UNKNOWN and labelled(text, contact):
        return HandleRole.OFFERED, min(contact.confidence, PLAIN)
    return meant, contact.confidence


def _handle(post: Read, contact: Contact, meant: HandleRole, sure: float) -> FoundHandle | None:
    place = post.batch.place(post.post, contact.start, contact.end)
    written = post.batch.originals[post.post][place.start : place.end]
    value: str | None = contact.value
    if contact.kind is HandleKind.WALLET:
        value = address(_exact(written))
    elif contact.kind is HandleKind.URL:
        value = refanged(_exact(written))
    elif contact.kind is HandleKind.TELEGRAM and contact.value.startswith(INVITE):
        value = INVITE + re.split("[/+=]", _exact(written))[-1]
    if value is None:
        return None
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
