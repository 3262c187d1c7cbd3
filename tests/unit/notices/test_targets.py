"""A webhook reaches public addresses only, whatever the local one is dressed up as; and its secrets stay out of texts and logs."""

from __future__ import annotations

import ipaddress
import logging
import socket
from typing import Any

import pytest

from campaign.notices.channels.redaction import Redactor
from campaign.notices.channels.targets import BadTarget, HostUnknown, is_local, target_of


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_local_addresses_are_known_in_every_dress(address: str) -> None:
    assert is_local(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1", "64:ff9b::808:808"])
def test_public_addresses_are_not_local(address: str) -> None:
    assert not is_local(ipaddress.ip_address(address))


def answers(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


def test_one_local_address_among_the_answers_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(BadTarget, match="CAMPAIGN_WEBHOOK_ALLOW_LOCAL=1"):
        target_of("https://hook.example/x").addresses()


def test_local_addresses_pass_where_they_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "10.0.0.1", "10.0.0.1")
    assert target_of("https://hook.example/x", allow_local=True).addresses() == ["10.0.0.1"]


def test_numbers_that_mean_this_machine_are_seen_through() -> None:
    for host in ("2130706433", "0x7f.1", "127.1"):
        with pytest.raises(BadTarget):
            target_of(f"http://{host}/x").addresses()


def test_unknown_host_may_be_known_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(HostUnknown, match="查不到接收地址的主机"):
        target_of("https://hook.example/x").addresses()


def test_secrets_of_an_address_are_hidden_wherever_they_turn_up() -> None:
    redact = Redactor("https://user:pa%40ss@hook.example/robot/send/abcdef123456?key=K-1234", ["s3cret"])
    said = redact("abcdef123456 K-1234 pa@ss s3cret /robot/send/abcdef123456?key=K-1234 hook.example")
    assert "hook.example" in said
    for secret in ("abcdef123456", "K-1234", "pa@ss", "s3cret"):
        assert secret not in said


def test_log_of_the_client_is_redacted_and_left_alone_afterwards(caplog: pytest.LogCaptureFixture) -> None:
    redact = Redactor("https://hook.example/send?key=K-1234")
    redact.attach()
    with caplog.at_level(logging.INFO, logger="httpx"):
        logging.getLogger("httpx").info("HTTP Request: %s %s", "POST", "https://hook.example/send?key=K-1234")
    redact.detach()
    assert "K-1234" not in caplog.text
    assert "POST https://hook.example/send?***" in caplog.text
    assert redact not in logging.getLogger("httpx").filters


def test_address_without_secrets_hides_nothing() -> None:
    assert Redactor("https://hook.example/")("任何文字 /") == "任何文字 /"
