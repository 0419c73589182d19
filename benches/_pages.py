"""Invented phpBB pages: a list of threads, and threads of one page with 20 posts and 60 KB."""

from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape

from benches._posts import posts

POSTS_A_PAGE = 20
THREADS_A_LIST = 100
FLAGGED_EVERY = 200
"""One post in so many is an offer that shipped rules flag: far more than a real board has."""

_BYTES = 60_000
_BEGUN = datetime(2026, 1, 5, 8, tzinfo=UTC)
_AUTHORS = 300
_STYLE = "padding: 4px 8px; border-radius: 3px; background: linear-gradient(#fff, #eee);\n"


@cache
def _texts() -> list[str]:
    return posts(2_000)


def list_page(first: int, threads: int) -> bytes:
    """Threads from a number on, with a link to the next page if there are more than fit."""
    last = min(first + THREADS_A_LIST, threads)
    rows = "\n".join(_row(number) for number in range(first, last))
    more = (
        f'<li class="arrow next"><a class="button" href="./viewforum.php?f=2&amp;start={last}" rel="next">Next</a></li>'
        if last < threads
        else ""
    )
    body = (
        '<h2 class="forum-title"><a href="./viewforum.php?f=2">Talk</a></h2>'
        f'<div class="forumbg"><div class="inner"><ul class="topiclist topics">{rows}</ul></div></div>'
        f'<div class="pagination"><ul>{more}</ul></div>'
    )
    return _page("viewforum", "Talk", body)


def thread_page(number: int) -> bytes:
    """A thread. The same number gives the same page."""
    texts = _texts()
    first = number * POSTS_A_PAGE
    said = "\n".join(
        _post(number, post, _offer(post) or texts[post * 7 % len(texts)])
        for post in range(first, first + POSTS_A_PAGE)
    )
    title = f"Thread {number}"
    body = f'<h2 class="topic-title"><a href="./viewtopic.php?f=2&amp;t={number}">{title}</a></h2>{said}'
    page = _page("viewtopic", title, body)
    return page.replace(b"/*style*/", _STYLE.encode() * ((_BYTES - len(page)) // len(_STYLE)))


def _offer(post: int) -> str | None:
    return f"急收人頭帳戶，一本三萬，加賴 bench{post}" if post % FLAGGED_EVERY == 77 else None


def _page(section: str, title: str, body: str) -> bytes:
    return f"""<!DOCTYPE html>
<html dir="ltr" lang="zh-TW">
<head>
<meta charset="utf-8">
<title>{title} - Bench</title>
<link rel="stylesheet" href="./styles/prosilver/theme/stylesheet.css">
<style>/*style*/</style>
</head>
<body id="phpbb" class="nojs notouch section-{section} ltr">
<div id="wrap" class="wrap">
<div id="page-header"><h1>Bench</h1><ul id="nav-main"><li><a href="./index.php">Board index</a></li></ul></div>
<div id="page-body" class="page-body" role="main">
{body}
</div>
<div id="page-footer"><ul><li class="rightside">All times are <span title="Asia/Taipei">UTC+08:00</span></li></ul>
<div class="copyright">Powered by phpBB&reg; Forum Software</div></div>
</div>
</body>
</html>
""".encode()


def _row(number: int) -> str:
    at = _time(number * POSTS_A_PAGE + POSTS_A_PAGE - 1)
    last = number * POSTS_A_PAGE + POSTS_A_PAGE
    return f"""<li class="row bg1"><dl class="row-item topic_read">
<dt title="No unread posts"><div class="list-inner"><a href="./viewtopic.php?f=2&amp;t={number}" class="topictitle">Thread {number}</a></div></dt>
<dd class="posts">{POSTS_A_PAGE - 1} <dfn>Replies</dfn></dd><dd class="views">100 <dfn>Views</dfn></dd>
<dd class="lastpost"><span><dfn>Last post </dfn>by {_author(number)} <a href="./viewtopic.php?p={last}#p{last}" title="Go to last post">&rsaquo;</a>
<br><time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M}</time></span></dd></dl></li>"""


def _post(thread: int, number: int, text: str) -> str:
    shown = number + 1
    at = _time(number)
    author = _author(number)
    content = escape(text).replace("\n", "<br>\n")
    return f"""<div id="p{shown}" class="post has-profile bg{number % 2 + 1} online">
<div class="inner">
<dl class="postprofile" id="profile{shown}">
<dt class="has-profile-rank has-avatar"><div class="avatar-container"><a href="./memberlist.php?mode=viewprofile&amp;u={number}" class="avatar"><img class="avatar" src="./download/file.php?avatar={number}.png" width="90" height="90" alt="User avatar"></a></div>
{author}</dt>
<dd class="profile-rank">Member</dd><dd class="profile-posts"><strong>Posts:</strong> <a href="./search.php?author_id={number}&amp;sr=posts">{number % 900}</a></dd>
<dd class="profile-joined"><strong>Joined:</strong> 2019-03-04 10:00</dd>
</dl>
<div class="postbody"><div id="post_content{shown}">
<h3 {'class="first"' if number == thread * POSTS_A_PAGE else ""}><a href="./viewtopic.php?p={shown}#p{shown}">Re: Thread {thread}</a></h3>
<ul class="post-buttons"><li><a href="./posting.php?mode=quote&amp;p={shown}" title="Reply with quote" class="button button-icon-only"><i class="icon fa-quote-left fa-fw" aria-hidden="true"></i><span class="sr-only">Quote</span></a></li></ul>
<p class="author"><a class="unread" href="./viewtopic.php?p={shown}#p{shown}" title="Post"><i class="icon fa-file fa-fw icon-lightgray icon-md" aria-hidden="true"></i><span class="sr-only">Post</span></a>
<span class="responsive-hide">by <strong>{author}</strong> &raquo; </span><time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M}</time></p>
<div class="content">{content}</div>
<div id="sig{shown}" class="signature">Ride safely.</div>
</div></div>
<div class="back2top"><a href="#wrap" class="top" title="Top"><i class="icon fa-chevron-circle-up fa-fw icon-gray" aria-hidden="true"></i><span class="sr-only">Top</span></a></div>
</div></div>
<hr class="divider">"""


def _author(number: int) -> str:
    member = number * 31 % _AUTHORS
    return f'<a href="./memberlist.php?mode=viewprofile&amp;u={member}" class="username">member{member}</a>'


def _time(number: int) -> datetime:
    return _BEGUN + timedelta(minutes=5 * number)
