"""A wallet that one is told to pay into is offered; one that is warned of, or reported, is not."""

import pytest

from patrol.models import HandleKind, HandleRole
from pipelines.flow import Flagger
from pipelines.rules import Ruleset

BITCOIN = "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRON = "TDvr6Jpwfp1wDiV7PhaB19YMsMHRSXmY7p"
ALL = (BITCOIN, SEGWIT, ETHEREUM, TRON)


@pytest.fixture(scope="module")
def flagger() -> Flagger:
    return Flagger(Ruleset.build([], []))


def wallets(flagger: Flagger, text: str) -> list[tuple[str, HandleRole]]:
    [flagging] = flagger.flag([text])
    return [(one.value, one.role) for one in flagging.handles if one.kind is HandleKind.WALLET]


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize(
    "text",
    ["訂金請轉到 {}", "付款到錢包 {}，三天到貨", "Pay to {} first", "deposit: {}, then we ship"],
)
def test_paid_into_is_offered(flagger: Flagger, text: str, address: str) -> None:
    [(value, role)] = wallets(flagger, text.format(address))
    assert value == (address.lower() if address is ETHEREUM else address)
    assert role is HandleRole.OFFERED


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("他叫我匯款到 {}，我好怕", HandleRole.MENTIONED),
        ("詐騙錢包 {}，請勿匯款", HandleRole.MENTIONED),
        ("Beware, a scammer wants you to pay to {}", HandleRole.MENTIONED),
        ("昨天看到 {} 這串字", HandleRole.UNKNOWN),
    ],
)
def test_not_offered(flagger: Flagger, text: str, role: HandleRole) -> None:
    assert wallets(flagger, text.format(TRON)) == [(TRON, role)]


@pytest.mark.parametrize("address", ALL)
def test_one_wrong_character_is_no_wallet(flagger: Flagger, address: str) -> None:
    middle = len(address) // 2
    other = "3" if address[middle] != "3" else "4"
    wrong = address[:middle] + other + address[middle + 1 :]
    assert wallets(flagger, f"付款到錢包 {wrong}") == []
