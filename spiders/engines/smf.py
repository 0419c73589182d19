"""Reads SMF 2.1, 2.0 and 1.1.

`msg_1042` holds a post's words, `subject_1042` its date beside it; a list
names a thread by its first post (`span#msg_1042`) and by `topic=118.0`. Posts
have the key `p1042`. SMF 1.1 draws tables around `a[name=msg1042]`. The page for printing has no numbers: there a key is made of what
a post says.
"""

import re
from typing import ClassVar

from selectolax.lexbor import LexborNode

from patrol.models import Post
from spiders.board import Board, around_words
from spiders.engines.base import Sign, Where
from spiders.page import Page, Row
from spiders.plain import one_line, read_body

_WORDS = ".inner[id^=msg_], div.post[id^=msg_], .post > div[id^=msg_]"
_OLD_WORDS = "[id^=subject_]"
_PRINTED = "#posts .postbody, td > div[style*='5ex'], body > div[style*='5ex']"


class Smf(Board):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.GENERATOR, r"^(?:SMF|Simple Machines)"),
        Sign(Where.MARKER, "#forumposts .inner[id^=msg_], #forumposts [id^=subject_], #messageindex span[id^=msg_]"),
        Sign(Where.SCRIPT, r"var smf_(?:theme_url|scripturl|images_url|default_theme_url)|href=\"https?://(?:www\.)?simplemachines\.org[^>]{0,200}>\s*(?:SMF|Simple Machines|Powered)|Powered by SMF|SMF &copy;|SMF ©"),
    )  # fmt: skip
    on_thread: ClassVar[str] = f"#forumposts, {_WORDS}"
    on_list: ClassVar[str] = "#messageindex, #topic_container, span[id^=msg_] a"
    thread_url: ClassVar[re.Pattern[str]] = re.compile(r"[?&;/]topic[=,/]\d|/topic-\d|/t\d+/")
    list_url: ClassVar[re.Pattern[str]] = re.compile(r"[?&;/]board[=,/]\d|/board-\d|/b\d+/")

    rows: ClassVar[tuple[str, ...]] = (
        "#forumposts div[id^=msg]:not([id^=msg_]):has([id^=msg_])",
        "#forumposts .post_wrapper:has(.inner[id^=msg_])",
        "#forumposts > form > div:has(.inner[id^=msg_]), #forumposts .windowbg:has(.inner[id^=msg_])",
    )
    own_number: ClassVar[re.Pattern[str]] = re.compile(r"(?:msg_?|subject_)(\d{1,12})")
    number: ClassVar[tuple[str, ...]] = (
        ".inner[id^=msg_]@id, .post[id^=msg_]@id",
        "[id^=subject_]@id",
        "@id",
        "[id^=msg_]@id",
    )
    anchor: ClassVar[str] = "msg{}"
    permalink: ClassVar[tuple[str, ...]] = (
        "[id^=subject_] a[href*='#msg']",
        ".keyinfo a[href*='#msg'], .postinfo a[href*='#msg']",
    )
    author: ClassVar[tuple[str, ...]] = (
        ".poster h4 a[href*=profile], .poster h4 a:not(:has(img)), .poster h4",
        ".poster a[href*='action=profile']:not(:has(img)), .poster a[href*=profile]:not(:has(img))",
        "td > b > a[href*='action=profile'], td b a[href*='action=profile'], td > b",
        "a[href*='action=profile']:not(:has(img)), .poster .name, .username",
    )
    posted_at: ClassVar[tuple[str, ...]] = (
        ".postinfo time@datetime, .keyinfo time@datetime, time@datetime",
        ".keyinfo .smalltext",
        ".postinfo > a.smalltext, .postinfo .smalltext",
        ".keyinfo, .postinfo, .post_info",
        "[id^=subject_] + div.smalltext, [id^=subject_] + * + div.smalltext, [id^=subject_] + .smalltext",
        "td div.smalltext, div.smalltext",
    )
    undated: ClassVar[str] = ".modified, [id^=modified_], [id^=msg_][id$=_quick_mod], .page_number"
    body: ClassVar[tuple[str, ...]] = (
        _WORDS,
        "[id^=msg_]:not([id$=_info]):not([id$=_mod])",
        "div.post",
    )
    not_said: ClassVar[str] = (
        ".quoteheader, .quotefooter, .codeheader, .signature, .modified, [id^=modified_], .attachments, .adsbygoogle, [class*=advert], "
        ".thank_o_matic, [id^=thanks_], .thanks, .post_thanks, .likes, .smflikebutton, .bbc_code + .codeheader, .codeoperation"
    )
    also: ClassVar[str] = ".attachments"
    withdrawn: ClassVar[str] = ".approvebg, .ignored, [id$=_ignored_prompt]"
    title: ClassVar[tuple[str, ...]] = (".display_title", "title")

    thread_hooks: ClassVar[tuple[str, ...]] = (
        "#messageindex span[id^=msg_] a, #topic_container span[id^=msg_] a",
        "span[id^=msg_] a",
        "td.subject a[href*=topic], .message_index_title a[href*=topic]",
    )
    thread_number: ClassVar[re.Pattern[str]] = re.compile(
        r"topic[=,/-](\d+)|/[^/]*?-?t?(\d+)(?:\.0)?(?:\.html|/)?$"
    )
    thread_class: ClassVar[str] = "windowbg"
    visit: ClassVar[re.Pattern[str]] = re.compile(
        r"(?:(?<=[?&;])PHPSESSID=[^&;#]*[&;]?|;topicseen$|\?PHPSESSID=[^&;#]*)"
    )
    active: ClassVar[tuple[str, ...]] = (
        ".lastpost time@datetime",
        ".lastpost .smalltext, .lastpost p, .lastpost",
        "td.lastpost, td.smalltext:last-child, td:last-child .smalltext, td:last-child",
    )
    replies: ClassVar[tuple[str, ...]] = (
        "td.replies", "td.stats, .board_stats p, .board_stats", "td[align=center]:has(+ td + td:last-child)",
    )  # fmt: skip

    next_hooks: ClassVar[tuple[str, ...]] = (
        ".pagelinks a.nav_page_next, .pagelinks .next_page:not(.disabled)",
        "link[rel=next]",
    )
    previous_hooks: ClassVar[tuple[str, ...]] = ("link[rel=prev]",)
    elsewhere: ClassVar[re.Pattern[str]] = re.compile(r"prev_next")
    numbers: ClassVar[tuple[str, ...]] = (
        ".pagelinks a.navPages, .pagelinks a.nav_page, .pagelinks a",
        "a.navPages",
    )
    current: ClassVar[str] = (
        ".pagelinks .current_page, .pagelinks strong, .pagesection strong, .middletext strong, .middletext b, td > b:not(:has(a))"
    )
    empty_frame: ClassVar[str] = (
        "#messageindex, #topic_container, .pagesection, #main_content_section"
    )

    def post_rows(self, page: Page) -> list[Row]:
        rows = super().post_rows(page)
        for words in (_WORDS, _OLD_WORDS):
            if not rows or len(rows) < len(page.each(words)):
                grown = [row for row in around_words(page, words) if self.number_of(row)]
                rows = grown if len(grown) > len(rows) else rows
        return rows or [row for row in page.each(_PRINTED) if _above(row.node)]

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        said = [] if self.number_of(row) else _above(row.node)
        if not said:
            return super().post(page, row, place)
        title, author, date = said
        return self.unnumbered(
            page,
            row,
            author=author,
            posted_at=page.moment(date, "#posts .postheader"),
            body=read_body([row.node], {out.mem_id for out in row.node.css(self.not_said)}),
            title=title if place == 0 else None,
        )


def _above(node: LexborNode) -> list[str]:
    """Title, author and date as the page for printing has them in bold above a post's words; empty if they are not there."""
    said: list[str] = []
    above = node.prev
    while above is not None and above.tag != node.tag and len(said) < 3:
        if above.tag in {"b", "strong"}:
            said.insert(0, one_line(above.text()))
        above = above.prev
    if not said and above is not None and "postheader" in (above.attributes.get("class") or ""):
        said = [one_line(bold.text()) for bold in above.css("b, strong")]
    return said if len(said) == 3 else []
