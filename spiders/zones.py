"""The zone that a board prints below its pages: `All times are UTC + 8 hours`, `GMT+8`."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_ZONE = re.compile(
    r"\b(?:UTC|GMT)(?:\s?(?P<sign>[+\u2212-])\s?(?P<hours>\d{1,2})(?:[:.]?(?P<minutes>\d{2}))?)?(?!\d)"
    r"[^\[\d]{0,15}(?P<summer>\[[^\]]{2,24}\])?"
)


def read_zone(text: str) -> tzinfo | None:
    """The zone named in a line; a word in brackets behind it is summer time, as phpBB writes it."""
    found = _ZONE.search(text)
    if found is None:
        return None
    minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
    if found["sign"] in {"-", "\u2212"}:
        minutes = -minutes
    minutes += 60 if found["summer"] else 0
    if abs(minutes) > 15 * 60:
        return None
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


def named_zone(name: str) -> tzinfo | None:
    """A zone of the tz database, as in `America/New York`."""
    if "/" not in name or len(name) > 40:
        return None
    try:
        return ZoneInfo(name.strip().replace(" ", "_"))
    except (OSError, ValueError, KeyError):
        return None


_HOURS = {
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "wet": 0, "cet": 1, "mez": 1,
    "cest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "hkt": 8, "jst": 9, "kst": 9,
}  # fmt: skip
ZONE_NAMES = {name: timezone(timedelta(hours=hours)) for name, hours in _HOURS.items()}
"""Letters that mean one zone only. `CST` and `IST` mean several."""
