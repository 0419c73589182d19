"""Shows a board as Flarum does in a browser: a frame, a script, and the script draws all else from a JSON.

A stock Flarum also sends its words along in the frame; boards that turn this
off are why there is a browser. So this one sends none: who does not run its
script sees nothing.
"""

import json
from html import escape
from typing import Any

from patrol.demo.boards.board import Board, Health, Message, Thread
from patrol.demo.boards.server import Answer, Request
from patrol.demo.boards.walls import NOT_FOUND, PICTURE, robots, wall

A_PAGE = 20

WHY = "Its pages draw themselves and hold no words when they are received; it has no feed."


def answer(board: Board, request: Request) -> Answer:  # noqa: PLR0911  (a route a line)
    """The frame of a page, the script, or what the script asks for."""
    if request.path == "/robots.txt":
        return robots("/u/", "/settings", "/notifications")
    if request.path.startswith("/assets/files/"):
        return PICTURE
    if request.path == "/assets/forum.js":
        return Answer(_script(board).encode(), "text/javascript; charset=utf-8")
    if walled := wall(board.health):
        return walled
    if board.health is Health.LOGIN_WALL:
        return Answer(_LOGIN.encode())
    area, _, number = request.path.removeprefix("/api").partition("/t/")
    if not area and number.isdecimal() and board.area(int(number)):
        return _list(board, int(number), request) if _is_api(request) else _frame(board)
    area, _, number = request.path.removeprefix("/api").partition("/d/")
    if not area and number.isdecimal() and int(number) in board.threads:
        thread = board.threads[int(number)]
        return _thread(thread, request) if _is_api(request) else _frame(board)
    return NOT_FOUND


def _is_api(request: Request) -> bool:
    return request.path.startswith("/api/")


_LOGIN = (
    "<!DOCTYPE html><title>Log in</title><body>"
    '<form id="login"><p>You must log in.</p><input type="password" name="password"></form>'
)


def _frame(board: Board) -> Answer:
    document = f"""<!DOCTYPE html>
<html dir="ltr" lang="zh-Hant">
<head><meta charset="utf-8"><title>{escape(board.title["zh-Hant"])}</title>
<link rel="stylesheet" href="/assets/forum.css">
<link rel="icon" href="/assets/files/favicon.png"></head>
<body><div id="app" class="App"><header id="header" class="App-header"><img src="/assets/files/logo.png" alt=""></header>
<main class="App-content"><div id="flarum-loading">載入中…</div><div id="content"></div></main></div>
<script src="/assets/forum.js"></script>
<script>flarum.core.app.load(); flarum.core.app.boot();</script></body></html>
"""
    return Answer(document.encode())


def _script(board: Board) -> str:
    changed = json.dumps(
        {"PostStream-item": "Stream-entry", "DiscussionListItem": "ListEntry"}
        if board.layout_changed
        else {}
    )
    return f"const NAMES = {changed};\n{_PROGRAM}"


def _list(board: Board, area: int, request: Request) -> Answer:
    threads = board.listed(area)
    shown, more = _cut(threads, request)
    return _json({"discussions": [_discussion(thread) for thread in shown], "more": more})


def _thread(thread: Thread, request: Request) -> Answer:
    shown, more = _cut(thread.messages, request)
    first = thread.messages.index(shown[0]) if shown else 0
    posts = [_post(message, number) for number, message in enumerate(shown, start=first + 1)]
    return _json({"title": thread.title, "posts": posts, "more": more})


def _cut(things: list[Any], request: Request) -> tuple[list[Any], bool]:
    start = (max(request.number("page", 1), 1) - 1) * A_PAGE
    return things[start : start + A_PAGE], start + A_PAGE < len(things)


def _json(told: object) -> Answer:
    return Answer(json.dumps(told, ensure_ascii=False).encode(), "application/vnd.api+json")


def _discussion(thread: Thread) -> dict[str, Any]:
    return {
        "id": thread.id,
        "title": thread.title,
        "author": thread.messages[0].author,
        "last_author": thread.last.author,
        "last_at": thread.last.at.isoformat(timespec="seconds"),
        "replies": len(thread.messages) - 1,
        "sticky": thread.sticky,
    }


def _post(message: Message, number: int) -> dict[str, Any]:
    pictures = "".join(
        f'<img src="/assets/files/{message.id}{index}.jpg" alt="">'
        for index in range(message.pictures)
    )
    words = escape(message.text).replace("\n", "<br>")
    return {
        "id": message.id,
        "number": number,
        "author": message.author,
        "at": message.at.isoformat(timespec="seconds"),
        "edited": message.edited_at is not None,
        "html": f"<p>{words}</p>{pictures}",
    }


_PROGRAM = """
const named = (name) => NAMES[name] || name;
const make = (tag, name, ...inside) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
};
const timed = (at) => {
  const made = make("time", "", new Date(at).toLocaleString("zh-TW"));
  made.dateTime = at;
  return made;
};
const linked = (href, name, ...inside) => {
  const made = make("a", name, ...inside);
  made.href = href;
  return made;
};
const row = (each) => {
  const last = make("li", "item-terminalPost", make("span", "username", each.last_author), timed(each.last_at));
  const title = make("h2", "DiscussionListItem-title", each.title);
  const main = linked("/d/" + each.id, "DiscussionListItem-main", title, make("ul", "DiscussionListItem-info", last));
  const author = linked("/u/" + encodeURIComponent(each.author), "DiscussionListItem-author", each.author[0]);
  const count = make("span", "DiscussionListItem-count", String(each.replies));
  const item = make("li", "", make("div", named("DiscussionListItem") + (each.sticky ? " sticky" : ""), author, main, count));
  item.dataset.id = each.id;
  return item;
};
const drawn = (each) => {
  const user = make("div", "PostUser", make("h3", "PostUser-name", make("span", "username", each.author)));
  const head = make("ul", "", make("li", "item-user", user), make("li", "item-meta", make("div", "PostMeta", timed(each.at))));
  const body = make("div", "Post-body");
  body.innerHTML = each.html;
  const post = make("article", "CommentPost Post" + (each.edited ? " Post--edited" : ""), make("header", "Post-header", head), body);
  const item = make("div", named("PostStream-item"), post);
  Object.assign(item.dataset, {id: each.id, number: each.number, time: each.at, type: "comment"});
  return item;
};
const button = (name) => make("div", name, make("button", "Button", "載入更多"));
const index = (told) => {
  const list = make("div", "DiscussionList", make("ul", "DiscussionList-discussions", ...told.discussions.map(row)));
  if (told.more) list.append(button("DiscussionList-loadMore"));
  return make("div", "IndexPage", list);
};
const discussion = (told) => {
  const stream = make("div", "PostStream", ...told.posts.map(drawn));
  if (told.more) stream.append(button("PostStream-loadMore"));
  return make("div", "DiscussionPage", make("header", "DiscussionHero", make("h1", "DiscussionHero-title", told.title)), stream);
};
const app = {
  load() {},
  async boot() {
    const answer = await fetch("/api" + location.pathname + location.search);
    const told = await answer.json();
    document.getElementById("flarum-loading").remove();
    document.getElementById("content").append(told.posts ? discussion(told) : index(told));
  },
};
window.flarum = {core: {app}};
"""
