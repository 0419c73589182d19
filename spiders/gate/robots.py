"""What a site's robots.txt allows: RFC 9309, and Google's reading where the RFC is silent."""

import re
from dataclasses import dataclass, field

from spiders.gate.glob import matches

LARGEST = 512 * 1024
"""Bytes of a robots.txt that are read (RFC 9309 section 2.5 asks for at least 500 KiB)."""

LONGEST_DELAY = 24 * 3600.0
"""Seconds; a longer Crawl-delay is a mistake."""

_KEYS = {
    "user-agent": "agent", "useragent": "agent", "user agent": "agent",
    "allow": "allow",
    "disallow": "disallow", "dissallow": "disallow", "dissalow": "disallow",
    "disalow": "disallow", "diasllow": "disallow", "disallaw": "disallow",
    "crawl-delay": "delay", "crawldelay": "delay",
}  # fmt: skip
"""Lines that mean something, with the misspellings that are often seen."""

_TOKEN = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}|[^\x00-\x7f]")
_NO_MATCH = -1


@dataclass
class _Group:
    rules: list[tuple[bool, str]] = field(default_factory=list)
    """Allow or not, and the pattern."""
    delay: float | None = None


class Robots:
    """The rules of one robots.txt for one program."""

    def __init__(self, text: str, agent: str) -> None:
        self._own = _Group()
        self._general = _Group()
        self._named = False
        """Whether a group speaks to us by name: then the general one does not count."""
        self._read(text, agent.lower())

    @property
    def delay(self) -> float | None:
        """Seconds between requests that the site asks for."""
        return (self._own if self._named else self._general).delay

    def allows(self, target: str) -> bool:
        """Whether a path with its query may be asked for. The longest rule wins; allow wins a tie."""
        return self.verdict(target)[0]

    def verdict(self, target: str) -> tuple[bool, str | None]:
        """The same, and the rule that says so; None where no rule speaks of it."""
        rules = (self._own if self._named else self._general).rules
        said = [(_length(p, target), allow, p) for allow, p in rules]
        length, allow, pattern = max(said, default=(_NO_MATCH, True, ""))
        if length == _NO_MATCH:
            return True, None
        return allow, f"{'Allow' if allow else 'Disallow'}: {pattern}"

    def _read(self, text: str, agent: str) -> None:
        groups: list[_Group] = []
        ruled = False
        for key, value in _lines(text):
            if key == "agent":
                if ruled:
                    groups, ruled = [], False
                if _is_general(value):
                    groups.append(self._general)
                elif agent and _product(value) == agent:
                    self._named = True
                    groups.append(self._own)
            elif key == "delay":
                for group in groups:
                    group.delay = _seconds(value)
            else:
                ruled = True
                for group in groups:
                    group.rules.extend(_rules(key == "allow", value))


def _lines(text: str) -> list[tuple[str, str]]:
    lines = []
    for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")[:LARGEST]):
        stripped = line.partition("#")[0].strip()
        key, colon, value = stripped.partition(":")
        if not colon:
            words = stripped.split()
            if len(words) != 2:
                continue
            key, value = words
        known = _KEYS.get(key.strip().lower())
        if known:
            lines.append((known, value.strip()))
    return lines


def _is_general(value: str) -> bool:
    return value.startswith("*") and (len(value) == 1 or value[1].isspace())


def _product(value: str) -> str:
    found = _TOKEN.match(value)
    return found.group().lower() if found else ""


def _rules(allow: bool, pattern: str) -> list[tuple[bool, str]]:  # noqa: FBT001
    if not pattern:
        return []
    escaped = _ESCAPE.sub(_escape, pattern)
    rules = [(allow, escaped)]
    if allow and re.search(r"/index\.html?$", escaped):
        rules.append((True, escaped[: escaped.rindex("/") + 1] + "$"))
    return rules


def _escape(found: re.Match[str]) -> str:
    text = found.group()
    if text.startswith("%") and len(text) == 3:
        return text.upper()
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _length(pattern: str, target: str) -> int:
    """Length of a pattern that matches, or -1."""
    whole = pattern[:-1] if pattern.endswith("$") else pattern + "*"
    return len(pattern) if matches(whole, target) else _NO_MATCH


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return min(seconds, LONGEST_DELAY) if seconds >= 0 else None
