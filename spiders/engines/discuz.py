"""Reads Discuz! X, its archive pages, its phone pages, and Discuz! 6 and 7.

Native numbers carry everything: `pid664113` is a post, `postmessage_664113` its
words, `authorposton664113` its date, `normalthread_123` a thread. Posts have
the key `pid664113`. The archive prints no numbers, so there a post's key is
made of its thread, author, date and words: it stays when a post above it goes.

What is locked (`div.locked`: paid, for members, blocked by the staff) stays
locked: it is no part of a post's words, and nothing is asked for it.
"""

import hashlib
import re
from typing import ClassVar

from selectolax.lexbor import LexborNode

from patrol.models import Post, PostedAt, Precision, ThreadLink
from spiders.addresses import without_fragment
from spiders.engines.base import Clock, Engine, Kind, Sign, Where
from spiders.page import LayoutChanged, Page, Row, around
from spiders.pager import last_numbered
from spiders.plain import Body, one_line, read_body
from spiders.zones import read_zone

_PID = re.compile(r"(?:pid|post_)(\d+)")
_ROW_TID = re.compile(r"(?:normal|stick)thread_(\d+)")
_TID = re.compile(r"(?:[?&]tid=|thread-|tid-|/t/)(\d+)")
_PAGE = re.compile(r"[?&]page=(\d+)|thread-\d+-(\d+)-|tid-\d+(?:-page-|\.html[?&]page=)(\d+)")
_THREAD = re.compile(r"mod=viewthread|viewthread\.php|/thread-\d|[?/]tid-\d|pg_viewthread")
_THREAD_LINK = re.compile(r"mod=viewthread|viewthread\.php\?|(?:^|/)thread-\d")
_LIST = re.compile(
    r"mod=forumdisplay|forumdisplay\.php|/forum-\w+-\d|[?/]fid-\d|pg_forumdisplay|mod=guide|pg_guide"
)
_EXTRA = re.compile(r"&(?:extra|mobile|fromuid|from)=[^&#]*")
_CLOCK = re.compile(
    r"GMT\s?[+-]?\d{0,2}(?:\.\d+|:\d\d)?\s?,\s*(\d[^,]{6,25}?)\s*(?:,|\.|$|Processed)"
)

_AUTHOR = (
    ".pls .authi a.xw1",
    ".pls .authi a[href*=uid], .pls .authi a[href*=space], .pls .authi a[href*=username]",
    ".pls .authi",
    "td.postauthor .postinfo a, td.postauthor cite a, .postauthor cite a",
    "td.postauthor .postinfo, td.postauthor cite, .postauthor cite",
    ".authorinfo a.posterlink, .authorinfo a[href*='uid']:not([rel])",
    ".authi a.xw1",
    ".authi b a, .authi .mtit .z a, .authi a.blue",
    ".authi a[href*='uid-'], .authi a[href*='uid=']",
    "[id^=favatar] a.xw1, [id^=favatar] a[href*='uid'], .avatar a[href*=uid]@title",
    "a.xw1[href*=uid], .author a[href*=uid], .username a",
)
_POSTED_AT = (
    "[id^=authorposton] span@title",
    "[id^=authorposton]@title",
    "[id^=authorposton]",
    ".authi .rela, .authi .mtime, .authi em",
    ".pti .authi span@title",
    ".pti .authi",
    ".postinfo, .authorinfo",
    ".plc .authi",
)
_BODY = (
    "[id^=postmessage_]",
    ".t_msgfont",
    ".pcb .t_f, .t_f",
    ".t_fsz",
    ".pcb",
    ".message",
    ".postmessage",
)
_NOT_SAID = (
    "i.pstatus, .pstatus, .locked, .jammer, .attach_nopermission, .attach_tips, .aimg_tip, .tip, .attp, .xg1.y, "
    "div.quote h5, .quote > h5, .blockcode em, .a_pr, .a_pt, .a_pb, .ad, .showhide > h4, .psth, .rate, .modact, .sign, "
    ".signatures, .adsbygoogle, .pct > .a_p, .rusld, .rwdbst, .postactions, .tshare, .mtw.mbm, .cm, .pattl, .postattachlist, [id^=attach_] > em, "
    ".t_attachlist, .useraction, [id^=post_rate], [id^=comment_], .notice, font[style*='font-size:0'], .plhin h2"
)
"""Parts beside a post's words: edit note, locks, noise sown against copying, tips of attachments, advertisements, ratings."""


