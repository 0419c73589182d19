"""Reads vBulletin 3, 4 and 5, and the plain archive of 3 and 4.

Native numbers carry everything: `post_message_1042` holds a post's words,
`post1042` or `post_1042` is its row, `thread_title_118` a thread. vBulletin 5
writes `li.b-post[data-node-id]` with the time of each post as an epoch. Posts
have the key `p1042`. The archive prints no numbers, so there a post's key is
made of its thread, author, date and words.
"""

import re
from functools import partial
from typing import ClassVar

from patrol.models import Post
from spiders.board import Board, around_words
from spiders.engines.base import Sign, Where
from spiders.page import Page, Row

_WORDS = "[id^=post_message_]"
_OWN = re.compile(r"(?:post|edit|post_|post_message_|td_post_)?(\d{1,12})")


class Vbulletin(Board):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.GENERATOR, r"^vBulletin"),
        Sign(Where.MARKER, "[id^=post_message_], [id^=td_threadtitle_], a[id^=thread_title_]"),
        Sign(Where.MARKER, "li.b-post .js-post__content-text, tr.topic-item a.topic-title, .b-post[data-node-id]"),
        Sign(Where.MARKER, "link[href*='clientscript/vbulletin'], script[src*='clientscript/vbulletin'], link[href*='vbulletin_css']"),
        Sign(Where.SCRIPT, r"vBulletin_init\(\)|Powered by (?:<[^>]*>\s*)?vBulletin|vBulletin®|pageData\[\"baseurl\"\]"),
    )  # fmt: skip
    on_thread: ClassVar[str] = (
        f"{_WORDS}, li.b-post[data-node-id], .b-post .js-post__content-text, #posts [id^=post_], .post .posttext"
    )
    on_list: ClassVar[str] = (
        "a[id^=thread_title_], tr.topic-item, #threadbits_forum_0, #threadslist, #threads.threads"
    )
    thread_url: ClassVar[re.Pattern[str]] = re.compile(
        r"showthread\.php|printthread\.php|/threads?/\d|/t-\d+(?:-p-\d+)?\.html|[?/]t-\d+"
    )
    list_url: ClassVar[re.Pattern[str]] = re.compile(
        r"forumdisplay\.php|/forums?/\d|[?/]f-\d+(?:-p-\d+)?\.html"
    )

    rows: ClassVar[tuple[str, ...]] = (
        "li.b-post[data-node-id], div.b-post[data-node-id]",
        ".b-post:has(> a.anchor[id^=post])",
        "li[id^=post_]:has([id^=post_message_]), div[id^=post_]:not([id^=post_message_]):has([id^=post_message_])",
        "table[id^=post]:has([id^=post_message_])",
        "[id^=edit]:has([id^=post_message_])",
    )
    own_number: ClassVar[re.Pattern[str]] = _OWN
    number: ClassVar[tuple[str, ...]] = (
        "@data-node-id",
        "a.anchor[id^=post]@id",
        "[id^=post_message_]@id",
        "@id",
    )
    author: ClassVar[tuple[str, ...]] = (
        ".author [itemprop=name], .author[itemprop=name] a, .author a",
        ".b-comment__author",
        ".username_container .username, .userinfo .username",
        ".bigusername",
        "[id^=postmenu_] a, [id^=postmenu_]",
        ".username, .guest, .postuser a",
        "a[href*='member.php']:not(:has(img)), a[href*='/members/']:not(:has(img))",
    )  # fmt: skip
    posted_at: ClassVar[tuple[str, ...]] = (
        "@data-node-publishdate",
        "time[itemprop=dateCreated]@datetime",
        ".postdate .date, .postdate",
        ".b-post__timestamp time, .b-post__timestamp",
        "td.thead, .thead",
        "[id^=post_date], .posthead .date, .post-date, .post_date, .postdate, .posttime, .date",
        "td.tcat, td.alt2 .smallfont, td.panelsurround .smallfont, td .smallfont",
    )
    body: ClassVar[tuple[str, ...]] = (
        ".js-post__content-text",
        "[itemprop=commentText]",
        _WORDS,
        ".postcontent",
        "[id^=td_post_]",
    )
    not_said: ClassVar[str] = (
        ".signature, .signaturecontainer, .after_content, .editedby, .lastedited, .postfoot, .bbcode_description, .js-post__history, "
        ".b-post__edit, [id^=post_thanks_box], .post_thanks_box, .thanks, .attachments fieldset, .bbcode_container > .bbcode_description, "
        "[id^=vbpostrelease], .b-bbcode-user__edit, .adsbygoogle, ins, [class*=advert], [id^=google_ads], h2.b-post__title, "
        "div[style*='20px'] > div.smallfont:first-child, .b-media__img-hidden"
    )
    also: ClassVar[str] = ".postbody .attachments .attachcontent, [id^=td_post_] fieldset"
    withdrawn: ClassVar[str] = (
        ".postbitdeleted, .postbitignored, .b-post--deleted, [id^=post_].deleted"
    )
    title: ClassVar[tuple[str, ...]] = (
        ".threadtitle a", "h1.main-title, .js-topic-title", "td.navbar strong, .navbar strong", ".lastnavbit",
    )  # fmt: skip

    thread_hooks: ClassVar[tuple[str, ...]] = (
        "a[id^=thread_title_]",
        "tr.topic-item a.topic-title, a.topic-title, a.js-topic-title",
        "h3.threadtitle a.title, a.title.threadtitle_unread, .threadtitle a",
        "#threadslist a[href*='showthread.php?t=']:not([href*='page='])",
    )
    thread_ids: ClassVar[tuple[str, ...]] = ("a[id^=thread_title_]@id", "@data-node-id")
    thread_number: ClassVar[re.Pattern[str]] = re.compile(
        r"(?:showthread\.php\?(?:[^#]*&)?t=|showthread\.php\?|showthread\.php/|/threads?/|/t-?)(\d+)|[/-](\d+)-[^/]*(?:\.html|/)?$"
        r"|/[^/]*?-(\d+)(?:\.html|/)$"
    )
    visit: ClassVar[re.Pattern[str]] = re.compile(
        r"(?<=[?&])(?:goto|highlight|daysprune|pp)=[^&#]*&?"
    )
    active: ClassVar[tuple[str, ...]] = (
        "dl.threadlastpost dd + dd, .threadlastpost .date",
        ".threadlastpost dd",
        "td.cell-lastpost .post-date, .post-date",
        "td[title*='Replies'] .smallfont, td.alt2 div.smallfont[style*=right], td.alt1 div.smallfont[style*=right]",
        "td .smallfont",
    )  # fmt: skip
    replies: ClassVar[tuple[str, ...]] = (
        "ul.threadstats li a.understate, ul.threadstats li",
        "td.cell-count .posts-count, .posts-count",
        "td a[href*='whoposted']",
        "td[align=center] a",
    )

    next_hooks: ClassVar[tuple[str, ...]] = (
        ".pagination a[rel=next], .pagenav a[rel=next]",
        "a.right-arrow:not(.h-disabled), .pagenav a.js-pagenav-next-button",
        "a[rel=next]",
        "link[rel=next]",
    )  # fmt: skip
    previous_hooks: ClassVar[tuple[str, ...]] = (
        ".pagination a[rel=prev], .pagenav a[rel=prev]",
        "a.left-arrow:not(.h-disabled), .pagenav a.js-pagenav-prev-button",
        "a[rel=prev]",
        "link[rel=prev]",
    )  # fmt: skip
    numbers: ClassVar[tuple[str, ...]] = (
        ".pagination a[title^='Show'], .pagination .first_last a, .pagination span a",
        ".pagenav a",
        "#pagenumbers a",
    )
    clocks: ClassVar[str] = "#footer_time, .footer_time, div.smallfont[align=center], .footer-time"
    clocks_beside: ClassVar[str] = "#pagelist"
    empty_frame: ClassVar[str] = (
        "#threadslist, #threadlist, #threads, .topic-list-container, td.thead"
    )

    def post_rows(self, page: Page) -> list[Row]:
        rows = super().post_rows(page)
        grown = around_words(page, _WORDS) if len(rows) < len(page.each(_WORDS)) else []
        if len(grown) > len(rows):
            page.tell_dates(lambda: self._dates(grown))
            return grown
        if rows:
            return rows
        page.tell_dates(partial(page.values, ".post .date"))
        return [row for row in page.each(".post") if row.has(".posttext")]

    def post(self, page: Page, row: Row, place: int) -> Post | None:
        if row.has(".posttext") and self.number_of(row) is None:
            return self.nameless(
                page, row, place, (".username", ".date", ".posttext", ".largefont a")
            )
        return super().post(page, row, place)
