"""Pages that stand where the posts should be: a login, a challenge, an outage.

Asked only of pages without posts and threads, since boards offer a login on
every page. Words are looked for in the title and in the board's message box,
never in what people wrote.
"""

import re
from typing import NamedTuple

from patrol.models import Outcome
from spiders.page import Page


class Wall(NamedTuple):
    """What the page is instead, and what gave it away."""

    outcome: Outcome
    detail: str


_CHALLENGE_MARKS = (
    "#challenge-form", "#cf-challenge-running", "#challenge-running", "#challenge-error-title", ".cf-browser-verification",
    "#cf-error-details", "[data-translate=checking_browser]", ".g-recaptcha", ".h-captcha", ".cf-turnstile",
    "iframe[src*=recaptcha]", "iframe[src*=hcaptcha]", "iframe[src*=_Incapsula_Resource]", "script[src*=_Incapsula_Resource]",
    "script[src*='challenge-platform']", "script[src*='aliyun_waf'], #renderData", "form[action*=captcha]",
    "img[src*=captcha], img[src*=seccode]",
)  # fmt: skip

_CHALLENGE_WORDS = re.compile(
    r"just a moment|attention required|checking your browser|ddos.?guard|ddos protection|are you (?:a )?human|not a robot|"
    r"security check|verify you are|access denied|forbidden|request (?:blocked|rejected)|bot (?:detection|verification)|"
    r"安全驗證|安全验证|人機驗證|人机验证|滑動驗證|滑动验证|访问受限|拦截提示|請稍候|请稍候|驗證碼|正在检查您的浏览器|セキュリティチェック|보안 확인",
    re.IGNORECASE,
)
_CHALLENGE_SOURCE = re.compile(
    r"attackevasive[^;,<]{0,40}=[^;,<]*[1-9]|_cf_chl_opt|window\._cf_translation|sucuri_cloudproxy|yunsuo_session|__jsl_clearance"
)

