"""Shows a board as feeds: one per area, Atom or RSS, with its listings newest first."""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from patrol.demo.boards.board import Area, Board, Health, Message, Thread
from patrol.demo.boards.server import Answer, Request
from patrol.demo.boards.walls import NOT_FOUND, PICTURE, robots, wall


def address(area: Area) -> str:
    """Path of an area's feed; odd areas speak Atom, even ones RSS."""
    return f"/feeds/{area.id}.{'atom' if area.id % 2 else 'rss'}"


def answer(board: Board, request: Request) -> Answer:  # noqa: PLR0911  (a route a line)
    """A feed, a listing's page, or what stands in their way."""
    if request.path == "/robots.txt":
        return robots("/members/")
    if request.path.startswith("/pictures/"):
        return PICTURE
    if walled := wall(board.health):
        return walled
    if board.health is Health.LOGIN_WALL:
        return Answer(b'<form id="login"><input type="password" name="password"></form>')
    base = f"http://{request.headers.get('host', board.host)}"
    for area in board.areas:
        if request.path == address(area):
            if board.layout_changed:
                return _changed(area, base)
            return (_atom if area.id % 2 else _rss)(board, area, base)
    name, _, number = request.path.rpartition("/")
    if name == "/listing" and number.isdecimal() and int(number) in board.threads:
        return _listing(base, board.threads[int(number)])
    return NOT_FOUND


def _each(board: Board, area: Area, base: str, entry: Callable[[str, Thread, Message], str]) -> str:
    entries = (
        entry(base, thread, message)
        for thread in sorted(board.listed(area.id), key=lambda t: -t.id)
        for message in reversed(thread.messages)
    )
    return "\n".join(entries)


def _html(base: str, message: Message) -> str:
    words = escape(message.text, quote=False).replace("\n", "<br>")
    pictures = "".join(
        f'<img src="{base}/pictures/{message.id}{number}.jpg" alt="">'
        for number in range(message.pictures)
    )
    return f"<p>{words}</p>{pictures}"


def _atom(board: Board, area: Area, base: str) -> Answer:
    updated = max((thread.last.at for thread in board.listed(area.id)), default=None)
    document = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-TW">
<title>{escape(area.title)}</title>
<id>tag:{board.host},2020:feed-{area.id}</id>
<link rel="self" href="{base}{address(area)}"/>
<updated>{_moment(updated)}</updated>
{_each(board, area, base, _entry)}
</feed>
"""
    return Answer(document.encode(), "application/atom+xml; charset=utf-8")


def _entry(base: str, thread: Thread, message: Message) -> str:
    return f"""<entry>
<id>tag:town.example,2020:listing-{message.id}</id>
<title>{escape(thread.title)}</title>
<link rel="alternate" href="{base}/listing/{thread.id}"/>
<author><name>{escape(message.author)}</name></author>
<published>{_moment(message.at)}</published>
<updated>{_moment(message.edited_at or message.at)}</updated>
<content type="html">{escape(_html(base, message))}</content>
</entry>"""


def _rss(board: Board, area: Area, base: str) -> Answer:
    document = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{escape(area.title)}</title>
<link>{base}/</link>
<description>{escape(board.title["zh-Hant"])}</description>
{_each(board, area, base, _item)}
</channel>
</rss>
"""
    return Answer(document.encode(), "application/rss+xml; charset=utf-8")


def _item(base: str, thread: Thread, message: Message) -> str:
    enclosure = (
        f'<enclosure url="{base}/pictures/{message.id}0.jpg" length="20480" type="image/jpeg"/>\n'
        if message.pictures
        else ""
    )
    return f"""<item>
<guid isPermaLink="false">town-listing-{message.id}</guid>
<title>{escape(thread.title)}</title>
<link>{base}/listing/{thread.id}</link>
<dc:creator>{escape(message.author)}</dc:creator>
<pubDate>{format_datetime(message.at)}</pubDate>
<description><![CDATA[{_html(base, message)}]]></description>
{enclosure}</item>"""


def _changed(area: Area, base: str) -> Answer:
    """A feed whose entries are called something else."""
    document = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(area.title)}</title><id>{base}</id><listing/></feed>'
    return Answer(document.encode(), "application/atom+xml; charset=utf-8")


def _listing(base: str, thread: Thread) -> Answer:
    body = "".join(_html(base, message) for message in thread.messages)
    return Answer(f"<!doctype html><title>{escape(thread.title)}</title>{body}".encode())


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else "1970-01-01T00:00:00+00:00"
