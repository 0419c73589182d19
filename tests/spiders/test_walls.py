"""What boards say in the place of posts, in the languages they speak."""

import pytest

from patrol.models import Outcome
from spiders.detect import engine_of
from spiders.page import Page
from spiders.reading import NotRead, behind_wall, read

PHPBB = '<body id="phpbb" class="section-viewtopic"><div class="panel" id="message"><p>{}</p></div></body>'
VBULLETIN = '<head><meta name="generator" content="vBulletin 3.8.4"></head><table><tr><td class="panelsurround"><div class="panel">{}</div></td></tr></table>'
XENFORO = (
    '<html id="XF"><body data-template="error"><div class="blockMessage">{}</div></body></html>'
)
INVISION = '<body class="ipsApp ipsApp_front"><div id="elError"><p>{}</p></div></body>'
MYBB = '<head><script src="jscripts/general.js?ver=1823"></script></head><table class="tborder"><tr><td class="thead">x</td></tr><tr><td class="trow1">{}</td></tr></table><a href="https://mybb.com">MyBB</a> Powered By <a href="https://mybb.com">MyBB</a>'
DISCUZ = '<head><meta name="generator" content="Discuz! X3.4"></head><body id="nv_forum"><div id="messagetext" class="alert_error"><p>{}</p></div></body>'

SAID = [
    (PHPBB, "Désolé, ce forum est actuellement indisponible pour maintenance.", Outcome.SERVER_ERROR),
    (PHPBB, "Entschuldigung, das Board ist derzeit nicht verfügbar.", Outcome.SERVER_ERROR),
    (PHPBB, "Извините, но конференция временно недоступна.", Outcome.SERVER_ERROR),
    (PHPBB, "Le sujet demandé n’existe pas.", Outcome.NOTHING_NEW),
    (PHPBB, "このフォーラムを閲覧するにはログインが必要です。", Outcome.LOGIN_WALL),
    (VBULLETIN, "The forums are closed for maintenance.", Outcome.SERVER_ERROR),
    (VBULLETIN, "انجمن در حال به روز رسانی می باشد", Outcome.SERVER_ERROR),
    (VBULLETIN, "شما اجازه دسترسی به این صفحه را ندارید", Outcome.LOGIN_WALL),
    (XENFORO, "Das angeforderte Thema konnte nicht gefunden werden.", Outcome.NOTHING_NEW),
    (XENFORO, "An unexpected error occurred. Please try again later.", Outcome.SERVER_ERROR),
    (XENFORO, "Vous devez vous connecter ou vous inscrire.", Outcome.LOGIN_WALL),
    (INVISION, "Désolé, vous n'avez pas la permission d'accéder à ceci", Outcome.LOGIN_WALL),
    (INVISION, "This community is currently offline.", Outcome.SERVER_ERROR),
    (MYBB, "You are either not logged in or do not have permission to view this page.", Outcome.LOGIN_WALL),
    (MYBB, "These forums are currently closed for maintenance.", Outcome.SERVER_ERROR),
    (DISCUZ, "站点维护中，请稍后访问", Outcome.SERVER_ERROR),
    (DISCUZ, "您的访问过于频繁", Outcome.RATE_LIMITED),
    (DISCUZ, "抱歉，您尚未登录，没有权限访问该版块", Outcome.LOGIN_WALL),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "words", "outcome"), SAID)
def test_what_a_board_says_in_the_place_of_posts_is_told_as_it_is(
    frame: str, words: str, outcome: Outcome
) -> None:
    page = Page("https://corner.example/", frame.format(words).encode())
    found = engine_of(page)
    assert found is not None
    assert read(page, found[0]).outcome is outcome


@pytest.mark.parametrize(
    ("title", "words", "code"),
    [
        ("Wartungsarbeiten", "Wir sind gleich zurück.", Outcome.SERVER_ERROR),
        ("Site en maintenance", "", Outcome.SERVER_ERROR),
        ("بروزرسانی", "سایت در حال بروزرسانی است", Outcome.SERVER_ERROR),
        ("429 Too Many Requests", "nginx", Outcome.RATE_LIMITED),
        ("Error 522", "Connection timed out", Outcome.SERVER_ERROR),
        ("Just a moment...", "", Outcome.POLICY_BLOCKED),
    ],
)
def test_an_outage_is_told_on_a_page_of_no_software(title: str, words: str, code: Outcome) -> None:
    page = Page("https://corner.example/", f"<title>{title}</title><p>{words}</p>".encode())
    told = behind_wall(page)
    assert isinstance(told, NotRead)
    assert told.what.startswith(f"{code.value}:")


def test_an_index_that_announces_an_outage_is_no_outage() -> None:
    page = Page(
        "https://corner.example/",
        PHPBB.replace("viewtopic", "index")
        .format("The board will be closed for maintenance on Sunday.")
        .encode()
        + b'<ul class="topiclist forums"><li><a class="forumtitle" href="/viewforum.php?f=1">Bikes</a></li></ul>',
    )
    found = engine_of(page)
    assert found is not None
    assert read(page, found[0]).outcome is Outcome.NOTHING_NEW