_LOGIN_WORDS = re.compile(
    r"log ?in\b|logged[ -]in|sign in|regist(?:er|ered|ration)|not (?:authori[sz]ed|allowed|permitted)|no permission|do not have permission|pas la permission|members only|"
    r"登[錄录入陸陆]|註冊|注册|沒有權限|没有权限|無權|无权|權限不足|权限不足|特定用戶|特定用户|密碼|密码|ログイン|会員登録|権限|로그인|회원가입|권한|"
    r"anmeld|angemeldet|registrier|berechtigung|connect(?:er|é)|connexion|identifi|inscri|autoris|autoriz|iniciar sesi|registrad|permiso|"
    r"accedere|registrarsi|permess|войти|вход|авториз|зарегистр|доступ|прав[ао]? |zalogow|zarejestr|uprawnie|přihl|oprávn|giri[şs] yap|kay[ıi]t ol|yetki|"
    r"وارد|ورود|ثبت ?نام|اجازه|مجوز|تسجيل الدخول|inloggen|geregistreerd|logga in|kirjaudu|σύνδεση|autentific|bejelentkez|entrar|fazer login|đăng nhập|เข้าสู่ระบบ",
    re.IGNORECASE,
)
_GONE_WORDS = re.compile(
    r"does not exist|not found|(?:could not|couldn['’]t) (?:be found|find|locate)|no (?:thread|topic|post|forum) specified|missing or off limits|invalid (?:post|user) specified|no longer (?:exists|available)|no such|invalid (?:thread|topic|forum)|不存在|已被刪除|已被删除|正在被審核|正在被审核|"
    r"existiert nicht|nicht gefunden|introuvable|pas été trouvé|no se (?:ha )?encontr|non (?:è stat\w )?trovat|не удалось найти|یافت نشد|پیدا نشد|找不到|n['’]existe (?:pas|plus)|no existe|non esiste|не существует|не найден|存在しません|見つかりません|없습니다|nie istnieje|neexistuje|وجود ندارد|bestaat niet|não existe",
    re.IGNORECASE,
)
_OUTAGE_WORDS = re.compile(
    r"general error|critical error|fatal error|sql error|database error|system error|could not connect|service unavailable|"
    r"bad gateway|gateway time-?out|internal server error|temporarily unavailable|under maintenance|board (?:is )?(?:currently )?(?:disabled|unavailable)|"
    r"站點(?:臨時)?關閉|站点(?:临时)?关闭|系統維護|系统维护|網站維護|网站维护|論壇關閉|论坛关闭|メンテナンス中|점검 중|error establishing a database|"
    r"forum (?:ist )?(?:derzeit )?(?:deaktiviert|abgeschaltet)|forum désactivé|форум (?:временно )?(?:закрыт|отключ)|account (?:has been )?suspended|"
    r"(?:closed|down|offline|unavailable) (?:for|due to) (?:\w+ )?maintenance|(?:currently|temporarily) (?:down|closed|offline|unavailable)|unexpected error (?:has )?occurred|"
    r"error 52\d|web server is down|connection timed out|en maintenance|pour maintenance|(?:actuellement|momentanément|temporairement) (?:indisponible|ferm)|"
    r"(?:derzeit|momentan|zurzeit|vorübergehend) (?:nicht (?:verfügbar|erreichbar)|geschlossen|offline)|wartungs(?:arbeit|modus)|gerade gewartet|"
    r"временно (?:недоступ|закрыт|отключ|не работает)|техническ\w+ (?:работ|обслуж)|на обслуживани|در حال (?:به ?روز ?رسانی|بروز ?رسانی|تعمیر)|در دست (?:تعمیر|ساخت)|تحت الصيانة|"
    r"en mantenimiento|in manutenzione|em manutenção|przerwa techniczna|bakım(?:da|dayız| çalışması)|onderhoud|ただいまメンテナンス|ご利用いただけません|"
    r"(?:站[点點]|[网網]站|系[统統]|服[务務]器|伺服器|[论論][坛壇]|[数數][据據][库庫]).{0,4}(?:维护|維護|升[级級]|[错錯][误誤]|[暂暫][时時][关關])|"
    r"\[MySQL\]|mysqli?_(?:connect|query)|phpBB : Critical|Unable to connect to",
    re.IGNORECASE,
)
_OFTEN_WORDS = re.compile(
    r"too many requests|too often|过于频繁|過於頻繁|太频繁|太頻繁|zu viele (?:anfragen|zugriffe)|trop de requêtes|слишком (?:много запросов|часто)|アクセスが集中|درخواست‌?(?:های)? زیاد",
    re.IGNORECASE,
)
_BOXES = (
    "#messagetext", "#message", ".alert_error, .alert_info, .alert_right", "#errorpage, #errorpage .panel", ".messagebox, .message",
    "#nv_forum .nfl, #nv_member .nfl", "table.forumline td.row1 .gen", "table.tablebg td.row1 .gen, table.tablebg td.row1 p.gen",
    ".panel .content h2, .panel .inner > p, .panel .inner > strong", ".error", ".box.message", "td.bm_c",
    "td.panelsurround .panel", ".standard_error .blockrow", ".blockMessage", "#fatal_error, .noticebox",
    ".ipsMessage, [data-role=message], #elError", ".errorOverlay .baseHtml, .error_with_login .baseHtml, #content.error p",
)  # fmt: skip
_ONLY_CELL = "td.trow1:only-child"
_MORE_CELLS = ".trow2, td.trow1 + td"
"""MyBB speaks in the only cell of its only table."""
_MOST_BOXES = 50
"""Of each kind that are looked at."""
_LOGIN_FORMS = (
    "form#login:not([style*='display:none'])",
    "form[action*='mode=login']:not(.headerspace):not(.quick-login):not(#quick-login) input[type=password]",
    "form[action*='login.php']:not([action*='do=login']) input[type=password]",
    "form[id^=loginform] input[type=password], #messagelogin, form#frmLogin input[type=password]",
    "form[action*=pwverify], form[action*='login_password'], form#login_forum",
)
_INDEX = (
    "a.forumtitle, a.forumlink, a.lastsubject, .forumlist, [id^=category_], .fl_g, ul.topiclist.forums, .node--forum, "
    "li.node.forum, .forumbit_post, td[id^=f] a[href*=forumdisplay], tr a[href^=forumdisplay], a[href^='forum-'][href$='.html'], [id^=board_], "
    ".cForumRow, table.ipb_table .forum_name, .ItemCategory"
)
"""What an index of forums is made of."""

