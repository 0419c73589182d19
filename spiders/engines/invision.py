"""Reads Invision Community 4 and 5, IP.Board 3 and 2.

`elComment_1042`, `comment-1042_wrap` (4, 5), `post_id_1042` (3) and
`post-1042` or `entry1042` (2) all hold a post's own number; posts have the key
`p1042`. Quotations name whom they quote in an attribute.
"""

import re
from typing import ClassVar

from spiders.board import Board, around_words
from spiders.engines.base import Sign, Where
from spiders.page import Page, Row

_OLD_WORDS = "div.postcolor[id^=post-], .postcolor[id^=post-]"

_FRAME = "html:not(:has([src*='illiweb.com'], [href*='illiweb.com']))"
"""A page of anybody but Forumotion, whose boards wear this software's frame around phpBB's posts."""


class Invision(Board):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.GENERATOR, r"^(?:Invision|IP\.Board|IPS)"),
        Sign(Where.MARKER, "article[id^=elComment_], [data-controller='forums.front.forum.topicRow'], [data-controller*='core.front.core.commentFeed']"),
        Sign(Where.MARKER, "#ips_Posts .post_block[id^=post_id_], tr[id^=trow_] a[id^=tid-link-], #forum_table a.topic_title"),
        Sign(Where.MARKER, f"{_OLD_WORDS}, body.ipsApp"),
        Sign(Where.MARKER, f"{_FRAME} :is(.ipbtable, #ipbwrapper, #ipboard_body)"),
        Sign(Where.HEADER, r"^set-cookie: (?:ips4_|ips5_|ipb_)"),
        Sign(Where.SCRIPT, r"ipsSettings\s*=|ipb\.vars\[|ipb_var_|Powered by (?:<[^>]*>\s*)*(?:Invision|IP\.Board)|Invision Power Services"),
    )  # fmt: skip
    on_thread: ClassVar[str] = (
        f"article[id^=elComment_], [data-feedid^=topic-], #ips_Posts, [data-controller*='forums.front.topic.view'], {_OLD_WORDS}"
    )
    on_list: ClassVar[str] = (
        "[data-controller='forums.front.forum.topicRow'], tr[id^=trow_], a[id^=tid-link-], #forum_table, "
        "[data-tableid=topics], [data-controller*='forums.front.forum.forumPage']"
    )
    thread_url: ClassVar[re.Pattern[str]] = re.compile(
        r"/topic/\d|showtopic=\d|[?&]act=ST\b|/topic\d|/t\d+\.html"
    )
    list_url: ClassVar[re.Pattern[str]] = re.compile(
        r"/forum/\d|showforum=\d|[?&]act=SF\b|/f\d+\.html"
    )

    rows: ClassVar[tuple[str, ...]] = (
        "article[id^=elComment_], div.ipsComment[id^=elComment_], article.ipsEntry[id^=elComment_], [id^=elQuestion_]",
        "[id^=post_id_].post_block, [id^=post_id_]",
        ".ipsComment[data-commentid], article[data-commentid]",
    )
    own_number: ClassVar[re.Pattern[str]] = re.compile(
        r"(?:elComment_|elQuestion_|post_id_|comment-|post-|entry)?(\d{1,12})(?:_wrap)?"
    )
    number: ClassVar[tuple[str, ...]] = (
        "@id", "@data-commentid", "[id^=post-]@id", "a[name^=entry]@name", "a[id^=entry]@id",
    )  # fmt: skip
    anchor: ClassVar[str] = "comment-{}"
    permalink: ClassVar[tuple[str, ...]] = (
        "a[href*='findComment'], a[href*='do=findComment'], a[data-role=shareComment][href*=comment], a[itemprop=replyToUrl], a[rel=bookmark]",
        "a[href*='#entry'], a[href*='#comment-']",
    )
    author: ClassVar[tuple[str, ...]] = (
        ".cAuthorPane_author a, .cAuthorPane_author",
        ".ipsComment_author h3 a, .ipsComment_author h3, .ipsEntry__username, .ipsEntry__author a, .ipsEntry__header-align .ipsUsername",
        ".author.vcard, .author [itemprop=name], .author_info .author, li.author, span.author",
        ".normalname a, .normalname, .unreg",
        ".ipsComment_header a[href*='/profile/']:not(:has(img)), a.ipsUsername, .ipsType_break",
        "a[href*='/profile/']:not(:has(img)), a[href*='showuser=']:not(:has(img))",
    )
    posted_at: ClassVar[tuple[str, ...]] = (
        ".ipsComment_meta time@datetime, .ipsEntry__header time@datetime, .ipsEntry__date time@datetime",
        "a[href*=findComment] time@datetime, .ipsComment_header time@datetime, .ipsType_reset time@datetime",
        "abbr.published@title, .posted_info abbr@title",
        "[itemprop=commentTime]@datetime, [itemprop=dateCreated]@datetime",
        "time@datetime",
        ".posted_info, .published",
        "span.postdetails, td.row2 .postdetails, .postdetails",
        "td.row4, td.row2",
    )
    undated: ClassVar[str] = ".edit, .ipsType_edit"
    body: ClassVar[tuple[str, ...]] = (
        "[data-role=commentContent]",
        "[itemprop=commentText], .post.entry-content, .entry-content",
        ".ipsType_richText, .ipsRichText",
        _OLD_WORDS,
        ".post_body .post, .postcolor",
    )
    not_said: ClassVar[str] = (
        ".ipsQuote_citation, blockquote > cite, p.citation, .quotetop, .codetop, .ipsType_edit, [data-excludequote], .signature, [data-role=memberSignature], "
        ".edit, .ipsItemControls, .ipsReact, .rep_bar, .rep_post, .post_controls, .adsbygoogle, ins, [class*=advert], .ipsAdvertisement, .ipsSpoiler_header, "
        ".ipsComment_tools, .topic_share, .thumb_info, .ipsEntry__footer, .ipsLikeBar, .like_bar"
    )
    also: ClassVar[str] = ".attachments"
    withdrawn: ClassVar[str] = (
        ".ipsComment_hidden, .ipsModerated, .moderated, .post_ignore, [data-role=ignored], .ipsComment_ignored"
    )
    title: ClassVar[tuple[str, ...]] = (
        ".ipsPageHeader .ipsType_pageTitle, h1.ipsType_pageTitle, .ipsPageHeader__title", "h1.ipsType_pagetitle", ".maintitle b", "h1",
    )  # fmt: skip

    thread_hooks: ClassVar[tuple[str, ...]] = (
        "[data-controller='forums.front.forum.topicRow'] .ipsDataItem_title a[href*=topic], [data-rowid] .ipsDataItem_title a[href*=topic]",
        "[data-rowid] .ipsData__title a[href*=topic], .ipsData__item .ipsData__title a",
        "a.topic_title, a[id^=tid-link-]",
        ".ipsDataItem_title a[href*='/topic/'], h4 a[href*='/topic/']",
        "td a[href*='showtopic=']:not([href*='view=']):not([href*='st=']):not([href*='hl='])",
    )
    thread_ids: ClassVar[tuple[str, ...]] = ("@data-rowid", "a[id^=tid-link-]@id")
    thread_number: ClassVar[re.Pattern[str]] = re.compile(
        r"/topic/(\d+)|showtopic=(\d+)|[?&;]t=(\d+)|/topic(\d+)|/(\d+)-[^/]*$"
    )
    visit: ClassVar[re.Pattern[str]] = re.compile(
        r"\?do=(?:getNewComment|getLastComment|findComment).*$|[?&](?:hl|view|s|tsf|csrfKey)=[^&#]*"
    )
    active: ClassVar[tuple[str, ...]] = (
        ".ipsDataItem_lastPoster time@datetime, .ipsData__last time@datetime",
        ".last_post abbr@title, td.col_f_post abbr@title, .lastpost abbr@title",
        ".ipsDataItem_lastPoster, .ipsData__last, .last_post, td.col_f_post",
        ".lastaction, .desc.lastaction, td:last-child .desc, td:last-child",
        "time@datetime",
    )
    replies: ClassVar[tuple[str, ...]] = (
        "[data-stattype=forums_comments] .ipsDataItem_stats_number, .ipsDataItem_stats .ipsDataItem_stats_number",
        ".ipsData__stats li, .ipsDataItem_stats dt",
        "td.stats li:first-child, .col_f_views li:first-child, td.col_f_views",
        "a[href*='who_posted'], a[href*='whoposted']",
    )

    next_hooks: ClassVar[tuple[str, ...]] = (
        "li.ipsPagination_next:not(.ipsPagination_inactive) a",
        ".pagination li.next a, li.next a[rel=next]",
        "ul.pagination a[rel=next]",
        "link[rel=next]",
        ".pagelink + .pagecurrent + .pagelink a",
    )
    previous_hooks: ClassVar[tuple[str, ...]] = (
        "li.ipsPagination_prev:not(.ipsPagination_inactive) a", ".pagination li.prev a", "link[rel=prev]",
    )  # fmt: skip
    numbers: ClassVar[tuple[str, ...]] = (
        "li.ipsPagination_page a, li.ipsPagination_last a",
        ".pagination ul.pages a, .pagination li.page a",
        ".pagelink a",
    )
    current: ClassVar[str] = ".pagecurrent, .ipsPagination_active a, .pagination li.active"
    clocks_beside: ClassVar[str] = "#submenu"
    clocks: ClassVar[str] = "#gfooter, #copyright, .copyright, td.nopad, .gmt"
    empty_frame: ClassVar[str] = (
        "[data-role=tableRows], #forum_table, .ipbtable, .ipsData, .cForumTopicTable, .cTopicList, .no_messages, .ipsType_light"
    )

    def thread_rows(self, page: Page) -> list[Row]:
        """An index links to last topics too, beside its forums."""
        return [row for row in super().thread_rows(page) if not row.has("td a[href*='showforum=']")]

    def post_rows(self, page: Page) -> list[Row]:
        rows = super().post_rows(page)
        if not rows and page.anywhere(_OLD_WORDS):
            rows = [row for row in around_words(page, _OLD_WORDS) if self.number_of(row)]
        return rows

    def _post_url(self, page: Page, row: Row, number: str) -> str:
        url = super()._post_url(page, row, number)
        old = row.has("a[name^=entry], a[id^=entry]")
        return url.replace("#comment-", "#entry") if old else url
