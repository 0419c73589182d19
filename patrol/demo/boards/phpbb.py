"""Shows a board as phpBB 3.3 does: own markup, with the ids and classes of its stock theme."""

from html import escape

from patrol.demo.boards.board import Board, Health, Message, Thread
from patrol.demo.boards.server import Answer, Request
from patrol.demo.boards.walls import NOT_FOUND, PICTURE, robots, wall

TOPICS_A_PAGE = 15
POSTS_A_PAGE = 10


def answer(board: Board, request: Request) -> Answer:  # noqa: PLR0911  (a route a line)
    """One page of the board."""
    if request.path == "/robots.txt":
        return robots("/staff/", "/search.php", "/memberlist.php", "/download/")
    if request.path.startswith("/download/"):
        return PICTURE
    if walled := wall(board.health):
        return walled
    if board.health is Health.LOGIN_WALL:
        return _page(board, "Login", _LOGIN)
    path = request.path.removeprefix("/staff")
    if path in {"/", "/index.php"}:
        return _page(board, "Index", _index(board))
    if path == "/viewforum.php" and board.area(request.number("f")):
        return _forum(board, request.number("f"), request.number("start"))
    if path == "/viewtopic.php" and request.number("t") in board.threads:
        return _topic(board, board.threads[request.number("t")], request.number("start"))
    return NOT_FOUND


_LOGIN = (
    '<form action="./ucp.php?mode=login" method="post" id="login"><h2>Login</h2>'
    "<p>The board requires you to be registered and logged in to view this forum.</p>"
    '<input type="text" name="username"><input type="password" name="password"></form>'
)


def _page(board: Board, title: str, body: str) -> Answer:
    name = escape(board.title["zh-Hant"])
    document = f"""<!DOCTYPE html>
<html dir="ltr" lang="zh-TW">
<head>
<meta charset="utf-8">
<title>{name} - {escape(title)}</title>
<link rel="alternate" type="application/atom+xml" title="Feed - {name}" href="/app.php/feed">
<link rel="stylesheet" href="./styles/prosilver/theme/stylesheet.css">
</head>
<body id="phpbb" class="nojs notouch section-viewforum ltr">
<div id="wrap" class="wrap">
<div id="page-header"><img class="site_logo" src="./download/logo.png" alt=""><h1>{name}</h1>
<ul id="nav-main"><li><a href="./index.php">Board index</a></li>
<li><a href="./memberlist.php">Members</a></li><li><a href="./staff/viewforum.php?f=2">Staff</a></li></ul></div>
<div id="page-body" class="page-body" role="main">
{body}
</div>
<div id="page-footer" class="page-footer"><div class="copyright">Powered by phpBB&reg; Forum Software (a synthetic copy)</div></div>
</div>
</body>
</html>
"""
    return Answer(document.encode())


def _index(board: Board) -> str:
    rows = "".join(
        f'<li class="row"><dl class="row-item"><dt><a href="./viewforum.php?f={area.id}" '
        f'class="forumtitle">{escape(area.title)}</a></dt></dl></li>'
        for area in board.areas
    )
    return f'<ul class="topiclist forums">{rows}</ul>'


def _forum(board: Board, number: int, start: int) -> Answer:
    area = board.area(number)
    title = area.title if area else ""
    threads = board.listed(number)
    rows = "\n".join(_topic_row(board, thread) for thread in threads[start : start + TOPICS_A_PAGE])
    pages = _pagination(f"./viewforum.php?f={number}", start, len(threads), TOPICS_A_PAGE)
    frame, listed = (
        ("board-list", "entries") if board.layout_changed else ("forumbg", "topiclist topics")
    )
    body = (
        f'<h2 class="forum-title"><a href="./viewforum.php?f={number}">{escape(title)}</a></h2>'
        f'{pages}<div class="{frame}"><div class="inner"><ul class="{listed}">\n{rows}\n</ul></div></div>{pages}'
    )
    return _page(board, title, body)


