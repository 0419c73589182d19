"""A page as received: hashed, decoded, and rid of every embedded medium before anybody else sees it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import re2

from patrol.models import Capture, Post, Proxied, RobotsVerdict, Source, Tls
from spiders.browser.drawn import Drawn, Trouble
from spiders.charset import Decoded
from spiders.images import without_addresses
from spiders.page import Page

CUT = "[media]"
"""What stands where an embedded medium stood."""

_LONGEST_HEADER = 1_000
_DRAWN_TYPE = "text/html; charset=utf-8"
_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization"})

_LETTER = r"(?:[A-Za-z0-9+/_-]|\\/)"
_MAGIC = (
    "iVBORw0K|R0lGOD[dl]h|/9j/[24]|\\\\/9j\\\\/[24]|UklGR[A-Za-z0-9+/]{6}(?:XRUJQ|XQVZF|BVkkg)|AAAA[A-Za-z0-9+/]GZ0eX"
    "|SUQz[A-D]|T2dnUwAC|GkXfo|ZkxhQwAA|d09GR[gj]AB|d09GMg|AAEAAAA|T1RUTwA|JVBERi0|UEsDB|H4sIA"
    "|PHN2Zy|AAABAA|SUkqA|TU0AK|N3q8r|UmFyIR|Qk0[A-Za-z0-9+/]{3}AAAA|//[tu][QUDk][A-Za-z0-9+/]{28}"
)
"""How base64 of pictures, sounds, films, fonts and archives begins."""


def _compiled(pattern: str) -> Any:
    """Linear-time, and over bytes: offsets cost nothing."""
    return re2.compile(pattern.encode())


_SVG = _compiled(
    r"(?is)(?:<|\\u003c|&lt;)(?:svg:)?svg(?:[\s>/]|\\u003e|&gt;).*?(?:<|\\u003c|&lt;)\\?/(?:svg:)?svg\s*(?:>|\\u003e|&gt;)"
    r"|(?:<|\\u003c)/?(?:svg:)?svg\b[^>]{0,1000}>"
)
_PAYLOADS = _compiled(
    # data: URIs, also where the colon is written as a character reference
    r"(?i:data(?::|&colon;|&#0*58;|&#x0*3a;|%3a|\\u003a)(?:[a-z]+\\?/[a-z0-9.+-]+(?:\s?;\s?[a-z0-9_=.-]+)*|;\s?base64)\s?,"
    r"""[^"'<>()\s]*)"""
    # base64 that begins like a medium, on one line or wrapped
    rf"|(?:{_MAGIC}){_LETTER}{{12,}}(?:={{0,2}}(?:\s|\\[nr]|&#1[03];)+{_LETTER}{{40,}})*(?:\s+{_LETTER}{{2,76}}=)?={{0,2}}"
    # any base64 or hexadecimal run that is too long for words, on one line or wrapped
    rf"|{_LETTER}{{200,}}={{0,2}}|(?:{_LETTER}{{60,}}(?:[\r\n]+|\\[nr])+[ \t]*){{3,}}{_LETTER}*={{0,2}}"
    r"|(?i:89504e470d0a1a0a|ffd8ff[de][0-9a-f]|47494638[37]961)[0-9a-f]{16,}"
    # escaped bytes, percent-encoded media, arrays of bytes
    r"|(?i:(?:\\x[0-9a-f]{2}){16,}|(?:\\u00[0-9a-f]{2}){16,}|\\u0089PNG[^\s\"'<>]*)"
    r"|(?i:%89PNG|%FF%D8%FF|%47%49%46%38)[^\s\"'<>()]*"
    r"|(?:-?[0-9]{1,3}\s?,\s?){48,}-?[0-9]{1,3}"
)
_LONG = re.compile(rb"^[A-Za-z0-9+/_-]{200,}=*$")
_BEGINS = _compiled(f"^(?:{_MAGIC})")
_SUSPECT = _compiled(
    r"(?i:data(?::|&colon;|&#0*58;|&#x0*3a;|%3a|\\u003a)[a-z;]|(?:<|\\u003c|&lt;)/?(?:svg:)?svg\b|\\x[0-9a-f]{2}\\x"
    r"|(?:\\u00[0-9a-f]{2}){16}|%89PNG|%FF%D8|%47%49%46|\\u0089PNG|89504e47|ffd8ff|47494638)"
    rf"|(?:{_MAGIC}){_LETTER}{{12}}|{_LETTER}{{60}}|(?:-?[0-9]{{1,3}}\s?,\s?){{48}}"
)
"""A cheap first look: most pages hold nothing of the kind."""

_WORDY = re.compile(rb"^(?:[^0-9]*|[^A-Z]*[g-z_/-][^A-Z]*)$")
"""A long run that may be a path, a line of dashes or a laugh: no digits, or neither capitals nor hexadecimal."""


class Received(NamedTuple):
    """A page to be read, and what is recorded of it."""

    page: Page
    capture: Capture
    trouble: Trouble | None = None
    """Why a page that drew itself may be empty."""