class Discuz(Engine):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.GENERATOR, r"^Discuz!(?! ?Q)"),
        Sign(Where.MARKER, "#postlist [id^=postmessage_], #postlist [id^=authorposton]"),
        Sign(Where.MARKER, "tbody[id^=normalthread_], tbody[id^=stickthread_]"),
        Sign(Where.MARKER, "#nv_forum, #nv_member, #nv_misc, #nv_home"),
        Sign(
            Where.SCRIPT,
            r"discuz_uid\s*=|Powered by (?:<[^>]*>\s*)*Discuz!|\bSTYLEID\s*=\s*'\d|static/js/common\.js\?\w{3}'?[^>]*discuz",
        ),
    )

    def kind(self, page: Page) -> Kind | None:
        frame = f"{page.url} {page.maybe('body@class') or ''}"
        if _THREAD.search(frame):
            return "thread"
        return "list" if _LIST.search(frame) else None

    # -- Threads of a list ----------------------------------------------------------------------

    def thread_rows(self, page: Page) -> list[Row]:
        rows = [
            row for row in page.each("[id^=normalthread_], [id^=stickthread_]") if _row_number(row)
        ]
        if rows:
            return rows
        links = page.each(
            "a.xst",
            "span[id^=thread_] > a",
            "#content ul li > a[href*=tid-]",
            ".threadlist li > a[href*=viewthread], .threadlist li > a[href*=thread-]",
            "#waterfall h3 a[href*=viewthread], #waterfall h3 a[href*=thread-]",
        )
        return around(links, {"tbody", "tr", "li"})

    def thread(self, page: Page, row: Row) -> ThreadLink | None:
        hooks = (
            "a.s.xst", "a.xst", "span[id^=thread_] a", "th.subject a[href*=thread]", "th a[href*=viewthread], th a[href*=thread-]",
            "a[href*=tid-]", "h3 a[href*=thread]", "a[href*=viewthread], a[href*=thread-]",
        )  # fmt: skip
        url = row.link(*hooks)
        if url is None:
            if row.has("a[href*='mod=redirect'], .adbox, ins, .a_t, [id^=ad_]") or not row.has(
                "a[href]"
            ):
                return None
            raise LayoutChanged(page.url, hooks[:2])
        number = _row_number(row) or _number(_TID, url)
        active = row.time(
            "td.by:last-child em span@title", "td.by:last-child em", "td.lastpost em span@title", "td.lastpost em",
            "td.lastpost cite a", "td.by em span@title", "td.by em", "em span@title",
        )  # fmt: skip
        return ThreadLink(
            url=_EXTRA.sub("", without_fragment(url)),
            key=f"t{number}" if number else _EXTRA.sub("", url),
            title=row.maybe(*hooks),
            state=_state(row, active),
            active_at=active.at if active else None,
        )

    # -- Posts of a thread ----------------------------------------------------------------------

    def post_rows(self, page: Page) -> list[Row]:
        rows = [row for row in page.each("[id^=pid]") if _own_number(row)]
        rows = rows or [row for row in page.each("[id^=post_]") if _own_number(row)]
        if rows:
            return rows + page.each(".cm .pstl")
        return page.each("#content p.author", ".archiver p.author")

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        if row.node.tag == "p":
            return _archived(page, row, place)
        if "pstl" in (row.node.attributes.get("class") or ""):
            return _comment(page, row)
        body = row.body(*_BODY, without=_NOT_SAID, also=".typeoption")
        locked = row.has(".locked")
        if body is None and not locked:
            if not row.has("[id^=authorposton], .authi, .postauthor"):
                return None
            raise LayoutChanged(page.url, _BODY)
        media = len(row.node.css(".pattl img[aid], .pattl img[zoomfile], .t_attachlist img"))
        number = _own_number(row)
        return page.post(
            key=f"pid{number}",
            url=f"{_address(page)}#pid{number}",
            author=row.maybe(*_AUTHOR),
            posted_at=_posted_at(row),
            title=_title(page) if place == 0 and _page_number(page) == 1 else None,
            body=Body(body.text, body.media + media) if body else Body("", media),
        )

    # -- The page -------------------------------------------------------------------------------

    def next_page(self, page: Page) -> str | None:
        url = page.link(
            ".pg a.nxt",
            "a.nxt",
            ".pages a.next",
            ".pg a[rel=next]",
            "link[rel=next]",
            ".page strong + a",
            ".pages strong + a",
        )
        return _EXTRA.sub("", url) if url else None

    def last_page(self, page: Page) -> str | None:
        if _page_number(page) != 1:
            return None
        url = last_numbered(
            page, ".pg a:not(.nxt):not(.prev)", ".pages a:not(.next):not(.prev)", ".page a"
        )
        return _EXTRA.sub("", url) if url else None

    def previous_page(self, page: Page) -> str | None:
        url = page.link(".pg a.prev", ".pages a.prev", ".pg a[rel=prev]", "link[rel=prev]")
        return _EXTRA.sub("", url) if url else None

    def clock(self, page: Page) -> Clock:
        for line in page.values(
            "#frt, #ft p.xs0, p.xs0, #footer p, #footer, .footer, #footlink, #copyright"
        ):
            found = _CLOCK.search(line)
            zone = read_zone(line) if found else None
            if found and zone:
                page.tell_clock(zone, None)
                now = page.moment(found[1], "clock")
                return Clock(zone, now.at if now else None)
        return Clock()

    def empty(self, page: Page) -> bool:
        """A forum without threads still has its frame. One with links to threads is not empty."""
        links = page.each("a[href*=viewthread], a[href*=thread-]")
        if any(_THREAD_LINK.search(link.one("@href")) for link in links):
            return False
        return page.has(
            "#threadlist, #threadlisttableid, #moderate, .emp, #forumlist, .fl, [id^=category_], .threadlist, #content .nofollow"
        )


