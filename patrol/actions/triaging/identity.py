"""What in a note looks like the identity of a person: asked about once, never judged.

National numbers of Taiwan are proved by their checksum (Household Registration
Act's form; residents' numbers in their forms of before and since 2021);
passports, telephones and addresses only look like it. Names are not found.
"""

import re
import unicodedata
from enum import StrEnum

_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""In the order of their numbers, from 10 on."""
_NATIONAL = re.compile(r"(?<![A-Z0-9])[A-Z][1289A-D]\d{8}(?!\d)")
_PASSPORT = re.compile(
    r"(?:護照|PASSPORT)[^A-Z0-9\n]{0,12}(?:NO\.?|NUMBER)?[^A-Z0-9\n]{0,4}[A-Z]{0,2}\d{7,9}(?!\d)"
)
_PHONE = re.compile(
    r"(?<!\d)(?:\+?886[- ]?|0)(?:9\d{2}[- ]?\d{3}[- ]?\d{3}|[2-8]\d{0,2}[- )]{1,2}\d{3,4}[- ]?\d{4})(?!\d)"
)
_ADDRESS = re.compile(
    r"[路街段巷弄道村里]\s?[0-9一二三四五六七八九十百]{1,6}(?:[之-][0-9]{1,4})?\s?號"
    r"|(?<!\d)\d{1,5} (?:[A-Z][A-Z'.]{1,20} ){1,3}(?:STREET|ST|ROAD|RD|AVENUE|AVE|LANE|DRIVE)\b"
)


class Identity(StrEnum):
    """Kinds of it, the surest first."""

    NATIONAL_ID = "national_id"
    PASSPORT = "passport"
    PHONE = "phone"
    ADDRESS = "address"


def identities(text: str) -> tuple[Identity, ...]:
    """Kinds of identity that the text seems to hold, the surest first. Full-width letters are read like plain ones."""
    plain = unicodedata.normalize("NFKC", text).upper()
    found = {
        Identity.NATIONAL_ID: any(map(_proved, _NATIONAL.findall(plain))),
        Identity.PASSPORT: _PASSPORT.search(plain) is not None,
        Identity.PHONE: _PHONE.search(plain) is not None,
        Identity.ADDRESS: _ADDRESS.search(plain) is not None,
    }
    return tuple(kind for kind, there in found.items() if there)


def _proved(number: str) -> bool:
    """Whether the last digit follows from the others."""
    place = _LETTERS.index(number[0]) + 10
    second = number[1] if number[1].isdigit() else str((_LETTERS.index(number[1]) + 10) % 10)
    digits = [*divmod(place, 10), int(second), *map(int, number[2:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 10 == 0