def receive(  # noqa: PLR0913  (what an answer is made of)
    body: bytes,
    *,
    url: str,
    hops: Sequence[str] = (),
    status: int,
    headers: Mapping[str, str],
    address: str | None,
    proxied: Proxied | None = None,
    tls: Tls | None = None,
    robots: RobotsVerdict | None = None,
    source: Source,
    fetched_at: datetime,
    drawn: Drawn | None = None,
    age_declared: str | None = None,
    sent: Mapping[str, str] = MappingProxyType({}),
) -> Received:
    """Record a page as it arrived, and make it ready for an engine, without embedded media.

    The hash is of the body after decompression and before anything was cut. A page that drew itself is read as drawn, and both are hashed.
    """
    body_drawn = drawn.text.encode("utf-8", "replace") if drawn else None
    page = Page(
        url,
        body if body_drawn is None else body_drawn,
        headers=headers if body_drawn is None else {**headers, "Content-Type": _DRAWN_TYPE},
        source=source.name,
        timezone=source.timezone,
        fetched_at=fetched_at,
    )
    cut = _without_media(page)
    capture = Capture(
        requested_url=hops[0] if hops else url,
        url=url,
        hops=tuple(hops),
        address=None if proxied else address,
        proxied=proxied,
        tls=tls,
        sent={name.lower(): value for name, value in sent.items()},
        status=status,
        headers=clean_headers(headers),
        fetched_at=fetched_at,
        **_read_as(body, page.decoded),
        robots=robots,
        age_declared=age_declared,
        media_cut=cut,
        drawn_sha256=None if body_drawn is None else hashlib.sha256(body_drawn).hexdigest(),
        drawn_from=drawn.drawn_from if drawn else (),
    )
    return Received(page, capture, drawn.trouble if drawn else None)


def _without_media(page: Page) -> int:
    """Cut embedded media out of it. Returns how many there were."""
    text, cut = cut_media(page.decoded.text, markup=True)
    if cut:
        page.decoded = page.decoded._replace(text=text)
        page.raw = text.encode(page.decoded.charset, "replace")
    return cut


def _read_as(body: bytes, decoded: Decoded) -> dict[str, Any]:
    """Its bytes, and how they were read."""
    return {
        "raw_sha256": hashlib.sha256(body).hexdigest(),
        "raw_bytes": len(body),
        "charset": decoded.charset,
        "charset_from": decoded.charset_from,
        "replaced": round(decoded.replaced, 4),
    }


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers in lower case, without cookies, short, and without media."""
    clean = {
        name.lower(): value[:_LONGEST_HEADER]
        for name, value in headers.items()
        if name.lower() not in _SECRET_HEADERS
    }
    if not _is_suspect("\n".join(clean.values())):
        return clean
    return {name: cut_media(value)[0] for name, value in clean.items()}


def clean_posts(posts: Sequence[Post]) -> tuple[tuple[Post, ...], int]:
    """Posts without media that only showed once their markup was read; and how many were cut.

    Addresses of images are taken out of their words as well.
    """
    posts = without_addresses(posts)
    words = [words for post in posts for words in (post.text, post.title, post.author) if words]
    if not _is_suspect("\n".join(words)):  # nearly always: one look for all
        return posts, 0
    cleaned = [_clean_post(post) for post in posts]
    return tuple(post for post, _ in cleaned), sum(cut for _, cut in cleaned)


def _clean_post(post: Post) -> tuple[Post, int]:
    text, cut_text = cut_media(post.text)
    title, cut_title = cut_media(post.title or "")
    author, cut_author = cut_media(post.author or "")
    cut = cut_text + cut_title + cut_author
    if not cut:
        return post, 0
    return (
        post.model_copy(update={"text": text, "title": title or None, "author": author or None}),
        cut,
    )


def _is_suspect(text: str) -> bool:
    """Whether a medium may be in it. Of texts put together: whether one may be in any of them."""
    return _SUSPECT.search(text.encode("utf-8", "surrogatepass")) is not None


def cut_media(text: str, *, markup: bool = False) -> tuple[str, int]:
    """A text without embedded media, and how many were cut.

    Cut are `data:` URIs, base64 that begins like a medium or is too long for
    words, escaped or listed bytes, and inline SVG. In markup an empty `svg`
    element stays, so that a reader can still count it.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if _SUSPECT.search(raw) is None:
        return text, 0
    cut = 0

    def without(found: Any) -> bytes:
        nonlocal cut
        run: bytes = found.group()
        if _LONG.match(run) and _WORDY.match(run) and not _BEGINS.match(run):
            return run
        cut += 1
        if run[:1].isdigit() and b"," in run:
            return b"0"
        return CUT.encode() + (b"\\" if run.endswith(b"\\") else b"")  # it escapes JSON's quote

    def without_svg(_: Any) -> bytes:
        nonlocal cut
        cut += 1
        return b"<svg></svg>" if markup else b""

    raw = _SVG.sub(without_svg, raw)
    raw = _PAYLOADS.sub(without, raw)
    return (raw.decode("utf-8", "surrogatepass"), cut) if cut else (text, 0)
