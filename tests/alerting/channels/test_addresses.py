"""What a webhook may be sent to."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.alerting.channels.addresses import Forbidden, Unresolved, addresses_of, is_public, target_of

INSIDE = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8",
    "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::1/128",
    "::/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::ffff:0:0/96", "64:ff9b::/96", "2002::/16",
    "2001::/32", "2001:db8::/32", "::/96",
]  # fmt: skip


@st.composite
def inside(draw: st.DrawFn) -> str:
    network = ip_network(draw(st.sampled_from(INSIDE)))
    return str(network[draw(st.integers(0, network.num_addresses - 1))])


@given(inside())
def test_no_address_of_a_private_or_reserved_network_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@given(inside(), st.sampled_from(["93.184.215.14", "2606:2800:220:1:248:1893:25c8:1946"]), st.booleans())
def test_one_private_address_among_those_of_a_host_is_enough_to_refuse_it(bad: str, good: str, first: bool) -> None:
    target = target_of("https://hook.example.com/", ())
    with pytest.raises(Forbidden, match="webhook_private_hosts"):
        addresses_of(target, (), lambda *_: [bad, good] if first else [good, bad])


@given(st.ip_addresses(v=4))
def test_an_address_of_version_4_is_judged_alike_in_every_notation(address: object) -> None:
    number = int(ip_address(str(address)))
    for text in (
        str(number),
        hex(number),
        f"0{number:o}",
        f"{number >> 24}.{number & 0xFFFFFF}",
        f"[::ffff:{address}]",
    ):
        with pytest.raises(Forbidden):
            addresses_of(target_of(f"https://{text}/hook", ()), (), lambda host, _: [host])


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_forbidden(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        try:
            target = target_of(url, ())
        except Forbidden:
            continue
        assert target.scheme == "https"
        assert "@" not in target.authority
        assert target.authority.isascii()


@pytest.mark.parametrize(
    ("url", "matter"),
    [
        ("http://example.com/hook", "https"),
        ("ftp://example.com/", "https"),
        ("file:///etc/passwd", "https"),
        ("example.com", "https"),
        ("", "characters"),
        ("https://user:secret@example.com/", "user"),
        ("https://good.example@127.0.0.1/", "user"),
        ("https://good.example\\@127.0.0.1/", "characters"),
        ("https://example.com/a b", "characters"),
        ("https://example.com/\r\nHost: x", "characters"),
        ("https://example.com:99999/", "read"),
        ("https://example.com:0/", "port 0"),
        ("https://[::1", "read"),
        ("https://2130706433/", "unusual"),
        ("https://0x7f.1/", "unusual"),
        ("https://127.1/", "unusual"),
        ("https://0177.0.0.1/", "unusual"),
        ("https://１２７.1/", "unusual"),
        ("https://exa%6dple.com/", "no name"),
        ("https://-example.com/", "no name"),
        ("https://" + "a" * 3000, "too long"),
    ],
)
def test_what_is_no_plain_address_is_forbidden_with_the_reason(url: str, matter: str) -> None:
    with pytest.raises(Forbidden, match=matter):
        target_of(url, ())


def test_a_public_host_is_looked_up_once_and_its_addresses_are_what_is_asked() -> None:
    target = target_of("https://Hook.Example.com:8443/in?team=1", ())
    (address,) = addresses_of(target, (), lambda *_: ["93.184.215.14"])
    assert target.url_at(address) == "https://93.184.215.14:8443/in?team=1"
    assert target.authority == "hook.example.com:8443"


def test_letters_outside_ascii_travel_as_the_network_writes_them() -> None:
    assert target_of("https://bücher.example/", ()).host == "xn--bcher-kva.example"


def test_a_listed_host_may_be_private_and_without_tls() -> None:
    target = target_of("http://hooks.internal:8080/x", ("Hooks.Internal",))
    assert [str(one) for one in addresses_of(target, ("hooks.internal",), lambda *_: ["10.1.2.3"])] == ["10.1.2.3"]


def test_an_address_of_version_6_keeps_its_brackets() -> None:
    target = target_of("http://[::1]:8080/x", ("::1",))
    (address,) = addresses_of(target, ("::1",))
    assert (target.authority, target.url_at(address)) == ("[::1]:8080", "http://[::1]:8080/x")


def test_a_host_without_an_address_is_said_so() -> None:
    def unknown(*_: object) -> list[str]:
        raise OSError

    with pytest.raises(Unresolved, match=r"hook\.example"):
        addresses_of(target_of("https://hook.example/", ()), (), unknown)
