"""A wallet, from the post to the lead's page: kept, shown, and linking two leads that offer it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

BITCOIN = "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRON = "TDvr6Jpwfp1wDiV7PhaB19YMsMHRSXmY7p"
ELSEWHERE = "Offered elsewhere too"


def page(lead: Any) -> str:
    from django.test import Client

    from patrol.register.tables import Person

    Person.objects.update(language="en")
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.get(account="mei"))
    answer = client.get(f"/leads/{lead.pk}/")
    assert answer.status_code == 200
    return str(re.sub(r"\s+", " ", answer.content.decode()))


@pytest.mark.parametrize("wallet", [BITCOIN, ETHEREUM, TRON])
def test_offered_in_two_posts_links_their_leads(
    house: Any, kept: Callable[..., Any], wallet: str
) -> None:
    from patrol.register.tables import HandleRow, Lead

    kept(
        f"k菸現貨，品質保證，外送，付款到錢包 {wallet}",
        f"Ketamine in stock, fast delivery, pay to {wallet} first.",
        f"大麻菸彈有貨，台北可面交。昨天看到 {wallet} 這串字。",
        "毒咖啡包一包500，要的私我外送，加賴 demo00456",
    )
    roles = HandleRow.objects.filter(kind="wallet").order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["offered", "offered", "unknown"]
    first, second, _ = Lead.objects.filter(sightings__handles__kind="wallet").order_by("pk")
    value = wallet.lower() if wallet is ETHEREUM else wallet
    for lead in (first, second):
        shown = page(lead)
        assert "Wallet" in shown
        elsewhere = shown.partition(ELSEWHERE)[2].partition("</ul>")[0]
        assert value in elsewhere
        assert "in 1 other lead" in elsewhere


def test_an_address_that_fails_its_checksum_is_no_contact(
    house: Any, kept: Callable[..., Any]
) -> None:
    from patrol.register.tables import HandleRow, Lead

    kept(f"k菸現貨，品質保證，外送，付款到錢包 {TRON[:-1]}q")
    assert not HandleRow.objects.filter(kind="wallet").exists()
    assert ELSEWHERE not in page(Lead.objects.get())


def test_a_wallet_in_a_victims_post_links_nobody(house: Any, kept: Callable[..., Any]) -> None:
    from patrol.register.tables import Lead

    kept(
        f"k菸現貨，品質保證，外送，付款到錢包 {TRON}",
        f"有人說不付錢就把我的照片傳給同學，叫我轉到 {TRON}，我好害怕，怎麼辦？",
    )
    victim = Lead.objects.get(kind="possible_victim")
    assert TRON not in page(victim)
    offering = Lead.objects.exclude(kind="possible_victim").get()
    assert ELSEWHERE not in page(offering)
