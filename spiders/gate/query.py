"""Which parameters of an address an authorization covers.

A pattern is `name=value` with `*` for anything; a bare `name` is any value of
it. What an allow pattern matches is covered. A name that one speaks of has no
other value, and what a deny pattern matches besides is refused. So `f=7` reads
one forum, `sid` refuses session ids, and `t` allowed with `*` denied leaves
no other parameter.
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_plus

from spiders.gate.glob import matches
from spiders.gate.refusal import Reason, Refusal

_READINGS = 3
"""How often a server may decode a query."""


class _Pattern(NamedTuple):
    name: str
    value: str

    def speaks_of(self, name: str) -> bool:
        return matches(self.name, name)

    def covers(self, name: str, value: str) -> bool:
        return self.speaks_of(name) and matches(self.value, value)


class Parameters:
    """What an authorization says of queries, made ready to be asked."""

    def __init__(self, allow: tuple[str, ...], deny: tuple[str, ...]) -> None:
        self._allow = [_pattern(one) for one in allow]
        self._deny = [_pattern(one) for one in deny]

    def check(self, query: str) -> None:
        """Raise `Refusal` unless each parameter is covered, however the server may read the query."""
        if not query or not (self._allow or self._deny):
            return
        for name, value in _parameters(query.removeprefix("?")):
            if not name.isprintable():
                raise Refusal(
                    Reason.SCOPE, "An address with encoded control characters is a trick."
                )
            if any(one.covers(name, value) for one in self._allow):
                continue
            named = any(one.speaks_of(name) for one in self._allow)
            if named or any(one.covers(name, value) for one in self._deny):
                raise Refusal(
                    Reason.SCOPE, "A parameter of the address is not covered by the authorization."
                )


def _pattern(written: str) -> _Pattern:
    name, equals, value = written.partition("=")
    return _Pattern(_plain(name), value if equals else "*")


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    """Each parameter, split as servers do (by `&`, or by `;` as well), decoded once or more."""
    parts = dict.fromkeys((*query.split("&"), *query.replace(";", "&").split("&")))
    for part in filter(None, parts):
        name, _, value = part.partition("=")
        for _ in range(_READINGS):
            name, value = (
                unquote_plus(name, errors="replace"),
                unquote_plus(value, errors="replace"),
            )
            yield _plain(name), value


def _plain(name: str) -> str:
    """A name as the most lenient server takes it: PHP cuts blanks and brackets and writes `.` as `_`, others know no capitals."""
    bare = name.lstrip(" ").partition("[")[0] or name
    return bare.replace(".", "_").replace(" ", "_").casefold()
