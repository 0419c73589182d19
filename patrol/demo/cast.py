"""Who works in the demo, and under which mandate. Unit, accounts, statute and number are invented."""

from hashlib import sha256
from typing import NamedTuple

from patrol.models import Role


class Paper(NamedTuple):
    """What the document of an authorization says of itself."""

    basis: str
    number: str
    rest: str
    """What else it says."""

    @property
    def sha256(self) -> str:
        """Of the whole paper, UTF-8."""
        return sha256(f"{self.number}\n{self.basis}\n{self.rest}".encode()).hexdigest()


UNIT = "示範警察局少年警察隊"

PEOPLE = (
    ("officer", Role.OFFICER),
    ("supervisor", Role.SUPERVISOR),
    ("supervisor2", Role.SUPERVISOR),
    ("auditor", Role.AUDITOR),
    ("privacy", Role.PRIVACY_OFFICER),
    ("admin", Role.ADMIN),
)
"""Accounts and roles. Two supervisors: nobody approves what they asked for themself."""

COLLEAGUES = (
    ("chen.yw", Role.OFFICER),
    ("huang.sc", Role.OFFICER),
    ("tsai.mh", Role.OFFICER),
)
"""Officers of the invented past; nobody signs in as one of them."""

AUTHORIZATION = Paper(
    basis="示範網路巡查條例第 7 條（虛構，僅供展示）",
    number="示範少字第 00042 號",
    rest=(
        "准予巡查本機示範看板之公開文字，以偵查所列類別之犯罪為限；不登入、不發文，不擷取圖片、影片與聲音。\n"
        "各看板之使用條款均已閱讀，允許以程式讀取。逾期或經撤銷，即停止巡查。"
    ),
)
