import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PAGES = Path(__file__).parents[1] / "spiders" / "engines" / "pages"


def patrol(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "patrol", "engine", *words],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def document(*words: str) -> dict[str, Any]:
    _, out, _ = patrol(*words, "--json")
    found: dict[str, Any] = json.loads(out)
    return found


def test_engines_are_listed() -> None:
    names = [engine["name"] for engine in document("list")["engines"]]
    assert {"phpbb", "discuz", "feed"} <= set(names)
    assert "phpbb" in patrol("list")[1]


def test_saved_page_is_read() -> None:
    page = str(PAGES / "phpbb" / "thread.html")
    said = document("read", page, "--url", "https://forum.example/viewtopic.php?t=118")
    assert said["engine"] == "phpbb"
    assert "body#phpbb" in said["evidence"]
    assert said["threads"] == []
    assert said["next"] == "https://forum.example/viewtopic.php?t=118&start=3"
    assert set(said["posts"][0]) == {
        "key",
        "url",
        "author",
        "posted_at",
        "precision",
        "title",
        "text",
    }
    assert said["posts"][0] | {"text": ""} == {
        "key": "p1042",
        "url": "https://forum.example/viewtopic.php?p=1042#p1042",
        "author": "小林",
        "posted_at": "2026-11-02T07:04:00+00:00",
        "precision": "second",
        "title": "徵求十二吋童車",
        "text": "",
    }


def test_relative_dates_count_from_when_the_page_was_saved() -> None:
    page = str(PAGES / "discuz" / "thread.html")
    words = (
        "read",
        page,
        "--url",
        "https://night.example/thread-2041-1-1.html",
        "--fetched-at",
        "2026-11-06T01:30:00",
    )
    assert document(*words)["posts"][2]["posted_at"] == "2026-11-06T01:00:00+00:00"


@pytest.mark.parametrize(
    ("file", "url", "code", "says"),
    [
        ("phpbb/login_wall.html", "https://forum.example/viewtopic.php?t=4", 4, "login_wall"),
        ("phpbb/changed.html", "https://forum.example/viewtopic.php?t=5", 1, "layout_changed"),
        ("phpbb/empty.html", "https://forum.example/viewforum.php?f=9", 0, "nothing here"),
        ("addresses.yml", "https://forum.example/", 2, "no engine knows this page"),
        ("missing.html", "https://forum.example/", 3, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_and_an_exit_code(
    file: str, url: str, code: int, says: str
) -> None:
    found, _, err = patrol("read", str(PAGES / file), "--url", url)
    assert found == code
    assert says in err
    assert "Traceback" not in err
    if code:
        assert "why:" in err
        assert "do:" in err


def test_unknown_engine_and_zone_are_told() -> None:
    page = str(PAGES / "phpbb" / "thread.html")
    words = ("read", page, "--url", "https://forum.example/")
    assert "there is no engine `phpb`" in patrol(*words, "--engine", "phpb")[2]
    assert "there is no time zone `Mars`" in patrol(*words, "--timezone", "Mars")[2]


def test_reading_a_saved_page_opens_neither_django_nor_scrapy() -> None:
    program = (
        "import sys; from patrol.cli.main import main\n"
        "try: main(['engine', 'read', sys.argv[1], '--url', 'https://forum.example/viewtopic.php?t=1'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in {'django', 'scrapy', 'twisted'}])"
    )
    page = str(PAGES / "phpbb" / "thread.html")
    done = subprocess.run(
        [sys.executable, "-c", program, page], capture_output=True, check=True, timeout=60
    )
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_what_is_no_page_and_no_address_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty.html"
    empty.write_text(" \n")
    page = tmp_path / "page.html"
    page.write_text("<html><body>x</body></html>")
    for file, url, words in (
        (empty, "https://forum.example/", "the file is empty"),
        (page, "file:///etc/hostname", "is no web address"),
        (page, "", "is no web address"),
    ):
        code, _, err = patrol("read", str(file), "--url", url)
        assert code == 2
        assert words in err
