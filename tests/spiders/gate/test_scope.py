import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.models import Scope
from spiders.gate.refusal import Reason, Refusal
from spiders.gate.scope import LONGEST, Coverage, place


def covers(address: str, *hosts: str, paths: tuple[str, ...] = ("/",)) -> bool:
    try:
        Coverage(Scope(hosts=hosts or ("ok.example",), paths=paths)).check(place(address))
    except Refusal as refusal:
        return refusal.reason is not Reason.SCOPE
    return True


@pytest.mark.parametrize(
    "address",
    [
        "http://ok.example/",
        "https://ok.example/a?b=c",
        "HTTPS://OK.example/",
        "http://ok.example:80/",
        "https://ok.example:443/",
        "  http://ok.example/ ",
        "http://ok.example/#fragment",
    ],
)
def test_covers_the_host(address: str) -> None:
    assert covers(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://ok.example.evil.example/",  # suffix tricks
        "http://evilok.example/",
        "http://sub.ok.example/",
        "http://ok.example./",
        "http://xn--k-8ca.example/",
        "http://ok.example:9200/",  # ports
        "http://ok.example:443/",
        "https://ok.example:80/",
        "http://ok.example:22/",
        "http://user@ok.example/",  # user names
        "http://user:pass@ok.example/",
        "http://@ok.example/",
        "http://ok.example:80@127.0.0.1/",
        "http://ok.example@127.0.0.1/",
        "http://ok.example\\@127.0.0.1/",  # parser confusion
        "http://127.0.0.1#@ok.example/",
        "http://127.0.0.1\\.ok.example/",
        "http://ok.example%00.evil.example/",
        "http://ok.\texample/",
        "http://ok.example/a\nb",
        "http://ok.example/\u2028",
        "file:///etc/passwd",  # other schemes
        "data:text/html,hello",
        "ftp://ok.example/",
        "gopher://ok.example/",
        "jar:http://ok.example/!/",
        "view-source:http://ok.example/",
        "blob:http://ok.example/1",
        "javascript:alert(1)",
        "//ok.example/",
        "ok.example",
        "",
        "http://",
        "http://ok.example/" + "a" * LONGEST,
    ],
)
def test_refuses_disguises(address: str) -> None:
    assert not covers(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://ⓛocalhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
    ],
)
def test_refuses_loopback_however_it_is_written(address: str) -> None:
    assert not covers(address)


def test_one_parser_reads_numbers_as_what_they_are() -> None:
    assert place("http://2130706433/").hostname == "127.0.0.1"
    assert place("http://１２７.0.0.1/").hostname == "127.0.0.1"


def test_a_port_is_open_when_the_entry_names_it() -> None:
    assert covers("http://ok.example:8080/", "ok.example:8080")
    assert not covers("http://ok.example/", "ok.example:8080")


def test_an_entry_in_its_own_letters_is_its_host() -> None:
    assert covers("http://例子.example/", "例子.example")
    assert covers("http://xn--fsqu00a.example/", "例子.example")


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/board", "/board"),
        ("/board/", "/board"),
        ("/board/1", "/board"),
        ("/board?page=2", "/board"),
        ("/board/1", "/board/"),
        ("/thread-7-1.html", "/thread-"),
        ("/viewforum.php?f=7&start=25", "/viewforum.php?f=7"),
        ("/viewforum.php?f=7", "/viewforum.php?f=7"),
        ("/%E7%9C%8B%E6%9D%BF/1", "/看板"),
        ("/看板/1", "/%E7%9C%8B%E6%9D%BF"),
        ("/a/../board/1", "/board"),
        ("/x;y/../board/1", "/board"),
        ("/robots.txt", "/board"),
    ],
)
def test_covers_paths_at_a_border(path: str, prefix: str) -> None:
    assert covers(f"http://ok.example{path}", paths=(prefix,))


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/board2", "/board"),
        ("/boards/1", "/board"),
        ("/Board/1", "/board"),
        ("/", "/board"),
        ("/viewforum.php?f=70", "/viewforum.php?f=7"),
        ("/viewforum.php?x=1&f=7", "/viewforum.php?f=7"),
        ("/board/../admin", "/board"),
        ("/board/%2e%2e/admin", "/board"),
        ("/board/.%2E/admin", "/board"),
        ("/board/..%2fadmin", "/board"),
        ("/board%2f..%2fadmin", "/board"),
        ("/board/%252e%252e/admin", "/board"),
        ("/board/%252e%252e%252fadmin", "/board"),
        ("/board/..;/admin", "/board"),
        ("/board/..;x=1/admin", "/board"),
        ("/board/..%5cadmin", "/board"),
        ("/board/%00", "/board"),
        ("/board/%0d%0aX: y", "/board"),
        ("/robots.txt?x=1", "/board"),
        ("/board/robots.txt/../../robots.txtx", "/board"),
    ],
)
def test_refuses_paths_however_a_server_may_decode_them(path: str, prefix: str) -> None:
    assert not covers(f"http://ok.example{path}", paths=(prefix,))


def test_relative_links_are_read_against_their_page() -> None:
    base = "http://ok.example/board/list"
    assert place("../thread?t=1#p2", base).href == "http://ok.example/thread?t=1"
    assert place("//other.example/x", base).host == "other.example"
    assert place("http:127.0.0.1", "https://ok.example/").host == "127.0.0.1"


_PIECES = st.sampled_from(
    ["http://", "https://", "ok.example", "127.0.0.1", "/", "..", "%2e", "%2f", "@", ":", "80", "\\",
     "#", "?", "a", "board", ";", "%", "é", "例", "[::1]", "\t", " ", "%00", "//", "."]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=9).map("".join))
def test_canonical_addresses_stay_what_they_are(address: str) -> None:
    """Reading what was read changes nothing, and never makes a covered address of a refused one."""
    try:
        once = place(address)
    except Refusal:
        return
    again = place(once.href)
    assert again == once
    assert once.href.startswith(f"{once.scheme}://{once.host}/")
    assert once.href.isascii()
    assert covers(address, paths=("/board",)) == covers(once.href, paths=("/board",))
