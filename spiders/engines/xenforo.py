"""Reads XenForo 2, and XenForo 1 where its markup differs.

`article.message[data-content=post-1042]` (2) and `li.message#post-1042` (1) are
posts with the key `p1042`; both name their author in `data-author` and their
time as an epoch. A list's rows carry the thread's number in
`js-threadListItem-118` (2) or `#thread-118` (1).
"""

import re
from typing import ClassVar

from spiders.board import Board
from spiders.engines.base import Kind, Sign, Where
from spiders.page import Page

_INDEX = "html[data-template=forum_list], html[data-template=category_view], #content.forum_list, #content.category_view"


class Xenforo(Board):
    signs: ClassVar[tuple[Sign, ...]] = (
        Sign(Where.MARKER, "html#XF, html#XenForo"),
        Sign(Where.MARKER, "[class*=js-threadListItem-], article.message[data-content^=post-]"),
        Sign(Where.MARKER, "li.message[data-author] .messageContent, li.discussionListItem[id^=thread-]"),
        Sign(Where.HEADER, r"^set-cookie: xf_(?:csrf|session|user)="),
        Sign(Where.SCRIPT, r"XF\.(?:config|extendObject)\b|XenForo\.(?:init|visitor|_)|Forum software by XenForo|Community platform by XenForo"),
    )  # fmt: skip
    on_thread: ClassVar[str] = (
        "html[data-template^=thread_view], .MessageCard[id^=js-post-], article.message[data-content^=post-], li.message[id^=post-], #content.thread_view"
    )
    on_list: ClassVar[str] = (
        "html[data-template^=forum_view], [class*=js-threadListItem-], li.discussionListItem[id^=thread-], #content.forum_view, "
        ".js-emptyThreadList, .structItem--thread"
    )
    thread_url: ClassVar[re.Pattern[str]] = re.compile(
        r"/(?:threads|t)/(?:[^/]*\.)?\d+|[?&]threads/"
    )
    list_url: ClassVar[re.Pattern[str]] = re.compile(r"/(?:forums|f|whats-new)/|[?&]forums/")

    rows: ClassVar[tuple[str, ...]] = (
        ".MessageCard[id^=js-post-]",
        "article.message[data-content^=post-], .message[data-content^=post-]",
        "li.message[id^=post-], .message[id^=post-]",
        "article[id^=js-post-], [id^=post-].message--post",
    )
    own_number: ClassVar[re.Pattern[str]] = re.compile(r"(?:js-)?post-(\d{1,12})")
    number: ClassVar[tuple[str, ...]] = ("@data-content", "@id")
    anchor: ClassVar[str] = "post-{}"
    permalink: ClassVar[tuple[str, ...]] = (
        ".message-attribution a[href*='/post-'], .message-attribution a[href*='#post-']",
        ".messageMeta a.datePermalink[href*=post]",
    )
    author: ClassVar[tuple[str, ...]] = (
        "@data-author",
        ".message-name .username, .message-name [itemprop=name], .message-name",
        ".message-userDetails .username, .messageUserInfo .username, .userText .username",
        ".MessageCard__user-info__name, .MessageCard__user-info [itemprop=name]@content",
        ".username",
    )
    posted_at: ClassVar[tuple[str, ...]] = (
        ".message-attribution time@datetime",
        ".message-attribution time@data-time, .message-attribution time@data-timestamp",
        ".datePermalink .DateTime@data-time",
        ".datePermalink .DateTime@title",
        ".messageMeta .DateTime@data-time",
        ".messageMeta .DateTime@title",
        ".messageMeta .DateTime",
        ".MessageCard__date-created time@datetime",
        ".message-date time@datetime, .message-header time@datetime, time.u-dt@datetime",
        ".message-attribution, .message-date",
        ".DateTime@data-time, .DateTime@title",
        ".datePermalink",
    )
    body: ClassVar[tuple[str, ...]] = (
        ".message-body > .bbWrapper, .message-body .bbWrapper",
        ".messageContent .messageText",
        ".message-content .bbWrapper, .bbWrapper",
        ".messageText",
        ".message-body",
    )
    not_said: ClassVar[str] = (
        ".message-signature, .message-lastEdit, .bbCodeBlock-expandLink, .bbCodeBlock-title, .bbCodeBlock-shrinkLink, .js-selectToQuoteEnd, "
        ".attribution.type, .quoteExpand, .messageTextEndMarker, .editDate, .signature, .reactionsBar, .likesSummary, .adsbygoogle, ins, "
        ".messageHide, .samUnitWrapper, .samCodeUnit, .samBannerUnit, .samTextUnit, [class*=advert], [id^=div-gpt-ad], .message-attachments, .attachedFiles, .bbCodeSpoiler-button, .bbCodeSpoilerButton, "
        ".js-unfurl-figure, .contentRow-minor, .bbCodePlainUnfurl"
    )
    also: ClassVar[str] = ".message-attachments .attachmentList, .attachedFiles .attachmentList"
    withdrawn: ClassVar[str] = (
        ".message-deleted, .messageNotice, .deleted, .message--deleted, .messageInfo.deleted"
    )
    title: ClassVar[tuple[str, ...]] = ("h1.p-title-value", ".titleBar h1", "h1")

    thread_hooks: ClassVar[tuple[str, ...]] = (
        ".structItem--thread .structItem-title a[data-tp-primary]",
        ".structItem--thread .structItem-title a:not(.labelLink), .structItem-title a[href*='/threads/']",
        "li.discussionListItem .title a.PreviewTooltip, li.discussionListItem .title a[data-previewurl]",
        "li.discussionListItem h3.title a:not(.prefixLink)",
        ".structItem-title a:not(.labelLink), .title a.PreviewTooltip, .structItem-title a",
    )
    thread_ids: ClassVar[tuple[str, ...]] = ("@data-thread-id",)
    thread_number: ClassVar[re.Pattern[str]] = re.compile(
        r"(?:threads|t)/(?:[^/]*\.)?(\d+)|/[^/]*\.(\d+)/?$"
    )
    thread_class: ClassVar[str] = "structItem"
    visit: ClassVar[re.Pattern[str]] = re.compile(r"(?<=/)(?:unread|latest|page-1)/?$")
    active: ClassVar[tuple[str, ...]] = (
        "time.structItem-latestDate@datetime, .structItem-cell--latest time@datetime",
        ".lastPostInfo .DateTime@data-time",
        ".lastPostInfo .DateTime@title",
        ".lastPostInfo .DateTime, .structItem-cell--latest",
    )
    replies: ClassVar[tuple[str, ...]] = (
        ".structItem-cell--meta dl:first-child dd, .structItem-cell--meta dd",
        ".stats dl.major dd, dl.major dd",
    )

    next_hooks: ClassVar[tuple[str, ...]] = (
        "a.pageNav-jump--next",
        "link[rel=next]",
        ".PageNav a.text:last-child:not(:first-child)",
    )
    previous_hooks: ClassVar[tuple[str, ...]] = ("a.pageNav-jump--prev", "link[rel=prev]")
    numbers: ClassVar[tuple[str, ...]] = (
        ".pageNav-page a",
        ".PageNav nav a:not(.text), .PageNav a:not(.text)",
    )
    empty_frame: ClassVar[str] = (
        ".js-emptyThreadList, .structItemContainer, .discussionList, .block-outer, .structItem--emptyThreadList"
    )

    def kind(self, page: Page) -> Kind | None:
        """An index may stand where the lists do, at `/forums/`: it holds forums and no threads."""
        return None if page.anywhere(_INDEX) else super().kind(page)