_SHORT = 3_000
"""Characters of text; a page that only asks to log in has no more."""

_LONG = 20_000
"""Characters of markup; an error page without any frame is shorter."""


def wall(page: Page, *, other: bool = False, unknown: bool = False) -> Wall | None:
    """What stands in the way on a page that has no posts; None if nothing does.

    `other` is a page of a board that would have no posts anyway, such as an
    index: there a login is an offer. So it is on a page that is `unknown`.
    """
    found = _challenge(page) or _outage(page) or _often(page) or _login(page)
    if found is not None and found.outcome is Outcome.SERVER_ERROR:
        # An index that tells when the board will be closed is no outage.
        return None if other and page.has(_INDEX) else found
    if found is None or found.outcome is not Outcome.LOGIN_WALL:
        return found
    offered = (other and page.has(_INDEX)) or (unknown and len(page.node.text()) > _SHORT)
    return None if offered else found


def _challenge(page: Page) -> Wall | None:
    words = _CHALLENGE_WORDS.search(page.title)
    source = _CHALLENGE_SOURCE.search(page.markup)
    mark = next((mark for mark in _CHALLENGE_MARKS if page.has(mark)), None)
    if source or words or (mark and len(page.node.text()) < _SHORT and not _login(page)):
        told = (
            f"`{source[0]}` in its source"
            if source
            else f"“{words[0]}” in its title"
            if words
            else f"`{mark}`"
        )
        return Wall(
            Outcome.POLICY_BLOCKED, f"The site asks for proof of a person or refuses us: {told}."
        )
    return None


def _outage(page: Page) -> Wall | None:
    words = next((found for place in _places(page) if (found := _OUTAGE_WORDS.search(place))), None)
    return (
        Wall(Outcome.SERVER_ERROR, f"The board reports a fault of its own: “{words[0]}”.")
        if words
        else None
    )


def _often(page: Page) -> Wall | None:
    words = next((found for place in _places(page) if (found := _OFTEN_WORDS.search(place))), None)
    return (
        Wall(Outcome.RATE_LIMITED, f"The board says that it is asked too often: “{words[0]}”.")
        if words
        else None
    )


def _login(page: Page) -> Wall | None:
    boxes = _messages(page)
    if any(_GONE_WORDS.search(box) for box in boxes):
        return None
    words = next((found for box in boxes if (found := _LOGIN_WORDS.search(box))), None)
    if words:
        return Wall(
            Outcome.LOGIN_WALL,
            f"The board shows this page to members only: its message says “{words[0]}”.",
        )
    form = next((form for form in _LOGIN_FORMS if page.has(form)), None)
    return Wall(Outcome.LOGIN_WALL, f"The board asks to log in: `{form}`.") if form else None


def login_page(page: Page, whose: str) -> Wall | None:
    """The wall of a page that asks for a password, where the pages that hold posts never do."""
    if not page.has("input[type=password]"):
        return None
    return Wall(Outcome.LOGIN_WALL, f"{whose} shows its login page instead.")


def gone(page: Page) -> bool:
    """Whether the board says that what was asked for does not exist, or no longer."""
    return any(_GONE_WORDS.search(box) for box in _messages(page))


def _places(page: Page) -> list[str]:
    """Where the board itself speaks: title, message boxes, and all of a page without any frame."""
    places = [page.title, *_messages(page)]
    return [*places, page.node.text(separator=" ")[:600]] if len(page.markup) < _LONG else places


def _messages(page: Page) -> list[str]:
    """What the board itself says in its message boxes, worked out once. Boxes that are never closed hold each other."""
    known = page.notes.get("messages")
    if isinstance(known, list):
        return known
    boxes = _BOXES if page.has(_MORE_CELLS) else (*_BOXES, _ONLY_CELL)
    said = [value[:500] for hook in boxes for value in page.values(hook, _MOST_BOXES)]
    page.notes["messages"] = said
    return said
