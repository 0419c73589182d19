"""Shows a board as Discuz! X does: own markup, with its ids and classes, in Big5 and GBK.

Characters that an area's charset does not hold are written as numeric
references, as browsers do when they send a form to such a board.
"""

from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from patrol.demo.boards.board import Area, Board, Health, Message, Thread
from patrol.demo.boards.server import Answer, Request
from patrol.demo.boards.walls import NOT_FOUND, PICTURE, robots, wall

THREADS_A_PAGE = 10
POSTS_A_PAGE = 8
TAIPEI = ZoneInfo("Asia/Taipei")


def answer(board: Board, request: Request) -> Answer:  # noqa: PLR0911  (a route a line)
    """One page of the board, rewritten (`forum-2-1.html`) or not (`forum.php?mod=...`)."""
    if request.path == "/robots.txt":
        return robots("/api/", "/search.php", "/*?mod=misc*", "/forum.php?mod=redirect*", "/admin/")
    if request.path.startswith(("/data/attachment/", "/uc_server/", "/static/image/")):
        return PICTURE
    if walled := wall(board.health):
        return walled
    area, thread, page = _asked(board, request)
    if board.health is Health.LOGIN_WALL:
        return _page(board, area or board.areas[0], "提示訊息", _LOGIN)
    if thread is not None and area is not None:
        return _thread(board, area, thread, page)
    if area is not None:
        return _list(board, area, page)
    if request.path in {"/", "/index.php", "/forum.php"}:
        return _page(board, board.areas[0], "論壇首頁", _index(board))
    return NOT_FOUND


_LOGIN = (
    '<div id="messagetext" class="alert_info"><p>抱歉，您需要登入後才能瀏覽本版。</p></div>'
    '<div id="messagelogin"></div><form id="loginform" action="member.php?mod=logging">'
    '<input type="text" name="username"><input type="password" name="password"></form>'
)


def _asked(board: Board, request: Request) -> tuple[Area | None, Thread | None, int]:
    name = request.path.rpartition("/")[2].removesuffix(".html")
    kind, *numbers = name.split("-")
    if kind in {"forum", "thread"} and numbers and all(part.isdecimal() for part in numbers):
        number, page = int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 1
        is_thread = kind == "thread"
    elif name == "forum.php":
        is_thread = request.word("mod") == "viewthread"
        number = request.number("tid" if is_thread else "fid")
        page = request.number("page", 1)
    else:
        return None, None, 1
    thread = board.threads.get(number) if is_thread else None
    if is_thread and thread is None:
        return None, None, 1
    return board.area(thread.area if thread else number), thread, max(page, 1)


def _page(board: Board, area: Area, title: str, body: str) -> Answer:
    name = escape(board.title["zh-Hant"])
    document = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="Content-Type" content="text/html; charset={area.charset}" />
<title>{escape(title)} - {name} - Powered by Discuz!</title>
<meta name="generator" content="Discuz! X3.4" />
<script type="text/javascript">var STYLEID = '1', STATICURL = 'static/', discuz_uid = '0';</script>
</head>
<body id="nv_forum" class="pg_forumdisplay">
<div id="hd"><h2><a href="./"><img src="static/image/common/logo.png" alt="" /></a>{name}</h2></div>
<div id="wp" class="wp">
{body}
</div>
<div id="ft" class="wp cl"><p>Powered by <strong>Discuz!</strong> <em>X3.4</em> (a synthetic copy)</p></div>
</body>
</html>
"""
    body_bytes = document.encode(area.charset, "xmlcharrefreplace")
    kind = f"text/html; charset={area.charset}" if area.charset_in_header else "text/html"
    return Answer(body_bytes, kind)


def _index(board: Board) -> str:
    rows = "".join(
        f'<tr><td><h2><a href="forum-{area.id}-1.html">{escape(area.title)}</a></h2></td></tr>'
        for area in board.areas
    )
    return f'<table class="fl_tb">{rows}</table>'


def _list_address(area: Area, page: int) -> str:
    if area.charset == "gbk":
        return f"forum.php?mod=forumdisplay&amp;fid={area.id}&amp;page={page}"
    return f"forum-{area.id}-{page}.html"


def _thread_address(area: Area, thread: Thread, page: int = 1) -> str:
    if area.charset == "gbk":
        paged = f"&amp;page={page}" if page > 1 else ""
        return f"forum.php?mod=viewthread&amp;tid={thread.id}&amp;extra={paged}"
    return f"thread-{thread.id}-{page}-1.html"


def _list(board: Board, area: Area, page: int) -> Answer:
    threads = board.listed(area.id)
    shown = threads[(page - 1) * THREADS_A_PAGE : page * THREADS_A_PAGE]
    rows = "\n".join(_row(board, area, thread) for thread in shown)
    more = page * THREADS_A_PAGE < len(threads)
    pager = _pager(page, _list_address(area, page + 1) if more else None)
    frame = "topics" if board.layout_changed else "threadlist"
    body = (
        f'<h1 class="xs2"><a href="{_list_address(area, 1)}">{escape(area.title)}</a></h1>{pager}'
        f'<div id="{frame}" class="tl bm bmw"><table summary="forum_{area.id}">'
        f"\n{rows}\n</table></div>{pager}"
    )
    return _page(board, area, area.title, body)


def _row(board: Board, area: Area, thread: Thread) -> str:
    first, last = thread.messages[0], thread.last
    hook = "topic" if board.layout_changed else "normalthread"
    link = "subject" if board.layout_changed else "s xst"
    return f"""<tbody id="{hook}_{thread.id}"><tr>
