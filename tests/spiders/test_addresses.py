"""A link that is joined the short way is the address that the long way gives."""

import ada_url
from hypothesis import given
from hypothesis import strategies as st

from spiders.addresses import absolute, tidy

LINKS = st.from_regex(
    r"\./[a-z_]{1,6}\.(php|html?)(\?[a-zA-Z0-9_=&-]{0,20})?(#[a-zA-Z0-9_-]{0,8})?", fullmatch=True
)
BASES = st.sampled_from(
    [
        "http://forum.example/viewtopic.php?t=1",
        "https://forum.example:8443/a/b%20c/../d/viewtopic.php?t=/x/#p",
        "http://FORUM.example",
        "http://forum.example/討論/index.html",
        "http://forum.example/a/",
        "not an address",
        "mailto:somebody",
        "data:text/plain,x",
    ]
)  # fmt: skip


@given(BASES, LINKS)
def test_the_short_way_is_the_long_way(base: str, link: str) -> None:
    try:
        joined = str(ada_url.join_url(base, link))
    except ValueError:
        joined = ""
    expected = tidy(joined) if joined.startswith(("http://", "https://")) else None
    assert absolute(base, link) == expected
