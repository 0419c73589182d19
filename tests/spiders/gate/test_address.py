import asyncio
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.gate.address import Addresses, is_public
from spiders.gate.proxy import Proxy
from spiders.gate.refusal import Reason, Refusal

_REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250
240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::a9fe:a9fe 64:ff9b:1::1
100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
"""
_PUBLIC = "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 223.255.255.255 2001:4860:4860::8888 2606:4700::1111 2a00::1"


@pytest.mark.parametrize("text", _REFUSED.split())
def test_refuses_what_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", _PUBLIC.split())
def test_lets_through_what_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@given(st.ip_addresses())
def test_never_lets_through_what_python_knows_as_special(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


def resolve(
    *answers: str, host: str = "ok.example", port: int = 80, laboratory: str = ""
) -> list[str]:
    async def lookup(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        return list(answers)

    addresses = Addresses(frozenset(filter(None, [laboratory])), lookup)
    return [str(address) for address in asyncio.run(addresses.resolve(host, port))]


def test_public_answers_are_given_in_their_order() -> None:
    assert resolve("8.8.8.8", "1.1.1.1", "8.8.8.8") == ["8.8.8.8", "1.1.1.1"]


@pytest.mark.parametrize(
    "bad", ["127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "::ffff:10.0.0.1"]
)
def test_one_bad_answer_refuses_the_host(bad: str) -> None:
    for answers in ([bad], ["8.8.8.8", bad], [bad, "8.8.8.8"]):
        with pytest.raises(Refusal) as refused:
            resolve(*answers)
        assert refused.value.reason is Reason.ADDRESS


def test_no_answer_is_the_networks_fault() -> None:
    with pytest.raises(OSError, match="no address"):
        resolve()


def test_something_that_is_no_address_is_refused() -> None:
    with pytest.raises(Refusal):
        resolve("localhost")


def test_the_laboratory_is_exactly_its_pairs() -> None:
    assert resolve(port=41001, laboratory="ok.example:41001") == ["127.0.0.1"]
    with pytest.raises(Refusal):
        resolve("127.0.0.1", port=41002, laboratory="ok.example:41001")
    with pytest.raises(Refusal):
        resolve("127.0.0.1", host="other.example", port=41001, laboratory="ok.example:41001")


def test_an_answer_from_elsewhere_is_refused() -> None:
    addresses = Addresses(frozenset({"lab.example:80"}))
    addresses.check_peer("ok.example", 80, ipaddress.ip_address("8.8.8.8"))
    addresses.check_peer("lab.example", 80, ipaddress.ip_address("127.0.0.1"))
    for host, peer in (("ok.example", "127.0.0.1"), ("lab.example", "10.0.0.1")):
        with pytest.raises(Refusal):
            addresses.check_peer(host, 80, ipaddress.ip_address(peer))


def test_behind_a_proxy_only_the_proxy_is_connected_to_and_answers() -> None:
    async def lookup(host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        return {"proxy.example": ["10.1.0.9"], "ok.example": ["8.8.8.8"]}[host]

    proxy = Proxy(host="proxy.example", port=3128)
    addresses = Addresses(frozenset(), lookup, proxy)
    door = ipaddress.ip_address("10.1.0.9")

    async def ask() -> None:
        with pytest.raises(Refusal):
            await addresses.connectable("10.1.0.9", 3128)  # not looked up so far
        way = await addresses.through("ok.example", 80, proxy)
        assert (way.address, way.looked_up) == ("10.1.0.9", ("8.8.8.8",))
        assert await addresses.connectable("10.1.0.9", 3128) == [door]
        for host, port in (("10.1.0.9", 80), ("ok.example", 80), ("ok.example", 3128)):
            with pytest.raises(Refusal):
                await addresses.connectable(host, port)

    asyncio.run(ask())
    addresses.check_peer("ok.example", 80, door)
    for peer in ("8.8.8.8", "10.1.0.8", "127.0.0.1"):
        with pytest.raises(Refusal, match="past the proxy"):
            addresses.check_peer("ok.example", 80, ipaddress.ip_address(peer))


def test_a_lookup_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr("spiders.gate.address.LOOKUP_SECONDS", 0.05)
    with pytest.raises(TimeoutError):
        asyncio.run(Addresses(frozenset(), hangs).resolve("ok.example", 80))