<td class="icn"><a href="{_thread_address(area, thread)}"><img src="static/image/common/folder_common.gif" alt="" /></a></td>
<th class="common"><a href="{_thread_address(area, thread)}" class="{link}">{escape(thread.title)}</a></th>
<td class="by"><cite><a href="space-uid-{first.id}.html" c="1">{escape(first.author)}</a></cite><em><span>{_day(first.at)}</span></em></td>
<td class="num"><a href="{_thread_address(area, thread)}" class="xi2">{len(thread.messages) - 1}</a><em>{len(thread.messages) * 23}</em></td>
<td class="by"><cite><a href="space-username.html" c="1">{escape(last.author)}</a></cite><em><a href="forum.php?mod=redirect&amp;tid={thread.id}&amp;goto=lastpost#lastpost">{_when(last.at)}</a></em></td>
</tr></tbody>"""


def _thread(board: Board, area: Area, thread: Thread, page: int) -> Answer:
    start = (page - 1) * POSTS_A_PAGE
    shown = thread.messages[start : start + POSTS_A_PAGE]
    posts = "\n".join(
        _post(board, message, floor) for floor, message in enumerate(shown, start=start + 1)
    )
    more = start + POSTS_A_PAGE < len(thread.messages)
    pager = _pager(page, _thread_address(area, thread, page + 1) if more else None)
    body = (
        f'{pager}<h1 class="ts"><a href="{_thread_address(area, thread)}" id="thread_subject">{escape(thread.title)}</a></h1>'
        f'\n<div id="{"entries" if board.layout_changed else "postlist"}" class="pl bm">\n{posts}\n</div>{pager}'
    )
    return _page(board, area, thread.title, body)


def _post(board: Board, message: Message, floor: int) -> str:
    content = escape(message.text).replace("\n", "<br />\n")
    pictures = "".join(
        f'<ignore_js_op><img id="aimg_{message.id}{number}" src="static/image/common/none.gif" '
        f'file="data/attachment/forum/{message.id}{number}.jpg" alt="" /></ignore_js_op>'
        for number in range(message.pictures)
    )
    edited = (
        f'<i class="pstatus"> 本帖最後由 {escape(message.author)} 於 {_clock(message.edited_at)} 編輯 </i><br />\n<br />\n'
        if message.edited_at
        else ""
    )
    if board.layout_changed:
        return f'<section id="entry{message.id}"><p class="words">{content}</p></section>'
    return f"""<div id="post_{message.id}"><table id="pid{message.id}" class="plhin" summary="pid{message.id}" cellspacing="0" cellpadding="0"><tr>
<td class="pls" rowspan="2"><div class="pls favatar"><div class="pi"><div class="authi"><a href="space-uid-{message.id}.html" class="xw1">{escape(message.author)}</a></div></div>
<div class="avatar"><img src="uc_server/avatar.php?uid={message.id}&amp;size=middle" alt="" /></div></div></td>
<td class="plc"><div class="pi"><strong><a href="#pid{message.id}" id="postnum{message.id}"><em>{floor}</em><sup>#</sup></a></strong><div class="pti"><div class="authi"><em id="authorposton{message.id}">發表於 {_when(message.at)}</em></div></div></div>
<div class="pct"><div class="pcb"><div class="t_fsz"><table cellspacing="0" cellpadding="0"><tr><td class="t_f" id="postmessage_{message.id}">
{edited}{content}<br />
{pictures}</td></tr></table></div></div></div></td></tr></table></div>"""


def _pager(page: int, next_address: str | None) -> str:
    following = f'<a href="{next_address}" class="nxt">下一頁</a>' if next_address else ""
    return f'<div class="pgs cl"><div class="pg"><strong>{page}</strong>{following}</div></div>'


def _clock(at: datetime) -> str:
    local = at.astimezone(TAIPEI)
    return f"{local.year}-{local.month}-{local.day} {local:%H:%M:%S}"


def _day(at: datetime) -> str:
    local = at.astimezone(TAIPEI)
    return f"{local.year}-{local.month}-{local.day}"


def _when(at: datetime) -> str:
    """Discuz's own way: words for the last days, with the clock in the title."""
    age = datetime.now(UTC) - at
    if age < timedelta(minutes=1):
        words = "剛剛"
    elif age < timedelta(hours=1):
        words = f"{age.seconds // 60} 分鐘前"
    elif age < timedelta(days=1):
        words = f"{age.seconds // 3600} 小時前"
    elif age < timedelta(days=7):
        words = f"{age.days} 天前"
    else:
        return _clock(at)
    return f'<span title="{_clock(at)}">{words}</span>'