def _number(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), None) if found else None


def _own_number(row: Row) -> str | None:
    found = _PID.fullmatch(row.node.attributes.get("id") or "")
    return found[1] if found else None


def _row_number(row: Row) -> str | None:
    found = _ROW_TID.fullmatch(row.node.attributes.get("id") or "")
    return found[1] if found else None


def _posted_at(row: Row) -> PostedAt | None:
    """Machine-readable first. What stands beside the date (`只看該作者`) holds no other."""
    for hook in _POSTED_AT:
        found = row.time(hook)
        if found is not None:
            return found
        for words in row.values(hook):
            found = row.page.moment(words.split("|")[0], hook)
            if found is not None:
                return found
    return None


def _title(page: Page) -> str | None:
    return page.maybe(
        "#thread_subject",
        "h1.ts a[href*=thread]",
        "h1.ts",
        "#threadtitle h1",
        ".viewthread h1",
        "#content h3",
        "h1, .postlist h2",
    )


def _page_number(page: Page) -> int:
    number = _number(_PAGE, page.url)
    if number is None and page.has(".pg strong, .pages strong"):
        number = page.maybe(".pg strong", ".pages strong")
    return int(number) if number and number.isdigit() else 1


def _address(page: Page) -> str:
    """The thread's own address for this page of it."""
    canonical = page.link("link[rel=canonical]")
    if (
        canonical
        and _TID.search(canonical)
        and _page_number(page) == int(_number(_PAGE, canonical) or 1)
    ):
        return canonical
    return _EXTRA.sub("", without_fragment(page.url))


def _state(row: Row, active: PostedAt | None) -> str | None:
    """The time of the last reply, where it is printed exactly, and the number of replies."""
    replies = row.maybe("td.num a", "td.nums strong", "td.num", "td.nums", ".num")
    if replies is None:
        replies = _number(re.compile(r"[(（](\d+)\s?[篇個个條条]"), row.text())
    count = re.sub(r"\D", "", (replies or "").split("/")[0])
    exact = active and active.precision in {Precision.SECOND, Precision.MINUTE}
    moved = active.at.isoformat() if active and exact else ""
    return f"{moved}|{count}" if moved or count else None


def _comment(page: Page, row: Row) -> Post | None:
    """A remark below a post, by somebody else."""
    body = row.body(".psti", without=".xg1, .xi2")
    if body is None:
        raise LayoutChanged(page.url, [".cm .pstl .psti"])
    author = row.maybe(".psta a.xi2", ".psta a.xw1", ".psta a[href*=uid]", ".psta")
    posted_at = row.time(".psti .xg1 span@title", ".psti .xg1")
    return page.post(
        key=f"c{_fingerprint(author, posted_at, body.text)}",
        url=_address(page),
        author=author,
        posted_at=posted_at,
        body=body,
    )


def _archived(page: Page, row: Row, place: int) -> Post | None:
    """A post of the archive: a line with author and date, then everything up to the next such line."""
    nodes: list[LexborNode] = []
    node = row.node.next
    while node is not None and not _ends_post(node):
        if node.tag not in {"h3", "h2", "h1"}:
            nodes.append(node)
        node = node.next
    body = read_body(
        nodes, {out.mem_id for part in nodes if part.tag != "-text" for out in part.css(_NOT_SAID)}
    )
    author = row.maybe("strong", "a")
    line = one_line(row.node.text())
    posted_at = page.moment(line.removeprefix(author or ""), "p.author")
    thread = _number(_TID, page.url) or "0"
    return page.post(
        key=f"t{thread}-{_fingerprint(author, posted_at, body.text)}",
        url=_address(page),
        author=author,
        posted_at=posted_at,
        title=_title(page) if place == 0 and _page_number(page) == 1 else None,
        body=body,
    )


def _ends_post(node: LexborNode) -> bool:
    if node.tag in {"-text", "-comment"}:
        return False
    names = (node.attributes.get("class") or "").split()
    return bool({"author", "page"} & set(names)) or node.attributes.get("id") in {"end", "footer"}


def _fingerprint(author: str | None, posted_at: PostedAt | None, text: str) -> str:
    when = (
        posted_at.at.isoformat()
        if posted_at and posted_at.precision in {Precision.SECOND, Precision.MINUTE}
        else ""
    )
    return hashlib.sha256("\n".join((author or "", when, text)).encode()).hexdigest()[:16]