def _topic_row(board: Board, thread: Thread) -> str:
    first, last = thread.messages[0], thread.last
    kind = "sticky" if thread.sticky else "bg1"
    link = "a class='subject'" if board.layout_changed else 'a class="topictitle"'
    return f"""<li class="row {kind}"><dl class="row-item topic_read">
<dt title="No unread posts"><div class="list-inner">
<{link} href="./viewtopic.php?f={thread.area}&amp;t={thread.id}">{escape(thread.title)}</a>
<div class="topic-poster">by <a href="./memberlist.php?mode=viewprofile&amp;u={_uid(first.author)}" class="username">{escape(first.author)}</a> &raquo; <time datetime="{first.at.isoformat(timespec="seconds")}">{first.at:%Y-%m-%d %H:%M}</time></div>
</div></dt>
<dd class="posts">{len(thread.messages) - 1} <dfn>Replies</dfn></dd>
<dd class="views">{len(thread.messages) * 17} <dfn>Views</dfn></dd>
<dd class="lastpost"><span><dfn>Last post </dfn>by <a href="./memberlist.php?mode=viewprofile&amp;u={_uid(last.author)}" class="username">{escape(last.author)}</a>
<a href="./viewtopic.php?p={last.id}#p{last.id}" title="Go to last post">&rsaquo;</a><br><time datetime="{last.at.isoformat(timespec="seconds")}">{last.at:%Y-%m-%d %H:%M}</time></span></dd>
</dl></li>"""


def _topic(board: Board, thread: Thread, start: int) -> Answer:
    shown = thread.messages[start : start + POSTS_A_PAGE]
    posts = "\n".join(_post(board, thread, message) for message in shown)
    address = f"./viewtopic.php?f={thread.area}&amp;t={thread.id}"
    pages = _pagination(address, start, len(thread.messages), POSTS_A_PAGE)
    body = f'<h2 class="topic-title"><a href="{address}">{escape(thread.title)}</a></h2>{pages}\n{posts}\n{pages}'
    return _page(board, thread.title, body)


def _post(board: Board, thread: Thread, message: Message) -> str:
    prefix = "" if message is thread.messages[0] else "Re: "
    content = escape(message.text).replace("\n", "<br>\n")
    pictures = "".join(
        f'<div class="inline-attachment"><dl class="file"><dt class="attach-image">'
        f'<img src="./download/file.php?id={message.id}{number}" class="postimage" alt=""></dt></dl></div>'
        for number in range(message.pictures)
    )
    notice = (
        f'<div class="notice">Last edited by {escape(message.author)} on {message.edited_at:%Y-%m-%d %H:%M}.</div>'
        if message.edited_at
        else ""
    )
    opening = (
        f'<section class="entry" data-n="{message.id}"><div class="entry-text">'
        if board.layout_changed
        else f'<div id="p{message.id}" class="post has-profile bg2"><div class="inner">'
    )
    body = "words" if board.layout_changed else "content"
    closing = "</div></section>" if board.layout_changed else "</div></div>"
    return f"""{opening}
<dl class="postprofile"><dt><img class="avatar" src="./download/file.php?avatar={_uid(message.author)}.png" alt=""> <a href="./memberlist.php?mode=viewprofile&amp;u={_uid(message.author)}" class="username">{escape(message.author)}</a></dt></dl>
<div class="postbody"><div id="post_content{message.id}">
<h3><a href="./viewtopic.php?p={message.id}#p{message.id}">{prefix}{escape(thread.title)}</a></h3>
<p class="author"><a class="unread" href="./viewtopic.php?p={message.id}#p{message.id}" title="Post">#</a> <span class="responsive-hide">by <strong><a href="./memberlist.php?mode=viewprofile&amp;u={_uid(message.author)}" class="username">{escape(message.author)}</a></strong> &raquo; </span><time datetime="{message.at.isoformat(timespec="seconds")}">{message.at:%Y-%m-%d %H:%M}</time></p>
<div class="{body}">{content}{pictures}</div>{notice}
</div></div>
{closing}"""


def _pagination(address: str, start: int, total: int, a_page: int) -> str:
    if total <= a_page:
        return '<div class="pagination"></div>'
    numbers = "".join(
        f'<li class="active"><span>{offset // a_page + 1}</span></li>'
        if offset == start
        else f'<li><a class="button" href="{address}&amp;start={offset}" role="button">{offset // a_page + 1}</a></li>'
        for offset in range(0, total, a_page)
    )
    after = start + a_page
    arrow = (
        f'<li class="arrow next"><a class="button button-icon-only" href="{address}&amp;start={after}" rel="next" role="button">Next</a></li>'
        if after < total
        else ""
    )
    return f'<div class="pagination">{total} items <ul>{numbers}{arrow}</ul></div>'


def _uid(author: str) -> int:
    """A member's number, the same for the same name."""
    return sum(author.encode()) % 9_000 + 50
