import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from spiders.plain import Body, read_body


def said(markup: str, without: str = "") -> Body:
    root = LexborHTMLParser(f"<div>{markup}</div>").css_first("div")
    assert root is not None
    return read_body([root], {node.mem_id for node in root.css(without)} if without else ())


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<p>a</p>\n<p>b</p><ul><li>c</li> <li>d</li></ul>", "a\nb\nc\nd"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("  a\n  b\t c ", "a b c"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("加<b>賴</b> <i>ab</i>c", "加賴 abc"),
        ("a<script>x</script><style>x</style><!-- x -->b<noscript>x</noscript>", "ab"),
        ("a<span style='display: none'>x</span><span hidden>x</span><font style='font-size:0px'>x</font>b", "ab"),
        ("<span style='font-size:0.9em'>a</span>", "a"),
        ('<div class="spoiler"><a onclick="x()">Show</a><div style="display:none">a</div></div>', "Show\na"),
        ('<a href="https://b.example/long/path/page">https://b.example/lo … page</a>', "https://b.example/long/path/page"),
        ('<a href="https://b.example/x">see …</a>', "see … (https://b.example/x)"),
        ('<a href="https://b.example/x">here</a>', "here"),
        ('<a href="https://line.me/ti/p/demo">加我</a>', "加我 (https://line.me/ti/p/demo)"),
        ('<a href="https://t.me/demo">t.me/demo</a>', "t.me/demo"),
        ('<a class="__cf_email__" href="/cdn-cgi/l/email-protection">[email protected]</a>a', "a"),
    ],
)  # fmt: skip
def test_words_are_those_a_reader_sees(markup: str, text: str) -> None:
    assert said(markup).text == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<blockquote><cite>June wrote:</cite>hers</blockquote>mine", "mine"),
        ("<blockquote><b>June a dit :</b><br>à elle</blockquote>à moi", "à moi"),
        ("<blockquote><b>Июнь сказал(а):</b><br>её слова</blockquote>мои", "мои"),
        ("<blockquote><b>June (3. Mai) sagte:</b><br>ihre</blockquote>meine", "meine"),
        (
            "<div class='quotetitle'>June wrote:</div><div class='quotecontent'>hers</div>mine",
            "June wrote:\nmine",
        ),
        (
            "<div class='quote'><blockquote>阿美 發表於 2026-11-4 20:15<br>她的</blockquote></div>我的",
            "我的",
        ),
        ("<blockquote>a<br>b</blockquote>mine", "> a\n> b\nmine"),
        ("<blockquote class='postcontent restore'>mine</blockquote>", "mine"),
        (
            "<div class='bbcode_quote'><div class='bbcode_postedby'>Zitat von <b>June</b></div>ihre</div>meine",
            "meine",
        ),
        (
            "<div><div>Сообщение от <b>June</b> <a href='#post7'><img src='viewpost.gif'></a></div><div>hers</div></div>mine",
            "mine",
        ),
        (
            "<div style='margin:20px'><div class='smallfont'></div><table><tr><td style='border:1px inset'>hers</td></tr></table></div>mine",
            "> hers\nmine",
        ),
        (
            "<div style='margin:20px'><div class='smallfont'></div><pre style='border:1px inset'>x=1</pre></div>mine",
            "x=1\nmine",
        ),
        (
            "<div class='quoteheader'>Quote from: June</div><blockquote>hers</blockquote>mine",
            "Quote from: June\nmine",
        ),
        (
            "<div data-author='June'><blockquote><div class='quote'>hers</div></blockquote></div>mine",
            "mine",
        ),
        ("<blockquote><div class='quote'>hers</div></blockquote>mine", "> hers\nmine"),
        ("<blockquote><cite>June wrote:</cite>hers</blockquote>", "> June wrote:hers"),
        ("<blockquote><cite>A wrote:</cite>x<blockquote>y</blockquote></blockquote>mine", "mine"),
        (
            "<table><tr><td><b>June wrote:</b></td></tr><tr><td class='quote'>hers</td></tr></table>mine",
            "mine",
        ),
    ],
)
def test_other_people_s_words_are_not_the_author_s(markup: str, text: str) -> None:
    assert said(markup).text == text


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        (
            '<img src="a.jpg" alt="words"><video>x</video><iframe src="x"></iframe><svg><text>x</text></svg>',
            Body("", 4),
        ),
        ('a<img class="smilies" src="x" alt=":)">', Body("a:)", 0)),
        ('<img class="smilies" src="x" alt="Very long name">', Body("", 0)),
        ('<img class="emoji" src="x" alt="😀">', Body("😀", 0)),
        ('0<img class="emoji" src="x" alt="9️⃣">', Body("09️⃣", 0)),
    ],
)
def test_media_are_counted_and_never_read(markup: str, body: Body) -> None:
    assert said(markup) == body


def test_what_is_not_said_is_left_out() -> None:
    assert said('a<div class="signature">x</div>b', ".signature").text == "a\nb"


def test_deep_nesting_is_walked_without_recursion() -> None:
    depth = 5_000
    assert said("<b>" * depth + "a" + "</b>" * depth).text == "a"
    assert said("<blockquote>" * 300 + "a").text.endswith("a")


@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters=" \t\n\r\f\xa0\x00<>&", exclude_categories=["Cs"]
        ),
        min_size=1,
        max_size=60,
    )
)
def test_every_other_character_comes_through_unchanged(text: str) -> None:
    assert said(text).text == text
