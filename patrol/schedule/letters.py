"""What a mail says: kinds, counts and addresses of our own pages, in the language of who gets it."""

from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate

from patrol.actions.notifying.delivery import Outbound
from patrol.models import NoticeKind
from patrol.settings import Settings

TITLES: dict[NoticeKind, tuple[str, str]] = {
    NoticeKind.VICTIM_ALARM: ("A life may depend on it", "可能有生命危險"),
    NoticeKind.REFERRAL_UNFINISHED: ("Referral not finished", "轉介未完成"),
    NoticeKind.GLASS_BROKEN: ("A supervisor broke the glass", "主管動用緊急授權"),
    NoticeKind.MANDATE_ENDING: ("An authorization ends", "授權將到期"),
    NoticeKind.SOURCE_FAILING: ("A source cannot be read", "來源無法讀取"),
    NoticeKind.SOURCE_RECOVERED: ("A source is read again", "來源恢復讀取"),
    NoticeKind.SOURCE_DRIFTED: ("A source's pages are not what they were", "來源的網頁與以往不同"),
    NoticeKind.RULE_BRAKED: ("A rule was set to review", "規則已改為待檢討"),
    NoticeKind.RULE_ENDING: (
        "A rule, an exception or words of a list end",
        "規則、例外或詞表用語即將到期",
    ),
    NoticeKind.RULE_ENDED: (
        "A rule, an exception or words of a list have ended",
        "規則、例外或詞表用語已到期",
    ),
    NoticeKind.QUERY_HIT: ("A standing query has hits", "常駐查詢有命中"),
    NoticeKind.QUERY_BROKEN: ("A standing query cannot be asked any more", "常駐查詢無法執行"),
    NoticeKind.EXPORT_UNLOCKED: ("A lead was unlocked for audit", "線索已為稽核開啟"),
    NoticeKind.WORD_ASKED: ("An auditor's account waits for your word", "有稽核帳號待您擔保"),
    NoticeKind.SESSION_TAKEN: (
        "Another browser used your sign-in, and it was ended",
        "有另一個瀏覽器使用您的登入，該登入已結束",
    ),
    NoticeKind.PRIVACY_HANDED: ("A privacy request waits for a supervisor", "個資請求待主管辦理"),
    NoticeKind.PRIVACY_CARRIED: ("A supervisor dealt with a privacy request", "主管已辦理個資請求"),
    NoticeKind.PRIVACY_DUE: ("A privacy request is due", "個資請求即將逾期"),
}
"""English and Traditional Chinese, as on the pages; a test keeps them equal."""

LOST = ("about {} posts are lost for good", "約 {} 則貼文已永久遺失")
"""What the count of a source that is read again is of: the board showed no more."""


def letter(settings: Settings, message: Outbound) -> EmailMessage:
    """The mail. Its Message-ID is the same in every try."""
    notices = message.body["notices"]
    assert isinstance(notices, Sequence)  # noqa: S101  (written by `delivery.gather`)
    chinese = message.language.startswith("zh")
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = message.address
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{message.key}@{settings.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    count = len(notices)
    mail["Subject"] = f"巡查：{count} 則通知" if chinese else f"Patrol: {count} notices"
    lines = [_line(settings, one, chinese=chinese) for one in notices]
    mail.set_content("\n\n".join([*lines, _foot(settings, chinese=chinese)]) + "\n")
    return mail


def _line(settings: Settings, one: Mapping[str, object], *, chinese: bool) -> str:
    kind = NoticeKind(str(one["kind"]))
    count = str(one["count"])
    if kind is NoticeKind.SOURCE_RECOVERED:
        count = LOST[chinese].format(count) if one["count"] else ""
    told = " · ".join(filter(None, [TITLES[kind][chinese], str(one["about"]), count]))
    return f"{told}\n{settings.origin}{one['link']}"


def _foot(settings: Settings, *, chinese: bool) -> str:
    said = "收件匣" if chinese else "Inbox"
    return f"{said}: {settings.origin}/inbox/"
